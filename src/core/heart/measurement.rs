//! Decodes and encodes the Heart Rate Measurement characteristic (0x2A37). Pure.
//!
//! Layout by the Heart Rate Service 1.0, section 3.1: a flags byte, the rate in 8 or 16 bits, the energy expended when flag
//! bit 3 is set, then RR intervals to the end when bit 4 is set; everything little-endian. Any byte string may come from a
//! radio, so nothing here reads past the end or panics.

use thiserror::Error;

use super::Contact;
use super::Reading;
use super::RrInterval;
use super::sample::PLAUSIBLE;

/// One notification, as sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measurement {
    /// In bpm; 0 while the monitor has no rate.
    pub heart_rate: u16,
    pub contact: Contact,
    /// In kJ since the last reset; `None` when not sent, which is most of the time.
    pub energy_expended: Option<u16>,
    /// In 1/1024 s, oldest first. A default radio packet has room for 9, a large one for more.
    pub rr_intervals: Vec<u16>,
}

impl Measurement {
    /// What can be relied on in a packet that [`Self::decode`] refuses: its rate and its contact, without intervals, which may begin at
    /// the wrong byte. `None`: it ends before there is a rate.
    #[must_use]
    pub fn salvage(packet: &[u8]) -> Option<Self> {
        let flags = packet.first()?;
        let head = if flags & RATE_16_BIT == 0 { packet.get(..2)? } else { packet.get(..3)? };
        let mut head = head.to_vec();
        head[0] &= !(ENERGY_PRESENT | RR_PRESENT);
        Self::decode(&head).ok()
    }

    /// Fails when the packet ends inside a field, or has bytes that no flag announces.
    pub fn decode(packet: &[u8]) -> Result<Self, DecodeError> {
        let (&flags, mut rest) =
            packet.split_first().ok_or(DecodeError::Truncated { field: "flags" })?;
        let heart_rate = if flags & RATE_16_BIT == 0 {
            let (&rate, tail) =
                rest.split_first().ok_or(DecodeError::Truncated { field: "heart rate" })?;
            rest = tail;
            u16::from(rate)
        } else {
            take_u16(&mut rest).ok_or(DecodeError::Truncated { field: "heart rate" })?
        };
        let contact = match (flags & CONTACT_SUPPORTED != 0, flags & CONTACT_DETECTED != 0) {
            (false, _) => Contact::Unsupported,
            (true, false) => Contact::Lost,
            (true, true) => Contact::Detected,
        };
        let energy_expended = if flags & ENERGY_PRESENT == 0 {
            None
        } else {
            Some(take_u16(&mut rest).ok_or(DecodeError::Truncated { field: "energy expended" })?)
        };
        let mut rr_intervals = Vec::new();
        if flags & RR_PRESENT != 0 {
            rr_intervals.reserve_exact(rest.len() / 2);
            while let Some(rr) = take_u16(&mut rest) {
                rr_intervals.push(rr);
            }
        }
        if rest.is_empty() {
            Ok(Self { heart_rate, contact, energy_expended, rr_intervals })
        } else if flags & RR_PRESENT != 0 {
            Err(DecodeError::Truncated { field: "RR interval" })
        } else {
            Err(DecodeError::Trailing { bytes: rest.len() })
        }
    }

    /// The shortest form of the notification: what a simulated monitor sends.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut flags = match self.contact {
            Contact::Unsupported => 0,
            Contact::Lost => CONTACT_SUPPORTED,
            Contact::Detected => CONTACT_SUPPORTED | CONTACT_DETECTED,
        };
        let mut packet = vec![0];
        if let Ok(rate) = u8::try_from(self.heart_rate) {
            packet.push(rate);
        } else {
            flags |= RATE_16_BIT;
            packet.extend(self.heart_rate.to_le_bytes());
        }
        if let Some(energy) = self.energy_expended {
            flags |= ENERGY_PRESENT;
            packet.extend(energy.to_le_bytes());
        }
        if !self.rr_intervals.is_empty() {
            flags |= RR_PRESENT;
            packet.extend(self.rr_intervals.iter().flat_map(|rr| rr.to_le_bytes()));
        }
        packet[0] = flags;
        packet
    }
}

impl From<Measurement> for Reading {
    /// A rate that no heart has becomes `None`: 0, and what else lies outside 30 to 240 bpm. An interval of 0, which isn't a beat, is
    /// left out.
    fn from(sent: Measurement) -> Self {
        Self {
            heart_rate: Some(f64::from(sent.heart_rate)).filter(|rate| PLAUSIBLE.contains(rate)),
            contact: sent.contact,
            rr: sent.rr_intervals.into_iter().filter_map(RrInterval::from_ticks).collect(),
        }
    }
}

/// Why a packet isn't a measurement. Later packets don't depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("the packet ends inside the {field}")]
    Truncated { field: &'static str },
    #[error("{bytes} bytes follow that no flag announces")]
    Trailing { bytes: usize },
}

