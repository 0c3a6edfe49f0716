//! What is shown after the last step.

use jiff::Timestamp;

use super::Scene;
use crate::page::view::Closing;
use crate::page::view::Course;
use crate::page::view::Screen;
use crate::practice::Ending;
use crate::words::Message;

impl Scene<'_> {
    pub(super) fn after(&self, ending: Ending) -> Screen {
        let words = match ending {
            Ending::Completed if !self.visit.answered() => {
                let ending = self.lines(Message::EndingCompleted);
                return Screen::Question { ending, course: self.course_of_heart() };
            }
            Ending::Completed => Message::EndingCompleted,
            Ending::Left { .. } => Message::EndingLeft,
            Ending::TooMuch { .. } => Message::EndingTooMuch,
        };
        let mut words = self.lines(words);
        let too_much = matches!(ending, Ending::TooMuch { .. });
        let needs_help = ending == Ending::Completed && self.needs_help && !self.visit.left();
        if needs_help {
            words.extend(self.lines(Message::HardDays));
        }
        Screen::Farewell {
            words,
            help: (too_much || needs_help).then(|| self.help()),
            closing: match ending {
                _ if self.visit.left() => Closing::AtOnce,
                _ if needs_help => Closing::ByHand,
                Ending::TooMuch { .. } => Closing::ByHand,
                Ending::Completed | Ending::Left { .. } => Closing::WhenRead,
            },
        }
    }

    /// The heart from the begin of the break to its end, in at most [`POINTS`] steps: information, without a judgement.
    fn course_of_heart(&self) -> Option<Course> {
        let (&(begin, _), &(end, _)) = (self.course.first()?, self.course.last()?);
        let lasted = end.duration_since(begin).as_secs_f64();
        if !self.show_heart || lasted < LEAST_SECONDS {
            return None;
        }
        let means = means(self.course, begin, lasted);
        let (&(_, first), &(_, last)) = (means.first()?, means.last()?);
        let lowest = means.iter().map(|(_, rate)| *rate).fold(f64::INFINITY, f64::min);
        let highest = means.iter().map(|(_, rate)| *rate).fold(f64::NEG_INFINITY, f64::max);
        // A heart that hardly moved is not to look as if it had.
        let middle = f64::midpoint(lowest, highest);
        let span = (highest - lowest).max(LEAST_SPAN);
        let height = |rate: f64| (rate - middle) / span + 0.5;
        let rates = [("begin", first.round().into()), ("end", last.round().into())];
        Some(Course {
            line: means.iter().map(|(x, rate)| (*x, height(*rate))).collect(),
            words: self.words.text(Message::CourseWords, &rates),
        })
    }
}

/// The mean rate of each part of the break that has any, with the middle of that part.
fn means(course: &[(Timestamp, f64)], begin: Timestamp, lasted: f64) -> Vec<(f64, f64)> {
    let mut parts = [(0.0, 0.0); POINTS];
    for (at, rate) in course {
        let share = at.duration_since(begin).as_secs_f64() / lasted;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to POINTS")]
        let part = ((share * POINTS as f64) as usize).min(POINTS - 1);
        parts[part].0 += rate;
        parts[part].1 += 1.0;
    }
    let middle = |part: usize| (part as f64 + 0.5) / POINTS as f64;
    let filled = parts.iter().enumerate().filter(|(_, (_, count))| *count > 0.0);
    filled.map(|(part, (sum, count))| (middle(part), sum / count)).collect()
}

/// Into how many parts a break is divided: a line as calm as that still shows where it went.
const POINTS: usize = 24;

/// Below that there is nothing to show yet, in seconds.
const LEAST_SECONDS: f64 = 15.0;

/// What fills the height of the line at least, in beats a minute.
const LEAST_SPAN: f64 = 12.0;
