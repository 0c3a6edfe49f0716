//! The break itself: keys and time go to the engine, and what is new on the page is said.

use std::io;
use std::io::Write;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::keeping::Note;
use crate::command::terminal;
use crate::command::terminal::Meant;
use crate::command::terminal::Teller;
use crate::config::Config;
use crate::daemon;
use crate::edge::bus::Stands;
use crate::edge::bus::ToldAnswer;
use crate::edge::bus::ToldBreak;
use crate::edge::clock;
use crate::edge::terminal::Event;
use crate::edge::terminal::Terminal;
use crate::edge::web::Clock;
use crate::engine::Effect;
use crate::engine::Engine;
use crate::engine::Input;
use crate::engine::Memory;
use crate::page::PageInput;
use crate::page::Scene;
use crate::page::Screen;
use crate::page::Sound;
use crate::page::Tense;
use crate::page::View;
use crate::page::Visit;
use crate::page::Wish;
use crate::page::view_of;
use crate::practice::HelpLines;
use crate::practice::Length;
use crate::practice::Place;
use crate::practice::Session;
use crate::practice::State;
use crate::surroundings::Surroundings;
use crate::words::Message;
use crate::words::Words;

/// A break, and whoever takes it.
pub(super) struct Player {
    engine: Engine,
    visit: Visit,
    words: Words,
    locale: String,
    help: HelpLines,
    clock: Clock,
    teller: Teller,
    notes: mpsc::UnboundedSender<Note>,
    /// The break, as it was told last.
    told: Option<ToldBreak>,
    /// What the history knows of the engine's memory.
    kept: Memory,
    stage: Stage,
}

/// How far it is, beyond what the page knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the break, or at the question behind it.
    Break,
    /// At the note behind that, with the answer to the question, and whether the note was asked for.
    Note(Option<Tense>, bool),
    /// Behind all of it.
    Over,
}

