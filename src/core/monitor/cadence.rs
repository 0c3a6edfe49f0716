//! Decodes the RSC Measurement characteristic (0x2A53): the steps that some straps and every foot pod send. Pure.
//!
//! Layout by the Running Speed and Cadence Service 1.0, section 3.1: a flags byte, the speed in 1/256 m/s in 16 bits, the cadence in steps
//! a minute in 8 bits; then, as the flags say, the length of a stride and the distance, of which nothing is used here. Little-endian.

/// How fast its wearer steps, in steps a minute, 0 to 255.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Cadence(f64);

impl Cadence {
    /// From a packet. A sensor that knows the speed alone sends 0 steps: they follow from the speed then. `None`: the packet ends too early.
    #[must_use]
    pub fn decode(packet: &[u8]) -> Option<Self> {
        let &[_flags, low, high, steps, ..] = packet else { return None };
        let speed = f64::from(u16::from_le_bytes([low, high])) / SPEED_UNITS;
        let steps = if steps == 0 { speed * 60.0 / STEP_METRES } else { f64::from(steps) };
        Some(Self(steps.min(f64::from(u8::MAX))))
    }

    /// Steps a minute, 0 to 255.
    #[must_use]
    pub const fn steps_a_minute(self) -> f64 {
        self.0
    }
}

/// The speed is sent in 1/256 m/s.
const SPEED_UNITS: f64 = 256.0;

/// The length of a step in walking, in m: about 0.41 of the body's height.
const STEP_METRES: f64 = 0.7;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn steps(packet: &[u8]) -> Option<f64> {
        Cadence::decode(packet).map(Cadence::steps_a_minute)
    }

    #[test]
    fn the_cadence_is_read_whatever_else_the_packet_holds() {
        // 1.4 m/s.
        assert_eq!(steps(&[0, 0x66, 0x01, 104]), Some(104.0));
        // With the length of a stride and the distance, running.
        assert_eq!(steps(&[7, 0x00, 0x03, 170, 0x6E, 0, 1, 2, 3, 4]), Some(170.0));
        assert_eq!(steps(&[0, 0, 0, 0]), Some(0.0));
        assert_eq!(steps(&[0, 0, 0]), None);
    }

    #[test]
    fn a_speed_without_steps_is_walking_too() {
        // 0.7 m/s is one step a second.
        let slow = steps(&[0, 179, 0, 0]).unwrap();
        assert!((slow - 60.0).abs() < 0.5, "{slow}");
    }

    proptest! {
        #[test]
        fn any_packet_gives_a_cadence_in_range(
            packet in prop::collection::vec(any::<u8>(), 0..30)
        ) {
            let given = steps(&packet);
            prop_assert_eq!(given.is_some(), packet.len() >= 4);
            prop_assert!(given.is_none_or(|steps| (0.0..=255.0).contains(&steps)));
        }
    }
}
