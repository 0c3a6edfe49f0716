//! Everything the program says, in the language of its owner.
//!
//! PURE: the files under `config/words` are part of the program. Words are found by the name of their message (Fluent); a message
//! that a language lacks is said in English, and one that English lacks is said as its name, so that nothing is ever silent.
//!
//! The marks by which Fluent isolates what is filled in (U+2068, U+2069) are off: terminals and notifications show them as
//! boxes, and what is filled in here is numbers and names that read from left to right. A language written from right to left
//! sets such marks in its own file.

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use unic_langid::LanguageIdentifier;

pub use fluent_bundle::FluentValue as Value;

/// The words of one language.
pub struct Words {
    /// The language asked for; `None` where that is English or there is no file for it.
    own: Option<Bundle>,
    language: &'static str,
    english: Bundle,
}

type Bundle = FluentBundle<FluentResource>;

impl Words {
    /// The words for a locale, written as `de-AT` or as `de_AT.UTF-8`; English where that is not a language there are words for.
    #[must_use]
    pub fn new(locale: &str) -> Self {
        let tag = locale.split(['.', '@']).next().unwrap_or_default();
        let asked = tag.parse::<LanguageIdentifier>().unwrap_or_default();
        let own = OTHERS.iter().find(|(name, _)| asked.language.as_str() == *name);
        Self {
            own: own.map(|(name, text)| bundle(name, text)),
            language: own.map_or("en", |(name, _)| name),
            english: bundle("en", ENGLISH),
        }
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
        let args: FluentArgs<'_> =
            args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let own =
            self.own.as_ref().and_then(|own| format(own, id, &args)).filter(|said| said.whole);
        let said = own.or_else(|| format(&self.english, id, &args));
        said.map_or_else(|| id.to_owned(), |said| said.text)
    }

    /// Whether English has the message `id`.
    #[must_use]
    pub fn has(&self, id: impl AsRef<str>) -> bool {
        self.english.has_message(id.as_ref())
    }
}

struct Said {
    text: String,
    /// Whether everything could be filled in.
    whole: bool,
}

fn format(bundle: &Bundle, id: &str, args: &FluentArgs<'_>) -> Option<Said> {
    let pattern = bundle.get_message(id)?.value()?;
    let mut faults = Vec::new();
    let text = bundle.format_pattern(pattern, Some(args), &mut faults).into_owned();
    Some(Said { text, whole: faults.is_empty() })
}

fn bundle(language: &str, text: &str) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    // A faulty message is left out and the rest is kept; a test excludes it.
    let resource =
        FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
    // The same here with a message that stands twice: the first one is kept.
    let _ = bundle.add_resource(resource);
    bundle
}

const ENGLISH: &str = include_str!("../config/words/en.ftl");

/// Each further language and its file.
const OTHERS: &[(&str, &str)] = &[];

macro_rules! messages {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// A message that the program says by itself, besides those that practices name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Message {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Message {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Its name in the files under `config/words`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }
        }
    };
}

