//! The keyboard of a terminal: single keys or whole lines, and the signals that a person sends with keys. Touches standard
//! input, its settings and signals; never writes.
//!
//! Where standard input isn't a terminal, or one with few abilities (`TERM=dumb`, as in an editor), everything comes in
//! lines. The settings of the terminal are always restored.

mod decoder;

use std::collections::VecDeque;
use std::env;
use std::io;
use std::io::Read;
use std::thread;
use std::time::Duration;

use rustix::process::Signal as Kill;
use rustix::process::getpid;
use rustix::process::kill_process;
use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;
use rustix::termios::SpecialCodeIndex;
use rustix::termios::Termios;
use rustix::termios::isatty;
use rustix::termios::tcgetattr;
use rustix::termios::tcsetattr;
use tokio::signal::unix::Signal;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::sync::mpsc;
use tokio::time::Instant;

use decoder::Decoder;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEvent {
    /// Enter is `\n`.
    Key(char),
    Escape,
    /// Without its end, cut off after [`Terminal::LONGEST_LINE`].
    Line(String),
    /// Standard input ended.
    Closed,
    /// The program has to end: Ctrl-C, the terminal closed, or SIGTERM.
    End,
    /// Ctrl-Z; the caller calls [`Terminal::suspend`].
    Suspend,
    /// The program was continued.
    Resume,
}

/// Input from now until this is dropped.
#[derive(Debug)]
pub struct Terminal {
    chunks: mpsc::Receiver<Vec<u8>>,
    closed: bool,
    decoder: Decoder,
    events: VecDeque<TerminalEvent>,
    /// When a lone Esc counts as a key, and not as the beginning of another one.
    escape_at: Option<Instant>,
    /// The original settings; `None`: not a terminal, or one that only gives lines.
    original: Option<Termios>,
    end: [Signal; 4],
    suspended: Signal,
    resumed: Signal,
}

impl Terminal {
    /// In bytes: nobody types a longer line.
    pub const LONGEST_LINE: usize = decoder::LONGEST_LINE;

    /// Takes over standard input and the signals. Begins with lines.
    pub fn open() -> io::Result<Self> {
        let (sender, chunks) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("keyboard".to_owned())
            .stack_size(STACK)
            .spawn(move || read(&sender))?;
        let mut terminal = Self::from_chunks(chunks)?;
        let stdin = io::stdin();
        let dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        terminal.original = (isatty(&stdin) && !dumb).then(|| tcgetattr(&stdin).ok()).flatten();
        Ok(terminal)
    }

    /// Input in these pieces, as if it were typed where there is no terminal.
    pub(crate) fn from_chunks(chunks: mpsc::Receiver<Vec<u8>>) -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        let (hangup, quit) = (SignalKind::hangup(), SignalKind::quit());
        Ok(Self {
            chunks,
            closed: false,
            decoder: Decoder::default(),
            events: VecDeque::new(),
            escape_at: None,
            original: None,
            end: [signal(interrupt)?, signal(terminate)?, signal(hangup)?, signal(quit)?],
            suspended: signal(SignalKind::from_raw(Kill::TSTP.as_raw()))?,
            resumed: signal(SignalKind::from_raw(Kill::CONT.as_raw()))?,
        })
    }

    /// Whether [`Self::keys`] gives single keys.
    #[must_use]
    pub const fn has_keys(&self) -> bool {
        self.original.is_some()
    }

    /// From now on single keys without echo, where the terminal can.
    pub fn keys(&mut self) {
        if self.original.is_some() && !self.decoder.is_by_key() {
            self.discard_typed();
            self.decoder = Decoder::by_key();
            self.set(OptionalActions::Flush);
        }
    }

    /// From now on lines, with echo.
    pub fn lines(&mut self) {
        if self.decoder.is_by_key() {
            self.discard_typed();
            self.decoder = Decoder::default();
            self.set(OptionalActions::Flush);
        }
    }

    /// Cancel safe.
    pub async fn next(&mut self) -> TerminalEvent {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let [interrupt, terminate, hangup, quit] = &mut self.end;
            tokio::select! {
                biased;
                _ = interrupt.recv() => return TerminalEvent::End,
                _ = terminate.recv() => return TerminalEvent::End,
                _ = hangup.recv() => return TerminalEvent::End,
                _ = quit.recv() => return TerminalEvent::End,
                _ = self.suspended.recv() => return TerminalEvent::Suspend,
                _ = self.resumed.recv() => {
                    // A shell may have changed the settings in between.
                    self.set(OptionalActions::Now);
                    return TerminalEvent::Resume;
                }
                chunk = self.chunks.recv(), if !self.closed => self.take(chunk),
                () = until(self.escape_at) => {
                    self.escape_at = None;
                    self.events.extend(self.decoder.finish());
                }
            }
        }
    }

    /// Restores the terminal and stops the process until it's continued.
    pub fn suspend(&self) {
        self.restore();
        // Stopping oneself always works; if it didn't, the program would just go on.
        let _ = kill_process(getpid(), Kill::STOP);
    }

    /// `None`: the end of the input.
    fn take(&mut self, chunk: Option<Vec<u8>>) {
        if let Some(chunk) = chunk {
            self.events.extend(self.decoder.feed(&chunk));
            self.escape_at = self.decoder.is_undecided().then(|| Instant::now() + ESCAPE);
        } else {
            self.closed = true;
            self.events.extend(self.decoder.finish());
            self.events.push_back(TerminalEvent::Closed);
        }
    }

    /// Drops what was typed before the prompt changed: it wasn't meant for the new one.
    fn discard_typed(&mut self) {
        while self.chunks.try_recv().is_ok() {}
        self.events.clear();
        self.escape_at = None;
    }

    fn set(&self, when: OptionalActions) {
        let Some(mut wanted) = self.original.clone() else { return };
        if self.decoder.is_by_key() {
            // Ctrl-C and Ctrl-Z keep sending signals.
            wanted.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            wanted.special_codes[SpecialCodeIndex::VMIN] = 1;
            wanted.special_codes[SpecialCodeIndex::VTIME] = 0;
        }
        // A terminal that is gone needs no setting.
        let _ = tcsetattr(io::stdin(), when, &wanted);
    }

    fn restore(&self) {
        if let Some(original) = &self.original {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, original);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.restore();
    }
}

/// Runs in a thread until the end of the input or of the program.
fn read(chunks: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; CHUNK];
    loop {
        match io::stdin().lock().read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if chunks.blocking_send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        }
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Bytes that follow Esc within this time belong to it, as with the arrow keys: a line that carries ten keys a second keeps
/// them that close.
const ESCAPE: Duration = Duration::from_millis(50);
const QUEUE: usize = 16;
const CHUNK: usize = 512;
const STACK: usize = 64 * 1024;
