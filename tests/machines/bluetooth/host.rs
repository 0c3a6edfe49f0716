//! The machine, seen from outside: what it left.

use std::sync::LazyLock;

use anyhow::Context as _;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::store::Break;
use kindbeat::store::Heard;
use kindbeat::store::Offer;
use kindbeat::store::Store;

use crate::bluetooth::Beat;
use crate::bluetooth::account;
use crate::bluetooth::account::Entry;
use crate::bluetooth::account::Fact;
use crate::bluetooth::figure;
use crate::machine;
use crate::machine::Machine;

/// What is left of a run of the machine.
pub(crate) struct Run {
    pub(crate) account: Vec<Entry>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) offers: Vec<Offer>,
    pub(crate) breaks: Vec<Break>,
    /// What went wrong in it; the account ends there.
    fault: Option<String>,
}

/// The one run that all tests look at; `None` where something to run it with is missing.
pub(crate) fn run() -> anyhow::Result<Option<&'static Run>> {
    static RUN: LazyLock<Result<Option<Run>, String>> =
        LazyLock::new(|| Run::new().map_err(|error| format!("{error:#}")));
    RUN.as_ref().map(Option::as_ref).map_err(|error| anyhow::anyhow!("{error}"))
}

impl Run {
    fn new() -> anyhow::Result<Option<Self>> {
        if !MACHINE.can_run()? {
            return Ok(None);
        }
        let share = tempfile::tempdir()?;
        let _alone = machine::one_at_a_time();
        let began = clock::now();
        let fault = MACHINE.run(share.path())?;
        let lasted = clock::now().duration_since(began);
        let account = account::read(share.path())?;
        let store = Store::open_to_read(share.path())?;
        let (from, to) = (began - SignedDuration::from_hours(1), clock::now());
        let run = Self {
            account,
            heard: store.as_ref().map_or(Ok(Vec::new()), |store| store.heard(from, to))?,
            offers: store.as_ref().map_or(Ok(Vec::new()), |store| store.offers(from, to))?,
            breaks: store.as_ref().map_or(Ok(Vec::new()), |store| store.breaks(from, to))?,
            fault,
        };
        if let Some(first) = run.account.first() {
            figure("from power on to a strap that advertises", first.at.duration_since(began));
            figure("from power on to power off", lasted);
        }
        Ok(Some(run))
    }

    /// The first fact that `take` takes, and when it happened; what went wrong where there is none.
    pub(crate) fn first<'r, T>(
        &'r self,
        what: &str,
        take: impl Fn(&'r Fact) -> Option<T>,
    ) -> anyhow::Result<(Timestamp, T)> {
        let mut taken =
            self.account.iter().filter_map(|entry| Some((entry.at, take(&entry.fact)?)));
        taken.next().with_context(|| {
            let fault = self.fault.as_deref().unwrap_or("it went through to its end");
            format!("never in the machine: {what}; {fault}")
        })
    }

    /// When this happened for the first time.
    pub(crate) fn time(&self, what: &str, fact: &Fact) -> anyhow::Result<Timestamp> {
        Ok(self.first(what, |other| (other == fact).then_some(()))?.0)
    }

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
        let within = self.heard.iter().filter(|heard| (from..to).contains(&heard.at));
        within.map(beat).collect()
    }
}

/// As the strap sent it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers that were a byte and two"
)]
fn beat(heard: &Heard) -> Beat {
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
    story: "bluetooth::the_machine_from_inside",
    needs: &[("/usr/libexec/bluetooth/bluetoothd", "bluez"), ("btvirt", "bluez-test-tools")],
    log: "machine.log",
};
