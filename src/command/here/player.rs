//! The break itself: what is typed goes to its host, and what is new to see is written.

use std::io;
use std::io::Write;

use tokio::sync::mpsc;

use super::host::Host;
use crate::command::terminal;
use crate::command::terminal::Meant;
use crate::command::terminal::Teller;
use crate::command::voice;
use crate::speech::PageReader;
use crate::speech::SpeechError;
use crate::speech::SpeechEvent;
use crate::terminal::Terminal;
use crate::terminal::TerminalEvent;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Screen;
use kindbeat_core::page::View;
use kindbeat_core::practice::Liking;
use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;
use kindbeat_core::words::Words;

/// A terminal in front of a break.
pub(super) struct Player {
    host: Host,
    words: Words,
    teller: Teller,
    stage: Stage,
    /// The question that was written last.
    asked: Option<Question>,
    reader: PageReader,
    /// Whether it speaks.
    heard: mpsc::Receiver<SpeechEvent>,
    /// Why the break is not kept.
    problem: mpsc::Receiver<Sentence>,
}

/// How far it is, beyond what the view says: a terminal asks one thing after the other, where a page shows all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Where the view is.
    Break,
    /// At the question before the break.
    Before,
    /// At another question after the break, with what was answered so far.
    After(Question, Feedback),
    /// Behind all of it.
    Over,
}

/// What is asked beside the question of the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// How tense it is before the break.
    Before,
    /// Whether more like it is wanted.
    Liking,
    /// A line of the owner's own.
    Note,
}

impl Player {
    pub(super) fn new(host: Host, words: Words, problem: mpsc::Receiver<Sentence>) -> Self {
        Self {
            words,
            host,
            teller: Teller::default(),
            stage: Stage::Break,
            asked: None,
            reader: PageReader::none(),
            heard: mpsc::channel(1).1,
            problem,
        }
    }

    /// Where the host has nothing that reads aloud, this does.
    pub(super) fn aloud(mut self, reader: PageReader, heard: mpsc::Receiver<SpeechEvent>) -> Self {
        (self.reader, self.heard) = (reader, heard);
        self
    }

    /// Goes through the break until it is over, or nothing more can be typed. The error: nobody reads what is written any more, or the
    /// host is gone.
    pub(super) async fn play(
        &mut self,
        terminal: &mut Terminal,
        out: &mut impl Write,
        complaints: &mut impl Write,
    ) -> anyhow::Result<()> {
        terminal.keys();
        let mut done = self.show(out);
        while self.stage != Stage::Over {
            if let Err(error) = done {
                // Where the host is gone, there is nothing to leave.
                let _ = self.leave().await;
                return Err(error);
            }
            done = tokio::select! {
                event = terminal.next() => self.event(event, terminal, out).await,
                Some(problem) = self.problem.recv() => {
                    Ok(writeln!(complaints, "{}", not_kept(&self.words, &problem.text(&self.words)))?)
                }
                Some(event) = self.heard.recv() => match event {
                    SpeechEvent::Speaking => Ok(()),
                    SpeechEvent::Failed(error) => {
                        Ok(writeln!(complaints, "{}", not_read_aloud(&self.words, &error))?)
                    }
                },
                changed = self.host.changed() => changed.map_err(|_| self.gone()),
            };
            // Before it is written: what is typed to a question is meant to be a line.
            match self.host.view().screen {
                Screen::Question { .. } => terminal.lines(),
                Screen::First(_) if self.stage == Stage::Before => terminal.lines(),
                Screen::First(_) => terminal.keys(),
                _ => {}
            }
            done = done.and_then(|()| self.show(out));
        }
        done
    }

    /// Ends with the break: writes what is left to write, and says where that cannot be done.
    pub(super) fn finish(mut self, complaints: &mut impl Write) -> io::Result<()> {
        let written = self.host.finish();
        // It may have turned out only now.
        match self.problem.try_recv() {
            Ok(problem) => {
                writeln!(complaints, "{}", not_kept(&self.words, &problem.text(&self.words)))
            }
            Err(_) if written => Ok(()),
            Err(_) => writeln!(complaints, "{}", not_kept(&self.words, "").trim_end()),
        }
    }

    async fn event(
        &mut self,
        event: TerminalEvent,
        terminal: &Terminal,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        match event {
            TerminalEvent::Key('\n' | ' ') => self.typed("", out).await,
            TerminalEvent::Escape | TerminalEvent::Key(END_OF_INPUT) => self.typed("q", out).await,
            TerminalEvent::Key(key) => self.typed(key.encode_utf8(&mut [0; 4]), out).await,
            TerminalEvent::Line(line) => self.typed(&line, out).await,
            TerminalEvent::Closed | TerminalEvent::End => self.leave().await,
            TerminalEvent::Suspend => {
                self.input(PageInput::Pause).await?;
                let written = self.show(out);
                // What reads aloud stops before everything does.
                tokio::task::yield_now().await;
                terminal.suspend();
                written
            }
            // Whoever comes back reads where they are.
            TerminalEvent::Resume => {
                self.teller.again();
                self.asked = None;
                Ok(())
            }
        }
    }

