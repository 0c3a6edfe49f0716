//! Reads recordings: a heart as CSV, plain or gzip, row by row in bounded memory. Touches the file it's given.
//!
//! The header names the columns `t_s`, `hr_bpm` and `rr_ms`, in any order; `moving` and `idle_s` are optional, others are ignored. Values
//! that are readable but implausible (a rate of 300, an interval of a minute) pass: real monitors send them, and
//! [`kindbeat_core::heart`] judges them. Values that can't be meant (text, a time that goes back) are errors with their
//! place.

mod error;
mod records;

use std::fs::File;
use std::io;
use std::io::Read;
use std::iter::FusedIterator;
use std::path::Path;

pub use self::error::RecordingError;
use self::records::CsvRecord;
use self::records::CsvRecords;
use self::records::too_many;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Reading;
use kindbeat_core::heart::RrInterval;
use kindbeat_core::replay::ReplayRow;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// Of `t_s` and `idle_s`, in seconds: 3 000 years, room for any epoch.
const LAST_S: f64 = 100_000_000_000.0;
/// Of `rr_ms`, taken for seconds: six beats a minute.
const LONGEST_IN_SECONDS: f64 = 10.0;
/// Of `hr_bpm`.
const HIGHEST_BPM: f64 = 1000.0;

/// The rows of one recording, in the order of the file.
///
/// No row follows an error. A truncated gzip, or intervals in seconds, show only at its end: earlier rows were returned by then.
pub struct Recording<R> {
    records: CsvRecords<R>,
    columns: Columns,
    /// The time of the last row; `None` before the first.
    before: Option<f64>,
    intervals: IntervalCount,
    over: bool,
}

/// How many intervals there were so far.
#[derive(Default)]
struct IntervalCount {
    all: u64,
    /// Those that no heart makes in milliseconds, and every heart in seconds.
    in_seconds: u64,
}

impl Recording<File> {
    /// Opens the file and reads its header.
    pub fn open(path: &Path) -> Result<Self, RecordingError> {
        let file = path.display().to_string();
        let open = || {
            let source = File::open(path)?;
            // Linux opens a folder without complaint and fails at the first read.
            if source.metadata()?.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            Ok(source)
        };
        match open() {
            Ok(source) => Self::new(file, source),
            Err(source) => Err(RecordingError::Open { file, source }),
        }
    }
}

impl<R: Read> Recording<R> {
    /// `file` is the name of the source in errors.
    pub fn new(file: impl Into<String>, source: R) -> Result<Self, RecordingError> {
        let mut records = CsvRecords::new(file.into(), source)?;
        let Some(header) = records.next()? else {
            return Err(RecordingError::Empty { file: records.file().to_owned() });
        };
        let columns = Columns::find(&header)?;
        records.limit_columns(columns.count);
        Ok(Self {
            records,
            columns,
            before: None,
            intervals: IntervalCount::default(),
            over: false,
        })
    }

    /// The file's name up to its first dot; all of it if it begins with one.
    #[must_use]
    pub fn name(&self) -> &str {
        let path = Path::new(self.records.file());
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match name.split_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => name,
        }
    }

    fn read_row(&mut self) -> Result<Option<ReplayRow>, RecordingError> {
        let columns = &self.columns;
        let Some(record) = self.records.next()? else {
            let file = || self.records.file().to_owned();
            return match self.before {
                // The median: single ones are artefacts.
                Some(_) if self.intervals.in_seconds * 2 > self.intervals.all => {
                    Err(RecordingError::InSeconds { file: file() })
                }
                Some(_) => Ok(None),
                None => Err(RecordingError::NoRow { file: file() }),
            };
        };
        if record.len() < columns.count {
            let (fields, count) = (record.len(), columns.count);
            let problem = Sentence::new(Message::RecordingShortRow);
            let problem = problem.with("column", fields.to_string());
            return Err(record.error(problem.with("count", count.to_string())));
        }
        if record.len() > columns.count {
            return Err(record.error(too_many(columns.count)));
        }
        let t_s = read(&record, columns.t_s, "t_s", |text| time(text, self.before))?;
        let heart_rate = read(&record, columns.hr_bpm, "hr_bpm", rate)?;
        let rr = read(&record, columns.rr_ms, "rr_ms", intervals)?;
        let moving = match columns.moving {
            Some(index) => read(&record, index, "moving", yes_or_no)?,
            None => None,
        };
        let idle_s = match columns.idle_s {
            Some(index) => read(&record, index, "idle_s", idle)?,
            None => None,
        };
        self.before = Some(t_s);
        self.intervals.all += rr.len() as u64;
        let in_seconds = rr.iter().filter(|interval| interval.millis() < LONGEST_IN_SECONDS);
        self.intervals.in_seconds += in_seconds.count() as u64;
        Ok(Some(ReplayRow {
            t_s,
            reading: Reading { heart_rate, rr, ..Reading::default() },
            moving,
            idle_s,
        }))
    }
}

