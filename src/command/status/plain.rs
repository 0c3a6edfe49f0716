//! The status as a person reads it. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use kindbeat_core::context::HandsNow;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::offer::Gate;
use kindbeat_core::reason;
use kindbeat_core::status::Quality;
use kindbeat_core::status::SensorStatus;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;
use kindbeat_core::words::Value;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;
use kindbeat_core::words::local_moment;

/// A few lines, the most asked for first; what there is nothing to say about is left out. Times are local and relative to `now`.
#[must_use]
pub fn plain(status: &Status, now: Timestamp, zone: &TimeZone, words: &Words) -> String {
    let say = |message| words.text(message, &[]);
    let at = |message, moment: Timestamp| {
        words.text(message, &[("time", local_moment(moment, now, zone, words).into())])
    };
    let offers = [("count", status.offers_today.into())];
    let settings = |error: &String| {
        words.text(Message::StatusSettingsKept, &[("problem", harmless(error).into())])
    };
    let history = |error: &String| {
        words.text(Message::StatusHistoryWaits, &[("problem", harmless(error).into())])
    };
    // Also where there is nothing to hold back: the strap is let go, and what the heart does is not known.
    let holds = status.other_session.then_some("other_session");
    let holds = holds.or(status.held_by.as_deref());
    let judged = match (status.frozen_since, status.quality) {
        (Some(since), _) => Some(at(Message::StatusSignalFrozen, since)),
        (None, Some(quality)) => Some(say(signal(quality))),
        (None, None) if status.state == LinkState::Streaming.as_str() => {
            Some(say(Message::StatusSignalJudged))
        }
        (None, None) => None,
    };
    let lines = [
        (say(Message::StatusStrap), Some(strap(status, words))),
        (String::new(), status.other_sensor.as_ref().map(|other| stranger(other, words))),
        (say(Message::StatusHeart), Some(heart(status, words))),
        (String::new(), status.elevated_since.map(|since| at(Message::StatusUpSince, since))),
        (say(Message::StatusHeld), holds.map(|gate| held(gate, hands(status), words))),
        (say(Message::StatusSignal), judged),
        (say(Message::StatusLearned), Some(learned(status.learned_hours, words))),
        (say(Message::StatusOffers), Some(words.text(Message::StatusOffersToday, &offers))),
        (String::new(), status.offer_not_shown.then(|| say(Message::StatusOfferNotShown))),
        (
            say(Message::StatusSnoozed),
            status.snoozed_until.map(|until| at(Message::StatusSnoozedUntil, until)),
        ),
        (
            say(Message::StatusResting),
            status.resting_until.map(|until| at(Message::StatusRestingUntil, until)),
        ),
        (
            say(Message::StatusPostponed),
            status.postponed_until.map(|until| at(Message::StatusPostponedUntil, until)),
        ),
        (say(Message::StatusBreak), status.page_open.then(|| say(Message::StatusBreakOpen))),
        (say(Message::StatusHistory), status.history_error.as_ref().map(history)),
        (say(Message::StatusSettings), status.config_error.as_ref().map(settings)),
    ];
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = lines.iter().filter_map(|(name, text)| {
        let text = text.as_ref()?;
        Some(format!("{name:width$}  {text}\n"))
    });
    lines.collect()
}

