//! `kindbeat history`: the days with their breaks, offers, answers and notes, in plain lines.
//!
//! It reads what is stored, whether or not the daemon runs, and changes nothing.

pub mod decisions;

use std::io::Write;
use std::path::Path;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Usage;
use crate::store::BreakAnswers;
use crate::store::BreakEnd;
use crate::store::ElevationDecision;
use crate::store::OfferEnd;
use crate::store::Store;
use crate::store::StoreError;
use crate::store::StoredBreak;
use crate::store::StoredElevation;
use crate::store::StoredFigures;
use crate::store::StoredOffer;
use crate::store::span_of;
use kindbeat_core::offer::Gate;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Liking;
use kindbeat_core::reason;
use kindbeat_core::words::Message;
use kindbeat_core::words::Value;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

/// What it is told with.
pub struct Telling<'a> {
    /// The practices, for their titles.
    pub library: &'a Library,
    /// The words of the owner's language.
    pub words: &'a Words,
    /// Where days begin.
    pub zone: &'a TimeZone,
}

/// Tells of all days on which there was an offer or a break; with `day`, of that day alone and in more detail.
pub fn run(
    folder: Option<&Path>,
    day: Option<&str>,
    now: Timestamp,
    telling: &Telling<'_>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let today = telling.zone.to_datetime(now).date();
    let day = day.map(|day| date(day, today, telling.words)).transpose()?;
    let Some(store) = opened(folder)? else {
        writeln!(out, "{}", telling.say(Message::HistoryNone))?;
        return Ok(());
    };
    match day {
        Some(day) => one_day(&store, day, telling, out),
        None => all_days(&store, telling, out),
    }
}

/// The history, for a look; `None`: there is none yet.
fn opened(folder: Option<&Path>) -> Result<Option<Store>, StoreError> {
    Store::open_to_look(folder.ok_or(StoreError::NoHome)?)
}

/// `2026-11-23`, `today` or `yesterday`.
fn date(text: &str, today: Date, words: &Words) -> Result<Date, Usage> {
    let unknown = || {
        let text: String = harmless(text).chars().take(LONGEST_QUOTED).collect();
        Usage(words.text(Message::HistoryNoDay, &[("given", text.into())]))
    };
    match text.trim() {
        "today" => Ok(today),
        "yesterday" => today.yesterday().map_err(|_| unknown()),
        date => date.parse().map_err(|_| unknown()),
    }
}

fn all_days(store: &Store, telling: &Telling<'_>, out: &mut impl Write) -> anyhow::Result<()> {
    let (from, to) = (Timestamp::MIN, Timestamp::MAX);
    let entries = telling.entries(store.breaks(from, to)?, store.offers(from, to)?, false);
    if entries.is_empty() {
        writeln!(out, "{}", telling.say(Message::HistoryNone))?;
    }
    write_days(&entries, telling, out)
}

/// Each under its day.
fn write_days(
    entries: &[Entry],
    telling: &Telling<'_>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut day = None;
    for entry in entries {
        let date = telling.zone.to_datetime(entry.at).date();
        if day != Some(date) {
            if day.is_some() {
                writeln!(out)?;
            }
            writeln!(out, "{date}")?;
            day = Some(date);
        }
        telling.write(entry, out)?;
    }
    Ok(())
}

fn one_day(
    store: &Store,
    day: Date,
    telling: &Telling<'_>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let (from, to) = span_of(day, telling.zone);
    let mut entries = telling.entries(store.breaks(from, to)?, store.offers(from, to)?, true);
    let held = store.elevations(from, to)?;
    entries.extend(held.iter().filter_map(|elevation| telling.held(elevation)));
    entries.sort_by_key(|entry| entry.at);
    writeln!(out, "{day}")?;
    let days = store.days(from, to, telling.zone)?;
    let worn = days.iter().find(|worn| worn.date == day && worn.minutes > 0);
    if let Some((worn, rate)) = worn.and_then(|worn| Some((worn, worn.heart_rate?))) {
        let args = [("hours", hours(worn.minutes).into()), ("rate", rate.round().into())];
        writeln!(out, "{}", telling.words.text(Message::HistoryWorn, &args))?;
    }
    if entries.is_empty() {
        writeln!(out, "{}", telling.say(Message::HistoryNothing))?;
    }
    entries.iter().try_for_each(|entry| telling.write(entry, out))
}

/// Something that happened, in lines.
struct Entry {
    at: Timestamp,
    lines: Vec<String>,
}