messages! {
    /// Said before every inward practice: hard feelings may come up, this is known, and what to do.
    CautionInward = "caution-inward",
    /// When to seek care and not to breathe through it.
    SeekCare = "seek-care",
    /// That this is not a medical device.
    NotMedical = "not-medical",
    /// The title of the offer.
    OfferTitle = "offer-title",
    /// The offer with its reason, without figures.
    OfferBody = "offer-body",
    /// The offer with figures: `rate`, `usual`, `span`.
    OfferBodyFigures = "offer-body-figures",
    /// The offer that does not mention the heart.
    OfferBodyNoHeart = "offer-body-no-heart",
    /// How to begin where the notification has no buttons.
    OfferRun = "offer-run",
    /// The same where a middle-click on the notification starts.
    OfferMiddleClick = "offer-middle-click",
    /// The same where a click on the notification starts.
    OfferClick = "offer-click",
    /// The button that starts.
    Start = "start",
    /// The button that asks again later.
    Later = "later",
    /// The button that says all is well.
    Fine = "fine",
    /// The way out.
    Leave = "leave",
    /// The way out to the grounding.
    TooMuch = "too-much",
    /// The step before.
    Back = "back",
    /// The next step.
    Next = "next",
    /// Let time stand still.
    Pause = "pause",
    /// Go on after a pause.
    Resume = "resume",
    /// Said when the grounding begins.
    TooMuchMet = "too-much-met",
    /// Said after the last step.
    EndingCompleted = "ending-completed",
    /// Said after leaving.
    EndingLeft = "ending-left",
    /// Said after the grounding.
    EndingTooMuch = "ending-too-much",
    /// Above the emergency numbers.
    HelpEmergency = "help-emergency",
    /// Above the numbers to talk with someone.
    HelpTalk = "help-talk",
    /// Where to look elsewhere: `directory`.
    HelpElsewhere = "help-elsewhere",
    /// How old the numbers are: `date`.
    HelpAsOf = "help-as-of",
    /// How far the heart has risen: `rate`, `usual`, `excess` in bpm, `span` over which it is averaged.
    ReasonRisen = "reason-risen",
    /// A span of time: `count` seconds.
    SpanSeconds = "span-seconds",
    /// A span of time: `count` minutes.
    SpanMinutes = "span-minutes",
    /// A whole recording: `offers`, `held`, `hours`, `learned`.
    ReplaySummary = "replay-summary",
    /// Why there was no offer: the day was left free.
    GateDayOff = "gate-day-off",
    /// Why there was no offer: these were quiet hours.
    GateQuietHours = "gate-quiet-hours",
    /// Why there was no offer: offers were snoozed.
    GateSnoozed = "gate-snoozed",
    /// Why there was no offer: a break was open.
    GateBreakOpen = "gate-break-open",
    /// Why there was no offer: the screen was locked.
    GateLocked = "gate-locked",
    /// Why there was no offer: nobody was at the desk.
    GateAway = "gate-away",
    /// Why there was no offer: movement or exercise.
    GateMoving = "gate-moving",
    /// Why there was no offer: just back at the desk.
    GateJustReturned = "gate-just-returned",
    /// Why there was no offer: microphone or camera in use.
    GateInCall = "gate-in-call",
    /// Why there was no offer: the screen was shared.
    GateSharing = "gate-sharing",
    /// Why there was no offer: a window filled the screen.
    GateFullScreen = "gate-full-screen",
    /// Why there was no offer: notifications were silenced.
    GateDoNotDisturb = "gate-do-not-disturb",
    /// Why there was no offer: a program kept the screen awake.
    GateInhibited = "gate-inhibited",
    /// Why there was no offer: today's offers were used up.
    GateDailyLimit = "gate-daily-limit",
    /// Why there was no offer: the last offer was not long ago.
    GateCoolDown = "gate-cool-down",
    /// Why there was no offer: the hands did not rest in time.
    GateNoPause = "gate-no-pause",
    /// Why there was no offer: the heart settled while a pause was waited for.
    GateSettled = "gate-settled",
    /// Above the help lines.
    HelpTitle = "help-title",
    /// What opens the numbers of other places.
    HelpOthers = "help-others",
    /// The button that leads from the first page to the first step.
    Begin = "begin",
    /// On the first page: eyes may stay open.
    EyesOpen = "eyes-open",
    /// What opens, on the first page, when to seek care.
    CareTitle = "care-title",
    /// Before the choice of what attention rests on.
    AnchorTitle = "anchor-title",
    /// The breath, among those choices.
    AnchorBreath = "anchor-breath",
    /// The feet.
    AnchorFeet = "anchor-feet",
    /// The hands.
    AnchorHands = "anchor-hands",
    /// Sounds.
    AnchorSound = "anchor-sound",
    /// Something to look at.
    AnchorSight = "anchor-sight",
    /// What a screen reader calls the words of a step to choose from.
    ChoicesTitle = "choices-title",
    /// What a screen reader calls the buttons of a step.
    ControlsTitle = "controls-title",
    /// In place of the shape that moves, where nothing is to move.
    ShapeStill = "shape-still",
    /// Above the live heart: `rate`.
    HeartNow = "heart-now",
    /// The one question, after the last step.
    TenseQuestion = "tense-question",
    /// What 0 stands for.
    TenseLeast = "tense-least",
    /// What 10 stands for.
    TenseMost = "tense-most",
    /// The button that gives the answer.
    Done = "done",
    /// The button that gives none.
    Skip = "skip",
    /// The button that closes the page.
    Close = "close",
    /// That the window may be closed, where it cannot close itself.
    MayClose = "may-close",
    /// That the daemon went away under an open page.
    PageGone = "page-gone",
    /// To whoever comes with an address that was used already, or too late.
    PageRefused = "page-refused",
    /// Where a page without its script says how else to take a break.
    PageNoScript = "page-no-script",
    /// Where there is no break to show.
    NoBreak = "no-break",
}

impl AsRef<str> for Message {
    fn as_ref(&self) -> &str {
        self.id()
    }
}

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
        let german = bundle("de", "later = Später\nhelp-as-of = Stand { $when }");
        let words = Words { own: Some(german), language: "de", english: bundle("en", ENGLISH) };
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
            let figures =
                [("rate", 92.into()), ("usual", 74.into()), ("span", span(minutes).into())];
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
    fn the_english_file_is_without_fault() {
        let resource =
            FluentResource::try_new(ENGLISH.to_owned()).map_err(|(_, faults)| faults).unwrap();
        let mut bundle = Bundle::new_concurrent(vec!["en".parse().unwrap()]);
        bundle.add_resource(resource).unwrap();
    }
}
