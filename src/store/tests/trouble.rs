//! What is done about damage, a newer version, missing rights and a full disk.

use std::fs;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::mpsc;

use jiff::SignedDuration;
use rustix::fs::CWD;
use rustix::fs::FileType;
use rustix::fs::Mode;
use rustix::fs::mknodat;

use super::all_heard;
use super::at;
use super::heard;
use super::keep;
use crate::store::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// What was kept aside of a folder whose database was made from `bytes`; the new one works.
fn aside_of(bytes: &[u8]) -> (Option<Quarantined>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), bytes).unwrap();
    let mut opened = Store::open(folder.path(), at(0)).unwrap();
    keep(&mut opened.store, [(at(0), heard(0))]);
    assert_eq!(all_heard(&opened.store).len(), 1);
    if let Some(aside) = &opened.quarantined {
        assert_eq!(fs::read(&aside.path).unwrap(), bytes, "kept as it was");
    }
    (opened.quarantined, folder)
}

/// A database with two hours in it, as bytes.
fn database() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), at(0)).unwrap().store;
    keep(&mut store, (0..7_200).map(|second| (at(second * 1000), heard(second * 1000))));
    drop(store);
    assert!(!folder.path().join("kindbeat.db-wal").exists());
    fs::read(folder.path().join(FILE)).unwrap()
}

#[test]
fn a_whole_database_is_opened_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), database()).unwrap();
    let opened = Store::open(folder.path(), at(0)).unwrap();
    assert_eq!(opened.quarantined, None);
    assert_eq!(all_heard(&opened.store).len(), 7_200);
}

#[test]
fn what_is_no_database_is_kept_aside_with_the_time() {
    let (aside, folder) =
        aside_of(b"Dear diary, this is long enough to be anything but a database.");
    let aside = aside.unwrap();
    assert_eq!(aside.path, folder.path().join("kindbeat.db.corrupt-20261123-0000"));
    assert!(matches!(aside.why, Unusable::Corrupt(_)));
}

#[test]
fn a_second_one_in_the_same_minute_takes_another_name() {
    let (_, folder) = aside_of(&[7; 4_096]);
    fs::write(folder.path().join(FILE), [8; 4_096]).unwrap();
    let aside = Store::open(folder.path(), at(0)).unwrap().quarantined.unwrap();
    assert_eq!(aside.path, folder.path().join("kindbeat.db.corrupt-20261123-0000-2"));
}

#[test]
fn a_truncated_database_is_kept_aside() {
    let whole = database();
    for length in [50, 100, 4_096, whole.len() / 2, whole.len() - 4_096, whole.len() - 1] {
        let (aside, _folder) = aside_of(&whole[..length]);
        assert!(matches!(aside.unwrap().why, Unusable::Corrupt(_)), "{length} bytes");
    }
}

#[test]
fn a_damaged_page_is_found() {
    let whole = database();
    let mut found = 0;
    let pages = whole.len() / 4_096;
    for page in 0..pages {
        let mut damaged = whole.clone();
        damaged[page * 4_096..][..64].fill(0xA5);
        found += usize::from(aside_of(&damaged).0.is_some());
    }
    // A page that holds nothing but the middle of a packed hour has 4 bytes of structure, and the check sees those.
    assert_eq!(found, pages);
}

#[test]
fn damage_found_behind_the_start_costs_no_memory() {
    let whole = {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), database()).unwrap();
        Store::open(folder.path(), at(0)).unwrap().store.write(&a_snooze(1)).unwrap();
        fs::read(folder.path().join(FILE)).unwrap()
    };
    let mut found_behind = 0;
    for page in 0..whole.len() / 4_096 {
        let mut damaged = whole.clone();
        damaged[page * 4_096..][..64].fill(0xA5);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), &damaged).unwrap();
        let opened = Store::open_unchecked(folder.path(), at(0)).unwrap();
        if opened.quarantined.is_some() {
            continue;
        }
        let known = opened.store.load_state();
        let (report, reports) = mpsc::channel();
        let keep = SignedDuration::from_hours(1_000);
        let handle = spawn(opened.store, keep, move |said| report.send(said).unwrap()).unwrap();
        assert!(handle.finish(at(0), Duration::from_secs(60)), "page {page}");
        let reports: Vec<_> = reports.try_iter().collect();
        let [StoreEvent::Quarantined(aside)] = &*reports else {
            panic!("page {page}: {reports:?}");
        };
        assert_eq!(fs::read(&aside.path).unwrap(), damaged, "kept as it was");
        assert_eq!(aside.path, folder.path().join("kindbeat.db.corrupt-20261123-0000"));
        let store = Store::open(folder.path(), at(0)).unwrap().store;
        assert_eq!(all_heard(&store), []);
        if let Ok(known) = known {
            assert_eq!(store.load_state().unwrap().state, known.state, "page {page}");
            found_behind += 1;
        }
    }
    assert!(found_behind > 10, "{found_behind} pages");
}

