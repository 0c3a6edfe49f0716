//! The status for a bar of the desktop, in the form that Waybar reads. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::plain;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

#[derive(Serialize)]
struct Line<'a> {
    text: String,
    tooltip: String,
    class: &'a str,
}

/// One line of JSON: `text` for the bar, `tooltip` for the pointer, `class` for the style sheet. The class is `break` while one is
/// open, else `snoozed`, else `elevated`, else the `state`.
#[must_use]
pub fn bar(status: &Status, now: Timestamp, zone: &TimeZone, words: &Words) -> String {
    let rate = status.heart_rate.map_or_else(|| "–".to_owned(), |rate| rate.to_string());
    let class = if status.page_open {
        "break"
    } else if status.snoozed_until.is_some() {
        "snoozed"
    } else if status.elevated_since.is_some() {
        "elevated"
    } else {
        &status.state
    };
    let tooltip = escaped(plain(status, now, zone, words).trim_end());
    written(&Line { text: format!("♥ {rate}"), tooltip, class })
}

/// What a bar shows while there is no daemon; the class is `offline`.
#[must_use]
pub fn offline(words: &Words) -> String {
    let tooltip = escaped(&words.text(Message::StatusOffline, &[]));
    written(&Line { text: "♥ –".to_owned(), tooltip, class: "offline" })
}

fn written(line: &Line<'_>) -> String {
    // Texts can always be written.
    serde_json::to_string(line).unwrap_or_default()
}

/// Waybar reads markup: a strap may be called "<3".
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::accented;
    use kindbeat_core::status::SensorStatus;

    fn streaming() -> Status {
        Status {
            state: "streaming".to_owned(),
            heart_rate: Some(72),
            sensor: Some(SensorStatus {
                name: Some("<3 & \"H\"".to_owned()),
                address: String::new(),
                battery: None,
            }),
            ..Status::default()
        }
    }

    fn shown(status: &Status) -> String {
        bar(status, "2030-05-07T14:00:00Z".parse().unwrap(), &TimeZone::UTC, &Words::new("en"))
    }

    #[test]
    fn a_line_holds_what_waybar_reads_and_no_markup() {
        assert_snapshot!(shown(&streaming()), @r#"{"text":"♥ 72","tooltip":"Strap     &lt;3 &amp; \"H\", connected\nHeart     72 beats a minute; what is usual for you is still being learned\nSignal    being judged, which takes a minute\nLearned   from 0 minutes of wear\nOffers    0 today","class":"streaming"}"#);
        assert_snapshot!(offline(&Words::new("en")), @r#"{"text":"♥ –","tooltip":"kindbeat is not running","class":"offline"}"#);
    }

    #[test]
    fn a_bar_says_nothing_that_cannot_be_translated() {
        let (now, words) = ("2030-05-07T14:00:00Z".parse().unwrap(), accented::words());
        for line in [bar(&streaming(), now, &TimeZone::UTC, &words), offline(&words)] {
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            let said = format!(
                "{}\n{}",
                line["text"].as_str().unwrap(),
                line["tooltip"].as_str().unwrap()
            );
            assert_eq!(accented::untranslated(&said, &["&lt;3 &amp; \"H\""]), [""; 0]);
        }
    }

    #[test]
    fn the_class_names_what_matters_most() {
        let class = |status: &Status| {
            let line: serde_json::Value = serde_json::from_str(&shown(status)).unwrap();
            line["class"].as_str().unwrap().to_owned()
        };
        let mut status = streaming();
        assert_eq!(class(&status), "streaming");
        status.elevated_since = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(class(&status), "elevated");
        status.snoozed_until = Some(Timestamp::UNIX_EPOCH);
        assert_eq!(class(&status), "snoozed");
        status.page_open = true;
        assert_eq!(class(&status), "break");
        let offline: serde_json::Value = serde_json::from_str(&offline(&Words::new("en"))).unwrap();
        assert_eq!(offline["class"], "offline");
    }
}
