//! Splits bytes into the fields of one row at a time, in bounded memory whatever the bytes are.

use std::io;
use std::io::Chain;
use std::io::Cursor;
use std::io::Read;

use csv_core::ReadRecordResult;
use flate2::read::MultiGzDecoder;

use super::error::RecordingError;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// In bytes, without commas. A row holds about a second; two hours of intervals would fit.
const LONGEST_ROW: usize = 64 * 1024;
/// Of a header: more than any spreadsheet of measurements has.
const MOST_COLUMNS: usize = 4096;
const CHUNK: usize = 64 * 1024;

/// The rows of a CSV file, split into fields, each with its line.
pub(super) struct CsvRecords<R> {
    file: String,
    source: Source<R>,
    /// `start..end` of it isn't split yet.
    input: Box<[u8]>,
    start: usize,
    end: usize,
    at_end: bool,
    csv: csv_core::Reader,
    /// The fields of the current row, one after the other, unless it's a plain one.
    text: Box<[u8]>,
    /// The end of each field in the text of the row; one more than the row may have, so that an excess is noticed.
    ends: Vec<usize>,
    /// Line ends that `csv` hasn't seen; it counts those it takes itself.
    skipped: u64,
    /// A line feed after a carriage return belongs to the same line end.
    after_return: bool,
}

impl<R: Read> CsvRecords<R> {
    /// Recognises gzip by its first bytes, since a name may have been changed by hand.
    pub(super) fn new(file: String, source: R) -> Result<Self, RecordingError> {
        let source =
            Source::new(source).map_err(|error| RecordingError::reading(&file, 1, error))?;
        let mut records = Self {
            file,
            source,
            input: vec![0; CHUNK].into(),
            start: 0,
            end: 0,
            at_end: false,
            csv: csv_core::Reader::new(),
            // One more, because the splitter stops when the buffer is full even if the row ends there.
            text: vec![0; LONGEST_ROW + 1].into(),
            ends: vec![0; MOST_COLUMNS + 1],
            skipped: 0,
            after_return: false,
        };
        records.skip_byte_order_mark()?;
        Ok(records)
    }

    /// The name in errors.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// From now on a row with more fields is an error.
    pub(super) fn limit_columns(&mut self, columns: usize) {
        self.ends.truncate(columns + 1);
    }

