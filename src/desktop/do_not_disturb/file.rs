//! A server that keeps whether it is silenced in a file of its owner's and tells nobody.

use std::io;
use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::desktop::place::Place;
use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::file_watch;
use crate::regular_file;
use kindbeat_core::context::Fact;

/// A key in a file as Qt writes it, true while the server is silenced. Without the key, or the file, it is not.
#[derive(Debug)]
pub(super) struct FileKey {
    /// Below `XDG_CONFIG_HOME`.
    pub(super) file: &'static str,
    pub(super) section: &'static str,
    pub(super) key: &'static str,
}

impl FileKey {
    /// Reports what it is, now and whenever the file changes; `None` where there is no place for such files.
    pub(super) async fn follow(
        &'static self,
        place: &Place,
        reporter: &Reporter,
    ) -> Option<NoAnswer> {
        let path = place.config.as_ref()?.join(self.file);
        let ask = || {
            let path = path.clone();
            async move {
                let read = spawn_blocking(move || read(&path)).await;
                let read = read.map_err(io::Error::other).flatten();
                let text = read.map_err(|error| NoAnswer::unread(self.file, &error))?;
                Ok(self.is_silenced(&text))
            }
        };
        let (tell, mut changes) = mpsc::channel(1);
        let following = async {
            // The first is told once the watch is in place.
            while changes.recv().await.is_some() {
                reporter.ask(Fact::DoNotDisturb, ask()).await;
            }
        };
        tokio::select! {
            () = file_watch::run(path.clone(), tell) => {}
            () = following => {}
        }
        Some(NoAnswer::gone())
    }

    fn is_silenced(&self, text: &str) -> bool {
        let mut section = "";
        let mut silenced = false;
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                section = name;
            } else if let Some((key, value)) = line.split_once('=')
                && (section, key.trim()) == (self.section, self.key)
            {
                silenced = matches!(value.trim(), "true" | "1");
            }
        }
        silenced
    }
}

/// Its beginning; empty where there is no such file.
fn read(path: &Path) -> io::Result<String> {
    match regular_file::read(path, LARGEST) {
        Ok(Some(bytes)) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Ok(None) => Err(io::ErrorKind::InvalidInput.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(error),
    }
}

/// In bytes: a few dozen settings.
const LARGEST: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const KEY: FileKey = FileKey { file: "any", section: "General", key: "doNotDisturb" };

    #[test]
    fn the_key_counts_in_its_section_alone() {
        let silent =
            ["[General]\ndoNotDisturb=true", "[A]\nx=1\n[General]\r\n doNotDisturb = 1 \n"];
        let loud = [
            "",
            "doNotDisturb=true",
            "[Other]\ndoNotDisturb=true",
            "[General]\ndoNotDisturb=false",
            "[General]\n;doNotDisturb=true\ndoNotDisturbed=true",
            "[General]\ndoNotDisturb=true\ndoNotDisturb=false",
            "\u{fffd}=[",
        ];
        assert!(silent.iter().all(|text| KEY.is_silenced(text)));
        assert!(loud.iter().all(|text| !KEY.is_silenced(text)));
    }

    #[test]
    fn a_file_that_is_none_or_too_long_is_read_without_waiting() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("absent")).unwrap(), "");
        assert!(read(folder.path()).is_err());
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(read(&pipe).is_err());
        let long = folder.path().join("long");
        fs::write(&long, "x".repeat(100_000)).unwrap();
        assert_eq!(read(&long).unwrap().len(), 65_536);
    }
}
