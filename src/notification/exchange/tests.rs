use super::*;
use crate::notification::OfferLabels;
use kindbeat_core::offer::Answer;
use kindbeat_core::words::Words;
use proptest::prelude::*;

const FIRST: OfferId = OfferId(1);
const SECOND: OfferId = OfferId(2);

fn offer(id: OfferId) -> OfferNotification {
    OfferNotification {
        id,
        title: "A short break?".to_owned(),
        body: "Would one help?".to_owned(),
        labels: OfferLabels::new(&Words::new("en")),
    }
}

fn show(id: OfferId) -> ExchangeInput {
    ExchangeInput::Command(NotifierCommand::Show(offer(id)))
}

fn withdraw(id: OfferId) -> ExchangeInput {
    ExchangeInput::Command(NotifierCommand::Withdraw(id))
}

fn server() -> ServerInfo {
    ServerInfo { name: "any".to_owned(), ..ServerInfo::default() }
}

fn notify(call: u64, id: OfferId, replaced: u32) -> ExchangeEffect {
    ExchangeEffect::Notify(ServerCall(call), Box::new(offer(id)), server(), replaced)
}

fn report(event: NotifierEvent) -> ExchangeEffect {
    ExchangeEffect::Report(event)
}

fn invoked(id: u32, action: &str) -> ExchangeInput {
    ExchangeInput::Invoked(id, action.to_owned())
}

fn token(id: u32) -> ExchangeInput {
    ExchangeInput::Token(id, format!("token-{id}"))
}

fn answered(id: OfferId, answer: Answer) -> ExchangeEffect {
    report(NotifierEvent::Answered(id, answer, None))
}

/// As a person closes it.
fn closed(id: u32) -> ExchangeInput {
    ExchangeInput::Closed(id, 2)
}

fn show_again(id: OfferId) -> ExchangeInput {
    ExchangeInput::Command(NotifierCommand::ShowAgain(offer(id)))
}

impl Exchange {
    /// What follows where an hour lies between two inputs.
    fn takes(&mut self, input: ExchangeInput) -> Vec<ExchangeEffect> {
        // Nothing is closed after it was given a number but in that order.
        let hours = u64::from(matches!(input, ExchangeInput::Closed(..)));
        self.takes_at(Duration::from_hours(hours), input)
    }

    /// What follows so long after the start.
    fn takes_at(&mut self, at: Duration, input: ExchangeInput) -> Vec<ExchangeEffect> {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        self.handle(*START.get_or_init(Instant::now) + at, input)
    }
}

/// With a server that is known.
fn ready() -> Exchange {
    ready_with("any")
}

/// With one of this name.
fn ready_with(name: &str) -> Exchange {
    let mut exchange = Exchange::default();
    let server = ServerInfo { name: name.to_owned(), ..ServerInfo::default() };
    assert_eq!(exchange.takes(ExchangeInput::Owner(true)), [ExchangeEffect::Describe]);
    assert_eq!(
        exchange.takes(ExchangeInput::Described(server.clone())),
        [report(NotifierEvent::Server(Some(server)))]
    );
    exchange
}

/// With the first offer open under this number on a server of this name.
fn open_on(name: &str, id: u32) -> Exchange {
    let mut exchange = ready_with(name);
    exchange.takes(show(FIRST));
    let shown = report(NotifierEvent::Shown(FIRST));
    assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(1), id)), [shown]);
    exchange
}

/// With the first offer open under this number.
fn open(id: u32) -> Exchange {
    let mut exchange = ready();
    assert_eq!(exchange.takes(show(FIRST)), [notify(1, FIRST, 0)]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), id)),
        [report(NotifierEvent::Shown(FIRST))]
    );
    exchange
}

#[test]
fn each_button_answers_and_takes_the_notification_away() {
    for (action, answer) in [
        ("start", Answer::Start),
        ("default", Answer::Start),
        ("later", Answer::Later),
        ("fine", Answer::Fine),
    ] {
        let mut exchange = open(7);
        assert_eq!(
            exchange.takes(invoked(7, action)),
            [answered(FIRST, answer), ExchangeEffect::Close(7)],
            "{action}"
        );
    }
}

#[test]
fn a_number_of_zero_is_none() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    let hidden = report(NotifierEvent::NotShown(FIRST, Obstacle::NoNumber));
    assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(1), 0)), [hidden]);
    assert_eq!(exchange.takes(invoked(0, "start")), []);
    assert_eq!(exchange.takes(withdraw(FIRST)), []);
    assert_eq!(exchange.shown(), None);
}