    /// The next row that isn't blank; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<CsvRecord<'_>>, RecordingError> {
        loop {
            if !self.skip_line_ends()? {
                return Ok(None);
            }
            let line = self.line();
            let row = match self.take_plain_row() {
                Some(row) => row,
                None => self.split_row(line)?,
            };
            let blank = || self.text_of(row.text).iter().all(u8::is_ascii_whitespace);
            if row.fields > 1 || !blank() {
                let (text, ends) = (self.text_of(row.text), &self.ends[..row.fields]);
                let separator = row.text.separator();
                return Ok(Some(CsvRecord { file: &self.file, line, text, ends, separator }));
            }
        }
    }

    fn text_of(&self, text: RowText) -> &[u8] {
        match text {
            RowText::Plain { start, end } => &self.input[start..end],
            RowText::Unquoted { len } => &self.text[..len],
        }
    }

    /// Takes the row at the front of the input if it's whole and has neither quote nor carriage return, as nearly every row does: it's
    /// split where it is, at a fraction of what the splitter takes.
    ///
    /// `None`, with nothing taken, for any other row, and for one that may be too long or have too many fields.
    fn take_plain_row(&mut self) -> Option<SplitRow> {
        let input = &self.input[self.start..self.end.min(self.start + LONGEST_ROW)];
        let mut fields = 0;
        for (place, &byte) in input.iter().enumerate() {
            // What matters here lies below the digits.
            if byte > b',' {
                continue;
            }
            match byte {
                b',' | b'\n' => {
                    if fields + 1 >= self.ends.len() {
                        return None;
                    }
                    self.ends[fields] = place;
                    fields += 1;
                    if byte == b'\n' {
                        let (start, end) = (self.start, self.start + place);
                        self.start = end + 1;
                        self.skipped += 1;
                        return Some(SplitRow { text: RowText::Plain { start, end }, fields });
                    }
                }
                b'"' | b'\r' => return None,
                _ => {}
            }
        }
        None
    }

    /// Splits the row at the front of the input, whatever it's like.
    fn split_row(&mut self, line: u64) -> Result<SplitRow, RecordingError> {
        let (mut text, mut fields) = (0, 0);
        loop {
            let more = self.start < self.end || self.fill(line)?;
            // The last row may lack its line end. Given one, it's complete unless a quote is still open.
            let input = if more { &self.input[self.start..self.end] } else { b"\n" };
            let (result, taken, written, ended) =
                self.csv.read_record(input, &mut self.text[text..], &mut self.ends[fields..]);
            text += written;
            fields += ended;
            if more {
                self.after_return = taken > 0 && input[taken - 1] == b'\r';
                self.start += taken;
            }
            let problem = match result {
                ReadRecordResult::Record => {
                    return Ok(SplitRow { text: RowText::Unquoted { len: text }, fields });
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End if more => continue,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => {
                    Message::RecordingOpenQuote.into()
                }
                ReadRecordResult::OutputFull => {
                    let most = (LONGEST_ROW / 1024).to_string();
                    Sentence::new(Message::RecordingLongRow).with("most", most)
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() > MOST_COLUMNS => {
                    let most = MOST_COLUMNS.to_string();
                    Sentence::new(Message::RecordingManyColumns).with("most", most)
                }
                ReadRecordResult::OutputEndsFull => too_many(self.ends.len() - 1),
            };
            return Err(RecordingError::Row { file: self.file.clone(), line, problem });
        }
    }

    /// Takes the line ends before a row; the splitter would take them without reporting where the row starts.
    ///
    /// `false` at the end of the file.
    fn skip_line_ends(&mut self) -> Result<bool, RecordingError> {
        loop {
            while self.start < self.end {
                match self.input[self.start] {
                    b'\n' => self.skipped += 1,
                    b'\r' => self.skipped += u64::from(self.after_return),
                    _ => {
                        self.skipped += u64::from(self.after_return);
                        self.after_return = false;
                        return Ok(true);
                    }
                }
                self.after_return = self.input[self.start] == b'\r';
                self.start += 1;
            }
            if !self.fill(self.line())? {
                return Ok(false);
            }
        }
    }

    fn skip_byte_order_mark(&mut self) -> Result<(), RecordingError> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        let mut len = 0;
        // A pipe may return less than the mark at once.
        while len < MARK.len() {
            match self.source.read(&mut self.input[len..]) {
                Ok(0) => break,
                Ok(read) => len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(RecordingError::reading(&self.file, 1, error)),
            }
        }
        self.end = len;
        self.start = if self.input[..len].starts_with(MARK) { MARK.len() } else { 0 };
        Ok(())
    }

    /// Reads the next chunk over the used one; `false` at the end of the file.
    fn fill(&mut self, line: u64) -> Result<bool, RecordingError> {
        while !self.at_end {
            match self.source.read(&mut self.input) {
                Ok(read) => {
                    (self.start, self.end) = (0, read);
                    self.at_end = read == 0;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(RecordingError::reading(&self.file, line, error)),
            }
        }
        Ok(false)
    }

    /// The line of the next byte.
    fn line(&self) -> u64 {
        self.skipped + self.csv.line()
    }
}

/// The current row, of which [`CsvRecords::ends`] has the ends of so many fields.
#[derive(Clone, Copy)]
struct SplitRow {
    text: RowText,
    fields: usize,
}

#[derive(Clone, Copy)]
enum RowText {
    /// This part of [`CsvRecords::input`], with its commas.
    Plain { start: usize, end: usize },
    /// So much of [`CsvRecords::text`], without commas and quotes.
    Unquoted { len: usize },
}

impl RowText {
    /// How many bytes lie between two fields.
    const fn separator(self) -> usize {
        match self {
            Self::Plain { .. } => 1,
            Self::Unquoted { .. } => 0,
        }
    }
}

/// A row has more fields than there are columns.
pub(super) fn too_many(columns: usize) -> Sentence {
    Sentence::new(Message::RecordingLongerRow).with("column", columns.to_string())
}

pub(super) struct CsvRecord<'a> {
    /// The name in errors.
    pub(super) file: &'a str,
    /// The line on which the row starts, from 1.
    pub(super) line: u64,
    text: &'a [u8],
    /// The end of each field in `text`.
    ends: &'a [usize],
    /// How many bytes lie between two fields.
    separator: usize,
}

