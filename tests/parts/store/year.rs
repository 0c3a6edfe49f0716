//! A heart at a desk for a year of working days, made up but with the figures of a real one: for measuring what it takes.

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::store::BreakEnd;
use kindbeat::store::Record;
use kindbeat::store::Store;
use kindbeat::store::StoreError;
use kindbeat::store::StoredBreak;
use kindbeat::store::StoredFigures;
use kindbeat::store::StoredOffer;
use kindbeat::store::StoredReading;
use kindbeat::store::Writer;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::heart::Sampler;

/// The heart: 72 bpm at the mean, drifting by 8 over the hour, breathing, an RMSSD of about 40 ms, one interval in a hundred
/// an artefact, a strap that sends once a second and comes up to 60 ms early or late.
#[derive(Debug)]
pub(crate) struct Heart {
    random: u64,
    /// When the last beat was, in ms since the start.
    beat: f64,
    rate: f64,
    second: f64,
}

impl Heart {
    /// The same heart for the same seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { random: seed, beat: 0.0, rate: 72.0, second: 0.0 }
    }

    /// What the strap sends next: a second after the last time, counted from the start in ms.
    pub(crate) fn next(&mut self) -> (f64, Reading) {
        self.second += 1.0;
        let at = self.second * 1000.0 + 120.0 * (self.uniform() - 0.5);
        let mut rr = Vec::new();
        loop {
            let drift = 8.0 * (self.beat / 3_600_000.0 * std::f64::consts::TAU).sin();
            let breath = 22.0 * (self.beat / 4_100.0 * std::f64::consts::TAU).sin();
            let noise = 75.0 * (self.uniform() + self.uniform() + self.uniform() - 1.5);
            let mut interval = 60_000.0 / (72.0 + drift) + breath + noise;
            if self.uniform() < 0.01 {
                interval *= if self.uniform() < 0.5 { 0.55 } else { 2.0 };
            }
            let interval = interval.clamp(300.0, 3_000.0);
            if self.beat + interval > at {
                break;
            }
            self.beat += interval;
            self.rate += 0.15 * (60_000.0 / interval - self.rate);
            rr.extend(RrInterval::from_millis((interval * 1.024).round() / 1.024));
        }
        let heart_rate = Some(self.rate.round());
        (at, Reading { heart_rate, contact: Contact::Detected, rr: rr.into() })
    }

    /// 0 to 1, by a linear congruential generator (Knuth, MMIX).
    fn uniform(&mut self) -> f64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 40) as f64 / f64::from(1 << 24)
    }
}

/// Fills the store with eight hours a day from Monday to Friday, as the daemon would have, but with a write an hour in place of
/// one every few seconds; how many beats there were. What is stored in the end is the same.
pub(crate) fn fill(store: &mut Store, from: Timestamp, days: i64) -> Result<u64, StoreError> {
    let (mut heart, mut beats) = (Heart::new(7), 0);
    for day in (0..days).filter(|day| day % 7 < 5) {
        let morning = from + SignedDuration::from_hours(24 * day + 8);
        let (mut writer, mut sampler) =
            (Writer::new(SignedDuration::MAX), Sampler::over(SignedDuration::from_secs(60)));
        let start = heart.second;
        for second in 1..=8 * 3_600_i32 {
            let (at, reading) = heart.next();
            let at = morning + SignedDuration::from_secs_f64(at / 1000.0 - start);
            beats += reading.rr.len() as u64;
            if let Some(sample) = sampler.observe(at, reading.heart_rate, &[]) {
                writer.keep(
                    at,
                    Record::Sample(kindbeat_core::heart::Sample { rmssd: Some(41.5), ..sample }),
                );
            }
            writer.keep(at, Record::Reading(StoredReading { at, reading }));
            if second % 9_000 == 0 {
                keep_an_offer(&mut writer, at);
            }
            if second % 3_600 == 0
                && let Some(batch) = writer.flush(at)
            {
                store.write(&batch)?;
            }
        }
    }
    store.close_hours()?;
    Ok(beats)
}

fn keep_an_offer(writer: &mut Writer, at: Timestamp) {
    let sustained = SignedDuration::from_mins(5);
    let figures = StoredFigures { heart_rate: 88.4, usual: 72.1, spread: 5.2, sustained };
    writer.keep(at, Record::Offer(StoredOffer { made: at, figures, ended: None }));
    let (practice, ended) = ("self-compassion-break".to_owned(), Some((BreakEnd::Completed, at)));
    let taken = StoredBreak { started: at, practice, length_s: 180, ended, answers: None };
    writer.keep(at, Record::Break(taken));
}
