//! How a practice is written down, built in or one's own: a TOML file, read strictly.
//!
//! ```toml
//! id = "look-outside"                        # the name it is asked for by; small letters, digits, single hyphens
//! title = "Look outside"
//! about = "A minute at the window."          # optional
//! caution = "Not while driving."             # optional; said before it begins
//! inward = false                             # optional; true when left out, so that the caution of inward practices is said
//! suits = ["after trauma"]                   # optional; the settings of practice.focus that it is offered first for
//! day = ["morning", "evening"]               # optional; morning, afternoon, evening: when it is offered first
//!
//! [[step]]
//! element = "grounding"                      # mindfulness, common humanity, self-kindness, grounding
//! say = "Something far away, if there is a window."
//! breath = "slow"                            # optional; a guide for the breath: slow, or long out (two short in, a long one out)
//! choices = [{ word = "sky", line = "The sky is large." }]      # optional; words to choose from
//! lasts = { 20s = "20s", 1m = "55s" }        # in which lengths (20s, 1m, 3m, 5m) it is said, and how long it lasts there
//! ```
//!
//! A text is written as above, or, in the built-in practices only, as `{ message = "kind-hand-close" }`: the name of a message
//! that can be translated.
//!
//! Limits: 1 MiB of text, in it 20 000 spaces, line breaks and marks; 1 to 50 steps; each step 5 s to 10 min; a text 1 to 2 000 characters, without control characters
//! (they could rewrite a terminal) but line breaks; at most 10 choices in a step; the steps of a length together within 20 %
//! of that length, so that "one minute" is a minute.

use std::fmt;

use jiff::SignedDuration;
use serde::Deserialize;
use serde::Deserializer;
use serde::de::Error as _;
use serde::de::MapAccess;
use serde::de::Visitor;
use toml::Spanned;

use crate::practice::fault::PracticeFault;
use crate::practice::fault::ScriptError;
use crate::practice::script::Breath;
use crate::practice::script::Choice;
use crate::practice::script::Element;
use crate::practice::script::PartOfDay;
use crate::practice::script::Practice;
use crate::practice::script::Step;
use crate::practice::script::Text;
use crate::practice::settings::Focus;
use crate::practice::settings::Length;
use crate::setting::RangedDuration;
use crate::setting::plain;
use crate::words::Message;
use crate::words::Sentence;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Comes with the program; its texts are messages that can be translated.
    BuiltIn,
    /// Added by the owner; its texts are the words themselves.
    Own,
}

impl Practice {
    /// Of a file, in bytes.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Reads a practice; `file` is its name in errors.
    ///
    /// # Errors
    ///
    /// The first fault, with its place and a remedy.
    pub fn parse(file: &str, text: &str, origin: Origin) -> Result<Self, ScriptError> {
        let practice = if text.len() > Self::MAX_BYTES {
            Err(PracticeFault::new(Message::PracticeTooLarge, Message::PracticeMost))
        } else if let Some(at) = most_marks(text) {
            let fault =
                PracticeFault::new(Message::PracticeTooManyMarks, Message::PracticeFewWords);
            Err(fault.span(at..at))
        } else {
            match toml::from_str::<PracticeFile>(text) {
                Ok(read) => read.check(origin),
                Err(error) => Err(PracticeFault::from_toml(error)),
            }
        };
        practice.map_err(|fault| fault.at(file, text))
    }
}

/// The place where a text has more spaces, line breaks and marks than any practice needs. Checked before parsing: each of
/// them could become a hundred bytes in memory.
fn most_marks(text: &str) -> Option<usize> {
    let is_mark = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    let marks = text.bytes().enumerate().filter(|(_, byte)| is_mark(byte));
    marks.map(|(at, _)| at).nth(MAX_MARKS)
}

/// The types are right; nothing else is checked yet.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PracticeFile {
    id: Spanned<String>,
    title: Spanned<Text>,
    about: Option<Spanned<Text>>,
    caution: Option<Spanned<Text>>,
    #[serde(default = "inward_unless_said")]
    inward: bool,
    #[serde(default)]
    suits: Vec<Focus>,
    #[serde(default)]
    day: Vec<PartOfDay>,
    #[serde(default)]
    step: Vec<StepFile>,
}

