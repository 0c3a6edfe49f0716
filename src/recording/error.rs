//! Why a recording cannot be read.

use std::io;

use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;
use kindbeat_core::words::Words;
use kindbeat_core::words::english_display;

/// What is wrong with a recording, and where.
///
/// Read by the person who made the file: print its [`text`](Self::text) with its sources, on one line.
#[derive(Debug)]
pub enum RecordingError {
    /// There is no such file, or it may not be opened, or it is no file.
    Open {
        /// The file as it was named, here and below.
        file: String,
        source: io::Error,
    },
    /// The system failed in the middle of the file.
    Read {
        file: String,
        /// The line that could not be completed.
        line: u64,
        source: io::Error,
    },
    /// The compressed data is not whole.
    Gzip {
        file: String,
        /// The line, once decompressed, that could not be completed.
        line: u64,
        problem: Sentence,
    },
    /// Not even a header.
    Empty { file: String },
    /// A header and nothing else.
    NoRow { file: String },
    /// Half of its intervals and more are under 10 ms.
    InSeconds { file: String },
    /// A row, or the header, is not what it has to be as a whole.
    Row {
        file: String,
        /// The line on which the row starts.
        line: u64,
        problem: Sentence,
    },
    /// One value of a row is not what it has to be.
    Value {
        file: String,
        /// The line on which the row starts.
        line: u64,
        /// Counted from 1, as a spreadsheet does.
        column: usize,
        /// The column's name in the header.
        name: &'static str,
        problem: Sentence,
    },
}

impl RecordingError {
    /// The decompressor and the system report through the same type: tells them apart.
    pub(super) fn reading(file: &str, line: u64, source: io::Error) -> Self {
        let file = file.to_owned();
        let problem = match source.kind() {
            _ if source.raw_os_error().is_some() => return Self::Read { file, line, source },
            io::ErrorKind::UnexpectedEof => Message::RecordingCutShort.into(),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                Sentence::new(Message::RecordingDamaged).with("problem", source.to_string())
            }
            _ => return Self::Read { file, line, source },
        };
        Self::Gzip { file, line, problem }
    }

    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let (place, problem) = match self {
            Self::Open { .. } => (None, Message::RecordingNotOpened.into()),
            Self::Empty { .. } => (None, Message::RecordingEmpty.into()),
            Self::NoRow { .. } => (None, Message::RecordingNoRow.into()),
            Self::InSeconds { .. } => (None, Message::RecordingInSeconds.into()),
            Self::Read { line, .. } => {
                (Some(at_line(*line)), Sentence::new(Message::RecordingNotReadOn))
            }
            Self::Gzip { line, problem, .. } | Self::Row { line, problem, .. } => {
                (Some(at_line(*line)), problem.clone())
            }
            Self::Value { line, column, name, problem, .. } => {
                let place = Sentence::new(Message::RecordingColumn).with("line", line.to_string());
                let place = place.with("column", column.to_string()).with("name", *name);
                (Some(place), problem.clone())
            }
        };
        let place = place.map(|place| format!("{}: ", place.text(words))).unwrap_or_default();
        format!("{}: {place}{}", self.file(), problem.text(words))
    }

    fn file(&self) -> &str {
        match self {
            Self::Open { file, .. }
            | Self::Read { file, .. }
            | Self::Gzip { file, .. }
            | Self::Empty { file }
            | Self::NoRow { file }
            | Self::InSeconds { file }
            | Self::Row { file, .. }
            | Self::Value { file, .. } => file,
        }
    }
}

fn at_line(line: u64) -> Sentence {
    Sentence::new(Message::RecordingLine).with("line", line.to_string())
}

english_display!(RecordingError);

impl std::error::Error for RecordingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Open { source, .. } | Self::Read { source, .. } => Some(source),
            _ => None,
        }
    }
}
