//! The status as a person reads it. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::command::harmless;
use crate::command::when::said;
use crate::offer::Gate;
use crate::reason;
use crate::status::Quality;
use crate::status::Status;
use crate::words::Words;

/// A few lines, the most asked for first; what there is nothing to say about is left out. Times are local and relative to `now`.
#[must_use]
pub fn plain(status: &Status, now: Timestamp, zone: &TimeZone, words: &Words) -> String {
    let at = |moment: Timestamp| said(moment, now, zone);
    let lines = [
        ("Strap", Some(strap(status))),
        ("Heart", Some(heart(status))),
        ("", status.elevated_since.map(|since| format!("higher than usual since {}", at(since)))),
        ("Held", status.held_by.as_deref().map(|gate| held(gate, words))),
        ("Signal", status.quality.map(|quality| signal(quality).to_owned())),
        ("Learned", Some(learned(status.learned_hours))),
        ("Offers", Some(format!("{} today", status.offers_today))),
        ("Snoozed", status.snoozed_until.map(|until| format!("until {}", at(until)))),
        ("Break", status.page_open.then(|| "one is open".to_owned())),
        ("Settings", status.config_error.as_deref().map(config)),
    ];
    let lines = lines.into_iter().filter_map(|(name, text)| Some(format!("{name:9} {}\n", text?)));
    lines.collect()
}

fn strap(status: &Status) -> String {
    let stands = match status.state.as_str() {
        "searching" => "being looked for",
        "connecting" => "being connected",
        "streaming" => "connected",
        "silent" => "connected, but it sends nothing; most straps need moist skin contact",
        "away" => "out of reach; still looked for now and then",
        "adapter_off" => "Bluetooth is switched off",
        "no_bluetooth" => "there is no Bluetooth adapter, or no Bluetooth service",
        "released" => "let go, so that another device can have it",
        other => other,
    };
    let Some(sensor) = &status.sensor else {
        return match status.state.as_str() {
            "searching" | "away" => "none found yet; being looked for".to_owned(),
            _ => harmless(stands),
        };
    };
    let name = sensor.name.as_deref().unwrap_or(&sensor.address);
    let battery = sensor.battery.map(|level| format!("; battery {level} %")).unwrap_or_default();
    harmless(&format!("{name}, {stands}{battery}"))
}

fn heart(status: &Status) -> String {
    let rate = status.heart_rate.map_or_else(
        || "nothing measured just now".to_owned(),
        |rate| format!("{rate} beats a minute"),
    );
    let usual = match (status.usual, status.spread) {
        (Some(usual), Some(spread)) => {
            format!("about {usual:.0} is usual for you, give or take {spread:.0}")
        }
        (Some(usual), None) => format!("about {usual:.0} is usual for you"),
        (None, _) => "what is usual for you is still being learned".to_owned(),
    };
    format!("{rate}; {usual}")
}

/// What holds an offer back, by the name of its gate.
fn held(name: &str, words: &Words) -> String {
    let gate = Gate::ALL.into_iter().find(|gate| gate.name() == name);
    let why = gate.map_or_else(|| harmless(name), |gate| reason::holds(gate, words));
    format!("nothing is offered just now: {why}")
}

const fn signal(quality: Quality) -> &'static str {
    match quality {
        Quality::Good => "good",
        Quality::Poor => "poor: too many gaps to tell one beat from the next",
        Quality::RateOnly => "the rate alone, without single beats; that is enough",
        Quality::OffBody => "the strap feels no skin",
    }
}

fn learned(hours: f64) -> String {
    if hours < 1.0 {
        format!("from {:.0} minutes of wear", (hours * 60.0).floor())
    } else {
        format!("from {hours:.1} hours of wear")
    }
}