impl Telling<'_> {
    fn entries(
        &self,
        breaks: Vec<StoredBreak>,
        offers: Vec<StoredOffer>,
        figures: bool,
    ) -> Vec<Entry> {
        let breaks = breaks.into_iter().map(|taken| self.taken(&taken));
        let offers = offers.into_iter().map(|offer| self.offer(&offer, figures));
        let mut entries: Vec<_> = offers.chain(breaks).collect();
        // Stable: the offer comes before the break that it led to.
        entries.sort_by_key(|entry| entry.at);
        entries
    }

    fn taken(&self, taken: &StoredBreak) -> Entry {
        let args = [("title", self.title(&taken.practice)), ("length", self.length(taken))];
        let how = match taken.ended {
            Some((BreakEnd::Completed, _)) => Message::HistoryCompleted,
            Some((BreakEnd::Left(_), _)) => Message::HistoryLeft,
            Some((BreakEnd::TooMuch(_), _)) => Message::HistoryTooMuch,
            None => Message::HistoryOpen,
        };
        let mut lines = vec![self.words.text(how, &args)];
        lines.extend(taken.answers.iter().flat_map(|said| self.said(said)));
        Entry { at: taken.started, lines }
    }

    fn said(&self, said: &BreakAnswers) -> Vec<String> {
        let figure = |tension: u8| -> Value<'static> { tension.into() };
        let tense = match (said.tension_before, said.tension) {
            (Some(before), Some(after)) => {
                let args = [("before", figure(before)), ("after", figure(after))];
                Some(self.words.text(Message::HistoryTense, &args))
            }
            (Some(before), None) => {
                Some(self.words.text(Message::HistoryTenseBefore, &[("before", figure(before))]))
            }
            (None, Some(after)) => {
                Some(self.words.text(Message::HistoryTenseAfter, &[("after", figure(after))]))
            }
            (None, None) => None,
        };
        let liking = said.liking.map(|liking| match liking {
            Liking::More => self.say(Message::HistoryMore),
            Liking::Less => self.say(Message::HistoryLess),
        });
        let note = said
            .note
            .as_deref()
            .map(|note| self.words.text(Message::HistoryNote, &[("note", harmless(note).into())]));
        [tense, liking, note].into_iter().flatten().collect()
    }

    /// What became of an offer; `None`: it is open, or nobody knows.
    fn became(&self, offer: &StoredOffer) -> Option<String> {
        let (became, _) = offer.ended?;
        Some(self.say(match became {
            OfferEnd::Start => Message::WhyStart,
            OfferEnd::Later => Message::WhyLater,
            OfferEnd::Fine => Message::WhyFine,
            OfferEnd::Moving => Message::WhyMoving,
            OfferEnd::Excited => Message::WhyExcited,
            OfferEnd::Expired => Message::WhyExpired,
            OfferEnd::NotShown => Message::WhyNotShown,
            OfferEnd::Replaced => Message::WhyReplaced,
        }))
    }

    fn offer(&self, offer: &StoredOffer, figures: bool) -> Entry {
        let offered = [Some(self.say(Message::HistoryOffered)), self.became(offer)];
        let offered = offered.into_iter().flatten();
        let mut lines = vec![offered.collect::<Vec<_>>().join(" ")];
        if figures {
            lines.push(self.figures(&offer.figures));
        }
        Entry { at: offer.made, lines }
    }

    /// An elevation that was not offered; `None` for any other.
    fn held(&self, elevation: &StoredElevation) -> Option<Entry> {
        let Some(ElevationDecision::Held(name)) = &elevation.decision else { return None };
        let gate = Gate::named(name)?;
        let lines = vec![reason::held(gate, self.words), self.figures(&elevation.figures)];
        Some(Entry { at: elevation.started, lines })
    }

    fn figures(&self, figures: &StoredFigures) -> String {
        let args = [
            ("rate", figures.heart_rate.round().into()),
            ("usual", figures.usual.round().into()),
            ("span", self.span(figures.sustained)),
        ];
        self.words.text(Message::HistoryFigures, &args)
    }

    fn span(&self, span: SignedDuration) -> Value<'static> {
        let (message, count) = match span.as_mins() {
            0 => (Message::SpanSeconds, span.as_secs()),
            minutes => (Message::LastingMinutes, minutes),
        };
        self.words.text(message, &[("count", count.into())]).into()
    }

    /// What a practice is called; its name where it is not known any more.
    fn title(&self, id: &str) -> Value<'static> {
        let title = self.library.get(id).map(|practice| practice.title());
        let title = title.map(|title| title.say(|id| self.words.text(id, &[])));
        harmless(&title.unwrap_or_else(|_| id.to_owned())).into()
    }

    fn length(&self, taken: &StoredBreak) -> Value<'static> {
        let message = match Length::from_seconds(taken.length_s) {
            Some(Length::TwentySeconds) => Message::LengthTwentySeconds,
            Some(Length::OneMinute) => Message::LengthOneMinute,
            Some(Length::ThreeMinutes) => Message::LengthThreeMinutes,
            Some(Length::FiveMinutes) => Message::LengthFiveMinutes,
            None => return self.span(SignedDuration::from_secs(taken.length_s.into())),
        };
        self.say(message).into()
    }

    fn say(&self, message: Message) -> String {
        self.words.text(message, &[])
    }

    fn time_of_day(&self, at: Timestamp) -> String {
        self.zone.to_datetime(at).strftime("%H:%M").to_string()
    }

    /// The time of day, then what happened, what belongs to it below.
    fn write(&self, entry: &Entry, out: &mut impl Write) -> anyhow::Result<()> {
        let time = self.time_of_day(entry.at);
        for (number, line) in entry.lines.iter().enumerate() {
            if number == 0 {
                writeln!(out, "  {time}  {line}")?;
            } else {
                writeln!(out, "         {line}")?;
            }
        }
        Ok(())
    }
}

/// To a tenth.
fn hours(minutes: u32) -> f64 {
    (f64::from(minutes) / 6.0).round() / 10.0
}

/// In characters: enough to recognise what was typed.
const LONGEST_QUOTED: usize = 40;

#[cfg(test)]
mod tests;