impl<'a> CsvRecord<'a> {
    /// At least 1.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Without the spaces at both ends; empty when the row has no field at this index.
    pub(super) fn field(&self, index: usize) -> &'a [u8] {
        let Some(&end) = self.ends.get(index) else { return &[] };
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] + self.separator);
        self.text[start..end].trim_ascii()
    }

    /// The whole row is at fault.
    pub(super) fn error(&self, problem: Sentence) -> RecordingError {
        RecordingError::Row { file: self.file.to_owned(), line: self.line, problem }
    }

    /// An error about one field.
    pub(super) fn value_error(
        &self,
        index: usize,
        name: &'static str,
        problem: Sentence,
    ) -> RecordingError {
        let (file, column) = (self.file.to_owned(), index + 1);
        RecordingError::Value { file, line: self.line, column, name, problem }
    }
}

/// The file with its first bytes put back.
type Whole<R> = Chain<Cursor<Vec<u8>>, R>;

enum Source<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

impl<R: Read> Source<R> {
    fn new(mut source: R) -> io::Result<Self> {
        const GZIP: &[u8] = b"\x1f\x8b";
        let mut first = Vec::with_capacity(GZIP.len());
        source.by_ref().take(2).read_to_end(&mut first)?;
        let gzip = first == GZIP;
        let whole = Cursor::new(first).chain(source);
        Ok(if gzip { Self::Gzip(Box::new(MultiGzDecoder::new(whole))) } else { Self::Plain(whole) })
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(source) => source.read(into),
            Self::Gzip(source) => source.read(into),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A source that gives a few bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let len = self.1.min(into.len());
            self.0.read(&mut into[..len])
        }
    }

    /// The trimmed fields of each row that isn't blank.
    fn fields(text: &[u8], at_once: usize) -> Vec<Vec<Vec<u8>>> {
        let mut records = CsvRecords::new("walk.csv".to_owned(), Trickle(text, at_once)).unwrap();
        let mut rows = Vec::new();
        while let Ok(Some(record)) = records.next() {
            rows.push((0..record.len()).map(|index| record.field(index).to_vec()).collect());
        }
        rows
    }

    /// The same by the splitter alone.
    fn plain_fields(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let ended = [text, b"\n"].concat();
        let (mut csv, mut input, mut rows) = (csv_core::Reader::new(), &ended[..], Vec::new());
        let (mut out, mut ends) = (vec![0; ended.len() + 1], vec![0; ended.len() + 1]);
        loop {
            let (result, taken, _, count) = csv.read_record(input, &mut out, &mut ends);
            if result != ReadRecordResult::Record {
                return rows;
            }
            input = &input[taken..];
            let starts = [0].into_iter().chain(ends[..count].iter().copied());
            let row: Vec<_> = starts
                .zip(&ends[..count])
                .map(|(start, &end)| out[start..end].trim_ascii().to_vec())
                .collect();
            if row.len() > 1 || !row[0].is_empty() {
                rows.push(row);
            }
        }
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_splitter(
            text in prop::collection::vec(
                prop::sample::select(&b"0123456789.,,,,,\n\n\n  \t\"\r;x"[..]), 0..300),
            plain in "([0-9. ]{0,5},){0,4}[0-9]{0,3}\n{1,2}",
            at_once in 1usize..80,
        ) {
            let mixed = [plain.as_bytes(), &text, b"\n", plain.as_bytes(), plain.as_bytes()].concat();
            prop_assert_eq!(fields(&mixed, at_once), plain_fields(&mixed));
        }
    }

    /// The lines on which the rows below the header start.
    fn lines(text: &str) -> Vec<u64> {
        let mut records = CsvRecords::new("walk.csv".to_owned(), text.as_bytes()).unwrap();
        let mut lines = Vec::new();
        while let Some(record) = records.next().unwrap() {
            lines.push(record.line);
        }
        lines
    }

    #[test]
    fn the_line_is_the_one_on_which_the_row_starts() {
        let text = "\n\nt_s,note\n\n0,\"one\ntwo\n\nfour\"\n1,x\n   \n\"2\",x\n\n3,\"\n\"";
        let starts = [3, 5, 9, 11, 13];
        assert_eq!(lines(text), starts);
        assert_eq!(lines(&format!("\u{feff}{text}")), starts);
        assert_eq!(lines(&text.replace('\n', "\r\n")), starts);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        assert_eq!(lines("t_s\r\r0\r1\r\n2\n\r3"), [1, 3, 4, 5, 7]);
    }
}
