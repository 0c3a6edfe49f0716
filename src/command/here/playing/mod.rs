//! The break itself: keys and time go to the engine, and what is new on the page is said.

mod questions;
mod telling;

use std::io;
use std::io::Write;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::keeping::Note;
use crate::clock;
use crate::clock::SharedClock;
use crate::command::terminal;
use crate::command::terminal::Meant;
use crate::command::terminal::Teller;
use crate::command::voice;
use crate::interface::ToldBreak;
use crate::speech;
use crate::speech::PageReader;
use crate::terminal::Terminal;
use crate::terminal::TerminalEvent;
use kindbeat_core::config::Config;
use kindbeat_core::context::Context;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::engine::Input;
use kindbeat_core::page::Decision;
use kindbeat_core::page::Earlier;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Screen;
use kindbeat_core::page::View;
use kindbeat_core::page::Visit;
use kindbeat_core::page::Visitor;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// A break, and whoever takes it.
pub(super) struct Player {
    engine: Engine,
    visitor: Visitor,
    config: Config,
    words: Words,
    locale: String,
    help: HelpLines,
    clock: SharedClock,
    teller: Teller,
    /// What was asked last behind the question.
    asked: Option<Asked>,
    notes: mpsc::UnboundedSender<Note>,
    /// The break, as it was told last.
    told: Option<ToldBreak>,
    /// What the history knows of the engine's memory.
    kept: EngineMemory,
    stage: Stage,
    reader: PageReader,
    /// Whether it speaks.
    heard: mpsc::Receiver<speech::SpeechEvent>,
}

/// How far it is, beyond what the page knows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// In the break, or at the question behind it.
    Break,
    /// At the question before it.
    Before,
    /// At another question behind that, with what was said so far.
    After(Asked, Feedback),
    /// Behind all of it.
    Over,
}

/// What is asked beyond the question of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// How tense it is before the break.
    Before,
    /// Whether more like it is wanted.
    Liking,
    /// A line of their own.
    Note,
}

impl Player {
    /// Somebody for whom `engine` decides, and whose earlier breaks left `earlier`; what is to be kept goes to `notes`.
    pub(super) fn new(
        mut engine: Engine,
        earlier: Earlier,
        config: Config,
        locale: String,
        clock: SharedClock,
        notes: mpsc::UnboundedSender<Note>,
    ) -> anyhow::Result<Self> {
        let now = clock();
        let around = Context { utc_offset: clock::utc_offset(now), ..Context::default() };
        engine.handle(now, Input::Context(around));
        Ok(Self {
            kept: engine.memory(),
            engine,
            visitor: Visitor::new(earlier, &config.practice),
            words: Words::new(config.language(&locale)),
            config,
            locale,
            help: HelpLines::built_in()?,
            clock,
            teller: Teller::default(),
            asked: None,
            notes,
            told: None,
            stage: Stage::Break,
            reader: PageReader::none(),
            heard: mpsc::channel(1).1,
        })
    }

    /// The steps are to be read aloud, too.
    pub(super) fn aloud(
        mut self,
        reader: PageReader,
        heard: mpsc::Receiver<speech::SpeechEvent>,
    ) -> Self {
        (self.reader, self.heard) = (reader, heard);
        self
    }

    /// Begins the break that is asked for. Its first step waits until the first page was read.
    pub(super) fn begin(
        &mut self,
        practice: Option<String>,
        length: Option<Length>,
    ) -> anyhow::Result<()> {
        for effect in self.handle(Input::BreakWanted(practice, length)) {
            if let Effect::NoSuchPractice(unknown) = effect {
                return Err(unknown.into());
            }
        }
        self.handle(Input::Break(Visit::hold()));
        Ok(())
    }

    /// Goes through it until it is over, or nothing more can be typed. `problem` tells that it cannot be kept.
    pub(super) async fn play(
        &mut self,
        terminal: &mut Terminal,
        problem: &mut mpsc::Receiver<String>,
        out: &mut impl Write,
        complaints: &mut impl Write,
    ) -> io::Result<()> {
        terminal.keys();
        let mut written = self.show(out);
        while self.stage != Stage::Over {
            if written.is_err() {
                // Nobody reads any more.
                self.leave();
                return written;
            }
            let due =
                [self.engine.next_wakeup(), self.question_until()].into_iter().flatten().min();
            written = tokio::select! {
                event = terminal.next() => self.event(event, terminal, out).await,
                Some(problem) = problem.recv() => {
                    writeln!(complaints, "{}", not_kept(&self.words, problem))
                }
                Some(event) = self.heard.recv() => match event {
                    speech::SpeechEvent::Speaking => Ok(()),
                    speech::SpeechEvent::Failed(error) => {
                        writeln!(complaints, "{}", not_read_aloud(&self.words, &error))
                    }
                },
                () = until(due, &self.clock) => {
                    self.tick();
                    Ok(())
                }
            };
            // Before it is said: what is typed to a question is meant to be a line.
            match self.view().screen {
                Screen::Question { .. } => terminal.lines(),
                Screen::First(_) if self.stage == Stage::Before => terminal.lines(),
                Screen::First(_) => terminal.keys(),
                _ => {}
            }
            written = written.and_then(|()| self.show(out));
        }
        written
    }