#[test]
fn a_log_that_belongs_to_a_damaged_database_is_kept_with_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), [7; 8_192]).unwrap();
    fs::write(folder.path().join("kindbeat.db-wal"), b"log").unwrap();
    let aside = Store::open(folder.path(), at(0)).unwrap().quarantined.unwrap();
    let log = quarantine::with_companions(&aside.path)[1].clone();
    assert_eq!(fs::read(log).unwrap(), b"log");
}

#[test]
fn a_database_of_a_newer_kindbeat_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    fs::write(&path, database()).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(
        Store::open_to_read(folder.path()),
        Err(StoreError::OtherVersion { found: 99, known: schema::VERSION, .. })
    ));
    let opened = Store::open(folder.path(), at(0)).unwrap();
    let aside = opened.quarantined.unwrap();
    assert_eq!(aside.why, Unusable::Newer(99));
    assert_eq!(aside.path, folder.path().join("kindbeat.db.newer-20261123-0000"));
    assert_eq!(all_heard(&opened.store), []);
}

#[test]
fn only_the_owner_may_read() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("state/kindbeat");
    let mut store = Store::open(&folder, at(0)).unwrap().store;
    keep(&mut store, [(at(0), heard(0))]);
    assert_eq!(mode(&folder), 0o700);
    let files = quarantine::with_companions(store.path());
    assert_eq!(files.clone().map(|file| mode(&file)), [0o600; 3]);
    drop(store);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(&files[0], fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&folder, at(0)).unwrap().store;
    assert_eq!((mode(&folder), mode(&files[0])), (0o700, 0o600));
}

/// Not a test: what runs as a user who owns nothing but the folder, if that. Says what became of opening it.
#[test]
fn the_process_of_another_user() {
    let Ok(folder) = env::var("KINDBEAT_TEST_FOLDER") else { return };
    let folder = Path::new(&folder);
    let said = match Store::open(folder, at(0)) {
        Err(error) => format!("{:#}", anyhow::Error::from(error)),
        Ok(OpenedStore { quarantined: Some(aside), .. }) => format!("aside: {:?}", aside.why),
        Ok(OpenedStore { quarantined: None, .. }) => {
            fs::set_permissions(folder.join(FILE), fs::Permissions::from_mode(0o000)).unwrap();
            format!("again: {:?}", Store::open(folder, at(0)).unwrap().quarantined)
        }
    };
    writeln!(io::stdout(), "said: {said}").unwrap();
}

/// What that process said. Root may write everywhere, so that nobody is asked in its place.
fn said_by_another_user(folder: &Path) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    let child = "store::tests::trouble::the_process_of_another_user";
    command.args([child, "--exact", "--nocapture"]).env("KINDBEAT_TEST_FOLDER", folder);
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn is_root() -> bool {
    fs::metadata(tempfile::tempdir().unwrap().path()).unwrap().uid() == 0
}

const NOBODY: u32 = 65_534;

#[test]
fn a_folder_that_cannot_be_written_is_named_with_what_helps() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("kindbeat");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let said = said_by_another_user(&inside);
    let expected = format!("said: {}: cannot be written; make sure", inside.display());
    assert!(said.contains(&expected), "{said}");
}

#[test]
fn a_database_of_ones_own_that_is_locked_is_unlocked() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let said = said_by_another_user(&folder.path().join("kindbeat"));
    assert!(said.contains("said: again: None"), "{said}");
}