/// The careful answer: the caution is then shown.
const fn inward_unless_said() -> bool {
    true
}

impl PracticeFile {
    fn check(self, origin: Origin) -> Result<Practice, PracticeFault> {
        check_id(&self.id)?;
        check_text("title", &self.title, origin)?;
        for (key, text) in [("about", &self.about), ("caution", &self.caution)] {
            text.as_ref().map_or(Ok(()), |text| check_text(key, text, origin))?;
        }
        if self.step.is_empty() {
            return Err(
                PracticeFault::new(Message::PracticeNoStep, Message::PracticeBeginStep).key("step")
            );
        }
        if let Some(step) = self.step.get(MAX_STEPS) {
            let fault = PracticeFault::new(
                Message::PracticeTooManySteps,
                Sentence::new(Message::PracticeMostSteps).with("most", MAX_STEPS.to_string()),
            );
            return Err(fault.key("step").span(step.say.span()));
        }
        for step in &self.step {
            step.check(origin)?;
        }
        let lengths: Vec<_> =
            Length::ALL.into_iter().filter(|length| self.holds(*length)).collect();
        for length in &lengths {
            self.check_total(*length)?;
        }
        Ok(Practice {
            id: self.id.into_inner(),
            title: self.title.into_inner(),
            about: self.about.map(Spanned::into_inner),
            caution: self.caution.map(Spanned::into_inner),
            inward: self.inward,
            suits: self.suits,
            day: self.day,
            steps: self.step.into_iter().map(StepFile::into_step).collect(),
            lengths,
        })
    }

    fn holds(&self, length: Length) -> bool {
        self.step.iter().any(|step| step.lasts.get_ref().of(length).is_some())
    }

    fn check_total(&self, length: Length) -> Result<(), PracticeFault> {
        let given = self.step.iter().filter_map(|step| step.lasts.get_ref().of(length));
        let (mut total, mut span) = (SignedDuration::ZERO, 0..0);
        for lasts in given {
            total += lasts.get_ref().value();
            span = lasts.span();
        }
        let whole = i64::from(length.seconds());
        let (least, most) =
            (SignedDuration::from_secs(whole * 8 / 10), SignedDuration::from_secs(whole * 12 / 10));
        if (least..=most).contains(&total) {
            return Ok(());
        }
        let (total, least, most) = (plain(total), plain(least), plain(most));
        let problem = Sentence::new(Message::PracticeTotal).with("length", length.to_string());
        let remedy = Sentence::new(Message::PracticeMakeItBetween).with("least", least);
        Err(PracticeFault::new(problem.with("total", total), remedy.with("most", most))
            .key(&format!("step.lasts.{length}"))
            .span(span))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    element: Element,
    say: Spanned<Text>,
    breath: Option<Breath>,
    #[serde(default)]
    choices: Vec<Spanned<Choice>>,
    lasts: Spanned<LastsFile>,
}

impl StepFile {
    fn check(&self, origin: Origin) -> Result<(), PracticeFault> {
        check_text("step.say", &self.say, origin)?;
        if self.breath == Some(Breath::Search) && origin == Origin::Own {
            let fault = PracticeFault::new(Message::PracticeBreath, Message::PracticeBreaths);
            return Err(fault.key("step.breath").span(self.say.span()));
        }
        for choice in &self.choices {
            for (key, text) in [("word", &choice.get_ref().word), ("line", &choice.get_ref().line)]
            {
                let text = Spanned::new(choice.span(), text.clone());
                check_text(&format!("step.choices.{key}"), &text, origin)?;
            }
        }
        if let Some(choice) = self.choices.get(MAX_CHOICES) {
            let fault = PracticeFault::new(
                Message::PracticeTooManyChoices,
                Sentence::new(Message::PracticeMostChoices).with("most", MAX_CHOICES.to_string()),
            );
            return Err(fault.key("step.choices").span(choice.span()));
        }
        if Length::ALL.iter().all(|length| self.lasts.get_ref().of(*length).is_none()) {
            let fault = PracticeFault::new(Message::PracticeNoLength, Message::PracticeSayLength);
            return Err(fault.key("step.lasts").span(self.lasts.span()));
        }
        Ok(())
    }

