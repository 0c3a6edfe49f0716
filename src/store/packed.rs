//! What a monitor sent, packed: about two bytes a beat.
//!
//! A run of messages begins with the number of this form (1 byte), then a message each:
//!
//! | bits of its first byte | say | and when they say so, there follows |
//! | --- | --- | --- |
//! | 4 to 7 | tenths of a second since the message before (the first: since the hour), less 4 | 15: that time, signed |
//! | 2 and 3 | the rate: 0 as before, 1 and 2 one bpm more or less, 3 none of these | 3: 0 for no rate, else 1 + the change in tenths of a bpm, signed |
//! | 0 and 1 | how many intervals: 0 to 2; 3 none of these, or the contact with the skin changed | 3: 4 x how many + the contact |
//!
//! and last each interval as the change from the one before, signed, in 1/1024 s. All that follows are LEB128 numbers, the
//! signed ones zigzag. So the intervals of a strap come back exactly, rates to a tenth of a bpm (straps send whole ones), and
//! the moment a message arrived to the nearest tenth of a second; times never add up their rounding.

use jiff::Timestamp;

use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;

/// A reading, and when it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredReading {
    /// When it arrived; stored to the nearest tenth of a second.
    pub at: Timestamp,
    /// Stored with rates to a tenth of a bpm and intervals to 1/1024 s.
    pub reading: Reading,
}

/// One message in the units that are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    /// In tenths of a second since 1970.
    tenths: i64,
    /// In tenths of a bpm; `None`: no rate.
    rate: Option<u32>,
    contact: u64,
    /// In 1/1024 s.
    rr: Vec<u32>,
}

/// Packs the messages of one hour, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Packer {
    hour: i64,
    before: Before,
    packed: Vec<u8>,
    count: u32,
}

/// What the next message is told against.
#[derive(Clone, Copy, Debug)]
struct Before {
    tenths: i64,
    rate: Option<u32>,
    /// The last rate there was.
    known_rate: u32,
    contact: u64,
    rr: u32,
}

/// The bytes are no messages, from somewhere on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

impl Packer {
    /// Nothing yet of this hour, counted in hours since 1970.
    pub(super) fn new(hour: i64) -> Self {
        Self { hour, before: Before::start(hour), packed: vec![FORM], count: 0 }
    }

    /// The hour in which such a message is stored.
    pub(super) fn hour_of(at: Timestamp) -> i64 {
        tenths(at).div_euclid(TENTHS_OF_HOUR)
    }

    /// Adds a message. One of another hour is kept as well, in a few bytes more.
    pub(super) fn push(&mut self, reading: &StoredReading) {
        self.push_message(&Message::from(reading));
    }

    pub(super) const fn hour(&self) -> i64 {
        self.hour
    }

    /// How many messages there are.
    pub(super) const fn count(&self) -> u32 {
        self.count
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.packed
    }

    fn push_message(&mut self, message: &Message) {
        let before = &mut self.before;
        let step = message.tenths - before.tenths;
        let step_code = u8::try_from(step - LEAST_STEP).ok().filter(|&code| code < 15);
        let change = match message.rate {
            None => None,
            Some(rate) => Some(i64::from(rate) - i64::from(before.known_rate)),
        };
        let rate_code = match change {
            _ if message.rate == before.rate => 0,
            Some(BPM) if before.rate.is_some() => 1,
            Some(change) if change == -BPM && before.rate.is_some() => 2,
            _ => 3,
        };
        let count = message.rr.len();
        let count_code = match u8::try_from(count) {
            Ok(count) if count < 3 && message.contact == before.contact => count,
            _ => 3,
        };
        self.packed.push(step_code.unwrap_or(15) << 4 | rate_code << 2 | count_code);
        if step_code.is_none() {
            put_signed(&mut self.packed, step);
        }
        if rate_code == 3 {
            put(&mut self.packed, change.map_or(0, |change| 1 + zigzag(change)));
        }
        if count_code == 3 {
            put(&mut self.packed, (count as u64) << 2 | message.contact);
        }
        for &ticks in &message.rr {
            put_signed(&mut self.packed, i64::from(ticks) - i64::from(before.rr));
            before.rr = ticks;
        }
        before.tenths = message.tenths;
        before.rate = message.rate;
        before.known_rate = message.rate.unwrap_or(before.known_rate);
        before.contact = message.contact;
        self.count += 1;
    }
}

