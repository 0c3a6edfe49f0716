//! What other programs on the bus and on sockets say: arguments of our methods, names of buttons, sessions, lines to be spoken.
#![no_main]

use std::sync::LazyLock;

use jiff::Timestamp;
use kindbeat::interface::asked;
use kindbeat::notification;
use kindbeat::speech::lines;
use kindbeat_core::login::Login;
use kindbeat_core::login::LoginInput;
use kindbeat_core::words::Words;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| Words::new("en"));

fuzz_target!(|text: &str| {
    let mut fields = text.split('\n');
    let mut next = || fields.next().unwrap_or_default();
    let (practice, length, seconds) = (next(), next(), next());
    let (address, name, answer, action, now) = (next(), next(), next(), next(), next());
    let now = Timestamp::from_second(now.parse().unwrap_or(1_800_000_000)).unwrap_or_default();
    let length = length.parse().unwrap_or(u32::try_from(length.len()).unwrap_or(u32::MAX));
    let refusals = [
        asked::which_break(practice, length).err(),
        asked::time_ahead(seconds.parse().unwrap_or(i64::MIN), now).err(),
        asked::monitor(address, name).err(),
        asked::answer(answer).err(),
    ];
    for refusal in refusals.into_iter().flatten() {
        let says = refusal.text(&ENGLISH);
        assert!(says.chars().count() < 300 && !says.contains(char::is_control), "{says}");
    }
    if let Ok(monitor) = asked::monitor(address, name) {
        assert_eq!(monitor.id.to_string().parse(), Ok(monitor.id));
    }
    if notification::answer(action).is_some() {
        assert!(["start", "default", "later", "fine"].contains(&action), "{action}");
    }
    for line in lines::data(text) {
        assert!(line != "." && !line.contains(char::is_control), "{line:?}");
    }
    assert!(!lines::shown(text).contains(char::is_control));
    assert!(!lines::is_tag(name) || name.is_ascii());
    let mut login = Login::default();
    for open in fields {
        let open = open.split(' ').map(str::to_owned).collect();
        let _ = login.handle(now, LoginInput::Sessions(open));
    }
});
