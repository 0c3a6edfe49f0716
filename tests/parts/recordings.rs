//! What the reader of recordings makes of good files, bad files and no files at all.

use std::error::Error as _;
use std::io;
use std::io::Read;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use kindbeat::recording::Recording;
use kindbeat::recording::RecordingError;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::replay::ReplayRow;
use proptest::prelude::*;

fn rows_of(source: impl Read) -> Result<Vec<ReplayRow>, RecordingError> {
    Recording::new("walk.csv", source)?.collect()
}

/// The rows in short: time, rate, intervals, moving.
fn read(source: impl Read) -> Result<Vec<String>, String> {
    let short = |row: &ReplayRow| {
        let rate = row.reading.heart_rate.map_or_else(|| "-".to_owned(), |rate| rate.to_string());
        let rr: Vec<_> = row.reading.rr.iter().map(|rr| rr.millis().to_string()).collect();
        let moving = row.moving.map_or("-", |moving| if moving { "moving" } else { "still" });
        format!("{} {rate} [{}] {moving}", row.t_s, rr.join(" "))
    };
    rows_of(source).map(|rows| rows.iter().map(short).collect()).map_err(|error| message(&error))
}

/// What the person reads: the error and its sources on one line.
fn message(error: &RecordingError) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The message for a source that cannot be read to its end.
#[track_caller]
fn complaint(source: impl AsRef<[u8]>) -> String {
    match read(source.as_ref()) {
        Ok(rows) => format!("no error: {rows:?}"),
        Err(message) => message,
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// A row below the usual header, as line 2.
#[track_caller]
fn complaint_about_row(row: &str) -> String {
    complaint(format!("t_s,hr_bpm,rr_ms,moving\n{row}\n"))
}

#[test]
fn a_recording_is_read_row_by_row() {
    let walk = "t_s,hr_bpm,rr_ms\n0,86,695\n1.5,85.5,711.9 703\n2,,\n3,0,1000000\n";
    let rows = read(walk.as_bytes()).unwrap();
    assert_eq!(rows, ["0 86 [695] -", "1.5 85.5 [711.9 703] -", "2 - [] -", "3 - [1000000] -"]);
}

#[test]
fn columns_come_in_any_order_and_unknown_ones_are_ignored() {
    let walk = "moving,note,rr_ms,t_s,posture,hr_bpm\n1,\"up, then down\",700,5,,86\n0,,,6,x,\n,a \"b\",,7,,9\n";
    let rows = read(walk.as_bytes()).unwrap();
    assert_eq!(rows, ["5 86 [700] moving", "6 - [] still", "7 9 [] -"]);
}

#[test]
fn what_spreadsheets_add_does_no_harm() {
    let walk =
        "\u{feff}\r\n\"t_s\", hr_bpm ,rr_ms\r\n\r\n  \r\n0, 86 ,\" 695  703 \"\r\n\r\n1,85,711";
    assert_eq!(read(walk.as_bytes()).unwrap(), ["0 86 [695 703] -", "1 85 [711] -"]);
    let carriage_returns = "t_s,hr_bpm,rr_ms\r0,86,695\r1,85,711\r";
    assert_eq!(read(carriage_returns.as_bytes()).unwrap(), ["0 86 [695] -", "1 85 [711] -"]);
}

#[test]
fn the_largest_values_are_read() {
    let walk = "t_s,hr_bpm,rr_ms\n-0,1000,0.001\n1e11,1e3,1000000.0\n";
    let rows = read(walk.as_bytes()).unwrap();
    assert_eq!(rows, ["0 1000 [0.001] -", "100000000000 1000 [1000000] -"]);
}

#[test]
fn gzip_is_told_by_its_first_bytes_and_read_to_its_last_member() {
    let mut walk = gzip(b"t_s,hr_bpm,rr_ms\n0,86,695\n1,8");
    walk.extend(gzip(b""));
    walk.extend(gzip(b"5,711\n2,84,720\n"));
    let rows = read(walk.as_slice()).unwrap();
    assert_eq!(rows, ["0 86 [695] -", "1 85 [711] -", "2 84 [720] -"]);
}

#[test]
fn a_file_that_is_not_there_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| {
        let error = Recording::open(path).err().unwrap();
        message(&error).replace(folder.path().to_str().unwrap(), "days")
    };
    assert_eq!(
        error(&folder.path().join("walk.csv")),
        "days/walk.csv: cannot be opened: No such file or directory (os error 2)"
    );
    assert_eq!(error(folder.path()), "days: cannot be opened: is a directory");
}

#[test]
fn a_file_is_opened_whatever_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walk.csv");
    std::fs::write(&path, gzip(b"t_s,hr_bpm,rr_ms\n0,86,695\n")).unwrap();
    let recording = Recording::open(&path).unwrap();
    assert_eq!(recording.name(), "walk");
    assert_eq!(recording.map(Result::unwrap).count(), 1);
}