impl Before {
    const fn start(hour: i64) -> Self {
        let tenths = hour.saturating_mul(TENTHS_OF_HOUR);
        Self { tenths, rate: None, known_rate: 0, contact: 0, rr: 0 }
    }
}

/// Unpacks the messages of an hour into `heard`; where the bytes are damaged, those before are there.
pub(super) fn unpack(
    hour: i64,
    packed: &[u8],
    heard: &mut Vec<StoredReading>,
) -> Result<(), Damaged> {
    let (&form, mut bytes) = packed.split_first().ok_or(Damaged)?;
    if form != FORM {
        return Err(Damaged);
    }
    let mut before = Before::start(hour);
    while let Some((&first, rest)) = bytes.split_first() {
        bytes = rest;
        heard.push(unpack_message(first, &mut bytes, &mut before)?);
    }
    Ok(())
}

fn unpack_message(
    first: u8,
    bytes: &mut &[u8],
    before: &mut Before,
) -> Result<StoredReading, Damaged> {
    let step = match first >> 4 {
        15 => take_signed(bytes)?,
        code => i64::from(code) + LEAST_STEP,
    };
    before.tenths = before.tenths.checked_add(step).ok_or(Damaged)?;
    let changed = |change: i64| {
        let rate = i64::from(before.known_rate).checked_add(change).ok_or(Damaged)?;
        u32::try_from(rate).map(Some).map_err(|_| Damaged)
    };
    before.rate = match first >> 2 & 3 {
        0 => before.rate,
        1 => changed(BPM)?,
        2 => changed(-BPM)?,
        _ => match take(bytes)?.checked_sub(1) {
            Some(change) => changed(unzigzag(change))?,
            None => None,
        },
    };
    before.known_rate = before.rate.unwrap_or(before.known_rate);
    let mut count = u64::from(first & 3);
    if count == 3 {
        let both = take(bytes)?;
        (count, before.contact) = (both >> 2, both & 3);
    }
    let mut rr = Intervals::new();
    for _ in 0..count {
        let ticks = i64::from(before.rr).checked_add(take_signed(bytes)?).ok_or(Damaged)?;
        before.rr = u32::try_from(ticks).map_err(|_| Damaged)?;
        rr.push(RrInterval::from_millis(f64::from(before.rr) / TICKS_OF_MS).ok_or(Damaged)?);
    }
    let contact = match before.contact {
        0 => Contact::Unsupported,
        1 => Contact::Lost,
        2 => Contact::Detected,
        _ => return Err(Damaged),
    };
    let heart_rate = before.rate.map(|tenths| f64::from(tenths) / 10.0);
    let millis = before.tenths.checked_mul(100).ok_or(Damaged)?;
    let at = Timestamp::from_millisecond(millis).map_err(|_| Damaged)?;
    Ok(StoredReading { at, reading: Reading { heart_rate, contact, rr } })
}

impl From<&StoredReading> for Message {
    fn from(heard: &StoredReading) -> Self {
        let reading = &heard.reading;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and far below 2^32: an interval by its type, a rate by the range"
        )]
        let whole = |value: f64| value.round() as u32;
        let rate = reading.heart_rate.filter(|rate| RATES.contains(rate));
        let contact = match reading.contact {
            Contact::Unsupported => 0,
            Contact::Lost => 1,
            Contact::Detected => 2,
        };
        Self {
            tenths: tenths(heard.at),
            rate: rate.map(|rate| whole(rate * 10.0)),
            contact,
            // No interval is nothing: what is below half of 1/1024 s is the least that can be stored.
            rr: reading.rr.iter().map(|rr| whole(rr.millis() * TICKS_OF_MS).max(1)).collect(),
        }
    }
}

fn tenths(at: Timestamp) -> i64 {
    at.as_millisecond().saturating_add(50).div_euclid(100)
}

fn put(packed: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        packed.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    packed.push(number.to_le_bytes()[0]);
}

fn put_signed(packed: &mut Vec<u8>, number: i64) {
    put(packed, zigzag(number));
}

fn take(bytes: &mut &[u8]) -> Result<u64, Damaged> {
    let mut number = 0;
    for place in 0..9 {
        let (&byte, rest) = bytes.split_first().ok_or(Damaged)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Damaged)
}

