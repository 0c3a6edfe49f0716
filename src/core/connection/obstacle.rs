//! What keeps a strap that is in reach from streaming.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Address;
use super::CallFailure;
use super::Device;
use crate::monitor::LinkState;

/// What stands between a strap in reach and its measurements.
#[derive(Clone, Debug)]
pub(super) struct Obstacle {
    pub(super) kind: ObstacleKind,
    address: Address,
    /// As it was when the strap was last tried.
    bonded: bool,
    /// Until when it is left alone, unless its bond changes.
    pub(super) until: Timestamp,
    /// Whether the strap was in reach when the devices were last listed.
    pub(super) in_reach: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ObstacleKind {
    /// Another program has its measurements for itself.
    Held,
    /// It wants to be paired first.
    NotPaired,
    /// It no longer knows the bond that this computer has with it.
    BondLost,
    /// It ends the connection each time.
    HangsUp,
}

impl Obstacle {
    /// What an attempt that failed so shows, the `drops`th in a row in which the link was lost; `None`: nothing in particular.
    pub(super) fn of(
        device: &Device,
        failure: CallFailure,
        drops: u32,
        now: Timestamp,
    ) -> Option<Self> {
        let kind = match failure {
            CallFailure::Held => ObstacleKind::Held,
            CallFailure::Unauthenticated { bonded: true } => ObstacleKind::BondLost,
            CallFailure::Unauthenticated { bonded: false } => ObstacleKind::NotPaired,
            CallFailure::Dropped { bonded: true, .. }
            | CallFailure::Unanswered { bonded: true }
                if drops >= BOND_LOST =>
            {
                ObstacleKind::BondLost
            }
            CallFailure::Unanswered { bonded: false } if drops >= UNANSWERED => {
                ObstacleKind::NotPaired
            }
            CallFailure::Dropped { bonded: false, asked: true } if drops >= HUNG_UP => {
                ObstacleKind::NotPaired
            }
            CallFailure::Dropped { .. } if drops >= HUNG_UP => ObstacleKind::HangsUp,
            _ => return None,
        };
        let alone = match kind {
            ObstacleKind::NotPaired => UNPAIRED,
            ObstacleKind::BondLost => BOND_IS_LOST,
            ObstacleKind::Held | ObstacleKind::HangsUp => SignedDuration::ZERO,
        };
        let until = now.saturating_add(alone).unwrap_or(Timestamp::MAX);
        let (address, bonded) = (device.address, device.bonded);
        Some(Self { kind, address, bonded, until, in_reach: true })
    }

    /// Whether it is about this device.
    pub(super) fn is_about(&self, device: &Device) -> bool {
        self.address == device.address
    }

    /// Whether this device is to be left alone for now.
    pub(super) fn forbids(&self, device: &Device, now: Timestamp) -> bool {
        self.is_about(device) && self.bonded == device.bonded && now < self.until
    }

    pub(super) const fn state(&self) -> LinkState {
        match self.kind {
            ObstacleKind::Held => LinkState::InUse,
            ObstacleKind::NotPaired => LinkState::NeedsPairing,
            ObstacleKind::BondLost => LinkState::BondLost,
            ObstacleKind::HangsUp => LinkState::HangsUp,
        }
    }

    pub(super) fn step_back(&mut self, by: SignedDuration) {
        self.until = self.until.saturating_sub(by).unwrap_or(Timestamp::MIN);
    }
}

/// After so many links in a row that went as soon as they came, a bond is taken for lost: once happens at the edge of reach.
const BOND_LOST: u32 = 2;

/// After so many a strap is said to hang up. Three refusals are what the edge of reach was seen to do before a link holds.
const HUNG_UP: u32 = 3;

/// After so many times in a row that it did not answer, a strap without a bond is taken to want one. Without an agent to ask, BlueZ 5.66
/// and 5.82 never answer for such a strap, the first time when it is asked for measurements, later when its services are read; a strap
/// whose link is about to go may not answer either.
const UNANSWERED: u32 = 2;

/// How long a strap that wants pairing is left alone, unless it is paired before: each attempt has BlueZ ask the desktop to pair, which
/// may show a question.
const UNPAIRED: SignedDuration = SignedDuration::from_mins(10);

/// The same for one that forgot its bond, of which nobody is asked anything. Paired anew, it looks no different from before.
const BOND_IS_LOST: SignedDuration = SignedDuration::from_secs(20);