impl<R: Read> Iterator for Recording<R> {
    type Item = Result<ReplayRow, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let row = self.read_row().transpose();
        self.over = !matches!(row, Some(Ok(_)));
        row
    }
}

impl<R: Read> FusedIterator for Recording<R> {}

/// The index of each known column, from 0.
struct Columns {
    count: usize,
    t_s: usize,
    hr_bpm: usize,
    rr_ms: usize,
    moving: Option<usize>,
    idle_s: Option<usize>,
}

impl Columns {
    fn find(header: &CsvRecord<'_>) -> Result<Self, RecordingError> {
        let (t_s, hr_bpm, rr_ms, moving, idle_s) = (
            position(header, "t_s")?,
            position(header, "hr_bpm")?,
            position(header, "rr_ms")?,
            position(header, "moving")?,
            position(header, "idle_s")?,
        );
        let needed = |column: Option<usize>, name: &str| {
            column.ok_or_else(|| {
                header.error(if (0..header.len()).any(|index| is_binary(header.field(index))) {
                    Message::RecordingBinary.into()
                } else {
                    Sentence::new(Message::RecordingNoColumn).with("name", name)
                })
            })
        };
        Ok(Self {
            count: header.len(),
            t_s: needed(t_s, "t_s")?,
            hr_bpm: needed(hr_bpm, "hr_bpm")?,
            rr_ms: needed(rr_ms, "rr_ms")?,
            moving,
            idle_s,
        })
    }
}

/// The index of the column with that name; an error if there are two.
fn position(header: &CsvRecord<'_>, name: &'static str) -> Result<Option<usize>, RecordingError> {
    let mut named = (0..header.len()).filter(|&index| header.field(index) == name.as_bytes());
    let first = named.next();
    match named.next() {
        Some(second) => Err(header.value_error(second, name, Message::RecordingTwice.into())),
        None => Ok(first),
    }
}

/// No text has these bytes, and nearly every other format has one in its first row.
fn is_binary(field: &[u8]) -> bool {
    field.iter().any(|&byte| byte < b' ' && !byte.is_ascii_whitespace())
}

/// Reads one field by `rule`, whose error is a sentence.
fn read<T>(
    record: &CsvRecord<'_>,
    index: usize,
    name: &'static str,
    rule: impl FnOnce(&[u8]) -> Result<T, Sentence>,
) -> Result<T, RecordingError> {
    rule(record.field(index)).map_err(|problem| record.value_error(index, name, problem))
}

fn time(text: &[u8], before: Option<f64>) -> Result<f64, Sentence> {
    if text.is_empty() {
        return Err(Message::RecordingNoTime.into());
    }
    let t_s = number(text)?;
    if !(0.0..=LAST_S).contains(&t_s) {
        return Err(up_to(Message::RecordingBetween, text, &LAST_S));
    }
    match before {
        Some(before) if t_s <= before => {
            Err(about(Message::RecordingNotLater, text).with("before", before.to_string()))
        }
        _ => Ok(t_s),
    }
}

/// `None` for an empty field and for 0, which recorders write when they have no rate.
fn rate(text: &[u8]) -> Result<Option<f64>, Sentence> {
    if text.is_empty() {
        return Ok(None);
    }
    let bpm = number(text)?;
    if !(0.0..=HIGHEST_BPM).contains(&bpm) {
        return Err(up_to(Message::RecordingBetween, text, &HIGHEST_BPM));
    }
    Ok((bpm > 0.0).then_some(bpm))
}

fn idle(text: &[u8]) -> Result<Option<f64>, Sentence> {
    if text.is_empty() {
        return Ok(None);
    }
    let idle_s = number(text)?;
    if (0.0..=LAST_S).contains(&idle_s) {
        Ok(Some(idle_s))
    } else {
        Err(up_to(Message::RecordingBetween, text, &LAST_S))
    }
}

fn intervals(text: &[u8]) -> Result<Intervals, Sentence> {
    let mut intervals = Intervals::new();
    for ms in text.split(u8::is_ascii_whitespace).filter(|ms| !ms.is_empty()) {
        intervals.push(interval(ms)?);
    }
    Ok(intervals)
}

