//! What a program that was killed leaves on the screen: its notification stays there and answers nobody, so the next run takes it away.
//!
//! A file in `XDG_RUNTIME_DIR`, which goes with the session as notifications do, holds its number and who showed it. A server counts its
//! notifications from the beginning, and a bus its servers: those of others are never taken for ours.

use std::env;
use std::fs;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use rustix::fs::OFlags;
use tracing::debug;

use crate::regular_file;

/// The file; `None`: nothing is kept.
#[derive(Clone, Debug, Default)]
pub struct Leftover(Option<PathBuf>);

/// A notification on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// Tells one bus from another.
    pub(super) bus: String,
    /// The unique name of the server on that bus.
    pub(super) server: String,
    pub(super) id: u32,
}

impl Leftover {
    /// For a program that has none: what it shows goes with it.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// At this place.
    #[must_use]
    pub const fn at(file: PathBuf) -> Self {
        Self(Some(file))
    }

    /// At its usual place; [`Self::none`] where the login has no folder for it.
    #[must_use]
    pub fn from_environment() -> Self {
        let folder = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self(folder.filter(|folder| folder.is_absolute()).map(|folder| folder.join(FILE)))
    }

    /// What was on the screen as the last run ended, if it could not take it away.
    pub(super) fn read(&self) -> Option<Shown> {
        let bytes = regular_file::read(self.0.as_ref()?, LONGEST).ok()??;
        let text = String::from_utf8(bytes).ok()?;
        let mut words = text.split_whitespace();
        let (bus, server, id) = (words.next()?, words.next()?, words.next()?);
        Some(Shown { bus: bus.to_owned(), server: server.to_owned(), id: id.parse().ok()? })
    }

    /// This is on the screen from now on, or nothing.
    pub(super) fn write(&self, shown: Option<&Shown>) {
        let Some(file) = &self.0 else { return };
        let written = match shown {
            Some(Shown { bus, server, id }) => OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .custom_flags(AT_ONCE)
                .open(file)
                .and_then(|mut file| writeln!(file, "{bus} {server} {id}")),
            None => fs::remove_file(file).or_else(|error| match error.kind() {
                ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            }),
        };
        if let Err(error) = written {
            debug!(%error, "a notification would stay on the screen after a kill");
        }
    }
}

const FILE: &str = "kindbeat-offer";

/// The folder is one in memory, which no disk holds up; and where the file is a pipe, nobody waits for its other end.
const AT_ONCE: i32 = OFlags::NONBLOCK.bits().cast_signed();

/// In bytes, far more than is ever written.
const LONGEST: u64 = 1_024;

#[cfg(test)]
mod tests {
    use rustix::fs::FileType;
    use rustix::fs::Mode;

    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let leftover = Leftover::at(folder.path().join("offer"));
        assert_eq!(leftover.read(), None);
        let shown = Shown { bus: "0af3".to_owned(), server: ":1.7".to_owned(), id: 17 };
        leftover.write(Some(&shown));
        assert_eq!(leftover.read(), Some(shown));
        leftover.write(None);
        leftover.write(None);
        assert_eq!(leftover.read(), None);
        for text in ["", "0af3 :1.7", "0af3 :1.7 x", "\u{fffd}\0", "0af3 :1.7 99999999999"] {
            fs::write(folder.path().join("offer"), text).unwrap();
            assert_eq!(leftover.read(), None, "{text:?}");
        }
        let pipe = folder.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let (done, waiting) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let blocked = Leftover::at(pipe);
            assert_eq!(blocked.read(), None);
            blocked.write(Some(&Shown { bus: String::new(), server: String::new(), id: 1 }));
            done.send(())
        });
        // It waits for itself alone: on a pipe without another end a file is opened for ever.
        waiting.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
        Leftover::none().write(Some(&Shown { bus: String::new(), server: String::new(), id: 1 }));
        assert_eq!(Leftover::none().read(), None);
    }
}