impl Player {
    /// Somebody for whom `engine` decides; what is to be kept goes to `notes`.
    pub(super) fn new(
        mut engine: Engine,
        config: &Config,
        words: Words,
        locale: String,
        clock: Clock,
        notes: mpsc::UnboundedSender<Note>,
    ) -> anyhow::Result<Self> {
        let now = clock();
        let around = Surroundings { utc_offset: clock::utc_offset(now), ..Surroundings::default() };
        engine.handle(now, Input::Surroundings(around));
        Ok(Self {
            kept: engine.memory(),
            engine,
            visit: Visit::new(config.practice.first_anchor(), Sound::SILENT, false),
            words,
            locale,
            help: HelpLines::built_in()?,
            clock,
            teller: Teller::default(),
            notes,
            told: None,
            stage: Stage::Break,
        })
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
        mut problem: mpsc::Receiver<String>,
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
            let due = self.engine.next_wakeup();
            written = tokio::select! {
                event = terminal.next() => self.event(event, terminal, out),
                Some(problem) = problem.recv() => {
                    let args = [("problem", problem.into())];
                    writeln!(complaints, "{}", self.words.text(Message::TerminalNotKept, &args))
                }
                () = daemon::until(due, &self.clock) => {
                    self.handle(Input::Tick);
                    Ok(())
                }
            };
            // Before it is said: what is typed to a question is meant to be a line.
            if matches!(self.view().screen, Screen::Question { .. }) {
                terminal.lines();
            }
            written = written.and_then(|()| self.show(out));
        }
        written
    }

    fn event(&mut self, event: Event, terminal: &Terminal, out: &mut impl Write) -> io::Result<()> {
        match event {
            Event::Key('\n' | ' ') => self.typed("", out),
            Event::Escape | Event::Key(END_OF_INPUT) => self.typed("q", out),
            Event::Key(key) => self.typed(key.encode_utf8(&mut [0; 4]), out),
            Event::Line(line) => self.typed(&line, out),
            Event::Closed | Event::End => {
                self.leave();
                Ok(())
            }
            Event::StandStill => {
                self.input(PageInput::Pause);
                let told = self.show(out);
                terminal.stand_still();
                told
            }
            // Whoever comes back reads where they are.
            Event::GoOn => {
                self.teller.again();
                if let Stage::Note(_, asked) = &mut self.stage {
                    *asked = false;
                }
                Ok(())
            }
        }
    }

    fn typed(&mut self, line: &str, out: &mut impl Write) -> io::Result<()> {
        if let Stage::Note(tense, _) = self.stage {
            let note: String = line.trim().chars().filter(|it| !it.is_control()).collect();
            self.answer(tense, (!note.is_empty()).then_some(note));
            return Ok(());
        }
        match terminal::meant(&self.view(), line, &self.words) {
            Some(Meant::Input(input)) => {
                if input == PageInput::Back {
                    // Before the first step there is none: it begins again.
                    self.teller.once_more();
                }
                self.input(input);
            }
            Some(Meant::Say(line)) => return terminal::write(&[line], out),
            None => {}
        }
        Ok(())
    }

    fn input(&mut self, input: PageInput) {
        let Some(state) = self.engine.session().map(Session::state) else { return };
        match self.visit.handle(input, state) {
            Some(Wish::Break(command)) => {
                self.handle(Input::Break(command));
            }
            Some(Wish::Said(said)) if self.visit.left() => self.answer(said.tense, None),
            Some(Wish::Said(said)) => self.stage = Stage::Note(said.tense, false),
            // The practice and the length were named on the command line.
            Some(Wish::Length(_) | Wish::Other(_)) | None => {}
        }
    }

    /// Out, from wherever it is; what was answered so far is kept.
    fn leave(&mut self) {
        match self.stage {
            Stage::Note(tense, _) => self.answer(tense, None),
            Stage::Break | Stage::Over => self.input(PageInput::Leave),
        }
        self.stage = Stage::Over;
    }

    fn answer(&mut self, tense: Option<Tense>, note: Option<String>) {
        if let Some(ToldBreak { started, .. }) = self.told {
            let told = ToldAnswer { started, tension: tense.map(Tense::figure), note };
            self.note(Note::Answer(told, (self.clock)()));
        }
        self.stage = Stage::Over;
    }

    /// Says what is new.
    fn show(&mut self, out: &mut impl Write) -> io::Result<()> {
        if let Stage::Note(_, asked) = &mut self.stage {
            let lines = (!std::mem::replace(asked, true))
                .then(|| self.words.text(Message::TerminalNote, &[]));
            return terminal::write(lines.as_slice(), out);
        }
        let view = self.view();
        if matches!(view.screen, Screen::Farewell { .. }) {
            self.stage = Stage::Over;
        }
        terminal::write(&self.teller.tell(&view, &self.words), out)
    }

    fn view(&self) -> View {
        let (now, session) = ((self.clock)(), self.engine.session());
        view_of(&Scene::new(now, session, &self.visit, &self.words, &self.locale, &self.help))
    }

    /// Puts something to the engine, and has kept what follows.
    fn handle(&mut self, input: Input) -> Vec<Effect> {
        let now = (self.clock)();
        let effects = self.engine.handle(now, input);
        let memory = self.engine.memory();
        let known = daemon::changes_of(memory, std::mem::replace(&mut self.kept, memory), now);
        for effect in &effects {
            let stands = match effect {
                Effect::BreakBegan(practice, length) => {
                    let (practice, length) = (practice.clone(), *length);
                    let stands = Stands::Open;
                    // Its milliseconds tell breaks apart, here as in the history.
                    let started = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
                    let told = ToldBreak { started, practice, length, stands };
                    self.note(Note::Break(told.clone(), now, known.clone()));
                    self.told = Some(told);
                    continue;
                }
                Effect::BreakMoved(State::Ended { ending, .. }) => Stands::Ended(*ending),
                Effect::BreakMoved(
                    State::Running { place: Place::Grounding { .. }, .. }
                    | State::Paused { place: Place::Grounding { .. }, .. },
                ) => Stands::Grounding,
                _ => continue,
            };
            if let Some(mut told) = self.told.take() {
                if told.stands != stands {
                    told.stands = stands;
                    self.note(Note::Break(told.clone(), now, known.clone()));
                }
                self.told = Some(told);
            }
        }
        effects
    }

    fn note(&self, note: Note) {
        // It ends after this does.
        let _ = self.notes.send(note);
    }
}

