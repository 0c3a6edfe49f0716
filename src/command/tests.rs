use std::io;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::*;
use crate::accented;
use crate::interface::Refusal;
use crate::recording::RecordingError;
use crate::speech::SpeechError;
use kindbeat_core::config::Config;
use kindbeat_core::practice::Origin;
use kindbeat_core::practice::Practice;
use kindbeat_core::words::Message;

#[test]
fn a_bad_configuration_is_told_apart_by_its_exit_code() {
    let bad = Config::parse("config.toml", "[offer]\nx = 1\n").context("starting").unwrap_err();
    assert_eq!(exit_code(&bad), 78);
    assert_eq!(exit_code(&anyhow::anyhow!("no strap")), 1);
    assert_eq!(exit_code(&Usage("what?".to_owned()).into()), 2);
}

#[test]
fn a_cause_that_stands_in_its_error_is_said_once() {
    let error = |text: &'static str| anyhow::Error::new(detail()).context(text);
    let words = Words::new("en");
    assert_eq!(text(&error("no bus: 0815"), &words), "no bus: 0815");
    assert_eq!(text(&error("no bus"), &words), "no bus: 0815");
}

/// What is filled in below holds no letter of English.
const FILE: &str = "/0/1";

/// But for a file of the configuration, with its keys, sections and values, and for a key of a practice and one of a recording, what is typed, and what a library says.
const FILLED_IN: [&str; 17] = [
    "config.toml",
    "cool_down",
    "cooldown",
    "monitor",
    "detection",
    "offer",
    "practice",
    "page",
    "history",
    "\"0s\"",
    "\"24h\"",
    "t_s",
    "id: ",
    "inward: ",
    "Error code 1: SQL logic error",
    "9999h",
    "invalid type: integer \"7\", expected a string",
];

/// What the system says.
fn detail() -> io::Error {
    io::Error::other("0815")
}

#[test]
fn every_error_is_said_in_the_language_of_its_reader() {
    let all = configurations().into_iter().chain(practices()).chain(recordings());
    let all = all.chain(stores()).chain(clients()).chain(others());
    let mut english = Vec::new();
    for error in all {
        let said = text(&error, &accented::words());
        let of_a_library = error.chain().filter(|cause| cause.is::<serde_json::Error>());
        let mut known: Vec<_> = of_a_library.map(ToString::to_string).collect();
        known.extend(FILLED_IN.map(str::to_owned));
        let known: Vec<_> = known.iter().map(String::as_str).collect();
        english.extend(accented::untranslated(&said, &known));
    }
    assert_eq!(english, [""; 0]);
}

fn configurations() -> Vec<anyhow::Error> {
    let file = || FILE.into();
    let faults = Config::parse("config.toml", "[offer]\ncooldown = 1\ncool_down = 1\n[0]\na = 1")
        .unwrap_err();
    let all = [
        ConfigError::Missing(file()),
        ConfigError::NoFile(file()),
        ConfigError::Folder(file()),
        ConfigError::Unreadable { path: file(), source: detail() },
        ConfigError::TooLarge(file()),
        ConfigError::NotText { path: file(), line: 7 },
        ConfigError::NoHome,
        faults,
    ];
    for error in &all {
        // One that is new belongs into this list.
        match error {
            ConfigError::Missing(_)
            | ConfigError::NoFile(_)
            | ConfigError::Folder(_)
            | ConfigError::Unreadable { .. }
            | ConfigError::TooLarge(_)
            | ConfigError::NotText { .. }
            | ConfigError::NoHome
            | ConfigError::Faults(_) => {}
        }
    }
    all.map(anyhow::Error::from).into()
}

fn practices() -> Vec<anyhow::Error> {
    let script = || Practice::parse(FILE, "id = 7", Origin::Own).unwrap_err();
    let all = [
        OwnFault::Script(script()),
        OwnFault::Unread {
            file: FILE.to_owned(),
            problem: Message::PracticeNoFile.into(),
            remedy: Message::PracticeIsText.into(),
        },
        OwnFault::Twice { file: FILE.to_owned(), first: FILE.to_owned(), id: "0".to_owned() },
        OwnFault::InwardGrounding { file: FILE.to_owned() },
    ];
    for fault in &all {
        match fault {
            OwnFault::Script(_)
            | OwnFault::Unread { .. }
            | OwnFault::Twice { .. }
            | OwnFault::InwardGrounding { .. } => {}
        }
    }
    let unknown = UnknownPractice { asked: "0".to_owned(), nearest: "1".to_owned() };
    all.map(anyhow::Error::from).into_iter().chain([script().into(), unknown.into()]).collect()
}

fn recordings() -> Vec<anyhow::Error> {
    let (file, line) = (|| FILE.to_owned(), 7);
    let problem = || Message::RecordingTwice.into();
    let all = [
        RecordingError::Open { file: file(), source: detail() },
        RecordingError::Read { file: file(), line, source: detail() },
        RecordingError::Gzip { file: file(), line, problem: problem() },
        RecordingError::Empty { file: file() },
        RecordingError::NoRow { file: file() },
        RecordingError::InSeconds { file: file() },
        RecordingError::Row { file: file(), line, problem: problem() },
        RecordingError::Value { file: file(), line, column: 1, name: "t_s", problem: problem() },
    ];
    for error in &all {
        match error {
            RecordingError::Open { .. }
            | RecordingError::Read { .. }
            | RecordingError::Gzip { .. }
            | RecordingError::Empty { .. }
            | RecordingError::NoRow { .. }
            | RecordingError::InSeconds { .. }
            | RecordingError::Row { .. }
            | RecordingError::Value { .. } => {}
        }
    }
    all.map(anyhow::Error::from).into()
}