#[test]
fn what_is_closed_faster_than_a_hand_was_not_seen() {
    for (reason, after, seen) in
        [(1, 0, false), (2, 0, false), (3, 49, false), (4, 49, false), (2, 50, true), (4, 50, true)]
    {
        let mut exchange = open(7);
        let closed = ExchangeInput::Closed(7, reason);
        let told = if seen {
            NotifierEvent::Dismissed(FIRST)
        } else {
            NotifierEvent::NotShown(FIRST, Obstacle::ClosedAtOnce)
        };
        let after = Duration::from_millis(after);
        assert_eq!(exchange.takes_at(after, closed), [report(told)], "{reason} after {after:?}");
        assert_eq!(exchange.takes(withdraw(FIRST)), []);
    }
    // Where a server tells that before it gives the number.
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    assert_eq!(exchange.takes_at(Duration::ZERO, ExchangeInput::Closed(7, 1)), []);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [
            report(NotifierEvent::Shown(FIRST)),
            report(NotifierEvent::NotShown(FIRST, Obstacle::ClosedAtOnce))
        ]
    );
}

#[test]
fn what_is_closed_right_after_another_text_was_seen() {
    let mut exchange = open(7);
    exchange.takes(reword());
    let hour = Duration::from_hours(1);
    exchange.takes_at(hour, ExchangeInput::Accepted(ServerCall(2), 7));
    let dismissed = [report(NotifierEvent::Dismissed(FIRST))];
    assert_eq!(exchange.takes_at(hour, closed(7)), dismissed);
}

fn notify_on(name: &str, call: u64, id: OfferId) -> ExchangeEffect {
    let server = ServerInfo { name: name.to_owned(), ..ServerInfo::default() };
    ExchangeEffect::Notify(ServerCall(call), Box::new(offer(id)), server, 0)
}

#[test]
fn what_left_or_stays_unseen_is_shown_once_more_and_not_twice() {
    // Gone by itself, in a tray without a word, and never shown.
    for how in ["left", "in a tray", "at once"] {
        let mut exchange = open_on("Budgie Notification Server", 7);
        let expired = ExchangeInput::Closed(7, 1);
        let again = notify_on("Budgie Notification Server", 2, FIRST);
        let expected = match how {
            "left" => {
                assert_eq!(exchange.takes(expired), [], "nobody dismissed it");
                vec![again]
            }
            "at once" => {
                assert_eq!(exchange.takes_at(Duration::ZERO, expired).len(), 1);
                vec![again]
            }
            _ => vec![ExchangeEffect::Close(7), again],
        };
        assert_eq!(exchange.takes(show_again(FIRST)), expected, "{how}");
        // The first goes, which nobody wished.
        assert_eq!(exchange.takes(closed(7)), []);
        let shown = report(NotifierEvent::Shown(FIRST));
        assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(2), 8)), [shown]);
        assert_eq!(exchange.takes(closed(7)), []);
        assert_eq!(exchange.takes(show_again(FIRST)), [], "never a third time");
        let answer = [answered(FIRST, Answer::Start), ExchangeEffect::Close(8)];
        assert_eq!(exchange.takes(invoked(8, "start")), answer, "{how}");
    }
}

#[test]
fn what_its_owner_closed_or_answered_is_not_shown_again() {
    for end in [closed(7), invoked(7, "later"), withdraw(FIRST), show(SECOND)] {
        let mut exchange = open_on("cinnamon", 7);
        exchange.takes(end.clone());
        assert_eq!(exchange.takes(show_again(FIRST)), [], "{end:?}");
    }
}

#[test]
fn a_click_on_the_first_as_it_is_shown_again_counts() {
    let mut exchange = open_on("gnome-shell", 7);
    exchange.takes(show_again(FIRST));
    exchange.takes(token(7));
    let event = NotifierEvent::Answered(FIRST, Answer::Start, Some("token-7".to_owned()));
    assert_eq!(exchange.takes(invoked(7, "start")), [report(event)]);
    let taken = [ExchangeEffect::Close(8)];
    assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(2), 8)), taken);
}

