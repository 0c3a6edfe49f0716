//! The owner's own practices: added to the built-in ones, or in place of them. Pure.

use std::sync::Arc;

use crate::practice::fault::ScriptError;
use crate::practice::file::Origin;
use crate::practice::library::Library;
use crate::practice::script::Practice;
use crate::words::Message;
use crate::words::Sentence;
use crate::words::Words;
use crate::words::english_display;

/// Why a file of one's own is not among the practices: which one, what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnFault {
    /// It is not a practice.
    Script(ScriptError),
    Unread {
        /// The file, or the folder.
        file: String,
        problem: Sentence,
        remedy: Sentence,
    },
    /// Its name is taken.
    Twice {
        /// The file that is left out.
        file: String,
        /// The file that is kept.
        first: String,
        id: String,
    },
    /// Where "this is too much" leads has to be outward.
    InwardGrounding { file: String },
}

impl OwnFault {
    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let said = |sentence: Sentence| sentence.text(words);
        match self {
            Self::Script(error) => error.text(words),
            Self::Unread { file, problem, remedy } => {
                format!("{file}: {}; {}", problem.text(words), remedy.text(words))
            }
            Self::Twice { file, first, id } => {
                let twice = Sentence::new(Message::PracticeTwice).with("first", first.as_str());
                format!("{file}: id: {}", said(twice.with("id", id.as_str())))
            }
            Self::InwardGrounding { file } => {
                format!("{file}: inward: {}", said(Message::PracticeInward.into()))
            }
        }
    }
}

english_display!(OwnFault);

impl std::error::Error for OwnFault {}

impl From<ScriptError> for OwnFault {
    fn from(error: ScriptError) -> Self {
        Self::Script(error)
    }
}

impl Library {
    /// The library with the practices of these files added. Each file is its name, for faults only, and its text, or why
    /// that can't be read. A practice replaces one with its id, or comes last. Faults are in the order of the files; a fault
    /// in one file doesn't stop the others.
    ///
    /// The files are taken one by one, so that only one text has to be in memory.
    #[must_use]
    pub fn with_own(
        mut self,
        files: impl IntoIterator<Item = (String, Result<String, OwnFault>)>,
    ) -> (Self, Vec<OwnFault>) {
        let (mut faults, mut taken) = (Vec::new(), Vec::<(String, String)>::new());
        for (file, text) in files {
            let read = text.and_then(|text| Ok(Practice::parse(&file, &text, Origin::Own)?));
            let placed = read.and_then(|practice| {
                let id = practice.id().to_owned();
                if let Some((first, _)) = taken.iter().find(|(_, other)| *other == id) {
                    return Err(OwnFault::Twice { file: file.clone(), first: first.clone(), id });
                }
                self.place(&file, practice)?;
                taken.push((file, id));
                Ok(())
            });
            faults.extend(placed.err());
        }
        (self, faults)
    }

    fn place(&mut self, file: &str, practice: Practice) -> Result<(), OwnFault> {
        if practice.id() == Self::GROUNDING {
            if practice.inward() {
                return Err(OwnFault::InwardGrounding { file: file.to_owned() });
            }
            self.grounding = Arc::new(practice);
            return Ok(());
        }
        let place = self.practices.iter_mut().find(|other| other.id() == practice.id());
        match place {
            Some(place) => *place = Arc::new(practice),
            None => self.practices.push(Arc::new(practice)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice::settings::Length;

    fn practice(id: &str, head: &str) -> String {
        format!(
            "id = \"{id}\"\ntitle = \"<b>Mine</b>\"\n{head}\n[[step]]\nelement = \"grounding\"\nsay = \"Hello.\"\nlasts = {{ 20s = \"20s\" }}\n"
        )
    }

    #[track_caller]
    fn with(files: &[(&str, &str)]) -> (Library, String) {
        let files = files.iter().map(|(file, text)| ((*file).to_owned(), Ok((*text).to_owned())));
        let (library, faults) = Library::built_in().unwrap().with_own(files);
        (library, faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }

    fn names(library: &Library) -> Vec<&str> {
        library.list().iter().map(|practice| practice.id()).collect()
    }

    #[test]
    fn own_practices_come_last_and_replace_built_in_ones() {
        let built_in = Library::built_in().unwrap();
        let (library, faults) = with(&[
            ("a.toml", &practice("window", "")),
            ("b.toml", &practice("self-compassion-break", "")),
        ]);
        assert_eq!(faults, "");
        let mut expected = names(&built_in);
        expected.push("window");
        assert_eq!(names(&library), expected);
        let own = library.get("self-compassion-break").unwrap();
        assert_eq!(own.title().say(str::to_owned), "<b>Mine</b>");
        // The practice has this length itself, so the kind hand isn't needed.
        let (practice, length) = library.resolve(Library::DEFAULT, Length::TwentySeconds).unwrap();
        assert_eq!((practice.id(), length), (Library::DEFAULT, Length::TwentySeconds));
    }

    #[test]
    fn a_bad_file_hides_no_good_one() {
        let bad = practice("window", "").replace("20s\" }", "90s\" }");
        let unread = OwnFault::Unread {
            file: "c.toml".to_owned(),
            problem: Message::PracticeNotText.into(),
            remedy: Message::PracticeSaveText.into(),
        };
        let files = [
            ("a.toml", Ok(bad)),
            ("b.toml", Ok(practice("door", ""))),
            ("c.toml", Err(unread)),
            ("d.toml", Ok(practice("door", ""))),
        ];
        let files = files.map(|(file, text)| (file.to_owned(), text));
        let (library, faults) = Library::built_in().unwrap().with_own(files);
        assert!(library.get("door").is_ok() && library.get("window").is_err());
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(faults.join("\n"), @r#"
        a.toml:7:17: step.lasts.20s: the steps of 20s last 90s together; make it between 16s and 24s
        c.toml: not a text in UTF-8; save it as UTF-8
        d.toml: id: b.toml has "door" already; give one of them another name
        "#);
    }

    #[test]
    fn the_grounding_stays_outward() {
        let (library, faults) = with(&[("a.toml", &practice("grounding", "inward = true"))]);
        assert_eq!(library, Library::built_in().unwrap());
        assert!(faults.starts_with("a.toml: inward: ") && faults.contains("inward = false"));
        let (library, faults) = with(&[("a.toml", &practice("grounding", ""))]);
        assert!(faults.contains("inward = false"), "inward is what a file is that does not say");
        assert!(!library.grounding().inward());
        let (library, faults) = with(&[("a.toml", &practice("grounding", "inward = false"))]);
        assert_eq!(faults, "");
        assert_eq!(library.grounding().title().say(str::to_owned), "<b>Mine</b>");
        assert_eq!(names(&library), names(&Library::built_in().unwrap()));
    }
}
