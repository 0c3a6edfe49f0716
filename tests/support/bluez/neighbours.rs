//! Devices of other people: phones, beacons and headphones that are heard whenever anybody searches, change all the time, come and go.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;
use zbus::Variant;

use super::tree;
use super::tree::Change;
use super::tree::Tree;

/// Those in reach at a time.
pub(super) struct Neighbours {
    /// Each by its number.
    in_reach: Vec<u32>,
    /// How many there were so far.
    met: u32,
    random: Rng,
    /// Since when nobody searches.
    quiet: Option<Instant>,
}

impl Neighbours {
    pub(super) fn new(count: u32) -> Self {
        Self { in_reach: (0..count).collect(), met: count, random: Rng::with_seed(7), quiet: None }
    }

    /// One of them advertises.
    pub(super) fn advertise(&mut self, tree: &mut Tree, now: Instant) -> Vec<Change> {
        if !tree.is_true(tree::HCI, tree::ADAPTER, "Discovering") {
            let quiet = *self.quiet.get_or_insert(now);
            let is_over = now.duration_since(quiet) >= FORGOTTEN;
            return if is_over { tree.remove_neighbours() } else { Vec::new() };
        }
        self.quiet = None;
        let Some(one) = self.random.choice(&mut self.in_reach) else { return Vec::new() };
        // Now and then somebody leaves, and somebody else comes in.
        if self.random.u32(0..MOVES) == 0 {
            *one = self.met;
            self.met += 1;
        }
        let (number, signal) = (*one, self.random.i16(-95..-40));
        let data: Vec<u8> = (0..24).map(|_| self.random.u8(..)).collect();
        let path = tree::neighbour(number);
        if !tree.has(&path) {
            return vec![tree.add_neighbour(number, signal, data)];
        }
        let data = HashMap::from([(MAKER, Variant::from(data))]);
        let mut changes = tree.set(&path, tree::DEVICE, "RSSI", signal);
        changes.extend(tree.set(&path, tree::DEVICE, "ManufacturerData", Variant::from(data)));
        changes
    }
}

/// How often BlueZ tells something new of one of them: thirty devices, each twice a second.
pub(super) const OFTEN: Duration = Duration::from_millis(16);

/// After so many advertisements, on average, one device has given way to another: about ten a minute.
const MOVES: u32 = 400;

/// When BlueZ forgets a device that nobody has connected to, once the search is over.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// A company that makes many of them.
pub(super) const MAKER: u16 = 0x004C;
