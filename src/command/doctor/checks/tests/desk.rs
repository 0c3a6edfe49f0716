//! What tells of the desk and the desktop.

use super::*;
use crate::desktop::IdleSource;
use crate::desktop::PresenceReport;
use kindbeat_core::words::Message;

#[test]
fn what_tells_of_keyboard_and_pointer_is_named() {
    let with = |found: PresenceReport| Seen { presence: Some(found), ..well() };
    let found = || well().presence.unwrap();
    let fails = Some(Message::SourceLate.into());
    let desks = [
        with(PresenceReport {
            lock: vec!["org.freedesktop.login1".into(), "org.gnome.ScreenSaver".into()],
            ..found()
        }),
        with(PresenceReport { lock: Vec::new(), ..found() }),
        with(PresenceReport {
            source: Some(IdleSource::ExtIdleNotify),
            awake_is_use: true,
            ..found()
        }),
        with(PresenceReport { source: Some(IdleSource::Logind), ..found() }),
        with(PresenceReport { source: None, ..found() }),
        with(PresenceReport { source: None, silent: vec![(IdleSource::X11, fails)], ..found() }),
        Seen { presence: None, ..well() },
    ];
    assert_snapshot!(lines("presence", &desks), @r#"
    ok     presence       X11 tells of keyboard and pointer, org.freedesktop.login1, org.gnome.ScreenSaver of the lock
    ok     presence       X11 tells of keyboard and pointer; nothing here tells of the lock
    ok     presence       ext-idle-notify-v1 tells of keyboard and pointer, org.freedesktop.login1 of the lock; a program that keeps the screen awake, as a film does, counts as hands here
    ok     presence       only logind tells of keyboard and pointer, minutes later: offers do not wait for a pause
    ok     presence       nothing here tells of keyboard and pointer: offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone
    look   presence       X11 is there to tell of keyboard and pointer, and does not: no answer in time
                          it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone
    look   presence       what tells of keyboard and pointer does not answer
                          it is asked again now and then; meanwhile offers do not wait for a pause, a rise has to be larger, and exercise is told from the heart alone
    "#);
}

#[test]
fn what_the_desktop_tells_is_listed_with_those_who_tell_it() {
    let says = |source: &str, seen, why: Option<Sentence>| FactReport {
        fact: Fact::Microphone,
        source: Sentence::detail(source),
        seen,
        why,
    };
    let with = |desktop: Vec<FactReport>| Seen { desktop, ..well() };
    let late = || Some(Message::SourceLate.into());
    let no_program = Sentence::new(Message::SourceNotStarted).with("program", "pw-dump");
    let no_program = no_program.with("problem", "No such file or directory (os error 2)");
    let (yes, no) = (context::Probe::Yes, context::Probe::No);
    let (lacking, failed) = (context::Probe::Absent, context::Probe::Failed);
    let off = Config::default().with(&["offer.hold_in_calls=false"]).unwrap();
    let desks = [
        with(vec![says("PipeWire", yes, None), says("ALSA", no, None)]),
        with(vec![says("PipeWire", no, None), says("ALSA", no, None)]),
        with(vec![says("ALSA", lacking, Some(Message::SourceNoSoundCard.into()))]),
        with(vec![says("PipeWire", failed, late()), says("ALSA", no, None)]),
        with(vec![FactReport {
            source: Message::SourceCameras.into(),
            ..says("", failed, Some(no_program))
        }]),
        Seen { config: Some(Ok(configured(off))), ..with(vec![says("PipeWire", failed, late())]) },
    ];
    assert_snapshot!(lines("microphone", &desks), @r#"
    ok     microphone     speaks against an offer just now (told by PipeWire)
    ok     microphone     does not speak against an offer (told by PipeWire, ALSA)
    ok     microphone     nothing here tells (ALSA: there is no sound card)
    look   microphone     what is there to tell does not (PipeWire: no answer in time)
                          offers are held back, as if it were so; "hold_in_calls = false" under [offer] has them made all the same
    look   microphone     what is there to tell does not (cameras: pw-dump cannot be started: No such file or directory (os error 2))
                          offers are held back, as if it were so; "hold_in_calls = false" under [offer] has them made all the same
    ok     microphone     what is there to tell does not (PipeWire: no answer in time)
    "#);
}