fn any_input() -> impl Strategy<Value = ExchangeInput> {
    let call = (1u64..6).prop_map(ServerCall);
    let id = 0u32..4;
    prop_oneof![
        Just(show_again(FIRST)),
        Just(show_again(FIRST)),
        Just(reword()),
        any::<bool>().prop_map(ExchangeInput::Owner),
        prop_oneof![Just("cinnamon"), Just("any")].prop_map(|name| {
            ExchangeInput::Described(ServerInfo { name: name.to_owned(), ..ServerInfo::default() })
        }),
        Just(ExchangeInput::NotStarted),
        (call.clone(), id.clone()).prop_map(|(call, id)| ExchangeInput::Accepted(call, id)),
        (call.clone(), id.clone()).prop_map(|(call, id)| ExchangeInput::Accepted(call, id)),
        call.clone().prop_map(|call| ExchangeInput::Refused(call, String::new())),
        call.prop_map(ExchangeInput::Overdue),
        (id.clone(), 0u32..6).prop_map(|(id, reason)| ExchangeInput::Closed(id, reason)),
        id.clone().prop_map(token),
        id.prop_map(|id| invoked(id, "settings")),
    ]
}

proptest! {
    /// Whatever servers and hands do.
    #[test]
    fn no_offer_is_shown_more_than_twice(
        before in prop::collection::vec(any_input(), 0..4),
        after in prop::collection::vec((any_input(), 0u64..400), 0..40),
    ) {
        let mut exchange = Exchange::default();
        for input in before {
            exchange.takes(input);
        }
        let mut at = 0;
        let mut shown = 0;
        let inputs = std::iter::once((show(FIRST), 0)).chain(after);
        for (input, later) in inputs {
            at += later;
            for effect in exchange.takes_at(Duration::from_millis(at), input) {
                shown += u32::from(matches!(effect, ExchangeEffect::Notify(..)));
            }
        }
        prop_assert!(shown <= 2, "{shown} times");
    }
}

#[test]
fn the_token_goes_with_the_answer_and_that_of_others_does_not() {
    let mut exchange = open(7);
    for input in [token(7), token(8), invoked(8, "start"), closed(8)] {
        assert_eq!(exchange.takes(input), []);
    }
    let answered = NotifierEvent::Answered(FIRST, Answer::Start, Some("token-7".to_owned()));
    assert_eq!(exchange.takes(invoked(7, "start")), [report(answered), ExchangeEffect::Close(7)]);
}

#[test]
fn an_action_that_is_not_ours_leaves_the_offer_open() {
    let mut exchange = open(7);
    assert_eq!(exchange.takes(invoked(7, "settings")), []);
    assert_eq!(exchange.takes(closed(7)), [report(NotifierEvent::Dismissed(FIRST))]);
}

#[test]
fn repeats_of_what_was_answered_or_closed_are_ignored() {
    let mut exchange = open(7);
    exchange.takes(invoked(7, "start"));
    for input in [closed(7), invoked(7, "later"), closed(7), token(7)] {
        assert_eq!(exchange.takes(input), []);
    }
    let mut exchange = open(7);
    exchange.takes(closed(7));
    assert_eq!(exchange.takes(closed(7)), []);
}

#[test]
fn a_number_that_was_answered_may_be_given_again() {
    let mut exchange = open(7);
    exchange.takes(invoked(7, "later"));
    assert_eq!(exchange.takes(show(SECOND)), [notify(2, SECOND, 0)]);
    // The echoes of the first one, before the second has its number.
    for input in [closed(7), invoked(7, "later")] {
        assert_eq!(exchange.takes(input), []);
    }
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)),
        [report(NotifierEvent::Shown(SECOND))]
    );
    let answer = [answered(SECOND, Answer::Fine), ExchangeEffect::Close(7)];
    assert_eq!(exchange.takes(invoked(7, "fine")), answer);
}

#[test]
fn a_click_before_the_number_is_known_is_kept() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    for input in [invoked(3, "fine"), token(7), invoked(7, "start")] {
        assert_eq!(exchange.takes(input), []);
    }
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [
            report(NotifierEvent::Shown(FIRST)),
            report(NotifierEvent::Answered(FIRST, Answer::Start, Some("token-7".to_owned()))),
            ExchangeEffect::Close(7)
        ]
    );
}

#[test]
fn an_offer_is_withdrawn_from_the_screen_or_on_its_way_there() {
    let mut exchange = open(7);
    assert_eq!(exchange.takes(withdraw(SECOND)), []);
    assert_eq!(exchange.takes(withdraw(FIRST)), [ExchangeEffect::Close(7)]);
    assert_eq!(exchange.takes(invoked(7, "start")), []);

    let mut exchange = ready();
    exchange.takes(show(FIRST));
    assert_eq!(exchange.takes(withdraw(FIRST)), []);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [ExchangeEffect::Close(7)]
    );
}