    async fn typed(&mut self, line: &str, out: &mut impl Write) -> anyhow::Result<()> {
        match self.stage.clone() {
            Stage::Before => return self.typed_before(line).await,
            Stage::After(question, said) => return self.typed_after(question, said, line).await,
            Stage::Break | Stage::Over => {}
        }
        match terminal::meant(&self.host.view(), line, &self.words) {
            Some(Meant::Input(input)) => {
                if input == PageInput::Back {
                    // Before the first step there is none: it begins again.
                    self.teller.once_more();
                    self.reader.restart();
                }
                self.input(input).await
            }
            Some(Meant::Answer(tense)) => {
                let said = Feedback { tense, ..Feedback::default() };
                self.stage = Stage::After(Question::Liking, said.clone());
                self.input(PageInput::Draft(said)).await
            }
            Some(Meant::SayBefore) => {
                self.stage = Stage::Before;
                Ok(())
            }
            Some(Meant::Say(line)) => Ok(terminal::write(&[line], out)?),
            None => Ok(()),
        }
    }

    async fn typed_before(&mut self, line: &str) -> anyhow::Result<()> {
        // To be asked again, or anew should they come back to it.
        self.asked = None;
        match terminal::meant_before(line) {
            Some(input) => {
                self.stage = Stage::Break;
                self.input(input).await
            }
            None => Ok(()),
        }
    }

    async fn typed_after(
        &mut self,
        question: Question,
        mut said: Feedback,
        line: &str,
    ) -> anyhow::Result<()> {
        match (question, line.trim().to_lowercase().as_str()) {
            (Question::Liking, "m") => said.liking = Some(Liking::More),
            (Question::Liking, "l") => said.liking = Some(Liking::Less),
            (Question::Liking, "" | "q") => {}
            (Question::Liking, _) => {
                self.asked = None;
                return Ok(());
            }
            (Question::Note | Question::Before, _) => said.note = Feedback::note(line),
        }
        if question == Question::Liking && !line.trim().eq_ignore_ascii_case("q") {
            self.stage = Stage::After(Question::Note, said.clone());
            return self.input(PageInput::Draft(said)).await;
        }
        self.stage = Stage::Break;
        self.input(PageInput::Feedback(said)).await
    }

    async fn input(&mut self, input: PageInput) -> anyhow::Result<()> {
        self.host.input(input).await.map_err(|_| self.gone())
    }

    /// Out, from wherever it is; what was answered so far is kept.
    async fn leave(&mut self) -> anyhow::Result<()> {
        self.stage = Stage::Over;
        self.input(PageInput::Leave).await
    }

    /// The host went away, and the break with it.
    fn gone(&mut self) -> anyhow::Error {
        let words = self.host.view().labels.gone;
        anyhow::anyhow!(words.lines().collect::<Vec<_>>().join(" "))
    }

    /// Writes what is new.
    fn show(&mut self, out: &mut impl Write) -> anyhow::Result<()> {
        let view = self.host.view();
        // A question that nobody answers is over at some time.
        let asks = match self.stage {
            Stage::Before => matches!(view.screen, Screen::First(_)),
            Stage::After(..) => matches!(view.screen, Screen::Question { .. }),
            Stage::Break | Stage::Over => true,
        };
        if !asks {
            self.stage = Stage::Break;
        }
        let question = match self.stage {
            Stage::Before => Some(Question::Before),
            Stage::After(question, _) => Some(question),
            Stage::Break | Stage::Over => None,
        };
        if let Some(question) = question {
            if self.asked.replace(question) != Some(question) {
                terminal::write(&self.asking(question, &view), out)?;
            }
            return Ok(());
        }
        if matches!(view.screen, Screen::Farewell { .. }) {
            self.stage = Stage::Over;
        }
        self.reader.read(Some(&view).filter(|view| view.reads_aloud));
        Ok(terminal::write(&self.teller.tell(&view, &self.words), out)?)
    }

    fn asking(&self, question: Question, view: &View) -> Vec<String> {
        let words = |message| self.words.text(message, &[]);
        match question {
            Question::Before => vec![terminal::question_before(view, &self.words)],
            Question::Liking => vec![words(Message::LikingTitle), words(Message::TerminalLiking)],
            Question::Note => vec![words(Message::NoteTitle), words(Message::TerminalNote)],
        }
    }
}

/// That the break is not kept, and why.
fn not_kept(words: &Words, problem: &str) -> String {
    words.text(Message::TerminalNotKept, &[("problem", problem.into())])
}

/// That the steps are not read aloud, and why.
fn not_read_aloud(words: &Words, error: &SpeechError) -> String {
    let problem = words.text(voice::why(error), &[]);
    words.text(Message::TerminalMute, &[("problem", problem.into())])
}

/// Ctrl-D.
const END_OF_INPUT: char = '\u{4}';