fn config(error: &str) -> String {
    format!("the file has a fault, so the earlier ones apply: {}", harmless(error))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::status::Sensor;

    fn shown(status: &Status) -> String {
        let now = "2030-05-07T14:00:00Z".parse().unwrap();
        plain(status, now, &TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap(), &Words::new("en"))
    }

    fn polar(battery: Option<u8>) -> Sensor {
        let (name, address) = (Some("Polar H10".to_owned()), "A0:9E:1A:00:00:00".to_owned());
        Sensor { name, address, battery }
    }

    #[test]
    fn a_quiet_hour_takes_few_lines() {
        let status = Status {
            state: "streaming".to_owned(),
            heart_rate: Some(68),
            usual: Some(66.2),
            spread: Some(4.0),
            quality: Some(Quality::Good),
            sensor: Some(polar(Some(87))),
            learned_hours: 17.14,
            offers_today: 1,
            ..Status::default()
        };
        assert_snapshot!(shown(&status), @r"
        Strap     Polar H10, connected; battery 87 %
        Heart     68 beats a minute; about 66 is usual for you, give or take 4
        Signal    good
        Learned   from 17.1 hours of wear
        Offers    1 today
        ");
    }

    #[test]
    fn everything_there_is_to_say_is_said() {
        let status = Status {
            state: "silent".to_owned(),
            usual: Some(66.2),
            spread: Some(4.0),
            elevated_since: Some("2030-05-07T13:40:00Z".parse().unwrap()),
            quality: Some(Quality::OffBody),
            sensor: Some(polar(None)),
            learned_hours: 0.499,
            snoozed_until: Some("2030-05-07T19:04:00Z".parse().unwrap()),
            held_by: Some("in_call".to_owned()),
            page_open: true,
            config_error: Some("config.toml:3:1: unknown key".to_owned()),
            ..Status::default()
        };
        assert_snapshot!(shown(&status), @r"
        Strap     Polar H10, connected, but it sends nothing; most straps need moist skin contact
        Heart     nothing measured just now; about 66 is usual for you, give or take 4
                  higher than usual since 09:40
        Held      nothing is offered just now: the microphone or the camera is in use
        Signal    the strap feels no skin
        Learned   from 29 minutes of wear
        Offers    0 today
        Snoozed   until 15:04
        Break     one is open
        Settings  the file has a fault, so the earlier ones apply: config.toml:3:1: unknown key
        ");
    }

    #[test]
    fn the_first_minutes_promise_nothing() {
        let status = Status { state: "searching".to_owned(), ..Status::default() };
        assert_snapshot!(shown(&status), @r"
        Strap     none found yet; being looked for
        Heart     nothing measured just now; what is usual for you is still being learned
        Learned   from 0 minutes of wear
        Offers    0 today
        ");
    }

    #[test]
    fn every_state_has_its_words() {
        use crate::connection::Link;
        let links = [
            Link::Searching,
            Link::Connecting,
            Link::Streaming,
            Link::Silent,
            Link::Away,
            Link::AdapterOff,
            Link::NoBluetooth,
            Link::Released,
        ];
        let said = links.map(|link| {
            let status = Status {
                state: link.as_str().to_owned(),
                sensor: Some(polar(None)),
                ..Status::default()
            };
            strap(&status)
        });
        assert_snapshot!(said.join("\n"), @r"
        Polar H10, being looked for
        Polar H10, being connected
        Polar H10, connected
        Polar H10, connected, but it sends nothing; most straps need moist skin contact
        Polar H10, out of reach; still looked for now and then
        Polar H10, Bluetooth is switched off
        Polar H10, there is no Bluetooth adapter, or no Bluetooth service
        Polar H10, let go, so that another device can have it
        ");
    }

    #[test]
    fn what_came_over_the_air_is_harmless() {
        let name = Some("H\u{1b}[2J\n10".to_owned());
        let sensor = Some(Sensor { name, ..polar(None) });
        let status = Status { state: "\u{7}".to_owned(), sensor, ..Status::default() };
        assert_eq!(strap(&status), "H?[2J?10, ?");
        assert_eq!(held("\u{7}", &Words::new("en")), "nothing is offered just now: ?");
    }
}