/// Ctrl-D.
const END_OF_INPUT: char = '\u{4}';

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use tokio::time::Instant;

    use super::*;
    use crate::edge::store::Loaded;
    use crate::practice::Ending;
    use crate::practice::Library;

    /// Types these pieces, waiting a minute before each; all that is said, and what is to be kept.
    async fn taken(practice: &str, typed: &[&str]) -> (String, Vec<Note>) {
        let begun = Instant::now();
        let clock: Clock = Arc::new(move || {
            Timestamp::from_second(1_900_000_000).unwrap()
                + SignedDuration::try_from(begun.elapsed()).unwrap()
        });
        let (tell, mut notes) = mpsc::unbounded_channel();
        let (config, words) = (Config::default(), Words::new("en"));
        let library = Library::built_in().unwrap();
        let engine = daemon::remembered(&config, Loaded::default(), library);
        let mut player =
            Player::new(engine, &config, words, "en_GB".to_owned(), clock, tell).unwrap();
        player.begin(Some(practice.to_owned()), Some(Length::OneMinute)).unwrap();
        let (keys, chunks) = mpsc::channel(1);
        let mut terminal = Terminal::over(chunks).unwrap();
        let (mut out, mut complaints) = (Vec::new(), Vec::new());
        let typing = async {
            for piece in typed {
                tokio::time::sleep(std::time::Duration::from_secs(60)).await;
                if keys.send(piece.as_bytes().to_vec()).await.is_err() {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        let problems = mpsc::channel(1).1;
        tokio::select! {
            ended = player.play(&mut terminal, problems, &mut out, &mut complaints) => ended.unwrap(),
            () = typing => {}
        }
        drop(player);
        let mut kept = Vec::new();
        while let Some(note) = notes.recv().await {
            kept.push(note);
        }
        (String::from_utf8(out).unwrap(), kept)
    }

    #[tokio::test(start_paused = true)]
    async fn steps_come_by_themselves_and_the_first_one_waits() {
        let (said, kept) = taken("kind-hand", &["\n", "3\n", "A line.\n"]).await;
        for words in ["a hand on arm", "There may be warmth", "You can be gentle", "for yourself"] {
            assert_eq!(said.matches(words).count(), 1, "{words}: {said}");
        }
        let [Note::Break(begun, at, _), Note::Break(ended, over, _), Note::Answer(answer, _)] =
            kept.as_slice()
        else {
            panic!("{kept:?}")
        };
        assert_eq!((begun.stands, ended.stands), (Stands::Open, Stands::Ended(Ending::Completed)));
        // A minute on the first page, and the minute itself.
        assert_eq!(over.duration_since(*at).as_secs(), 120);
        assert_eq!((answer.tension, answer.note.as_deref()), (Some(3), Some("A line.")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_too_much_is_told_at_once_and_remembered() {
        let (said, kept) = taken("self-compassion-break", &["\nt\n"]).await;
        assert!(said.contains("The practice is over."), "{said}");
        let [_, Note::Break(told, at, known), Note::Break(ended, ..)] = kept.as_slice() else {
            panic!("{kept:?}")
        };
        assert_eq!(
            (told.stands, ended.stands),
            (Stands::Grounding, Stands::Ended(Ending::TooMuch { step: 0 }))
        );
        assert_eq!(at.duration_since(told.started).as_secs(), 60);
        assert!(!known.is_empty(), "offers rest");
    }
}