#[test]
fn a_lingering_notification_is_replaced_and_then_closed() {
    let mut exchange = Exchange::default();
    exchange.takes(ExchangeInput::Owner(true));
    let name = "Notification Daemon".to_owned();
    exchange.takes(ExchangeInput::Described(ServerInfo { name, ..ServerInfo::default() }));
    for (call, id) in [(1, 7), (2, 8)] {
        exchange.takes(show(FIRST));
        exchange.takes(ExchangeInput::Accepted(ServerCall(call), id));
        if call == 1 {
            assert_eq!(
                exchange.takes(withdraw(FIRST)),
                [ExchangeEffect::Expire(7), ExchangeEffect::Close(7)]
            );
        } else {
            // It takes away by itself what was clicked on, and would show another one.
            let expected = [answered(FIRST, Answer::Start), ExchangeEffect::Close(8)];
            assert_eq!(exchange.takes(invoked(8, "start")), expected);
        }
    }
    assert_eq!(exchange.close_current(), []);
}

#[test]
fn a_new_offer_takes_the_place_of_the_open_one() {
    let mut exchange = open(7);
    assert_eq!(exchange.takes(show(SECOND)), [notify(2, SECOND, 7)]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)),
        [report(NotifierEvent::Shown(SECOND))]
    );
    assert_eq!(exchange.takes(closed(7)), [report(NotifierEvent::Dismissed(SECOND))]);
}

#[test]
fn what_a_server_does_not_replace_is_taken_away() {
    let mut exchange = open(7);
    exchange.takes(show(SECOND));
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 8)),
        [ExchangeEffect::Close(7), report(NotifierEvent::Shown(SECOND))]
    );
}

#[test]
fn a_click_on_a_replaced_offer_counts_for_the_present_one() {
    let mut exchange = open(7);
    exchange.takes(show(SECOND));
    assert_eq!(
        exchange.takes(invoked(7, "start")),
        [answered(SECOND, Answer::Start), ExchangeEffect::Close(7)]
    );
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 8)),
        [ExchangeEffect::Close(8)]
    );
}

#[test]
fn an_offer_replaced_before_it_has_a_number_waits_for_it() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    assert_eq!(exchange.takes(show(SECOND)), []);
    assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)), [notify(2, SECOND, 7)]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)),
        [report(NotifierEvent::Shown(SECOND))]
    );
}

#[test]
fn a_server_that_comes_back_shows_the_offer_once_more() {
    let mut exchange = open(7);
    let gone = [report(NotifierEvent::Lost(FIRST)), report(NotifierEvent::Server(None))];
    assert_eq!(exchange.takes(ExchangeInput::Owner(false)), gone);
    // It took its numbers along.
    assert_eq!(exchange.takes(invoked(7, "start")), []);
    assert_eq!(exchange.takes(ExchangeInput::Owner(true)), [ExchangeEffect::Describe]);
    let described = [report(NotifierEvent::Server(Some(server()))), notify(2, FIRST, 0)];
    assert_eq!(exchange.takes(ExchangeInput::Described(server())), described);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 1)),
        [report(NotifierEvent::Shown(FIRST))]
    );
    // And not every time.
    assert_eq!(exchange.takes(ExchangeInput::Owner(false)), gone);
    exchange.takes(ExchangeInput::Owner(true));
    assert_eq!(
        exchange.takes(ExchangeInput::Described(server())),
        [report(NotifierEvent::Server(Some(server())))]
    );
}

#[test]
fn an_offer_withdrawn_while_there_is_no_server_stays_away() {
    let mut exchange = open(7);
    exchange.takes(ExchangeInput::Owner(false));
    assert_eq!(exchange.takes(withdraw(FIRST)), []);
    exchange.takes(ExchangeInput::Owner(true));
    assert_eq!(
        exchange.takes(ExchangeInput::Described(server())),
        [report(NotifierEvent::Server(Some(server())))]
    );
}

#[test]
fn a_server_that_takes_over_from_another_is_met_anew() {
    let mut exchange = open(7);
    assert_eq!(
        exchange.takes(ExchangeInput::Owner(true)),
        [report(NotifierEvent::Lost(FIRST)), ExchangeEffect::Describe]
    );
    let described = [report(NotifierEvent::Server(Some(server()))), notify(2, FIRST, 0)];
    assert_eq!(exchange.takes(ExchangeInput::Described(server())), described);
}