fn stores() -> Vec<anyhow::Error> {
    let path = || FILE.into();
    let database = || {
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR);
        rusqlite::Error::SqliteFailure(code, Some("0815".to_owned()))
    };
    let problem = || Message::StoreCutOff.into();
    let all = || {
        [
            StoreError::NoHome,
            StoreError::Unwritable { path: path(), source: detail() },
            StoreError::ReadOnly { path: path() },
            StoreError::Full { path: path(), source: database() },
            StoreError::Busy { path: path(), source: database() },
            StoreError::Corrupt { path: path(), problem: problem() },
            StoreError::OtherVersion { path: path(), found: 9, known: 2 },
            StoreError::Stuck { path: path(), problem: problem(), source: detail() },
            StoreError::Database { path: path(), source: database() },
            StoreError::Thread { source: detail() },
        ]
    };
    for error in all() {
        match error {
            StoreError::NoHome
            | StoreError::Unwritable { .. }
            | StoreError::ReadOnly { .. }
            | StoreError::Full { .. }
            | StoreError::Busy { .. }
            | StoreError::Corrupt { .. }
            | StoreError::OtherVersion { .. }
            | StoreError::Stuck { .. }
            | StoreError::Database { .. }
            | StoreError::Thread { .. } => {}
        }
    }
    let with_detail = all().map(|error| anyhow::Error::from(error.with_detail()));
    all().map(anyhow::Error::from).into_iter().chain(with_detail).collect()
}

fn clients() -> Vec<anyhow::Error> {
    let bus = || zbus::Error::Failure("0815".to_owned());
    let json = || serde_json::from_str::<u8>("").unwrap_err();
    let all = [
        ClientError::NoBus(bus()),
        ClientError::NoDaemon,
        ClientError::Silent,
        // As the daemon says it.
        ClientError::Refused { name: String::new(), says: "0815".to_owned() },
        ClientError::Other(bus()),
        ClientError::OtherVersion(json()),
    ];
    for error in &all {
        match error {
            ClientError::NoBus(_)
            | ClientError::NoDaemon
            | ClientError::Silent
            | ClientError::Refused { .. }
            | ClientError::Other(_)
            | ClientError::OtherVersion(_) => {}
        }
    }
    all.map(|error| asking::in_words(error, &accented::words())).into()
}

fn others() -> Vec<anyhow::Error> {
    let failures = [
        Failure::Ended("0"),
        Failure::Panicked("0"),
        Failure::PanickedAt(Some(FILE.to_owned())),
        Failure::PanickedAt(None),
    ];
    for failure in &failures {
        match failure {
            Failure::Ended(_) | Failure::Panicked(_) | Failure::PanickedAt(_) => {}
        }
    }
    let now = Timestamp::UNIX_EPOCH;
    let moments = ["0815", "9999h", "25:00"].map(|asked| {
        let error = when::until(asked, now, &TimeZone::UTC).unwrap_err();
        Usage(error.text(&accented::words())).into()
    });
    let voices = [
        SpeechError::NoAddress,
        SpeechError::Unreachable(detail()),
        SpeechError::NoReply,
        SpeechError::Malformed,
        SpeechError::Refused { code: 300, message: String::new() },
    ];
    let voices = voices.map(|error| Sentence::from(voice::why(&error)).into());
    let all = failures.map(anyhow::Error::from).into_iter().chain(moments).chain(voices);
    all.chain([AlreadyRunning.into(), DesktopElsewhere.into()]).collect()
}

#[test]
fn every_refusal_is_said_in_the_language_of_its_reader() {
    let said = || "0815".to_owned();
    let all = [
        Refusal::NoSuchPractice(UnknownPractice { asked: said(), nearest: said() }),
        Refusal::InvalidLength(said()),
        Refusal::InvalidTime(said()),
        Refusal::InvalidAnswer(said()),
        Refusal::InvalidMonitor(said()),
        Refusal::OtherMonitorSet(said()),
        Refusal::NoBreak,
        Refusal::NoOffer,
        Refusal::NoPage(said()),
        Refusal::Busy,
        Refusal::Ending,
    ];
    for refusal in all {
        match refusal {
            Refusal::NoSuchPractice(_)
            | Refusal::InvalidLength(_)
            | Refusal::InvalidTime(_)
            | Refusal::InvalidAnswer(_)
            | Refusal::InvalidMonitor(_)
            | Refusal::OtherMonitorSet(_)
            | Refusal::NoBreak
            | Refusal::NoOffer
            | Refusal::NoPage(_)
            | Refusal::Busy
            | Refusal::Ending => {}
        }
        let said = refusal.text(&accented::words());
        assert_eq!(accented::untranslated(&said, &[]), [""; 0], "{refusal:?}");
    }
}