#[test]
fn a_row_has_as_many_fields_as_the_header() {
    assert_eq!(
        complaint_about_row("0,70"),
        "walk.csv: line 2: the row ends after column 2, the header has 4"
    );
    for row in ["0,70,5,800,", "0,70,5,800,,,,,"] {
        assert_eq!(
            complaint_about_row(row),
            "walk.csv: line 2: the row goes on after column 4, the last of the header; \
             decimals take a point, a text with a comma takes quotes"
        );
    }
}

#[test]
fn the_header_names_each_column_once() {
    assert_eq!(
        complaint("t_s,rr_ms\n0,700\n"),
        "walk.csv: line 1: no column hr_bpm; a recording begins with the header t_s,hr_bpm,rr_ms"
    );
    assert_eq!(
        complaint("\n\n0,70,700\n"),
        "walk.csv: line 3: no column t_s; a recording begins with the header t_s,hr_bpm,rr_ms"
    );
    assert_eq!(
        complaint("t_s,hr_bpm,rr_ms,hr_bpm\n0,70,700,70\n"),
        "walk.csv: line 1, column 4 (hr_bpm): the header names this column twice"
    );
    assert_eq!(read("t_s,hr_bpm,rr_ms,x,x\n0,70,,1,2\n".as_bytes()).unwrap(), ["0 70 [] -"]);
}

#[test]
fn a_file_without_rows_is_an_error() {
    let empty = "walk.csv: the file is empty; a recording begins with the header t_s,hr_bpm,rr_ms";
    for text in ["", "\n", "\u{feff}", " \r\n\r\n"] {
        assert_eq!(complaint(text), empty);
    }
    assert_eq!(complaint(gzip(b"")), empty);
    assert_eq!(complaint("t_s,hr_bpm,rr_ms\n\n"), "walk.csv: no row follows the header");
}

#[test]
fn intervals_in_seconds_are_an_error_single_short_ones_not() {
    let seconds = "t_s,hr_bpm,rr_ms\n1,70,0.85 0.86\n2,70,0.9\n3,70,850\n";
    assert_eq!(
        complaint(seconds),
        "walk.csv: most values of rr_ms are below 10, so they look like seconds; rr_ms is in milliseconds, such as 850"
    );
    let artefacts = "t_s,hr_bpm,rr_ms\n1,70,3 850\n2,70,\n";
    assert_eq!(read(artefacts.as_bytes()).unwrap(), ["1 70 [3 850] -", "2 70 [] -"]);
}

#[test]
fn what_is_no_text_is_recognised() {
    assert_eq!(
        complaint(b"\x7fELF\x02\x01\x01\0\0\0\0"),
        "walk.csv: line 1: binary data; a recording is CSV text, plain or gzip"
    );
}

#[test]
fn gzip_that_is_not_whole_is_an_error_wherever_it_is_cut() {
    let whole = gzip(b"t_s,hr_bpm,rr_ms\n0,86,695\n1,85,711\n");
    for length in 2..whole.len() {
        let message = complaint(&whole[..length]);
        assert!(
            message.ends_with("the gzip data ends early; was the file copied whole?"),
            "{length} bytes: {message}"
        );
    }
    assert_eq!(
        complaint(&whole[..whole.len() - 1]),
        "walk.csv: line 4: the gzip data ends early; was the file copied whole?"
    );
}

