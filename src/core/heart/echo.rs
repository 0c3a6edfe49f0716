//! A packet that was told twice.

use jiff::SignedDuration;
use jiff::Timestamp;

/// Tells a packet of a monitor from its echo.
///
/// BlueZ signals each packet once for every program that asked it to (`StartNotify`), and to everybody: with a second program on the same
/// monitor each comes twice, with a third three times. Taken in so, half of the successive differences would be 0.
#[derive(Clone, Debug, Default)]
pub struct EchoFilter {
    last: Option<(Timestamp, Vec<u8>)>,
}

impl EchoFilter {
    /// Whether this is no echo of the packet before.
    pub fn is_new(&mut self, now: Timestamp, packet: &[u8]) -> bool {
        let echoes = |(at, last): &(Timestamp, Vec<u8>)| {
            let since = now.duration_since(*at);
            last == packet && !since.is_negative() && since < ECHO
        };
        if self.last.as_ref().is_some_and(echoes) {
            return false;
        }
        self.last = Some((now, packet.to_owned()));
        true
    }
}

/// Within so long of each other two equal packets are one: the same packet is signalled again within a millisecond, and a monitor sends
/// one to four a second.
const ECHO: SignedDuration = SignedDuration::from_millis(50);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    proptest! {
        #[test]
        fn a_packet_told_several_times_is_taken_once(
            packets in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..20), 60_i64..3_000), 1..50),
            times in 1_i64..4,
        ) {
            let mut echoes = EchoFilter::default();
            let mut taken = Vec::new();
            let mut now = 0;
            for (packet, wait) in &packets {
                now += wait;
                for time in 0..times {
                    if echoes.is_new(at(now + time), packet) {
                        taken.push(packet);
                    }
                }
            }
            prop_assert_eq!(taken, packets.iter().map(|(packet, _)| packet).collect::<Vec<_>>());
        }
    }

    #[test]
    fn after_the_clock_was_set_back_the_next_packet_is_new() {
        let mut echoes = EchoFilter::default();
        assert!(echoes.is_new(at(10_000), &[0, 72]));
        assert!(echoes.is_new(at(9_990), &[0, 72]));
    }
}