    fn into_step(self) -> Step {
        let lasts = self.lasts.into_inner();
        let lasts = |length| Some((length, lasts.of(length)?.get_ref().value()));
        Step {
            element: self.element,
            say: self.say.into_inner(),
            breath: self.breath,
            choices: self.choices.into_iter().map(Spanned::into_inner).collect(),
            lasts: Length::ALL.into_iter().filter_map(lasts).collect(),
        }
    }
}

/// 5 s, enough to read a line, to 10 min.
type StepLasting = RangedDuration<5, 600>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastsFile {
    #[serde(rename = "20s")]
    s20: Option<Spanned<StepLasting>>,
    #[serde(rename = "1m")]
    m1: Option<Spanned<StepLasting>>,
    #[serde(rename = "3m")]
    m3: Option<Spanned<StepLasting>>,
    #[serde(rename = "5m")]
    m5: Option<Spanned<StepLasting>>,
}

impl LastsFile {
    fn of(&self, length: Length) -> Option<&Spanned<StepLasting>> {
        match length {
            Length::TwentySeconds => self.s20.as_ref(),
            Length::OneMinute => self.m1.as_ref(),
            Length::ThreeMinutes => self.m3.as_ref(),
            Length::FiveMinutes => self.m5.as_ref(),
        }
    }
}

fn check_id(id: &Spanned<String>) -> Result<(), PracticeFault> {
    let part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if id.get_ref().len() <= MAX_ID && id.get_ref().split('-').all(part) {
        return Ok(());
    }
    let remedy = Sentence::new(Message::PracticeNames).with("most", MAX_ID.to_string());
    Err(PracticeFault::new(Message::PracticeNoName, remedy).key("id").span(id.span()))
}

fn check_text(key: &str, text: &Spanned<Text>, origin: Origin) -> Result<(), PracticeFault> {
    let is_control = |c: char| c.is_control() && c != '\n';
    let (problem, remedy) = match (text.get_ref(), origin) {
        (Text::Message(_), Origin::Own) => (Message::PracticeMessage, Message::PracticeOwnWords),
        (Text::Literal(_), Origin::BuiltIn) => {
            (Message::PracticeBuiltIn, Message::PracticeWriteMessage)
        }
        (Text::Literal(words) | Text::Message(words), _) => {
            if words.trim().is_empty() {
                (Message::PracticeNoWords, Message::PracticeWriteWords)
            } else if words.chars().count() > MAX_TEXT {
                (Message::PracticeTooManyWords, Message::PracticeMostWords)
            } else if words.contains(is_control) {
                (Message::PracticeControl, Message::PracticeNoControl)
            } else {
                return Ok(());
            }
        }
    };
    Err(PracticeFault::new(problem, remedy).key(key).span(text.span()))
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

/// Written by hand, because the error of an untagged enum is only that "no variant matched".
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Sentence::new(Message::PracticeWords).carry())
    }

    fn visit_str<E: serde::de::Error>(self, words: &str) -> Result<Text, E> {
        Ok(Text::Literal(words.trim().replace("\r\n", "\n")))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Text, M::Error> {
        let Some((key, id)) = map.next_entry::<String, String>()? else {
            return Err(M::Error::missing_field("message"));
        };
        if key != "message" {
            return Err(M::Error::unknown_field(&key, &["message"]));
        }
        match map.next_key::<String>()? {
            Some(key) => Err(M::Error::unknown_field(&key, &["message"])),
            None => Ok(Text::Message(id)),
        }
    }
}

/// More than ten times what the longest built-in practice has.
const MAX_MARKS: usize = 20_000;

/// Far more than five minutes can hold; a bound against hostile files.
const MAX_STEPS: usize = 50;

/// More than one can take in at a glance.
const MAX_CHOICES: usize = 10;

/// In characters; five minutes of slow reading are about 400 words.
const MAX_TEXT: usize = 2_000;

/// In characters: an id is typed by hand.
const MAX_ID: usize = 64;

#[cfg(test)]
mod tests;