fn interval(text: &[u8]) -> Result<RrInterval, Sentence> {
    let interval = RrInterval::from_millis(number(text)?);
    interval.ok_or_else(|| up_to(Message::RecordingAbove, text, &RrInterval::MAX_MS))
}

fn yes_or_no(text: &[u8]) -> Result<Option<bool>, Sentence> {
    match text {
        b"" => Ok(None),
        b"0" => Ok(Some(false)),
        b"1" => Ok(Some(true)),
        _ => Err(about(Message::RecordingYesOrNo, text)),
    }
}

/// Never NaN, never -0; may be infinite, which no range contains.
fn number(text: &[u8]) -> Result<f64, Sentence> {
    plain_number(text).map_or_else(|| any_number(text), Ok)
}

/// Up to fifteen digits, or fourteen and a point: the numbers of nearly every recording, in a fifth of the time that the standard
/// library takes for a number of any kind. `None` for other text, number or not.
///
/// The digits are a whole number below 2^53 and the power of ten is at most 10^14, so `f64` holds both exactly, and their quotient is the
/// nearest `f64` to the number (Clinger 1990, doi 10.1145/93542.93557).
fn plain_number(text: &[u8]) -> Option<f64> {
    if text.len() > MOST_DIGITS {
        return None;
    }
    let (mut digits, mut point) = (0, None);
    for (place, &byte) in text.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            digits = digits * 10 + u64::from(digit);
        } else if byte == b'.' && point.is_none() {
            point = Some(place);
        } else {
            return None;
        }
    }
    let number = digits as f64;
    match point {
        None => (!text.is_empty()).then_some(number),
        Some(point) => (text.len() > 1).then(|| number / POWERS_OF_TEN[text.len() - 1 - point]),
    }
}

#[cold]
fn any_number(text: &[u8]) -> Result<f64, Sentence> {
    let number = str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok());
    match number {
        Some(number) if !number.is_nan() => Ok(number + 0.0),
        _ => Err(about(Message::RecordingNoNumber, text)),
    }
}

/// Of which every number is below 2^53.
const MOST_DIGITS: usize = 15;
const POWERS_OF_TEN: [f64; MOST_DIGITS] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

fn up_to(message: Message, text: &[u8], most: &dyn ToString) -> Sentence {
    about(message, text).with("most", most.to_string())
}

fn about(message: Message, text: &[u8]) -> Sentence {
    Sentence::new(message).with("value", quoted(text))
}

