//! Everything the program says, in the language of its owner.
//!
//! PURE: the files under `config/words` are part of the program. Words are found by the name of their message (Fluent); a message
//! that a language lacks is said in English, and one that English lacks is said as its name, so that nothing is ever silent.
//!
//! The marks by which Fluent isolates what is filled in (U+2068, U+2069) are off: terminals and notifications show them as
//! boxes, and what is filled in here is numbers and names that read from left to right. A language written from right to left
//! sets such marks in its own file.
//!
//! Nothing is parsed ahead: a file is kept as it is, with an index of where each message begins, and a message is parsed when it is
//! said. That takes a few microseconds, and saves the 600 kB that the parsed messages would fill for good.

mod foreign;
mod language;
mod message;
mod moment;
mod sentence;

use std::borrow::Cow;

use fluent_bundle::FluentArgs;
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue as Value;

pub use self::foreign::harmless;
pub use self::foreign::short;
pub use self::message::Message;
pub use self::moment::local_moment;
pub use self::sentence::Filling;
pub use self::sentence::Sentence;
pub use self::sentence::english_display;

use self::language::Language;

/// The words of one language.
pub struct Words {
    /// The language asked for; `None` where that is English or there is no file for it.
    own: Option<Language>,
    language: &'static str,
    english: Language,
}

impl Words {
    /// The words for a locale, written as `de-AT` or as `de_AT.UTF-8`; English where that is not a language there are words for.
    #[must_use]
    pub fn new(locale: &str) -> Self {
        let tag = locale.split(['.', '@']).next().unwrap_or_default();
        let asked = tag.parse::<LanguageIdentifier>().unwrap_or_default();
        let own = OTHERS.iter().find(|(name, _)| asked.language.as_str() == *name);
        Self {
            own: own.map(|(name, text)| Language::new(name, text)),
            language: own.map_or("en", |(name, _)| name),
            english: Language::new("en", ENGLISH),
        }
    }

    /// The English words as another language might write them: every text that stands in a message goes through `change`, and
    /// what is filled in does not. `language` is the tag they are said under, and so how they are written.
    ///
    /// For tests: whether there is room for longer words, and whether any are said that cannot be translated.
    #[must_use]
    pub fn altered(language: &'static str, change: fn(&str) -> Cow<'_, str>) -> Self {
        let own = Language::new("en", ENGLISH).altered(change);
        Self { own: Some(own), language, english: Language::new("en", ENGLISH) }
    }

    /// The language that is said, as a tag: `en`.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.language
    }

    /// What the message `id` says, with `args` filled in: a [`Message`], or the name a practice gives.
    #[must_use]
    pub fn text(&self, id: impl AsRef<str>, args: &[(&str, Value<'_>)]) -> String {
        let id = id.as_ref();
        debug_assert!(fits(id, args), "{id} with {args:?}");
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let own = self.own.as_ref().and_then(|own| own.text(id, &args));
        // A text that could not be filled in is better in English than with gaps.
        let own = own.filter(|text| text.is_whole);
        let text = own.or_else(|| self.english.text(id, &args));
        text.map_or_else(|| id.to_owned(), |text| text.text)
    }

    /// Whether English has the message `id`.
    #[must_use]
    pub fn has(&self, id: impl AsRef<str>) -> bool {
        self.english.has(id.as_ref())
    }
}

/// Whether these are the variables of the message. Those of practices' messages are not listed, and what they hold, the anchor, may
/// be given to any.
fn fits(id: &str, args: &[(&str, Value<'_>)]) -> bool {
    let listed = Message::ALL.iter().find(|message| message.id() == id);
    listed.is_none_or(|message| {
        let is_given = |name: &&str| args.iter().any(|(given, _)| given == name);
        let is_known = |name: &str| name == "anchor" || message.variables().contains(&name);
        message.variables().iter().all(is_given) && args.iter().all(|(name, _)| is_known(name))
    })
}

const ENGLISH: &str = include_str!("../../../config/words/en.ftl");

/// Each further language and its file.
const OTHERS: &[(&str, &str)] = &[];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_locale_gives_words() {
        for locale in
            ["", "C", "POSIX", "en_GB.UTF-8", "de-AT", "sr_RS@latin", "tlh", "\u{0}", "_._@"]
        {
            assert_eq!(Words::new(locale).text(Message::Start, &[]), "Start", "{locale:?}");
        }
    }

    #[test]
    fn a_message_that_is_nowhere_is_said_as_its_name() {
        assert_eq!(Words::new("en").text("no-such-message", &[]), "no-such-message");
    }

    #[test]
    fn a_language_that_lacks_a_message_says_it_in_english() {
        let german = Language::new("de", "later = Später\nhelp-as-of = Stand { $when }");
        let words =
            Words { own: Some(german), language: "de", english: Language::new("en", ENGLISH) };
        assert_eq!(words.text(Message::Later, &[]), "Später");
        assert_eq!(words.text(Message::Leave, &[]), "Leave");
        let date = [("date", "May 2030".into())];
        assert_eq!(words.text(Message::HelpAsOf, &date), "These numbers are as of May 2030.");
    }

    #[test]
    fn figures_are_filled_in_without_invisible_marks() {
        let words = Words::new("en");
        let span = |count: i64| words.text(Message::SpanMinutes, &[("count", count.into())]);
        let offer = |minutes: i64| {
            let figures = [
                ("turn", 0.into()),
                ("rate", 92.into()),
                ("usual", 74.into()),
                ("span", span(minutes).into()),
            ];
            words.text(Message::OfferBodyFigures, &figures)
        };
        assert_eq!(
            offer(6),
            "Your heart has averaged 92 beats a minute over the last 6 minutes; about 74 is usual for you. There can be \
             many reasons. Would a short break help?"
        );
        assert!(offer(1).contains("over the last minute;"));
    }

    #[test]
    fn altered_words_leave_what_is_filled_in_as_it_is() {
        let words = Words::altered("ar-XB", |text| text.to_uppercase().into());
        assert_eq!(words.language(), "ar-XB");
        let date = [("date", "May 2030".into())];
        assert_eq!(words.text(Message::HelpAsOf, &date), "THESE NUMBERS ARE AS OF May 2030.");
        let count = [("count", 6.into())];
        assert_eq!(words.text(Message::SpanMinutes, &count), "6 MINUTES");
    }
}