#[test]
fn a_missing_server_is_started_or_reported() {
    let mut exchange = Exchange::default();
    assert_eq!(exchange.takes(show(FIRST)), []);
    assert_eq!(
        exchange.takes(ExchangeInput::Owner(false)),
        [report(NotifierEvent::Server(None)), ExchangeEffect::Start]
    );
    let expected = report(NotifierEvent::NotShown(FIRST, Obstacle::NoServer));
    assert_eq!(exchange.takes(ExchangeInput::NotStarted), [expected]);
    // Shown when one comes by itself.
    assert_eq!(exchange.takes(ExchangeInput::Owner(true)), [ExchangeEffect::Describe]);
    let described = [report(NotifierEvent::Server(Some(server()))), notify(1, FIRST, 0)];
    assert_eq!(exchange.takes(ExchangeInput::Described(server())), described);
}

#[test]
fn a_server_started_for_an_offer_shows_it() {
    let mut exchange = Exchange::default();
    exchange.takes(ExchangeInput::Owner(false));
    assert_eq!(exchange.takes(show(FIRST)), [ExchangeEffect::Start]);
    assert_eq!(exchange.takes(ExchangeInput::Owner(true)), [ExchangeEffect::Describe]);
    let described = [report(NotifierEvent::Server(Some(server()))), notify(1, FIRST, 0)];
    assert_eq!(exchange.takes(ExchangeInput::Described(server())), described);
}

#[test]
fn a_server_that_goes_before_it_is_known_shows_nothing() {
    let mut exchange = Exchange::default();
    exchange.takes(ExchangeInput::Owner(true));
    assert_eq!(exchange.takes(show(FIRST)), []);
    assert_eq!(
        exchange.takes(ExchangeInput::Owner(false)),
        [
            report(NotifierEvent::NotShown(FIRST, Obstacle::NoServer)),
            report(NotifierEvent::Server(None))
        ]
    );
}

#[test]
fn a_late_reply_still_opens_the_offer() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    let expected = report(NotifierEvent::NotShown(FIRST, Obstacle::NoReply));
    assert_eq!(exchange.takes(ExchangeInput::Overdue(ServerCall(1))), [expected]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [report(NotifierEvent::Shown(FIRST))]
    );
}

#[test]
fn a_late_reply_for_an_offer_long_gone_is_taken_away() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    exchange.takes(ExchangeInput::Overdue(ServerCall(1)));
    assert_eq!(exchange.takes(show(SECOND)), [notify(2, SECOND, 0)]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)),
        [report(NotifierEvent::Shown(SECOND))]
    );
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 8)),
        [ExchangeEffect::Close(8)]
    );
}

#[test]
fn a_refusal_is_reported_with_its_reason() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    let why = Obstacle::Refused("too many".to_owned());
    assert_eq!(
        exchange.takes(ExchangeInput::Refused(ServerCall(1), "too many".to_owned())),
        [report(NotifierEvent::NotShown(FIRST, why))]
    );
    assert_eq!(exchange.takes(ExchangeInput::Refused(ServerCall(1), "again".to_owned())), []);
}

mod any_order {
    use proptest::prelude::*;

    use super::*;

    fn input() -> impl Strategy<Value = ExchangeInput> {
        let id = 1..4_u32;
        let call = (1..6_u64).prop_map(ServerCall);
        prop_oneof![
            (1..4_u64).prop_map(|id| show(OfferId(id))),
            (1..4_u64).prop_map(|id| show_again(OfferId(id))),
            (1..4_u64).prop_map(|id| withdraw(OfferId(id))),
            (1..4_u64).prop_map(|id| {
                ExchangeInput::Command(NotifierCommand::Reword(OfferId(id), String::new()))
            }),
            any::<bool>().prop_map(ExchangeInput::Owner),
            Just(ExchangeInput::Described(server())),
            Just(ExchangeInput::NotStarted),
            (call.clone(), id.clone()).prop_map(|(call, id)| ExchangeInput::Accepted(call, id)),
            call.clone().prop_map(|call| ExchangeInput::Refused(call, String::new())),
            call.prop_map(ExchangeInput::Overdue),
            id.clone().prop_map(token),
            id.clone().prop_map(|id| invoked(id, "start")),
            (id, 1..5_u32).prop_map(|(id, reason)| ExchangeInput::Closed(id, reason)),
        ]
    }