/// Needs another owner than the one who runs the tests: only root can make one.
#[test]
fn a_database_that_may_not_be_read_is_kept_aside() {
    if !is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), database()).unwrap();
    fs::set_permissions(folder.path().join(FILE), fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let said = said_by_another_user(folder.path());
    assert!(said.contains("said: aside: Unreadable"), "{said}");
    // Readable, and still not ours to write: left where it is.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), database()).unwrap();
    fs::set_permissions(folder.path().join(FILE), fs::Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let said = said_by_another_user(folder.path());
    assert!(said.contains("is read-only; make it"), "{said}");
}

#[test]
fn a_folder_in_place_of_the_database_is_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FILE)).unwrap();
    let aside = Store::open(folder.path(), at(0)).unwrap().quarantined.unwrap();
    assert!(matches!(aside.why, Unusable::Unreadable(_)));
    assert!(aside.path.is_dir());
}

#[test]
fn tables_of_another_version_are_kept_aside() {
    for (version, tables) in [(1, ""), (3, ""), (3, "CREATE TABLE state (key, value)"), (0, TABLE)]
    {
        let folder = tempfile::tempdir().unwrap();
        let database = Connection::open(folder.path().join(FILE)).unwrap();
        database.execute_batch(tables).unwrap();
        database.pragma_update(None, "user_version", version).unwrap();
        drop(database);
        let opened = Store::open(folder.path(), at(0)).unwrap();
        let why = opened.quarantined.unwrap().why;
        assert!(matches!(why, Unusable::Corrupt(_)), "{version} {tables}: {why:?}");
        assert!(opened.store.load_state().is_ok());
    }
}

/// Of somebody else, with a name that we want.
const TABLE: &str = "CREATE TABLE beats (a)";

#[test]
fn what_is_no_file_is_kept_aside_or_named_and_not_waited_for() {
    let pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let folder = tempfile::tempdir().unwrap();
    pipe(&folder.path().join(FILE));
    pipe(&folder.path().join("kindbeat.lock"));
    assert!(matches!(Store::open_to_read(folder.path()), Err(StoreError::Stuck { .. })));
    assert!(StoreLock::take(folder.path()).is_err());
    let opened = Store::open(folder.path(), at(0)).unwrap();
    assert!(matches!(opened.quarantined.unwrap().why, Unusable::Unreadable(_)));
    drop(opened.store);
    for file in ["kindbeat.db-wal", "kindbeat.db-shm"] {
        fs::create_dir(folder.path().join(file)).unwrap();
        let error = Store::open(folder.path(), at(0)).unwrap_err();
        let said = format!("{file}: cannot be used (it is a folder); move it away by hand");
        assert!(error.to_string().ends_with(&said), "{error}");
        assert!(Store::open_to_read(folder.path()).unwrap().is_some(), "what is there is read");
        fs::remove_dir(folder.path().join(file)).unwrap();
    }
    pipe(&folder.path().join("kindbeat.db-shm"));
    assert!(Store::open(folder.path(), at(0)).unwrap_err().to_string().contains("a pipe"));
}

#[test]
fn a_file_where_the_folder_should_be_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Store::open(file.path(), at(0)).unwrap_err();
    assert!(error.to_string().starts_with(&file.path().display().to_string()), "{error}");
}

/// A store that has no room for more than a few pages.
fn full() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), at(0)).unwrap().store;
    let pages: i64 = store.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    store
        .connection
        .pragma_update_and_check(None, "max_page_count", pages + 10, |_| Ok(()))
        .unwrap();
    (store, folder)
}

#[test]
fn on_a_full_disk_a_batch_is_written_as_a_whole_or_not_at_all() {
    let (mut store, _folder) = full();
    let mut writer = Writer::new(SignedDuration::from_hours(1_000));
    (0..20_000).for_each(|second| writer.keep(at(second * 1000), heard(second * 1000)));
    let batch = writer.flush(at(0)).unwrap();
    let error = store.write(&batch).unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(error.to_string().contains("the disk is full; free some space"), "{error}");
    assert_eq!(all_heard(&store), []);
    let more = |store: &Store| {
        store.connection.pragma_update_and_check(None, "max_page_count", 10_000, |_| Ok(()))
    };
    more(&store).unwrap();
    store.write(&batch).unwrap();
    assert_eq!(all_heard(&store).len(), 20_000);
}

