//! What is kept in files.

use super::*;
use kindbeat_core::words::Message;

#[test]
fn a_configuration_is_fine_or_says_what_to_do() {
    let with = |config| Seen { config, ..well() };
    let faulty = Config::parse("config.toml", "[offer]\ncooldown = 1\n");
    let absent = Configured { is_there: false, ..configured(Config::default()) };
    let many = Config::default().with(&["offer.at_most_per_day=7"]).unwrap();
    let error = Some("config.toml:2:1: unknown key".to_owned());
    let desks = [
        with(Some(Ok(absent))),
        with(Some(Ok(configured(many)))),
        with(Some(faulty.map(configured))),
        Seen { service: Some(Ok(Status { config_error: error, ..streaming() })), ..well() },
        with(None),
    ];
    assert_snapshot!(lines("config", &desks), @r#"
    ok     config         /home/a/.config/kindbeat/config.toml: not there; the defaults apply
    look   config         /home/a/.config/kindbeat/config.toml: up to 7 offers a day
                          fewer are kinder: think about offer.at_most_per_day = 6 or less
    fault  config         config.toml:2:1: unknown key `cooldown` in [offer]: did you mean `cool_down`?
                          "kindbeat config check" shows the place
    look   config         /home/a/.config/kindbeat/config.toml: fine, but the running service still sees a fault: config.toml:2:1: unknown key
                          "systemctl --user reload kindbeat"
    fault  config         the file cannot be read: the disk does not answer
                          see whether the disk is there and healthy
    "#);
}

#[test]
fn own_practices_are_counted_and_their_first_fault_is_shown() {
    let with = |practices| Seen { practices, ..well() };
    let unread = OwnFault::Unread {
        file: "/home/a/.config/kindbeat/practices/a.toml".to_owned(),
        problem: Message::PracticeNotText.into(),
        remedy: Message::PracticeSaveText.into(),
    };
    let desks = [
        with(Some(OwnPractices { count: 1, faults: Vec::new() })),
        with(Some(OwnPractices { count: 7, faults: Vec::new() })),
        with(Some(OwnPractices { count: 1, faults: vec![unread.clone()] })),
        with(Some(OwnPractices { count: 0, faults: vec![unread.clone(), unread] })),
        with(None),
    ];
    assert_snapshot!(lines("practices", &desks), @r#"
    ok     practices      those of kindbeat, and one of your own
    ok     practices      those of kindbeat, and 7 of your own
    look   practices      one file of your own cannot be used: /home/a/.config/kindbeat/practices/a.toml: not a text in UTF-8; save it as UTF-8
                          "kindbeat practices list" names each with its fault
    look   practices      2 files of your own cannot be used: /home/a/.config/kindbeat/practices/a.toml: not a text in UTF-8; save it as UTF-8
                          "kindbeat practices list" names each with its fault
    fault  practices      files of your own cannot be read: the disk does not answer
                          see whether the disk is there and healthy
    "#);
}

#[test]
fn a_store_is_readable_or_says_what_to_do() {
    let with = |store| Seen { store, ..well() };
    let folder = || Some("/home/a/.local/state/kindbeat".into());
    let path = || "/home/a/.local/state/kindbeat/kindbeat.db".into();
    let denied = || io::ErrorKind::PermissionDenied.into();
    let failed = || rusqlite::Error::InvalidQuery;
    let full = Some("/home/a/.local/state/kindbeat/kindbeat.db: disk I/O error".to_owned());
    let desks = vec![
        with(Some(Ok(Stored { folder: folder(), ..Stored::default() }))),
        with(Some(Ok(Stored::default()))),
        Seen { service: Some(Ok(Status { history_error: full, ..streaming() })), ..well() },
        with(Some(Err(store::StoreError::Corrupt {
            path: path(),
            problem: Sentence::detail("not a database"),
        }))),
        with(Some(Err(store::StoreError::ReadOnly { path: path() }))),
        with(Some(Err(store::StoreError::Unwritable { path: path(), source: denied() }))),
        with(Some(Err(store::StoreError::Full { path: path(), source: failed() }))),
        with(Some(Err(store::StoreError::Busy { path: path(), source: failed() }))),
        with(Some(Err(store::StoreError::OtherVersion { path: path(), found: 9, known: 2 }))),
        with(Some(Err(store::StoreError::Stuck {
            path: path(),
            problem: Sentence::detail("disk I/O error"),
            source: denied(),
        }))),
        with(Some(Err(store::StoreError::Database { path: path(), source: failed() }))),
        with(Some(Err(store::StoreError::Thread { source: denied() }))),
        with(None),
    ];
    assert_snapshot!(lines("store", &desks), @r#"
    ok     store          /home/a/.local/state/kindbeat/kindbeat.db: nothing is stored yet
    fault  store          neither XDG_STATE_HOME nor HOME says where the history belongs
                          set HOME to your home, as an absolute path
    fault  store          kindbeat cannot write the history just now: /home/a/.local/state/kindbeat/kindbeat.db: disk I/O error
                          mend that before kindbeat ends: what happens meanwhile waits in its memory
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: is damaged
                          it is kept aside and a new one begun at the next start of kindbeat daemon
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: is read-only
                          make it and its folder writable, or move it with XDG_STATE_HOME
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: cannot be written
                          make sure that it belongs to you, or move it with XDG_STATE_HOME
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: the disk is full
                          free some space, and writing goes on
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: is in use by another program
                          close that, and writing goes on
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: has version 9, this kindbeat reads version 2
                          use the same kindbeat as the service, or restart that
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: cannot be used (disk I/O error)
                          move it away by hand
    fault  store          /home/a/.local/state/kindbeat/kindbeat.db: cannot be used (Query is not read-only)
                          see whether the disk is there and healthy
    fault  store          the history cannot be written
                          see what a sandbox or the limits of this machine forbid
    fault  store          what is stored cannot be read: the disk does not answer
                          see whether the disk is there and healthy
    "#);
}

#[test]
fn histories_that_are_kept_aside_are_named() {
    let aside = |count| {
        let path = "/home/a/.local/state/kindbeat/kindbeat.db".into();
        let folder = Some("/home/a/.local/state/kindbeat".into());
        let stored = Stored { folder, aside: vec![path; count], ..Stored::default() };
        Seen { store: Some(Ok(stored)), ..well() }
    };
    assert_snapshot!(lines("store", &[aside(1), aside(2)]), @r#"
    look   store          a history that could not be used is kept aside: /home/a/.local/state/kindbeat/kindbeat.db
                          delete what you do not need; kindbeat does so once it is older than history.keep
    look   store          2 histories that could not be used are kept aside, the oldest as /home/a/.local/state/kindbeat/kindbeat.db
                          delete what you do not need; kindbeat does so once it is older than history.keep
    "#);
}

#[test]
fn sizes_are_said_as_people_say_them() {
    let (seen, words) = (well(), Words::new("en"));
    let desk = Desk { seen: &seen, words: &words };
    let said = [0, 1, 4096, 999_000, 999_001, 12_345_678].map(|bytes| desk.size(bytes));
    assert_eq!(said, ["0 kB", "1 kB", "5 kB", "999 kB", "1.0 MB", "12.3 MB"]);
}