#[test]
fn damaged_gzip_and_bytes_after_it_are_errors() {
    let mut followed = gzip(b"t_s,hr_bpm,rr_ms\n0,86,695\n");
    let checksum = followed.len() - 8;
    let mut damaged = followed.clone();
    damaged[checksum] ^= 1;
    followed.extend(b"1,85,711\n2,84,720\n");
    assert_eq!(
        complaint(followed),
        "walk.csv: line 3: the gzip data is damaged or something else follows it (invalid gzip header)"
    );
    assert_eq!(
        complaint(damaged),
        "walk.csv: line 3: the gzip data is damaged or something else follows it \
         (corrupt gzip stream does not have a matching checksum)"
    );
}

#[test]
fn a_disk_that_fails_is_named() {
    let header: &[u8] = b"t_s,hr_bpm,rr_ms\n0,70,\n";
    let source = header.chain(Failing);
    assert_eq!(
        read(source).unwrap_err(),
        "walk.csv: line 3: cannot be read on: Input/output error (os error 5)"
    );
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(5))
    }
}

#[test]
fn a_quote_left_open_does_not_swallow_the_rest() {
    assert_eq!(
        complaint("t_s,hr_bpm,rr_ms,note\n0,70,,\"well\n1,70,,\n2,70,,\n"),
        "walk.csv: line 2: a quote is opened in this row and never closed"
    );
    // An open quote is seen, not guessed from the last byte.
    let closed = "t_s,hr_bpm,rr_ms,note\n0,70,,\"well\"";
    assert_eq!(read(closed.as_bytes()).unwrap(), ["0 70 [] -"]);
}

const TOO_LONG: &str = "walk.csv: line 2: a row longer than 64 KiB; is a quote left open?";
const HUGE: u64 = 1 << 30;

/// Reads a header and what follows; the message, and how much of the gigabyte was asked for.
fn until_it_stops(header: &str, endless: &mut impl Read) -> String {
    read(header.as_bytes().chain(endless)).err().unwrap_or_default()
}

#[test]
fn a_row_of_a_gigabyte_is_given_up_early() {
    let header = "t_s,hr_bpm,rr_ms\n";
    for start in ["", "0,70,", "0,70,\""] {
        let mut endless = io::repeat(b'7').take(HUGE);
        assert_eq!(until_it_stops(&format!("{header}{start}"), &mut endless), TOO_LONG);
        assert!(HUGE - endless.limit() < 1 << 20);
    }
    let mut lines = io::repeat(b'\n').take(HUGE);
    assert_eq!(until_it_stops(&format!("{header}0,70,\""), &mut lines), TOO_LONG);
    assert!(HUGE - lines.limit() < 1 << 20);
    let mut commas = io::repeat(b',').take(HUGE);
    assert!(until_it_stops(header, &mut commas).contains("the row goes on after column 3,"));
    assert!(HUGE - commas.limit() < 1 << 20);
    let mut columns = io::repeat(b',').take(HUGE);
    assert_eq!(
        until_it_stops("", &mut columns),
        "walk.csv: line 1: the header has more than 4096 columns"
    );
    assert!(HUGE - columns.limit() < 1 << 20);
}

#[test]
fn a_row_of_64_kib_is_read_and_one_of_a_byte_more_is_not() {
    let walk = |note: usize| format!("t_s,hr_bpm,rr_ms,note\n0,70,,{}\n", "7".repeat(note));
    assert!(read(walk(64 * 1024 - 3).as_bytes()).is_ok());
    assert_eq!(complaint(walk(64 * 1024 - 2)), TOO_LONG);
    let million = format!("t_s,hr_bpm,rr_ms\n0,70,{}\n", "700 ".repeat(1_000_000));
    assert_eq!(complaint(million), TOO_LONG);
}

