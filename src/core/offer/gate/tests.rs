use proptest::prelude::*;

use super::*;
use crate::context::Desktop;
use crate::context::Probe;

/// Sunday 1970-01-04, 12:00 UTC.
const NOON: i64 = (3 * 24 + 12) * 3_600;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

fn moment(context: &Context) -> Moment<'_> {
    Moment {
        now: at(NOON),
        context,
        popup: Popup::Stays,
        returned_at: None,
        unlocked_at: None,
        call_ended_at: None,
        after_return: SignedDuration::from_mins(5),
        exerting: false,
        break_open: false,
        walked_until: None,
        unchanging: false,
        snoozed_until: None,
        resting_until: None,
        postponed_until: None,
        cool_down_from: None,
        offers_today: 0,
        fine_in_a_row: 0,
    }
}

/// Settings and a moment in which nothing but `gate` is closed.
fn closed_by(gate: Gate) -> Option<Gate> {
    let (mut settings, mut context) = (OfferSettings::default(), Context::default());
    let desktop = context.desktop.get_or_insert_default();
    match gate {
        Gate::DayOff => settings.days = vec![Day::Mon],
        Gate::QuietHours => settings.quiet_hours = vec!["11:00-13:00".parse().unwrap()],
        Gate::OtherSession => context.other_session = true,
        Gate::Locked => context.locked = true,
        Gate::Away => context.presence = Presence::Away,
        Gate::NoPause => context.hands = InputActivity::Resting(at(NOON - 5)),
        _ => gate.facts().iter().for_each(|&fact| desktop[fact] = Probe::Yes),
    }
    let moment = moment(&context);
    settings.closed_gate(&match gate {
        Gate::Snoozed => Moment { snoozed_until: Some(at(NOON + 1)), ..moment },
        Gate::Resting => Moment { resting_until: Some(at(NOON + 1)), ..moment },
        Gate::Postponed => Moment { postponed_until: Some(at(NOON + 1)), ..moment },
        Gate::BreakOpen => Moment { break_open: true, ..moment },
        Gate::Moving => Moment { exerting: true, ..moment },
        Gate::AfterWalk => Moment { walked_until: Some(at(NOON + 1)), ..moment },
        Gate::Unchanging => Moment { unchanging: true, ..moment },
        Gate::JustReturned => Moment { returned_at: Some(at(NOON - 299)), ..moment },
        Gate::DailyLimit => Moment { offers_today: 3, ..moment },
        Gate::CoolDown => Moment { cool_down_from: Some(at(NOON - 5_399)), ..moment },
        _ => moment,
    })
}

#[test]
fn each_gate_closes_by_itself() {
    for gate in Gate::ALL {
        let by_itself = (gate != Gate::Settled).then_some(gate);
        assert_eq!(closed_by(gate), by_itself);
    }
}

#[test]
fn with_nothing_against_it_every_gate_is_open() {
    assert_eq!(OfferSettings::default().closed_gate(&moment(&Context::default())), None);
}

#[test]
fn each_gate_opens_when_its_time_is_over() {
    let context = Context { hands: InputActivity::Resting(at(NOON - 6)), ..Context::default() };
    let over = Moment {
        snoozed_until: Some(at(NOON)),
        resting_until: Some(at(NOON)),
        postponed_until: Some(at(NOON)),
        returned_at: Some(at(NOON - 300)),
        cool_down_from: Some(at(NOON - 5_400)),
        offers_today: 2,
        ..moment(&context)
    };
    assert_eq!(OfferSettings::default().closed_gate(&over), None);
}

#[test]
fn a_gate_that_is_switched_off_stays_open() {
    let switches = Gate::ALL.into_iter().filter_map(Gate::switch);
    let off: Vec<_> = switches.map(|switch| format!("{} = false", switch.key)).collect();
    let settings: OfferSettings =
        toml::from_str(&format!("{}\nwait_for_pause = \"0 s\"", off.join("\n"))).unwrap();
    assert!(Gate::ALL.iter().all(|gate| gate.facts().is_empty() == gate.switch().is_none()));
    let everything = Desktop::from_fn(|_| Probe::Yes).with(Fact::Camera, Probe::Failed);
    let context =
        Context { desktop: Some(everything), hands: InputActivity::Busy, ..Context::default() };
    assert_eq!(settings.closed_gate(&moment(&context)), None);
}

#[test]
fn a_failed_source_holds_an_offer_and_an_absent_one_does_not() {
    for (seen, held) in [
        (Probe::Absent, None),
        (Probe::No, None),
        (Probe::Failed, Some(Gate::InCall)),
        (Probe::Yes, Some(Gate::InCall)),
    ] {
        for fact in [Fact::Microphone, Fact::Camera] {
            let mut desktop = Desktop::default();
            desktop[fact] = seen;
            let context = Context { desktop: Some(desktop), ..Context::default() };
            assert_eq!(OfferSettings::default().closed_gate(&moment(&context)), held, "{seen:?}");
        }
    }
}