fn take_u16(rest: &mut &[u8]) -> Option<u16> {
    let (bytes, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(u16::from_le_bytes(*bytes))
}

const RATE_16_BIT: u8 = 1;
const CONTACT_DETECTED: u8 = 1 << 1;
const CONTACT_SUPPORTED: u8 = 1 << 2;
const ENERGY_PRESENT: u8 = 1 << 3;
const RR_PRESENT: u8 = 1 << 4;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A packet with these flags and every field that they announce; the numbers tell the fields apart.
    fn packet(flags: u8, rr: &[u16]) -> Vec<u8> {
        let mut packet = vec![flags];
        if flags & RATE_16_BIT == 0 {
            packet.push(72);
        } else {
            packet.extend(300u16.to_le_bytes());
        }
        if flags & ENERGY_PRESENT != 0 {
            packet.extend(1_234u16.to_le_bytes());
        }
        if flags & RR_PRESENT != 0 {
            packet.extend(rr.iter().flat_map(|rr| rr.to_le_bytes()));
        }
        packet
    }

    #[test]
    fn every_combination_of_flags_with_0_to_9_intervals_is_read() {
        for flags in 0..32 {
            for count in 0..=9 {
                let rr: Vec<u16> = (0..count).map(|n| 800 + n).collect();
                let read = Measurement::decode(&packet(flags, &rr)).unwrap();
                assert_eq!(
                    read.heart_rate,
                    if flags & RATE_16_BIT == 0 { 72 } else { 300 },
                    "flags {flags:05b}"
                );
                assert_eq!(
                    read.energy_expended,
                    (flags & ENERGY_PRESENT != 0).then_some(1_234),
                    "flags {flags:05b}"
                );
                assert_eq!(
                    read.rr_intervals,
                    if flags & RR_PRESENT == 0 { vec![] } else { rr },
                    "flags {flags:05b}"
                );
                let contact = match flags >> 1 & 3 {
                    0 | 1 => Contact::Unsupported,
                    2 => Contact::Lost,
                    _ => Contact::Detected,
                };
                assert_eq!(read.contact, contact, "flags {flags:05b}");
            }
        }
    }

    #[test]
    fn a_packet_cut_anywhere_names_the_field_it_ends_in() {
        let whole = packet(0b1_1001, &[800, 810]);
        let errors: Vec<_> =
            (0..whole.len()).map(|end| Measurement::decode(&whole[..end]).err()).collect();
        let cut = |field| Some(DecodeError::Truncated { field });
        let (rate, energy, rr) = (cut("heart rate"), cut("energy expended"), cut("RR interval"));
        // Cut between two intervals, or before the first, it's a whole packet with fewer of them.
        assert_eq!(errors, [cut("flags"), rate, rate, energy, energy, None, rr, None, rr]);
    }

    #[test]
    fn bytes_that_no_flag_announces_are_refused() {
        assert_eq!(Measurement::decode(&[0, 72, 1, 2]), Err(DecodeError::Trailing { bytes: 2 }));
    }

    #[test]
    fn a_rate_of_nothing_is_no_rate() {
        let reading =
            Reading::from(Measurement { rr_intervals: vec![0, 1024], ..Measurement::default() });
        assert_eq!(reading.heart_rate, None);
        assert_eq!(reading.rr[..], [RrInterval::from_millis(1000.0).unwrap()]);
    }

    fn any_measurement() -> impl Strategy<Value = Measurement> {
        let contact =
            prop_oneof![Just(Contact::Unsupported), Just(Contact::Lost), Just(Contact::Detected)];
        (any::<u16>(), contact, any::<Option<u16>>(), prop::collection::vec(any::<u16>(), 0..10))
            .prop_map(|(heart_rate, contact, energy_expended, rr_intervals)| Measurement {
                heart_rate,
                contact,
                energy_expended,
                rr_intervals,
            })
    }

    #[test]
    fn a_rate_that_no_heart_has_is_none() {
        for (heart_rate, shown) in [
            (0, None),
            (29, None),
            (30, Some(30.0)),
            (240, Some(240.0)),
            (241, None),
            (255, None),
            (59_638, None),
            (65_535, None),
        ] {
            let sent = Measurement { heart_rate, ..Measurement::default() };
            assert_eq!(Reading::from(sent).heart_rate, shown, "{heart_rate}");
        }
    }

    #[test]
    fn of_a_malformed_packet_the_rate_is_read_where_there_is_one() {
        let salvaged = |packet: &[u8]| {
            assert!(Measurement::decode(packet).is_err(), "{packet:?}");
            Measurement::salvage(packet).map(|read| (read.heart_rate, read.contact))
        };
        let (none, worn) = (Contact::Unsupported, Contact::Detected);
        assert_eq!(salvaged(&[0x00, 70, 0]), Some((70, none)));
        assert_eq!(salvaged(&[0x00, 70, 0, 0]), Some((70, none)));
        assert_eq!(salvaged(&[0x16, 70, 0, 4, 1]), Some((70, worn)));
        assert_eq!(salvaged(&[0x19, 70, 0, 5]), Some((70, none)));
        for short in [&[][..], &[0x00], &[0x01, 70]] {
            assert_eq!(salvaged(short), None);
        }
    }

    proptest! {
        #[test]
        fn what_is_salvaged_has_no_intervals(
            bytes in prop::collection::vec(any::<u8>(), 0..40)
        ) {
            let read = Measurement::salvage(&bytes);
            prop_assert_eq!(read.is_some(), bytes.len() > 2 || bytes.len() == 2 && bytes[0] & 1 == 0);
            prop_assert!(read.is_none_or(|read| read.rr_intervals.is_empty()));
        }

        #[test]
        fn what_is_encoded_is_decoded(sent in any_measurement()) {
            prop_assert_eq!(Measurement::decode(&sent.encode()), Ok(sent));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(read) = Measurement::decode(&bytes) {
                prop_assert_eq!(Measurement::decode(&read.encode()), Ok(read));
            }
        }
    }
}