#[test]
fn a_gzip_bomb_is_given_up_early() {
    let mut bomb = gzip(b"t_s,hr_bpm,rr_ms\n0,70,");
    bomb.extend(gzip(&vec![b'7'; 1 << 24]));
    assert_eq!(complaint(bomb), TOO_LONG);
}

/// Gives out one byte at a time and is interrupted before each.
struct Slow<'a>(&'a [u8], bool);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let length = into.len().min(1);
        self.0.read(&mut into[..length])
    }
}

#[test]
fn a_slow_pipe_reads_like_a_file() {
    let walk = "\u{feff}t_s,hr_bpm,rr_ms\r\n0,86,695\r\n\r\n1,85,x\r\n";
    assert_eq!(read(Slow(walk.as_bytes(), false)), read(walk.as_bytes()));
    let walk = gzip(b"t_s,hr_bpm,rr_ms\n0,86,695\n");
    assert_eq!(read(Slow(&walk, false)).unwrap(), ["0 86 [695] -"]);
}

/// Rows as a recorder could have written them.
fn some_rows() -> impl Strategy<Value = Vec<ReplayRow>> {
    let rate = prop::option::of(0.001..=1000.0);
    let intervals = prop::collection::vec(0.001..=1_000_000.0, 0..5);
    let idle = prop::option::of(0.0..1e6);
    let row = (0.001..1e6, rate, intervals, prop::option::of(any::<bool>()), idle);
    prop::collection::vec(row, 1..40).prop_map(|rows| {
        let mut t_s = 0.0;
        let mut row = |(step, heart_rate, rr, moving, idle_s): (f64, _, Vec<f64>, _, _)| {
            t_s += step;
            let rr = rr.into_iter().filter_map(RrInterval::from_millis).collect();
            let reading = Reading { heart_rate, rr, ..Reading::default() };
            ReplayRow { t_s, reading, moving, idle_s }
        };
        rows.into_iter().map(&mut row).collect()
    })
}

fn written(rows: &[ReplayRow]) -> String {
    let row = |ReplayRow { t_s, reading, moving, idle_s }: &ReplayRow| {
        let moving = moving.map_or("", |moving| if moving { "1" } else { "0" });
        let rr: Vec<_> = reading.rr.iter().map(|rr| rr.millis().to_string()).collect();
        let rate = reading.heart_rate.map_or_else(String::new, |rate| rate.to_string());
        let idle = idle_s.map_or_else(String::new, |idle| idle.to_string());
        format!("{moving},{},{t_s},{rate},{idle}", rr.join(" "))
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    format!("moving,rr_ms,t_s,hr_bpm,idle_s\n{}", rows.join("\n"))
}

/// Bytes that get past the header, to reach the rules behind it.
fn nearly_a_recording() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop::sample::select(b"0123456789.,,,,\n\n\r\" -e\0x\xff".as_slice());
    prop::collection::vec(byte, 0..300)
        .prop_map(|bytes| [b"t_s,hr_bpm,rr_ms\n", &bytes[..]].concat())
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(rows) = rows_of(bytes) {
        prop_assert!(!rows.is_empty());
        prop_assert!(rows.is_sorted_by(|before, after| before.t_s < after.t_s));
        prop_assert!((0.0..=1e11).contains(&rows[0].t_s));
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(rows in some_rows()) {
        let text = written(&rows);
        prop_assert_eq!(&rows_of(text.as_bytes()).unwrap(), &rows);
        prop_assert_eq!(&rows_of(gzip(text.as_bytes()).as_slice()).unwrap(), &rows);
    }

    #[test]
    fn any_bytes_are_rows_in_order_or_an_error(bytes: Vec<u8>) {
        check(&bytes)?;
        check(&gzip(&bytes))?;
        check(&[b"\x1f\x8b\x08\0", bytes.as_slice()].concat())?;
    }

    #[test]
    fn anything_below_a_header_is_rows_in_order_or_an_error(bytes in nearly_a_recording()) {
        check(&bytes)?;
        prop_assert_eq!(read(Slow(&bytes, false)), read(bytes.as_slice()));
    }
}