#[test]
fn a_pause_is_an_idle_time_neither_short_nor_long() {
    let resting = |seconds| InputActivity::Resting(at(NOON - seconds));
    for (hands, pause) in [
        (InputActivity::Unknown, true),
        (InputActivity::Lately, true),
        (InputActivity::Busy, false),
        (resting(5), false),
        (resting(6), true),
        (resting(15), true),
        (resting(16), false),
        (resting(-3), false),
    ] {
        let context = Context { hands, ..Context::default() };
        let gate = OfferSettings::default().closed_gate(&moment(&context));
        assert_eq!(gate, (!pause).then_some(Gate::NoPause), "{hands:?}");
    }
}

#[test]
fn an_unlock_is_a_pause_whatever_the_hands_do() {
    let context = Context { hands: InputActivity::Busy, ..Context::default() };
    for (ago, gate) in [(0, None), (14, None), (15, Some(Gate::NoPause))] {
        let moment = Moment { unlocked_at: Some(at(NOON - ago)), ..moment(&context) };
        assert_eq!(OfferSettings::default().closed_gate(&moment), gate);
    }
}

#[test]
fn the_end_of_a_call_is_a_pause_once_it_is_sure() {
    let context = Context { hands: InputActivity::Busy, ..Context::default() };
    let (call, pause) = (Some(Gate::InCall), Some(Gate::NoPause));
    for (ago, gate) in [(0, call), (9, call), (10, None), (24, None), (25, pause)] {
        let moment = Moment { call_ended_at: Some(at(NOON - ago)), ..moment(&context) };
        assert_eq!(OfferSettings::default().closed_gate(&moment), gate, "{ago} s");
        // Who does not hold in calls is not asked while muted either.
        let settings = OfferSettings { hold_in_calls: false, ..OfferSettings::default() };
        assert_eq!(settings.closed_gate(&moment), if ago < 10 { pause } else { gate });
    }
}

#[test]
fn hands_that_rest_for_long_are_away() {
    let resting = |seconds| InputActivity::Resting(at(NOON - seconds));
    for (hands, presence) in [
        (InputActivity::Unknown, Presence::Unknown),
        (InputActivity::Lately, Presence::AtDesk),
        (InputActivity::Busy, Presence::AtDesk),
        (resting(299), Presence::AtDesk),
        (resting(300), Presence::Away),
    ] {
        let context = Context { hands, ..Context::default() };
        assert_eq!(context.presence_at(at(NOON)), presence, "{hands:?}");
        let told = Context { presence: Presence::Moving, ..context };
        assert_eq!(told.presence_at(at(NOON)), Presence::Moving, "{hands:?}");
    }
}

proptest! {
    #[test]
    fn local_time_counts_for_hours_and_days(offset in -12i8..=14, hour in 0i64..168) {
        let settings = OfferSettings {
            quiet_hours: vec!["22:00-07:00".parse().unwrap()],
            ..OfferSettings::default()
        };
        let utc_offset = jiff::tz::offset(offset);
        let context = Context { utc_offset, ..Context::default() };
        let now = at(NOON + hour * 3_600);
        let local = (NOON / 3_600 + hour + i64::from(offset)).rem_euclid(24);
        let quiet = !(7..22).contains(&local);
        let gate = settings.closed_gate(&Moment { now, ..moment(&context) });
        prop_assert_eq!(gate, quiet.then_some(Gate::QuietHours));
    }
}

#[test]
fn by_default_any_moment_of_the_week_may_be_offered() {
    let settings = OfferSettings::default();
    assert!(settings.is_day(Weekday::Sunday) && !settings.is_quiet(Time::midnight()));
}

#[test]
fn the_cool_down_doubles_from_the_second_fine_up_to_a_day() {
    let minutes = |settings: &OfferSettings, fine| settings.cool_down_after(fine).as_mins();
    let usual = OfferSettings::default();
    assert_eq!(
        [0, 1, 2, 3, 4, 5, u32::MAX].map(|fine| minutes(&usual, fine)),
        [90, 90, 180, 360, 480, 480, 480]
    );
    let set = |seconds| OfferSettings {
        cool_down: RangedDuration::secs(seconds),
        ..OfferSettings::default()
    };
    assert_eq!(minutes(&set(12 * 3_600), 9), 720);
    assert_eq!((minutes(&set(0), 9), minutes(&set(1), 99)), (0, 480));
}