    /// The words it spoke in; with it ends what is to be kept and to be said.
    pub(super) fn into_words(self) -> Words {
        self.words
    }

    async fn event(
        &mut self,
        event: TerminalEvent,
        terminal: &Terminal,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match event {
            TerminalEvent::Key('\n' | ' ') => self.typed("", out),
            TerminalEvent::Escape | TerminalEvent::Key(END_OF_INPUT) => self.typed("q", out),
            TerminalEvent::Key(key) => self.typed(key.encode_utf8(&mut [0; 4]), out),
            TerminalEvent::Line(line) => self.typed(&line, out),
            TerminalEvent::Closed | TerminalEvent::End => {
                self.leave();
                Ok(())
            }
            TerminalEvent::Suspend => {
                self.input(PageInput::Pause);
                let told = self.show(out);
                // What reads aloud stops before everything does.
                tokio::task::yield_now().await;
                terminal.stand_still();
                told
            }
            // Whoever comes back reads where they are.
            TerminalEvent::Resume => {
                self.teller.again();
                self.asked = None;
                Ok(())
            }
        }
    }

    fn typed(&mut self, line: &str, out: &mut impl Write) -> io::Result<()> {
        match self.stage.clone() {
            Stage::Before => {
                self.typed_before(line);
                return Ok(());
            }
            Stage::After(asked, said) => {
                self.typed_after(asked, said, line);
                return Ok(());
            }
            Stage::Break | Stage::Over => {}
        }
        match terminal::meant(&self.view(), line, &self.words) {
            Some(Meant::Input(input)) => {
                if input == PageInput::Back {
                    // Before the first step there is none: it begins again.
                    self.teller.once_more();
                    self.reader.once_more();
                }
                self.input(input);
            }
            Some(Meant::Answer(tense)) => {
                let said = Feedback { tense, ..Feedback::default() };
                self.stage = Stage::After(Asked::Liking, said);
            }
            Some(Meant::SayBefore) => self.stage = Stage::Before,
            Some(Meant::Say(line)) => return terminal::write(&[line], out),
            None => {}
        }
        Ok(())
    }

    fn input(&mut self, input: PageInput) {
        let Some(session) = self.engine.session() else { return };
        match self.visitor.handle(input, session, self.engine.library()) {
            Some(Decision::Break(command)) => {
                self.handle(Input::Break(command));
            }
            Some(Decision::Choose(practice, length)) => {
                self.handle(Input::BreakChosen(practice, length));
            }
            Some(Decision::Feedback(said)) => self.said(said),
            None => {}
        }
        if self.visitor.learn(&self.config.practice) {
            self.note(Note::Habits(self.visitor.habits.clone(), (self.clock)()));
        }
    }

    /// Out, from wherever it is; what was said so far is kept.
    fn leave(&mut self) {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::After(_, said) => self.input(PageInput::Feedback(said)),
            Stage::Break | Stage::Before | Stage::Over => self.input(PageInput::Leave),
        }
    }

    /// Says what is new.
    fn show(&mut self, out: &mut impl Write) -> io::Result<()> {
        let asked = match self.stage {
            Stage::Before => Some(Asked::Before),
            Stage::After(asked, _) => Some(asked),
            Stage::Break | Stage::Over => None,
        };
        if let Some(asked) = asked {
            if self.asked.replace(asked) == Some(asked) {
                return Ok(());
            }
            let words = |message| self.words.text(message, &[]);
            let asks = match asked {
                Asked::Before => vec![terminal::question_before(&self.view(), &self.words)],
                Asked::Liking => vec![words(Message::LikingTitle), words(Message::TerminalLiking)],
                Asked::Note => vec![words(Message::NoteTitle), words(Message::TerminalNote)],
            };
            return terminal::write(&asks, out);
        }
        let view = self.view();
        if matches!(view.screen, Screen::Farewell { .. }) {
            self.stage = Stage::Over;
        }
        self.reader.read(Some(&view));
        terminal::write(&self.teller.tell(&view, &self.words), out)
    }

    fn view(&self) -> View {
        let (session, visit) = (self.engine.session(), &self.visitor.visit);
        let now = (self.clock)();
        view_of(&Scene {
            others: &self.visitor.others,
            cycle: self.visitor.habits.pace.unwrap_or_default().cycle(),
            needs_help: self.visitor.needs_help,
            ..Scene::new(now, session, visit, &self.words, &self.locale, &self.help)
        })
    }
}

/// Waits until the clock shows that time; for ever where there is none.
async fn until(due: Option<Timestamp>, clock: &SharedClock) {
    match due.map(|due| due.duration_since(clock())) {
        Some(left) if left.is_positive() => tokio::time::sleep(left.unsigned_abs()).await,
        Some(_) => {}
        None => std::future::pending().await,
    }
}

/// That the break is not kept, and why.
pub(super) fn not_kept(words: &Words, problem: String) -> String {
    words.text(Message::TerminalNotKept, &[("problem", problem.into())])
}

/// That the steps are not read aloud, and why.
fn not_read_aloud(words: &Words, error: &speech::SpeechError) -> String {
    let problem = words.text(voice::why(error), &[]);
    words.text(Message::TerminalMute, &[("problem", problem.into())])
}

/// Ctrl-D.
const END_OF_INPUT: char = '\u{4}';

#[cfg(test)]
mod tests;
