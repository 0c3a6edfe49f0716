//! Reads the folder of the owner's own practices.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::config_file;
use crate::regular_file;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::practice::Practice;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// All practices, and the faults in files of the owner.
pub type Practices = (Library, Vec<OwnFault>);

/// The built-in practices with the owner's own. Fails only when a file in the build is broken.
pub fn library() -> anyhow::Result<Practices> {
    let library = Library::built_in()?;
    Ok(match config_file::practices() {
        Some(folder) => library.with_own(read(&folder)),
        None => (library, Vec::new()),
    })
}

/// The files of a folder (`*.toml`, in the order of their names), each its name and its text, or why that can't be read.
/// Empty without such a folder.
///
/// Files are read one by one on demand, and never more of one than a practice can be long. An entry that isn't a file, and
/// the files after the first [`MOST_FILES`], give a fault.
pub fn read(folder: &Path) -> impl Iterator<Item = (String, Result<String, OwnFault>)> + use<> {
    let (files, fault) = match list(folder) {
        Ok(files) => (files, None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
        Err(error) => {
            let problem = unreadable(&error);
            (Vec::new(), Some(unread(folder, problem, Message::PracticeSeeFolder)))
        }
    };
    let left_out = files.get(MOST_FILES).map(|file| {
        let problem = Sentence::new(Message::PracticeLeftOut).with("most", MOST_FILES.to_string());
        unread(file, problem, Message::PracticeMoveAway)
    });
    let first = fault.into_iter().map(|fault| (String::new(), Err(fault)));
    let last = left_out.into_iter().map(|fault| (String::new(), Err(fault)));
    let read = files.into_iter().take(MOST_FILES);
    first.chain(read.map(|file| (name(&file), text(&file)))).chain(last)
}

pub fn text(file: &Path) -> Result<String, OwnFault> {
    // One byte more than is allowed, to tell that there are more.
    match regular_file::read(file, Practice::MAX_BYTES as u64 + 1) {
        Ok(Some(bytes)) if bytes.len() > Practice::MAX_BYTES => {
            Err(unread(file, Message::PracticeTooLarge, Message::PracticeMost))
        }
        Ok(Some(bytes)) => String::from_utf8(bytes)
            .map_err(|_| unread(file, Message::PracticeNotText, Message::PracticeSaveText)),
        Ok(None) => Err(unread(file, Message::PracticeNoFile, Message::PracticeIsText)),
        Err(error) => Err(unread(file, unreadable(&error), Message::PracticeSeeFile)),
    }
}

/// The first of them by name, and one more where there are more.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = std::collections::BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if path.extension().is_some_and(|extension| extension == "toml") && !hidden {
            files.insert(path);
            if files.len() > MOST_FILES + 1 {
                files.pop_last();
            }
        }
    }
    Ok(files.into_iter().collect())
}

fn unreadable(error: &io::Error) -> Sentence {
    Sentence::new(Message::PracticeUnread).with("problem", error.to_string())
}

fn unread(file: &Path, problem: impl Into<Sentence>, remedy: Message) -> OwnFault {
    OwnFault::Unread { file: name(file), problem: problem.into(), remedy: remedy.into() }
}

/// For messages: a name can hold characters that rewrite a terminal.
#[must_use]
pub fn name(file: &Path) -> String {
    let shown = |c: char| if c.is_control() { '?' } else { c };
    file.display().to_string().chars().map(shown).collect()
}

/// Far more than anybody writes, and read in a moment.
pub const MOST_FILES: usize = 200;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::fs::symlink;

    use rustix::fs::FileType;
    use rustix::fs::Mode;
    use rustix::fs::mknodat;

    use super::*;

    /// The files of a folder, each with its size or its fault.
    fn told(folder: &Path) -> Vec<String> {
        let at = format!("{}/", folder.display());
        let told = read(folder).map(|(file, text)| match text {
            Ok(text) => format!("{file}: {} bytes", text.len()),
            Err(fault) => fault.to_string(),
        });
        told.map(|line| line.replace(&at, "")).collect()
    }

    #[test]
    fn files_are_read_by_name_and_what_is_none_is_told() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join(name);
        fs::write(at("b.toml"), "two").unwrap();
        fs::write(at("a.toml"), "1").unwrap();
        fs::write(at("notes.txt"), "no practice").unwrap();
        fs::write(at(".draft.toml"), "no practice").unwrap();
        fs::write(at("latin.toml"), b"\xe4").unwrap();
        fs::create_dir(at("folder.toml")).unwrap();
        fs::write(elsewhere.path().join("far"), "three").unwrap();
        symlink(elsewhere.path().join("far"), at("link.toml")).unwrap();
        symlink("/nonexistent", at("lost.toml")).unwrap();
        fs::write(at("exact.toml"), vec![b'#'; 1 << 20]).unwrap();
        let huge = fs::File::create(at("huge.toml")).unwrap();
        huge.set_len(10 << 20).unwrap();
        let (here, mode) = (rustix::fs::CWD, Mode::RUSR | Mode::WUSR);
        mknodat(here, at("pipe.toml"), FileType::Fifo, mode, 0).unwrap();
        symlink("/dev/zero", at("zero.toml")).unwrap();
        insta::assert_snapshot!(told(folder.path()).join("\n"), @"
        a.toml: 1 bytes
        b.toml: 3 bytes
        exact.toml: 1048576 bytes
        folder.toml: not a file; a practice is a file of text
        huge.toml: the file is too large; a practice has at most 1 MiB of text
        latin.toml: not a text in UTF-8; save it as UTF-8
        link.toml: 5 bytes
        lost.toml: cannot be read: No such file or directory (os error 2); see that it is there and that you can read it
        pipe.toml: not a file; a practice is a file of text
        zero.toml: not a file; a practice is a file of text
        ");
    }

    #[test]
    fn a_name_cannot_rewrite_a_terminal() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("\u{1b}[2J.toml"), "x").unwrap();
        assert_eq!(told(folder.path()), ["?[2J.toml: 1 bytes"]);
    }

    #[test]
    fn a_missing_folder_is_empty_and_a_file_in_its_place_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("practices");
        assert_eq!(told(&file), [""; 0]);
        fs::write(&file, "").unwrap();
        let faults: Vec<_> = read(&file).map(|(_, text)| text.unwrap_err().to_string()).collect();
        assert_eq!(faults.len(), 1);
        assert!(faults[0].ends_with("; make it a folder that you can read"), "{faults:?}");
    }

    #[test]
    fn what_may_not_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        fs::write(&file, "1").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
        // Root reads everything.
        if rustix::process::geteuid().is_root() {
            assert_eq!(told(folder.path()), ["a.toml: 1 bytes"]);
        } else {
            assert!(told(folder.path())[0].contains("see that it is there"), "{file:?}");
        }
    }

    #[test]
    fn of_very_many_files_the_first_are_read() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..MOST_FILES + 50 {
            fs::write(folder.path().join(format!("{number:04}.toml")), "x").unwrap();
        }
        let told = told(folder.path());
        assert_eq!(told.len(), MOST_FILES + 1);
        assert!(told[MOST_FILES].starts_with("0200.toml: the practices from here on are left out"));
    }
}
