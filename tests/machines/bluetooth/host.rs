//! The machine, seen from outside: what it left.

use std::path::Path;
use std::sync::LazyLock;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::store::Store;
use kindbeat::store::StoredBreak;
use kindbeat::store::StoredOffer;
use kindbeat::store::StoredReading;

use crate::bluetooth::Beat;
use crate::bluetooth::account::Entry;
use crate::bluetooth::account::Fact;
use crate::machine;
use crate::machine::Machine;
use crate::machine::OnlyRun;
use crate::machine::Story;

/// What is left of the run of this machine.
pub(crate) type Run = machine::Run<Fact, Kept>;

/// What the store holds after it.
#[derive(Default)]
pub(crate) struct Kept {
    heard: Vec<StoredReading>,
    pub(crate) offers: Vec<StoredOffer>,
    pub(crate) breaks: Vec<StoredBreak>,
}

pub(crate) fn run() -> anyhow::Result<Option<&'static Run>> {
    static RUN: OnlyRun<Fact, Kept> = LazyLock::new(|| Run::new(&MACHINE, kept));
    machine::of(&RUN)
}

fn kept(folder: &Path) -> anyhow::Result<Kept> {
    let Some(store) = Store::open_to_read(folder)? else { return Ok(Kept::default()) };
    let (from, to) = (Timestamp::UNIX_EPOCH, clock::now());
    Ok(Kept {
        heard: store.readings(from, to)?,
        offers: store.offers(from, to)?,
        breaks: store.breaks(from, to)?,
    })
}

impl Run {
    /// The two times that the daemon ran.
    pub(crate) fn lives(&self) -> anyhow::Result<[Life; 2]> {
        let mut lives = Vec::new();
        let (mut started, mut subscribed) = (None, None);
        for &Entry { at, ref fact } in &self.account {
            match (fact, started, subscribed) {
                (Fact::Started, ..) => (started, subscribed) = (Some(at), None),
                (Fact::Subscribed, Some(_), None) => subscribed = Some(at),
                (&Fact::Streaming(rate), Some(started), Some(subscribed)) => {
                    lives.push(Life { started, subscribed, streaming: at, rate });
                }
                _ => {}
            }
        }
        let lives = lives.try_into().ok();
        // Where it did not stream twice, the fault tells why.
        let (_, lives) = self.first("the daemon streaming twice", |_| lives)?;
        Ok(lives)
    }

    /// What the strap sent from one moment to another.
    pub(crate) fn sent(&self, from: Timestamp, to: Timestamp) -> Vec<Beat> {
        let within = self.account.iter().filter(|entry| (from..to).contains(&entry.at));
        let beats = within.filter_map(|entry| match entry.fact {
            Fact::Sent { rate, rr } => Some((entry.at, rate, rr)),
            _ => None,
        });
        beats.collect()
    }

    /// What the store holds from one moment to another.
    pub(crate) fn kept(&self, from: Timestamp, to: Timestamp) -> Vec<Beat> {
        let within = self.left.heard.iter().filter(|heard| (from..to).contains(&heard.at));
        within.map(beat).collect()
    }
}

/// As the strap sent it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers that were a byte and two"
)]
fn beat(heard: &StoredReading) -> Beat {
    let rr = heard.reading.rr.first().map_or(0.0, |rr| rr.millis() * 1.024);
    let rate = heard.reading.heart_rate.unwrap_or_default();
    (heard.at, rate.round() as u8, rr.round() as u16)
}

/// A time that the daemon ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) started: Timestamp,
    /// When the strap began to send.
    pub(crate) subscribed: Timestamp,
    pub(crate) streaming: Timestamp,
    /// The first heart rate that it told.
    pub(crate) rate: u16,
}

impl Life {
    /// How long it told no heart rate.
    pub(crate) fn silence(&self) -> SignedDuration {
        self.streaming.duration_since(self.started)
    }
}

const MACHINE: Machine = Machine {
    what: "a real Bluetooth stack",
    inside: "machines/bluetooth/inside.sh",
    story: Story::Test("bluetooth::the_machine_from_inside"),
    kernel: machine::KERNEL,
    root: None,
    disk: false,
    radio: false,
    waits: false,
    needs: &[("/usr/libexec/bluetooth/bluetoothd", "bluez"), ("btvirt", "bluez-test-tools")],
    log: "machine.log",
};