fn strap(status: &Status, words: &Words) -> String {
    let known = match status.state.as_str() {
        "searching" => Some(Message::StatusSearching),
        "connecting" => Some(Message::StatusConnecting),
        "streaming" => Some(Message::StatusStreaming),
        "silent" => Some(Message::StatusSilent),
        "away" => Some(Message::StatusAway),
        "adapter_off" => Some(Message::StatusAdapterOff),
        "blocked" => Some(Message::StatusBlocked),
        "no_bluetooth" => Some(Message::StatusNoBluetooth),
        "service_ends" => Some(Message::StatusServiceEnds),
        "in_use" => Some(Message::StatusInUse),
        "needs_pairing" => Some(Message::StatusNeedsPairing),
        "bond_lost" => Some(Message::StatusBondLost),
        "hangs_up" => Some(Message::StatusHangsUp),
        "released" => Some(Message::StatusReleased),
        _ => None,
    };
    let Some(sensor) = &status.sensor else {
        return match known {
            Some(Message::StatusSearching | Message::StatusAway) => {
                words.text(Message::StatusNoneFound, &[])
            }
            known => stands(known, status, words),
        };
    };
    // It was connected once, so it may be somebody else's turn.
    let known = known.map(|message| match message {
        Message::StatusSearching => Message::StatusSearchingAgain,
        other => other,
    });
    let name = harmless(sensor.name.as_deref().unwrap_or(&sensor.address));
    let args = [("name", name.into()), ("state", stands(known, status, words).into())];
    match sensor.battery {
        None => words.text(Message::StatusSensor, &args),
        Some(level) => {
            let [name, state] = args;
            words.text(Message::StatusSensorBattery, &[name, state, ("level", level.into())])
        }
    }
}

/// A monitor in reach that is left alone, and how to choose it.
fn stranger(other: &SensorStatus, words: &Words) -> String {
    let name = harmless(other.name.as_deref().unwrap_or(&other.address));
    words.text(Message::StatusOther, &[("name", name.into())])
}

/// How the strap is; what another version calls it, where that is not known here.
fn stands(known: Option<Message>, status: &Status, words: &Words) -> String {
    known.map_or_else(|| harmless(&status.state), |message| words.text(message, &[]))
}

fn heart(status: &Status, words: &Words) -> String {
    let rate = status.heart_rate.map_or_else(
        || words.text(Message::StatusRateNone, &[]),
        |rate| words.text(Message::StatusRate, &[("rate", rate.into())]),
    );
    let usual = match (status.usual, status.spread) {
        (Some(usual), Some(spread)) => {
            let args = [("usual", whole(usual)), ("spread", whole(spread))];
            words.text(Message::StatusUsualSpread, &args)
        }
        (Some(usual), None) => words.text(Message::StatusUsual, &[("usual", whole(usual))]),
        (None, _) => words.text(Message::StatusUsualLearning, &[]),
    };
    words.text(Message::StatusRates, &[("rate", rate.into()), ("usual", usual.into())])
}

/// As fine as anyone feels.
fn whole(rate: f64) -> Value<'static> {
    rate.round_ties_even().into()
}

/// What holds an offer back, by the name of its gate.
fn held(name: &str, hands: HandsNow, words: &Words) -> String {
    let gate = Gate::named(name);
    let why = gate.map_or_else(|| harmless(name), |gate| reason::holds_now(gate, hands, words));
    words.text(Message::StatusHeldBy, &[("reason", why.into())])
}

const fn hands(status: &Status) -> HandsNow {
    match (status.hands_rest, status.hands_unsure) {
        (true, _) => HandsNow::Rest,
        (false, true) => HandsNow::Unsure,
        (false, false) => HandsNow::InUse,
    }
}

const fn signal(quality: Quality) -> Message {
    match quality {
        Quality::Good => Message::StatusSignalGood,
        Quality::Poor => Message::StatusSignalPoor,
        Quality::RateOnly => Message::StatusSignalRateOnly,
        Quality::OffBody => Message::StatusSignalOffBody,
        Quality::Malformed => Message::StatusSignalMalformed,
    }
}

