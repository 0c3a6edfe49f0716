//! The keyboard of a terminal: keys one by one, lines where that suits better, and the signals that a person sends with keys.
//!
//! Nothing is ever written here, and nothing drawn. Where standard input is no terminal, or one that cannot do much (`TERM=dumb`,
//! as in an editor), everything comes in lines. Whatever happens, the terminal is left as it was found.

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

/// Something was typed, or happened to the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminalEvent {
    /// A key, by its character; Enter is a line break.
    Key(char),
    /// The key Esc.
    Escape,
    /// A line, without its end, cut off where it is longer than [`Terminal::LONGEST_LINE`].
    Line(String),
    /// Nothing more can be typed.
    Closed,
    /// The program is to end: Ctrl-C, the terminal is gone, or somebody asked it to.
    End,
    /// The program is to stand still (Ctrl-Z); [`Terminal::stand_still`] does so.
    Suspend,
    /// It goes on after that.
    Resume,
}

/// What is typed, from here on until this is dropped.
#[derive(Debug)]
pub struct Terminal {
    chunks: mpsc::Receiver<Vec<u8>>,
    closed: bool,
    decoder: Decoder,
    events: VecDeque<TerminalEvent>,
    /// When a lone Esc counts as the key, and not as the begin of another one.
    escape_at: Option<Instant>,
    /// How the terminal was found; `None`: there is none, or it gives lines only.
    found: Option<Termios>,
    end: [Signal; 4],
    stand_still: Signal,
    go_on: Signal,
}

impl Terminal {
    /// In bytes: what is longer is no line that somebody typed.
    pub const LONGEST_LINE: usize = decoder::LONGEST_LINE;

    /// Takes standard input, and the signals. It begins with lines.
    pub fn open() -> io::Result<Self> {
        let (tell, chunks) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("keyboard".to_owned())
            .stack_size(STACK)
            .spawn(move || read(&tell))?;
        let mut terminal = Self::over(chunks)?;
        let stdin = io::stdin();
        let dumb = env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        terminal.found = (isatty(&stdin) && !dumb).then(|| tcgetattr(&stdin).ok()).flatten();
        Ok(terminal)
    }

    /// What comes in these pieces, as if it were typed where there is no terminal.
    pub(crate) fn over(chunks: mpsc::Receiver<Vec<u8>>) -> io::Result<Self> {
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        let (hangup, quit) = (SignalKind::hangup(), SignalKind::quit());
        Ok(Self {
            chunks,
            closed: false,
            decoder: Decoder::default(),
            events: VecDeque::new(),
            escape_at: None,
            found: None,
            end: [signal(interrupt)?, signal(terminate)?, signal(hangup)?, signal(quit)?],
            stand_still: signal(SignalKind::from_raw(Kill::TSTP.as_raw()))?,
            go_on: signal(SignalKind::from_raw(Kill::CONT.as_raw()))?,
        })
    }

    /// Whether keys come one by one, where [`Self::keys`] asks for them.
    #[must_use]
    pub const fn has_keys(&self) -> bool {
        self.found.is_some()
    }

    /// From now on each key by itself, and none is shown, where that can be.
    pub fn keys(&mut self) {
        if self.found.is_some() && !self.decoder.is_by_key() {
            self.forget_typed();
            self.decoder = Decoder::by_key();
            self.set(OptionalActions::Flush);
        }
    }

    /// From now on in lines, shown as they are typed.
    pub fn lines(&mut self) {
        if self.decoder.is_by_key() {
            self.forget_typed();
            self.decoder = Decoder::default();
            self.set(OptionalActions::Flush);
        }
    }

    /// What comes next. Nothing is lost where this is given up half-way.
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
                _ = self.stand_still.recv() => return TerminalEvent::Suspend,
                _ = self.go_on.recv() => {
                    // Whoever had the terminal meanwhile may have left it otherwise.
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

    /// Gives the terminal back and stops, until somebody has the program go on.
    pub fn stand_still(&self) {
        self.give_back();
        // It always works on oneself; if it did not, the program would just go on.
        let _ = kill_process(getpid(), Kill::STOP);
    }

    /// Takes in what was typed; `None`: nothing more will be.
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

    /// What was typed before something else stood there was not meant for it.
    fn forget_typed(&mut self) {
        while self.chunks.try_recv().is_ok() {}
        self.events.clear();
        self.escape_at = None;
    }

    fn set(&self, when: OptionalActions) {
        let Some(mut wanted) = self.found.clone() else { return };
        if self.decoder.is_by_key() {
            // Signals stay: Ctrl-C and Ctrl-Z do what they do everywhere.
            wanted.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
            wanted.special_codes[SpecialCodeIndex::VMIN] = 1;
            wanted.special_codes[SpecialCodeIndex::VTIME] = 0;
        }
        // A terminal that is gone needs no setting.
        let _ = tcsetattr(io::stdin(), when, &wanted);
    }

    fn give_back(&self) {
        if let Some(found) = &self.found {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, found);
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// Reads until the end; the thread ends with the program otherwise.
fn read(tell: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; CHUNK];
    loop {
        match io::stdin().lock().read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if tell.blocking_send(buffer[..length].to_vec()).is_err() {
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

/// What follows Esc within this time belongs to it, as with the arrow keys: a line that carries ten keys a second keeps them so close.
const ESCAPE: Duration = Duration::from_millis(50);
const QUEUE: usize = 16;
const CHUNK: usize = 512;
const STACK: usize = 64 * 1024;
