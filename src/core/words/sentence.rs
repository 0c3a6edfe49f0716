//! A message together with what is to be filled in, to be said in the language of the person who reads it.

use std::fmt;

use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;

use super::Message;
use super::Value;
use super::Words;

/// A message with what is to be filled in.
///
/// `Display` says it in English: for the log. Serialized it is one text, in nobody's language; any other text is read as a
/// [`detail`](Self::detail).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    message: Message,
    values: Vec<(&'static str, Filling)>,
}

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filling {
    /// A name, a path, a figure as it is written: nobody's language.
    Text(String),
    /// A figure that the wording may depend on.
    Count(i64),
    Sentence(Sentence),
}

impl Sentence {
    #[must_use]
    pub const fn new(message: Message) -> Self {
        Self { message, values: Vec::new() }
    }

    /// What another program or a library says, in its own language, or what it is called.
    #[must_use]
    pub fn detail(text: impl Into<String>) -> Self {
        Self::new(Message::Detail).with("detail", text.into())
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Filling>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn text(&self, words: &Words) -> String {
        let values = self.values.iter().map(|(name, filling)| {
            let value: Value<'_> = match filling {
                Filling::Text(text) => text.as_str().into(),
                Filling::Count(count) => (*count).into(),
                Filling::Sentence(sentence) => sentence.text(words).into(),
            };
            (*name, value)
        });
        words.text(self.message, &values.collect::<Vec<_>>())
    }

    /// The sentence as one text that [`carried`](Self::carried) finds in a longer one: for an error that can hold only text, as
    /// those of serde. Holds no other sentence.
    #[must_use]
    pub fn carry(&self) -> String {
        let mut text = format!("{BEGIN}{}", self.message.id());
        for (name, filling) in &self.values {
            let value = match filling {
                Filling::Text(text) => text.clone(),
                Filling::Count(count) => count.to_string(),
                Filling::Sentence(sentence) => sentence.to_string(),
            };
            let value = value.replace(MARKS, "?");
            text.extend([BETWEEN, name, BETWEEN, &value]);
        }
        text + END
    }

    /// The sentence that a text carries; `None` where it carries none.
    #[must_use]
    pub fn carried(text: &str) -> Option<Self> {
        let (_, text) = text.split_once(BEGIN)?;
        let (text, _) = text.split_once(END)?;
        let mut parts = text.split(BETWEEN);
        let id = parts.next()?;
        let message = Message::ALL.iter().find(|message| message.id() == id)?;
        let mut sentence = Self::new(*message);
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let name = message.variables().iter().find(|known| **known == name)?;
            sentence = sentence.with(name, value);
        }
        // One of another version may lack some.
        let is_given = |name: &&str| sentence.values.iter().any(|(given, _)| given == name);
        message.variables().iter().all(is_given).then_some(sentence)
    }
}

impl From<Message> for Sentence {
    fn from(message: Message) -> Self {
        Self::new(message)
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(&Words::new("en")))
    }
}

impl std::error::Error for Sentence {}

impl Serialize for Sentence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (self.message, &self.values[..]) {
            (Message::Detail, [(_, Filling::Text(text))]) => serializer.serialize_str(text),
            _ => serializer.serialize_str(&self.carry()),
        }
    }
}

impl<'de> Deserialize<'de> for Sentence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self::carried(&text).unwrap_or_else(|| Self::detail(text)))
    }
}

impl From<String> for Filling {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Filling {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Filling {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<Sentence> for Filling {
    fn from(sentence: Sentence) -> Self {
        Self::Sentence(sentence)
    }
}

impl From<Message> for Filling {
    fn from(message: Message) -> Self {
        Self::Sentence(message.into())
    }
}

/// Says an error in English wherever it is displayed: in the log, and where a test looks at it. A person reads its `text`.
#[macro_export]
macro_rules! __english_display {
    ($error:ty) => {
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.text(&$crate::words::Words::new("en")))
            }
        }
    };
}

pub use __english_display as english_display;

/// Characters that stand in no message and that a file of TOML cannot hold unescaped.
const BEGIN: &str = "\u{2}";
const BETWEEN: &str = "\u{1f}";
const END: &str = "\u{3}";
const MARKS: [char; 3] = ['\u{2}', '\u{1f}', '\u{3}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_found_again_in_a_longer_text() {
        let sentence = Sentence::new(Message::SettingBetween).with("least", "3").with("most", "40");
        let text = format!("invalid type: map, expected {} at line 3", sentence.carry());
        assert_eq!(Sentence::carried(&text), Some(sentence));
        assert_eq!(Sentence::carried("invalid type: map"), None);
        assert_eq!(Sentence::carried("\u{2}nothing\u{3}"), None);
    }

    #[test]
    fn a_sentence_is_written_and_read_again() {
        let known = Sentence::new(Message::SettingBetween).with("least", "3").with("most", "40");
        for sentence in [known.clone(), Message::SettingNotEmpty.into(), Sentence::detail("X11")] {
            let written = serde_json::to_string(&sentence).unwrap();
            assert_eq!(serde_json::from_str::<Sentence>(&written).unwrap(), sentence);
        }
        let plain: Sentence = serde_json::from_str("\"it does not run\"").unwrap();
        assert_eq!(plain.to_string(), "it does not run");
        // Of another version: nothing to fill in.
        let other = known.carry().replace("most", "more");
        assert_eq!(Sentence::carried(&other), None);
        let marked = Sentence::new(Message::SettingMeantKey).with("key", "a\u{3}b");
        assert_eq!(Sentence::carried(&marked.carry()).unwrap().to_string(), "did you mean `a?b`?");
    }

    #[test]
    fn a_sentence_in_a_sentence_is_said_in_the_same_language() {
        let inner = Sentence::new(Message::SettingNumber).with("least", "3").with("most", "40");
        let outer = Sentence::new(Message::SettingMustBe).with("expected", inner);
        let words = Words::altered("en-XA", |text| text.to_uppercase().into());
        assert_eq!(outer.text(&words), "MUST BE A NUMBER BETWEEN 3 AND 40");
        assert_eq!(outer.to_string(), "must be a number between 3 and 40");
    }
}