fn learned(hours: f64, words: &Words) -> String {
    if hours < 1.0 {
        words.text(Message::StatusLearnedMinutes, &[("count", (hours * 60.0).floor().into())])
    } else {
        words.text(Message::StatusLearnedHours, &[("hours", format!("{hours:.1}").into())])
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::accented;

    /// As it is read; in another language nothing of it is in English.
    #[track_caller]
    fn shown(status: &Status) -> String {
        let now = "2030-05-07T14:00:00Z".parse().unwrap();
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        let filled_in =
            ["Polar H10", "Other? HR", "config.toml:3:1: unknown key", "kindbeat.db: is read-only"];
        let other = plain(status, now, &zone, &accented::words());
        assert_eq!(accented::untranslated(&other, &filled_in), [""; 0]);
        plain(status, now, &zone, &Words::new("en"))
    }

    fn polar(battery: Option<u8>) -> SensorStatus {
        let (name, address) = (Some("Polar H10".to_owned()), "A0:9E:1A:00:00:00".to_owned());
        SensorStatus { name, address, battery }
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
            postponed_until: Some("2030-05-07T14:20:00Z".parse().unwrap()),
            resting_until: Some("2030-05-08T04:00:00Z".parse().unwrap()),
            held_by: Some("in_call".to_owned()),
            offer_not_shown: true,
            page_open: true,
            config_error: Some("config.toml:3:1: unknown key".to_owned()),
            history_error: Some("kindbeat.db: is read-only".to_owned()),
            ..Status::default()
        };
        assert_snapshot!(shown(&status), @r#"
        Strap     Polar H10, connected, but it sends nothing; most straps need moist skin contact
        Heart     nothing measured just now; about 66 is usual for you, give or take 4
                  higher than usual since 09:40
        Held      nothing is offered just now: the microphone or the camera is in use
        Signal    the strap feels no skin
        Learned   from 29 minutes of wear
        Offers    0 today
                  one is open and on no screen; "kindbeat break" begins it
        Snoozed   until 15:04
        Resting   until midnight, after a break that was too much; "kindbeat resume" ends it
        Later     you are asked again at 10:20 if your heart is still up
        Break     one is open
        History   is not written just now: kindbeat.db: is read-only
        Settings  the file has a fault, so the earlier ones apply: config.toml:3:1: unknown key
        "#);
    }

    #[test]
    fn a_signal_is_judged_first_and_a_frozen_one_is_named() {
        let state = || "streaming".to_owned();
        let line = |status: Status| {
            let shown = shown(&status);
            shown.lines().find(|line| line.starts_with("Signal")).unwrap_or_default().to_owned()
        };
        let new = Status { state: state(), ..Status::default() };
        assert_eq!(line(new), "Signal    being judged, which takes a minute");
        let frozen_since = Some("2030-05-07T13:40:00Z".parse().unwrap());
        let quality = Some(Quality::RateOnly);
        let frozen = Status { state: state(), quality, frozen_since, ..Status::default() };
        assert_snapshot!(line(frozen), @"Signal    the very same rate since 09:40, as no heart has; perhaps nobody wears the strap. Nothing is learned from it, and nothing offered");
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
    fn while_another_session_is_on_the_screen_it_is_said() {
        let status = Status {
            state: "released".to_owned(),
            sensor: Some(polar(None)),
            other_session: true,
            ..Status::default()
        };
        assert_snapshot!(shown(&status), @r"
        Strap     Polar H10, free for other devices while you are not at this desktop
        Heart     nothing measured just now; what is usual for you is still being learned
        Held      nothing is offered just now: another session is on the screen, not yours
        Learned   from 0 minutes of wear
        Offers    0 today
        ");
    }

    #[test]
    fn hands_at_rest_are_not_said_to_be_at_work() {
        let held = |hands_rest, hands_unsure| {
            let held_by = Some("no_pause".to_owned());
            let status = Status { held_by, hands_rest, hands_unsure, ..Status::default() };
            let shown = shown(&status);
            shown.lines().find(|line| line.starts_with("Held")).unwrap_or_default().to_owned()
        };
        assert_snapshot!(held(false, false), @"Held      nothing is offered just now: kindbeat waits for the moment when your hands pause");
        assert_snapshot!(held(true, false), @"Held      nothing is offered just now: your hands rest already, for longer than a pause; kindbeat waits for the next one");
        assert_snapshot!(held(false, true), @"Held      nothing is offered just now: kindbeat waits for the moment when your hands pause; a program that keeps the screen awake, as a film does, counts as hands here");
    }

    #[test]
    fn a_monitor_of_somebody_else_is_named_with_how_to_choose_it() {
        let status = Status {
            state: "searching".to_owned(),
            sensor: Some(polar(None)),
            other_sensor: Some(SensorStatus {
                name: Some("Other\x1b HR".to_owned()),
                ..polar(None)
            }),
            ..Status::default()
        };
        let said: Vec<_> = shown(&status).lines().skip(1).take(1).map(str::to_owned).collect();
        assert_snapshot!(said.concat(), @r#"          Another heart-rate monitor is in reach: Other? HR. If it is yours: kindbeat devices --use "Other? HR""#);
    }

    #[test]
    fn every_state_has_its_words() {
        use kindbeat_core::monitor::LinkState;
        let said = LinkState::ALL.map(|link| {
            let status = Status {
                state: link.as_str().to_owned(),
                sensor: Some(polar(None)),
                ..Status::default()
            };
            shown(&status).lines().next().unwrap_or_default().to_owned()
        });
        assert_snapshot!(said.join("\n"), @r#"
        Strap     Polar H10, being looked for; if a watch or a phone is connected to it, let go of it there
        Strap     Polar H10, being connected
        Strap     Polar H10, connected
        Strap     Polar H10, connected, but it sends nothing; most straps need moist skin contact
        Strap     Polar H10, out of reach; still looked for now and then. If a watch or a phone is connected to it, let go of it there
        Strap     Polar H10, Bluetooth is switched off
        Strap     Polar H10, Bluetooth is blocked: airplane mode is on, or a switch of the computer
        Strap     Polar H10, there is no Bluetooth adapter, or no Bluetooth service
        Strap     Polar H10, the Bluetooth service ended while kindbeat was looking; kindbeat leaves it alone for a while, then tries again
        Strap     Polar H10, in use by another program on this computer; kindbeat takes it when it is free
        Strap     Polar H10, in reach, but it seems that it has to be paired first: "kindbeat devices --pair NAME" does that
        Strap     Polar H10, in reach, but it seems to have forgotten that it was paired with this computer: "kindbeat devices --pair NAME" pairs it anew
        Strap     Polar H10, in reach, but it ends the connection each time; some do until they are paired: "kindbeat devices --pair NAME"
        Strap     Polar H10, free for other devices while you are not at this desktop
        "#);
    }

    #[test]
    fn every_moment_and_every_figure_has_its_words() {
        let said = |status: Status| shown(&status).lines().nth(1).unwrap_or_default().to_owned();
        let usual = Status { heart_rate: Some(68), usual: Some(66.5), ..Status::default() };
        assert_eq!(said(usual), "Heart     68 beats a minute; about 66 is usual for you");
        for (hours, words) in [(0.02, "one minute"), (0.999, "59 minutes"), (1.0, "1.0 hours")] {
            let learned = shown(&Status { learned_hours: hours, ..Status::default() });
            assert!(learned.contains(&format!("from {words} of wear")), "{learned}");
        }
        for (until, words) in [("08T04:00", "midnight"), ("09T13:00", "Thu 09:00")] {
            let snoozed_until = format!("2030-05-{until}:00Z").parse().ok();
            let snoozed = shown(&Status { snoozed_until, ..Status::default() });
            assert!(snoozed.contains(&format!("until {words}")), "{snoozed}");
        }
        for quality in
            [Quality::Good, Quality::Poor, Quality::RateOnly, Quality::OffBody, Quality::Malformed]
        {
            shown(&Status { quality: Some(quality), ..Status::default() });
        }
        for gate in Gate::ALL {
            shown(&Status { held_by: Some(gate.name().to_owned()), ..Status::default() });
        }
    }

    #[test]
    fn what_came_over_the_air_is_harmless() {
        let name = Some("H\u{1b}[2J\n10".to_owned());
        let sensor = Some(SensorStatus { name, ..polar(None) });
        let status = Status { state: "\u{7}".to_owned(), sensor, ..Status::default() };
        let words = Words::new("en");
        assert_eq!(strap(&status, &words), "H?[2J?10, ?");
        assert_eq!(held("\u{7}", HandsNow::InUse, &words), "nothing is offered just now: ?");
    }
}