#[test]
fn what_could_not_be_written_is_kept_and_written_later() {
    let (mut store, folder) = full();
    // Takes up what room is left within the pages there are.
    let mut writer = Writer::new(SignedDuration::from_hours(1_000));
    let (mut second, mut written) = (0, 0);
    loop {
        (0..500).for_each(|n| writer.keep(at((second + n) * 1000), heard((second + n) * 1000)));
        if store.write(&writer.flush(at(0)).unwrap()).is_err() {
            break;
        }
        second += 500;
        written = second;
    }
    let (report, reports) = mpsc::channel();
    let keep = SignedDuration::from_hours(1_000);
    let mut handle = spawn(store, keep, move |said| report.send(said).unwrap()).unwrap();
    for second in written..written + 3_000 {
        handle.keep(at(second * 1000), heard(second * 1000));
        assert!(handle.settle(Duration::from_secs(60)));
    }
    assert!(
        matches!(reports.try_recv(), Ok(StoreEvent::Failing(why)) if why.to_string().contains("disk is full"))
    );
    assert!(reports.try_recv().is_err(), "said once");
    // Another connection makes the room: what was heard long ago goes.
    let other = Connection::open(folder.path().join(FILE)).unwrap();
    other.execute("DELETE FROM beats", []).unwrap();
    handle.keep(at((written + 3_000) * 1000), Record::Monitor(None));
    assert!(handle.settle(Duration::from_secs(60)));
    assert_eq!(reports.try_recv(), Ok(StoreEvent::Recovered { lost: 0 }));
    let reading = Store::open_to_read(folder.path()).unwrap().unwrap();
    let seen = reading.readings(at(written * 1000), Timestamp::MAX).unwrap();
    let seconds = seen.iter().map(|heard| heard.at.as_second() - at(0).as_second());
    assert!(seconds.eq(written..written + 3_000));
}

#[test]
fn when_memory_runs_out_the_oldest_go_first_and_are_counted() {
    let mut backlog = Batch::default();
    for second in 0..5_000 {
        let mut writer = Writer::new(SignedDuration::from_hours(1));
        writer.keep(at(second * 1000), heard(second * 1000));
        backlog.append(writer.flush(at(second * 1000)).unwrap());
    }
    assert_eq!((backlog.chunks.len(), backlog.lost), (4_096, 904));
}

/// A batch with one record.
fn a_snooze(hours: i64) -> Batch {
    let mut writer = Writer::new(SignedDuration::from_hours(1_000));
    writer.keep(at(0), Record::Snoozed(Some(at(hours * 3_600_000))));
    writer.flush(at(0)).unwrap()
}

fn snoozed(store: &Store) -> Option<Timestamp> {
    store.load_state().unwrap().state.snoozed_until
}

#[test]
fn without_room_for_an_index_the_database_and_its_log_are_read() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut store = Store::open(folder.path(), at(0)).unwrap().store;
    store.write(&a_snooze(1)).unwrap();
    store.connection.pragma_query(None, "wal_checkpoint", |_| Ok(())).unwrap();
    store.write(&a_snooze(2)).unwrap();
    // As a kill leaves it; no index can be made.
    let files = ["kindbeat.db", "kindbeat.db-wal"];
    for file in files {
        fs::copy(folder.path().join(file), other.path().join(file)).unwrap();
    }
    fs::create_dir(other.path().join("kindbeat.db-shm")).unwrap();
    let before = files.map(|file| fs::read(other.path().join(file)).unwrap());
    for open in [Store::open_to_read, Store::open_regardless, Store::open_to_look] {
        assert_eq!(snoozed(&open(other.path()).unwrap().unwrap()), Some(at(7_200_000)));
    }
    assert_eq!(before, files.map(|file| fs::read(other.path().join(file)).unwrap()));
    fs::remove_file(other.path().join("kindbeat.db-wal")).unwrap();
    let store = Store::open_to_read(other.path()).unwrap().unwrap();
    assert_eq!(snoozed(&store), Some(at(3_600_000)));
}