    proptest! {
        /// Each showing of an offer ends at most once, and what it keeps in mind stays small.
        #[test]
        fn whatever_arrives_no_offer_is_answered_twice(all in prop::collection::vec(input(), 0..300)) {
            let mut exchange = Exchange::default();
            let mut wanted = std::collections::BTreeSet::new();
            for input in all {
                match &input {
                    ExchangeInput::Command(NotifierCommand::Show(offer)) => { wanted.insert(offer.id); }
                    ExchangeInput::Command(NotifierCommand::Withdraw(id)) => { wanted.remove(id); }
                    _ => {}
                }
                for effect in exchange.takes(input) {
                    if let ExchangeEffect::Report(NotifierEvent::Answered(id, ..) | NotifierEvent::Dismissed(id)) = effect {
                        prop_assert!(wanted.remove(&id), "{id:?} ended unasked");
                    }
                }
                prop_assert!(exchange.retired.len() <= MOST_RETIRED && exchange.early.len() <= MOST_EARLY);
            }
        }
    }
}

/// The first offer, with another text.
fn reworded() -> OfferNotification {
    OfferNotification { body: "Would one help now?".to_owned(), ..offer(FIRST) }
}

fn reword() -> ExchangeInput {
    ExchangeInput::Command(NotifierCommand::Reword(FIRST, reworded().body))
}

fn rewords(call: u64, id: u32) -> ExchangeEffect {
    ExchangeEffect::Reword(ServerCall(call), Box::new(reworded()), server(), id)
}

#[test]
fn another_text_takes_the_place_of_the_one_on_the_screen() {
    let mut exchange = open(7);
    assert_eq!(exchange.takes(reword()), [rewords(2, 7)]);
    assert_eq!(exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)), []);
    let answer = [answered(FIRST, Answer::Start), ExchangeEffect::Close(7)];
    assert_eq!(exchange.takes(invoked(7, "start")), answer);
    // Before the server has taken it, the offer can be answered as well.
    let mut exchange = open(7);
    exchange.takes(reword());
    assert_eq!(exchange.takes(invoked(7, "start")), answer);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 7)),
        [ExchangeEffect::Close(7)],
        "a server that shows it all the same"
    );
}

#[test]
fn an_old_text_goes_where_the_server_does_not_replace_it() {
    let mut exchange = open(7);
    exchange.takes(reword());
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(2), 8)),
        [ExchangeEffect::Close(7)]
    );
    let answer = [answered(FIRST, Answer::Later), ExchangeEffect::Close(8)];
    assert_eq!(exchange.takes(invoked(8, "later")), answer);
}

#[test]
fn an_old_text_goes_where_the_server_takes_no_other() {
    let refused = ExchangeInput::Refused(ServerCall(2), "no".to_owned());
    for (input, why) in [
        (refused, Obstacle::Refused("no".to_owned())),
        (ExchangeInput::Overdue(ServerCall(2)), Obstacle::NoReply),
    ] {
        let mut exchange = open(7);
        exchange.takes(reword());
        let gone = [ExchangeEffect::Close(7), report(NotifierEvent::NotShown(FIRST, why))];
        assert_eq!(exchange.takes(input), gone);
    }
}

#[test]
fn a_text_is_changed_before_the_offer_has_its_number() {
    let mut exchange = ready();
    exchange.takes(show(FIRST));
    assert_eq!(exchange.takes(reword()), []);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [report(NotifierEvent::Shown(FIRST)), rewords(2, 7)]
    );
    // Of a server that comes late, the offer says nothing else from the beginning.
    let mut exchange = Exchange::default();
    exchange.takes(ExchangeInput::Owner(true));
    exchange.takes(show(FIRST));
    assert_eq!(exchange.takes(reword()), []);
    let known = exchange.takes(ExchangeInput::Described(server()));
    let notify = ExchangeEffect::Notify(ServerCall(1), Box::new(reworded()), server(), 0);
    assert_eq!(known[1..], [notify]);
    assert_eq!(
        exchange.takes(ExchangeInput::Accepted(ServerCall(1), 7)),
        [report(NotifierEvent::Shown(FIRST))]
    );
}

#[test]
fn the_text_of_an_offer_that_is_gone_changes_nothing() {
    let mut exchange = open(7);
    exchange.takes(withdraw(FIRST));
    assert_eq!(exchange.takes(reword()), []);
    let mut exchange = open(7);
    exchange.takes(show(SECOND));
    assert_eq!(exchange.takes(reword()), []);
}
