//! What a caller asks with, checked. Pure.

use jiff::SignedDuration;
use jiff::Timestamp;

use super::LastAnswer;
use super::Refusal;
use kindbeat_core::connection::Address;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::practice::Length;
use kindbeat_core::words::short;

/// The practice, by a name that may be none, and the length of a break; `None`: those that are set.
pub fn which_break(
    practice: &str,
    length_s: u32,
) -> Result<(Option<String>, Option<Length>), Refusal> {
    let length = match length_s {
        0 => None,
        seconds => Some(
            Length::from_seconds(seconds)
                .ok_or_else(|| Refusal::InvalidLength(seconds.to_string()))?,
        ),
    };
    // No practice has a longer name.
    let practice = Some(short(practice)).filter(|practice| !practice.is_empty());
    Ok((practice, length))
}

/// The moment so many seconds after 1970, where it lies ahead, by a year at most.
pub fn time_ahead(seconds: i64, now: Timestamp) -> Result<Timestamp, Refusal> {
    let until = Timestamp::from_second(seconds);
    let until = until.map_err(|_| Refusal::InvalidTime(seconds.to_string()))?;
    let ahead = until.duration_since(now);
    let is_allowed = ahead.is_positive() && ahead <= LONGEST_SNOOZE;
    if is_allowed { Ok(until) } else { Err(Refusal::InvalidTime(until.to_string())) }
}

/// The monitor at this Bluetooth address; an empty name: it is not known.
pub fn monitor(address: &str, name: &str) -> Result<MonitorInfo, Refusal> {
    let at = address.parse::<Address>();
    let at = at.map_err(|_| Refusal::InvalidMonitor(short(address)))?;
    let name = Some(short(name)).filter(|name| !name.is_empty());
    Ok(MonitorInfo { id: at.into(), name, battery: None })
}

/// The answer that this word means.
pub fn answer(word: &str) -> Result<LastAnswer, Refusal> {
    LastAnswer::from_word(word).ok_or_else(|| Refusal::InvalidAnswer(short(word)))
}

/// A year, and a day for whoever counts from a leap day.
const LONGEST_SNOOZE: SignedDuration = SignedDuration::from_hours(366 * 24);

#[cfg(test)]
mod tests {
    use kindbeat_core::words::Words;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn offers_are_snoozed_until_a_time_ahead_within_a_year() {
        let now = Timestamp::from_second(1_900_000_000).unwrap();
        let ahead = |seconds: i64| time_ahead(now.as_second() + seconds, now);
        assert_eq!(ahead(1), Ok(Timestamp::from_second(1_900_000_001).unwrap()));
        assert!(ahead(366 * 86_400).is_ok());
        for seconds in [0, -1, -1_900_000_000, 366 * 86_400 + 1] {
            assert!(matches!(ahead(seconds), Err(Refusal::InvalidTime(_))), "{seconds}");
        }
        for seconds in [i64::MIN, i64::MAX] {
            assert!(matches!(time_ahead(seconds, now), Err(Refusal::InvalidTime(_))), "{seconds}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_asked_is_taken_or_refused_in_a_short_sentence(
            text: String, other: String, length: u32, seconds: i64, now in 0_i64..4_000_000_000,
        ) {
            let now = Timestamp::from_second(now).unwrap();
            let refusals = [
                which_break(&text, length).err(),
                time_ahead(seconds, now).err(),
                monitor(&text, &other).err(),
                answer(&text).err(),
            ];
            for refusal in refusals.into_iter().flatten() {
                let says = refusal.text(&Words::new("en"));
                prop_assert!(says.chars().count() < 300 && !says.contains(char::is_control), "{}", says);
            }
        }
    }
}