#[test]
fn a_store_that_is_locked_is_read_and_opened_later() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), at(0)).unwrap().store;
    store.write(&a_snooze(1)).unwrap();
    drop(store);
    let other = Connection::open(folder.path().join(FILE)).unwrap();
    other.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(())).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(matches!(Store::open(folder.path(), at(0)), Err(StoreError::Busy { .. })));
    let store = Store::open_regardless(folder.path()).unwrap().unwrap();
    assert_eq!(snoozed(&store), Some(at(3_600_000)));
    drop(store);

    let (report, reports) = mpsc::channel();
    let unopened = UnopenedStore { folder: folder.path().to_owned(), at: at(0), is_locked: false };
    let (keep, again) = (SignedDuration::from_hours(1_000), Duration::from_millis(1));
    let report = move |said| report.send(said).unwrap();
    let mut handle = thread::start(unopened, None, again, keep, report).unwrap();
    handle.keep(at(0), Record::Snoozed(Some(at(0))));
    assert!(handle.settle(Duration::from_secs(60)));
    assert!(reports.try_recv().is_err(), "that it fails is known");
    drop(other);
    let said = reports.recv_timeout(Duration::from_secs(60));
    assert_eq!(said, Ok(StoreEvent::Recovered { lost: 0 }));
    assert!(StoreLock::take(folder.path()).unwrap().is_none(), "the lock is taken with it");
    assert!(handle.finish(at(0), Duration::from_secs(60)));
    let store = Store::open_to_read(folder.path()).unwrap().unwrap();
    assert_eq!(snoozed(&store), Some(at(0)));
}

/// What is known after the database was taken away by `take` between two records, and what was said.
fn after(take: fn(&Path)) -> (Loaded, Vec<StoreEvent>) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), at(0)).unwrap().store;
    let (report, reports) = mpsc::channel();
    let keep = SignedDuration::from_hours(1_000);
    let mut handle = spawn(store, keep, move |said| report.send(said).unwrap()).unwrap();
    handle.keep(at(0), Record::Snoozed(Some(at(1_000))));
    assert!(handle.settle(Duration::from_secs(60)));
    take(folder.path());
    handle.keep(at(0), Record::FineInARow(2));
    assert!(handle.settle(Duration::from_secs(60)));
    handle.keep(at(0), Record::FitAsked(at(2_000)));
    assert!(handle.finish(at(0), Duration::from_secs(60)));
    let opened = Store::open(folder.path(), at(0)).unwrap();
    assert_eq!(opened.quarantined, None);
    (opened.store.load_state().unwrap(), reports.try_iter().collect())
}

#[test]
fn a_database_moved_away_takes_its_log_along() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), at(0)).unwrap().store;
    let keep = SignedDuration::from_hours(1_000);
    let mut handle = spawn(store, keep, |_| {}).unwrap();
    handle.keep(at(0), Record::Snoozed(Some(at(1_000))));
    assert!(handle.settle(Duration::from_secs(60)));
    let moved = folder.path().join("moved");
    fs::create_dir(&moved).unwrap();
    fs::rename(folder.path().join(FILE), moved.join(FILE)).unwrap();
    handle.keep(at(0), Record::FineInARow(2));
    assert!(handle.finish(at(0), Duration::from_secs(60)));
    let state = Store::open(&moved, at(0)).unwrap().store.load_state().unwrap().state;
    assert_eq!(state.snoozed_until, Some(at(1_000)), "it was in the log alone");
}

#[test]
fn a_database_taken_away_is_begun_anew_with_what_is_known() {
    let ways: [fn(&Path); 5] = [
        |folder| fs::rename(folder.join(FILE), folder.join("elsewhere.db")).unwrap(),
        |folder| fs::remove_file(folder.join(FILE)).unwrap(),
        |folder| {
            for file in quarantine::with_companions(&folder.join(FILE)) {
                fs::remove_file(file).unwrap();
            }
        },
        |folder| fs::remove_dir_all(folder).unwrap(),
        |folder| {
            let other = tempfile::tempdir_in(folder).unwrap();
            drop(Store::open(other.path(), at(0)).unwrap());
            fs::rename(other.path().join(FILE), folder.join(FILE)).unwrap();
        },
    ];
    for (number, way) in ways.into_iter().enumerate() {
        let (loaded, said) = after(way);
        let state = loaded.state;
        assert_eq!(state.snoozed_until, Some(at(1_000)), "{number}");
        assert_eq!((state.fine_in_a_row, state.fit_asked), (2, Some(at(2_000))), "{number}");
        assert_eq!(said, [StoreEvent::BegunAnew], "{number}");
    }
}