fn take_signed(bytes: &mut &[u8]) -> Result<i64, Damaged> {
    Ok(unzigzag(take(bytes)?))
}

/// Small numbers of either sign as small numbers: 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4.
const fn zigzag(number: i64) -> u64 {
    (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned()
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The number of the form above.
const FORM: u8 = 1;
const TENTHS_OF_HOUR: i64 = 36_000;
/// Messages come once a second: half a second early and most of a second late still take no further byte.
const LEAST_STEP: i64 = 4;
/// One beat a minute in the unit of a stored rate.
const BPM: i64 = 10;
const TICKS_OF_MS: f64 = 1.024;
/// More than any monitor can send: 16 bits of bpm.
const RATES: std::ops::RangeInclusive<f64> = 0.0..=65_535.0;

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn unpacked(packer: Packer) -> Vec<StoredReading> {
        let (hour, mut heard) = (packer.hour(), Vec::new());
        unpack(hour, &packer.into_bytes(), &mut heard).unwrap();
        heard
    }

    fn steady(seconds: i64) -> Packer {
        let mut packer = Packer::new(0);
        for second in 0..seconds {
            let rr = vec![RrInterval::from_ticks(850).unwrap()];
            let reading =
                Reading { heart_rate: Some(72.0), contact: Contact::Detected, rr: rr.into() };
            packer.push(&StoredReading { at: Timestamp::from_second(second).unwrap(), reading });
        }
        packer
    }

    #[test]
    fn a_steady_second_takes_two_bytes() {
        assert_eq!(steady(1001).into_bytes().len() - steady(1).into_bytes().len(), 2000);
    }

    #[test]
    fn of_damaged_bytes_what_comes_before_is_read() {
        let mut packed = steady(100).into_bytes();
        packed.pop();
        let mut heard = Vec::new();
        assert_eq!(unpack(0, &packed, &mut heard), Err(Damaged));
        assert_eq!(heard, unpacked(steady(99)));
    }

    fn any_heard() -> impl Strategy<Value = Vec<StoredReading>> {
        let step = prop_oneof![8 => 900i64..1100, 1 => 0i64..3_000, 1 => -100_000i64..10_000_000];
        let rate = prop_oneof![
            6 => (60u32..90).prop_map(|bpm| Some(f64::from(bpm))),
            1 => (0u32..=655_350).prop_map(|tenths| Some(f64::from(tenths) / 10.0)),
            1 => Just(None),
        ];
        let contact =
            prop_oneof![Just(Contact::Unsupported), Just(Contact::Lost), Just(Contact::Detected)];
        let rr = prop_oneof![5 => 500u32..1200, 1 => 1u32..=65_535, 1 => 1u32..=1_024_000];
        let rr = rr
            .prop_map(|ticks| RrInterval::from_millis(f64::from(ticks) * 1000.0 / 1024.0).unwrap());
        let reading = (rate, contact, prop::collection::vec(rr, 0..9))
            .prop_map(|(heart_rate, contact, rr)| Reading { heart_rate, contact, rr: rr.into() });
        prop::collection::vec((step, reading), 0..60).prop_map(|messages| {
            let mut millis = 1_795_000_000_000;
            let mut heard = Vec::new();
            for (step, reading) in messages {
                millis += step;
                heard.push(StoredReading {
                    at: Timestamp::from_millisecond(millis).unwrap(),
                    reading,
                });
            }
            heard
        })
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(heard in any_heard()) {
            let mut packer = Packer::new(1_795_000_000 / 3_600);
            for heard in &heard {
                packer.push(heard);
            }
            let back = unpacked(packer);
            prop_assert_eq!(back.len(), heard.len());
            for (back, heard) in back.iter().zip(&heard) {
                prop_assert!(back.at.duration_since(heard.at).abs() <= SignedDuration::from_millis(50));
                prop_assert_eq!(Message::from(back), Message::from(heard));
                prop_assert_eq!(back.reading.heart_rate, heard.reading.heart_rate);
                prop_assert_eq!(back.reading.contact, heard.reading.contact);
                for (back, heard) in back.reading.rr.iter().zip(&heard.reading.rr) {
                    prop_assert!((back.millis() - heard.millis()).abs() < 1e-9);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(hour in any::<i64>(), bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut packed = vec![FORM];
            packed.extend(bytes);
            let _ = unpack(hour, &packed, &mut Vec::new());
        }
    }
}
