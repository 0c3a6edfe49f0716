//! `kindbeat demo --headless`: the whole path, from the bytes of a strap to a finished break, in a few seconds.

use std::io::Write;

use anyhow::bail;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::tz::Offset;

use kindbeat_core::config::Config;
use kindbeat_core::detection::Baseline;
use kindbeat_core::detection::Figures;
use kindbeat_core::detection::Phase;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::heart::Measurement;
use kindbeat_core::heart::Reading;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Ending;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::SessionState;
use kindbeat_core::practice::Text;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::simulation::SimulatedHeart;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

use crate::command::practices::spoken;

/// Runs a simulated morning at the desk on the default configuration, answers its one offer, and prints each stage.
pub(super) fn run(words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let config = Config::default();
    let settings = config.decisions();
    let baseline = Baseline::new(settings.detection.method);
    let mut demo = Demo {
        engine: Engine::new(settings, Library::built_in()?, baseline),
        words,
        sustain: config.detection.thresholds().sustain,
        stage: Stage::Learning,
        out,
    };
    demo.message(0, Message::DemoBegins)?;
    let mut heart = SimulatedHeart::new(SEED);
    let mut packets = 0;
    for second in 0..LONGEST {
        let packet = heart.second(second, demo.level(second)).encode();
        let reading = Reading::from(Measurement::decode(&packet)?);
        packets += 1;
        demo.step(second, Input::Measured(reading))?;
        if demo.stage == Stage::Done {
            let minutes = second / 60;
            let artefacts = heart.artefacts();
            let args = [
                ("packets", packets.into()),
                ("minutes", minutes.into()),
                ("artefacts", artefacts.into()),
            ];
            demo.say(second, &words.text(Message::DemoDone, &args))?;
            return Ok(());
        }
    }
    let stage = [("stage", format!("{:?}", demo.stage).into())];
    bail!(words.text(Message::DemoStopped, &stage))
}

struct Demo<'a, W> {
    engine: Engine,
    words: &'a Words,
    sustain: SignedDuration,
    stage: Stage,
    out: &'a mut W,
}

/// How far the demonstration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Learning,
    Settled,
    Up,
    InBreak { since: u32 },
    Calming,
    Done,
}