/// The offending text as it may be printed on a terminal: short, and without its control characters.
fn quoted(text: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(text);
    let mut quoted = String::from("\"");
    for character in text.chars().take(LONGEST) {
        match character {
            '\'' => quoted.push('\''),
            _ => quoted.extend(character.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        quoted.push('…');
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_are_read_as_the_standard_library_reads_them(
            text in "[0-9]{0,12}\\.?[0-9]{0,12}|[0-9.+e-]{0,6}",
        ) {
            let bits = |number: Option<f64>| number.map(f64::to_bits);
            let plain = text.parse::<f64>().ok().map(|number| number + 0.0);
            prop_assert_eq!(bits(number(text.as_bytes()).ok()), bits(plain));
            let short = text.len() <= MOST_DIGITS
                && text.contains(|byte: char| byte.is_ascii_digit())
                && text.bytes().all(|byte| byte == b'.' || byte.is_ascii_digit())
                && text.bytes().filter(|&byte| byte == b'.').count() < 2;
            prop_assert_eq!(plain_number(text.as_bytes()).is_some(), short);
        }
    }

    /// The error for this row, which is line 2.
    #[track_caller]
    fn complaint(row: impl AsRef<[u8]>) -> String {
        let walk = b"t_s,hr_bpm,rr_ms,moving\n".as_slice().chain(row.as_ref());
        let rows: Result<Vec<_>, _> = Recording::new("walk.csv", walk).unwrap().collect();
        rows.unwrap_err().to_string()
    }

    #[test]
    fn a_value_that_is_no_number_is_shown_with_its_place() {
        assert_eq!(
            complaint("0,abc,,"),
            "walk.csv: line 2, column 2 (hr_bpm): \"abc\" is not a number"
        );
        for text in ["NaN", "-nan", "7 0", "0x10", "1_000", "7;0", "٧"] {
            let expected =
                format!("walk.csv: line 2, column 2 (hr_bpm): \"{text}\" is not a number");
            assert_eq!(complaint(format!("0,{text},,")), expected);
        }
        assert_eq!(
            complaint("soon,70,,"),
            "walk.csv: line 2, column 1 (t_s): \"soon\" is not a number"
        );
        assert_eq!(
            complaint("0,70,700 x 710,"),
            "walk.csv: line 2, column 3 (rr_ms): \"x\" is not a number"
        );
    }

    #[test]
    fn an_idle_time_is_empty_or_a_number_of_seconds() {
        let read = |idle: &str| {
            let rows = format!("t_s,idle_s,hr_bpm,rr_ms\n0,{idle},70,\n");
            let mut rows = Recording::new("walk.csv", rows.as_bytes()).unwrap();
            rows.next().unwrap().map(|row| row.idle_s).map_err(|error| error.to_string())
        };
        assert_eq!(read(""), Ok(None));
        assert_eq!(read("0"), Ok(Some(0.0)));
        assert_eq!(read("312.5"), Ok(Some(312.5)));
        let place = |text: &str, problem| {
            Err(format!("walk.csv: line 2, column 2 (idle_s): \"{text}\" {problem}"))
        };
        for text in ["abc", "NaN"] {
            assert_eq!(read(text), place(text, "is not a number"));
        }
        for text in ["-1", "inf", "1e999"] {
            assert_eq!(read(text), place(text, "must be between 0 and 100000000000"));
        }
    }

    #[test]
    fn a_value_out_of_range_names_the_range() {
        for text in ["-1", "1000.1", "inf", "-Infinity", "1e999"] {
            let expected = format!(
                "walk.csv: line 2, column 2 (hr_bpm): \"{text}\" must be between 0 and 1000"
            );
            assert_eq!(complaint(format!("0,{text},,")), expected);
        }
        for text in ["-0.1", "100000000001", "inf"] {
            let expected = format!(
                "walk.csv: line 2, column 1 (t_s): \"{text}\" must be between 0 and 100000000000"
            );
            assert_eq!(complaint(format!("{text},70,,")), expected);
        }
        for text in ["0", "-0", "-5", "1000000.1", "inf"] {
            let expected = format!(
                "walk.csv: line 2, column 3 (rr_ms): \"{text}\" must be above 0 and at most 1000000"
            );
            assert_eq!(complaint(format!("0,70,700 {text},")), expected);
        }
        for text in ["2", "yes", "1.0"] {
            let expected =
                format!("walk.csv: line 2, column 4 (moving): \"{text}\" must be 0, 1 or empty");
            assert_eq!(complaint(format!("0,70,,{text}")), expected);
        }
    }

    #[test]
    fn what_is_shown_of_a_value_is_short_and_harmless_on_a_terminal() {
        assert_eq!(
            complaint("0,\x1b[31m'\u{202e}\0,,"),
            r#"walk.csv: line 2, column 2 (hr_bpm): "\u{1b}[31m'\u{202e}\0" is not a number"#
        );
        let shown = format!("\"{}…\" is not a number", "ä".repeat(40));
        assert_eq!(
            complaint(format!("0,{},,", "ä".repeat(41))),
            format!("walk.csv: line 2, column 2 (hr_bpm): {shown}")
        );
        assert_eq!(
            complaint(b"0,\xff,,"),
            "walk.csv: line 2, column 2 (hr_bpm): \"\u{fffd}\" is not a number"
        );
    }

    #[test]
    fn time_must_go_on() {
        assert_eq!(
            complaint("0,70,,\n2.5,70,,\n2.50,70,,"),
            "walk.csv: line 4, column 1 (t_s): \"2.50\" must be later than 2.5, the time of the row before"
        );
        assert_eq!(
            complaint(",70,,"),
            "walk.csv: line 2, column 1 (t_s): is empty; every row needs its time, in seconds"
        );
    }

    #[test]
    fn after_an_error_there_is_no_further_row() {
        let walk: &[u8] = b"t_s,hr_bpm,rr_ms\n0,70,\n1,x,\n2,70,\n";
        let mut recording = Recording::new("walk.csv", walk).unwrap();
        assert!(recording.next().unwrap().is_ok());
        assert!(recording.next().unwrap().is_err());
        assert!(recording.next().is_none());
        assert!(recording.next().is_none());
    }

    #[test]
    fn a_file_is_called_by_its_name_up_to_the_first_dot() {
        let name = |file: &str| {
            let header: &[u8] = b"t_s,hr_bpm,rr_ms\n";
            Recording::new(file, header).map(|recording| recording.name().to_owned()).unwrap()
        };
        assert_eq!(name("m02.csv.gz"), "m02");
        assert_eq!(name("some.days/m02"), "m02");
        assert_eq!(name(".hidden.csv"), ".hidden.csv");
    }
}
