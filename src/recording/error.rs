//! Why a recording cannot be read.

use std::io;

/// What is wrong with a recording, and where.
///
/// Read by the person who made the file: print it with its sources, on one line.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// There is no such file, or it may not be opened, or it is no file.
    #[error("{file}: cannot be opened")]
    Open {
        /// The file as it was named.
        file: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The system failed in the middle of the file.
    #[error("{file}: line {line}: cannot be read on")]
    Read {
        /// The file as it was named.
        file: String,
        /// The line that could not be completed.
        line: u64,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The compressed data is not whole.
    #[error("{file}: line {line}: {problem}")]
    Gzip {
        /// The file as it was named.
        file: String,
        /// The line, once decompressed, that could not be completed.
        line: u64,
        /// What is wrong, in words.
        problem: String,
    },
    /// Not even a header.
    #[error("{file}: the file is empty; a recording begins with the header t_s,hr_bpm,rr_ms")]
    Empty {
        /// The file as it was named.
        file: String,
    },
    /// A header and nothing else.
    #[error("{file}: no row follows the header")]
    NoRow {
        /// The file as it was named.
        file: String,
    },
    /// A row, or the header, is not what it has to be as a whole.
    #[error("{file}: line {line}: {problem}")]
    Row {
        /// The file as it was named.
        file: String,
        /// The line on which the row starts.
        line: u64,
        /// What is wrong, in words.
        problem: String,
    },
    /// One value of a row is not what it has to be.
    #[error("{file}: line {line}, column {column} ({name}): {problem}")]
    Value {
        /// The file as it was named.
        file: String,
        /// The line on which the row starts.
        line: u64,
        /// Counted from 1, as a spreadsheet does.
        column: usize,
        /// The column's name in the header.
        name: &'static str,
        /// What is wrong, in words.
        problem: String,
    },
}

impl RecordingError {
    /// The decompressor and the system report through the same type: tells them apart.
    pub(super) fn reading(file: &str, line: u64, source: io::Error) -> Self {
        let file = file.to_owned();
        let problem = match source.kind() {
            _ if source.raw_os_error().is_some() => return Self::Read { file, line, source },
            io::ErrorKind::UnexpectedEof => {
                "the gzip data ends early; was the file copied whole?".to_owned()
            }
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                format!("the gzip data is damaged or something else follows it ({source})")
            }
            _ => return Self::Read { file, line, source },
        };
        Self::Gzip { file, line, problem }
    }
}