impl<W: Write> Demo<'_, W> {
    /// The level of the heart: a quiet half hour, then something difficult; in the break it goes down again.
    fn level(&self, second: u32) -> f64 {
        match self.stage {
            Stage::Learning | Stage::Settled | Stage::Up => {
                let up = f64::from(second.saturating_sub(RISE_AT)) / f64::from(RISE_OVER);
                USUAL + RISE * up.min(1.0)
            }
            Stage::InBreak { since } => {
                USUAL + RISE * (1.0 - f64::from(second - since) / f64::from(CALM_OVER)).max(0.0)
            }
            Stage::Calming | Stage::Done => USUAL,
        }
    }

    fn step(&mut self, second: u32, input: Input) -> anyhow::Result<()> {
        let now = moment(second);
        for effect in self.engine.handle(now, input) {
            match effect {
                Effect::Offer(id, figures) => {
                    self.offered(second, id, &figures)?;
                    self.message(second, Message::DemoAnswer)?;
                    self.step(second, Input::Answered(id, Answer::Start))?;
                }
                Effect::BreakMoved(state) => self.break_moved(second, state)?,
                Effect::Held(gate, _) => {
                    let reason = [("reason", reason::holds(gate, self.words).into())];
                    self.say(second, &self.words.text(Message::DemoHeld, &reason))?;
                }
                Effect::Withdraw(..)
                | Effect::Sampled(_)
                | Effect::Attend(_)
                | Effect::ShowAgain(..)
                | Effect::Reword(_)
                | Effect::Resumed(_)
                | Effect::Elevation(_)
                | Effect::BreakBegan(..)
                | Effect::BreakChosen(..)
                | Effect::NoSuchPractice(_) => {}
            }
        }
        self.note(second)
    }

    /// Says when the heart enters the next stage.
    fn note(&mut self, second: u32) -> anyhow::Result<()> {
        let usual = self.engine.usual();
        match (self.stage, self.engine.phase()) {
            (Stage::Learning, _) if second == LEARNED => {
                self.stage = Stage::Settled;
                let args = [
                    ("rate", usual.heart_rate.round().into()),
                    ("spread", usual.spread.round().into()),
                ];
                self.say(second, &self.words.text(Message::DemoLearned, &args))?;
            }
            (Stage::Settled, Phase::Rising { .. }) if second > RISE_AT => {
                self.stage = Stage::Up;
                self.message(second, Message::DemoRises)?;
            }
            (Stage::Calming, Phase::Settled | Phase::Settling { .. }) => {
                self.stage = Stage::Done;
                self.message(second, Message::DemoBack)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn offered(&mut self, second: u32, id: OfferId, figures: &Figures) -> anyhow::Result<()> {
        let reason = [("reason", reason::risen(figures, self.sustain, self.words).into())];
        self.say(second, &self.words.text(Message::DemoElevated, &reason))?;
        self.message(second, Message::DemoOffer)?;
        self.indented(&reason::offer(id, Detail::Figures(figures, self.sustain), self.words))
    }

    fn break_moved(&mut self, second: u32, state: SessionState) -> anyhow::Result<()> {
        match state {
            SessionState::Running { .. } | SessionState::Paused { .. } => {
                let Some(session) = self.engine.session() else { return Ok(()) };
                let say = |text: &Text| {
                    text.say(|id| {
                        self.words.text(id, &[("anchor", Anchor::Breath.as_str().into())])
                    })
                };
                let begins = (!matches!(self.stage, Stage::InBreak { .. })).then(|| {
                    let title = ("title", say(session.practice().title()).into());
                    let length = ("length", session.length().to_string().into());
                    self.words.text(Message::DemoBreak, &[title, length])
                });
                let step = session.step().map(|step| {
                    let element = self.words.text(step.element.message(), &[]);
                    (format!("  {element}:"), spoken(step, say))
                });
                if let Some(begins) = begins {
                    self.stage = Stage::InBreak { since: second };
                    self.say(second, &begins)?;
                    self.indented(&self.words.text(Message::CautionInward, &[]))?;
                }
                if let Some((element, words)) = step {
                    self.say(second, &element)?;
                    self.indented(&words)?;
                }
            }
            SessionState::Ended { ending, .. } => {
                self.stage = Stage::Calming;
                let how = match ending {
                    Ending::Completed => Message::EndingCompleted,
                    Ending::Left { .. } => Message::EndingLeft,
                    Ending::TooMuch { .. } => Message::EndingTooMuch,
                };
                self.message(second, Message::DemoFinished)?;
                self.indented(&self.words.text(how, &[]))?;
            }
        }
        Ok(())
    }

    fn message(&mut self, second: u32, message: Message) -> anyhow::Result<()> {
        self.say(second, &self.words.text(message, &[]))
    }

    fn say(&mut self, second: u32, line: &str) -> anyhow::Result<()> {
        let time = Offset::UTC.to_datetime(moment(second)).time();
        Ok(writeln!(self.out, "{}  {line}", time.strftime("%H:%M:%S"))?)
    }

    fn indented(&mut self, text: &str) -> anyhow::Result<()> {
        text.lines().try_for_each(|line| writeln!(self.out, "{:14}{line}", ""))?;
        Ok(())
    }
}

/// A Monday, 09:00, and so many seconds.
fn moment(second: u32) -> Timestamp {
    const NINE: SignedDuration = SignedDuration::from_hours(4 * 24 + 9);
    let start = Timestamp::UNIX_EPOCH.saturating_add(NINE).unwrap_or(Timestamp::MAX);
    start.saturating_add(SignedDuration::from_secs(i64::from(second))).unwrap_or(Timestamp::MAX)
}

const SEED: u64 = 7;
/// A resting rate and a rise as a hard message brings it: larger than the default threshold, far from exercise. In bpm.
const USUAL: f64 = 64.0;
const RISE: f64 = 18.0;
/// In seconds: what is usual is told, the rise begins, takes so long, and takes so long to go again; and when to give up.
const LEARNED: u32 = 20 * 60;
const RISE_AT: u32 = 25 * 60;
const RISE_OVER: u32 = 90;
const CALM_OVER: u32 = 150;
const LONGEST: u32 = 90 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demonstration_reaches_its_end_and_is_the_same_every_time() {
        let run = || {
            let mut out = Vec::new();
            run(&Words::new("en"), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        let printed = run();
        assert!(printed.contains("Offer: ") && printed.contains("Break finished."), "{printed}");
        assert_eq!(printed, run());
    }
}
