//! Whether a program listens to a microphone of PulseAudio, as `pactl` reports: of those without a sound device of their own, such as
//! headsets on Bluetooth, ALSA knows nothing.
//!
//! Where systemd keeps the socket for a PulseAudio that does not run, the question starts it, as any sound would. A program that only
//! shows how loud it is counts as one that listens.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::desktop::child::Running;
use crate::desktop::facts::FactSource;
use crate::desktop::place::Place;
use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::report::SourceName;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

pub(in crate::desktop) const SOURCES: &[FactSource] = &[FactSource {
    name: SourceName::Own("PulseAudio"),
    facts: &[Fact::Microphone],
    follow: |place, reporter| Box::pin(follow(place, reporter)),
}];

/// Reports for as long as PulseAudio can be followed.
async fn follow(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let (program, socket) = place.pulse()?;
    // Whatever else may be wrong, pactl finds.
    if let Err(error) = UnixStream::connect(&socket).await
        && error.kind() == ErrorKind::ConnectionRefused
    {
        return Err(NoAnswer::absent(Message::SourceNotRunning));
    }
    let pulse = Pulse { program, socket };
    let mut changes = Changes::new(pulse.pactl(&["subscribe"])?);
    let info = async { pulse.pactl(&["info"])?.output(LONGEST).await };
    let info = reporter.wait(Fact::Microphone, info).await?;
    if info.contains(PIPEWIRE) && place.pipewire().is_ok() {
        return Err(NoAnswer::absent(Message::SourcePipewireInstead));
    }
    loop {
        let ask = async {
            let sources = pulse.pactl(&["list", "short", "sources"])?;
            is_in_use(&sources.output(LONGEST).await?)
        };
        reporter.ask(Fact::Microphone, ask).await;
        changes.next().await?;
    }
}

/// Where PulseAudio is asked.
struct Pulse {
    program: PathBuf,
    socket: PathBuf,
}

impl Pulse {
    fn pactl(&self, arguments: &[&str]) -> Result<Running, NoAnswer> {
        // Named, it is asked there and nowhere else, and no other is started in its place.
        let mut server = OsString::from("unix:");
        server.push(&self.socket);
        let mut command = Command::new(&self.program);
        command.args(arguments).env("LC_ALL", "C").env("PULSE_SERVER", server);
        Running::start(PACTL, &mut command)
    }
}

/// The changes that `pactl subscribe` prints.
struct Changes {
    subscribed: Running,
    /// It has printed something: before, it may not have listened yet.
    listens: bool,
    lines: Lines,
}

impl Changes {
    fn new(subscribed: Running) -> Self {
        Self { subscribed, listens: false, lines: Lines::default() }
    }

    /// Waits until a source may have changed.
    async fn next(&mut self) -> Result<(), NoAnswer> {
        let mut buffer = [0; 512];
        loop {
            let read = self.subscribed.read(&mut buffer);
            let length = if self.listens {
                read.await?
            } else {
                match timeout(LISTENS, read).await {
                    Ok(read) => read?,
                    Err(_) => return Ok(()),
                }
            };
            if length == 0 {
                // PulseAudio went away or does not answer.
                return Err(NoAnswer::program(Message::SourceProgramEnded, PACTL));
            }
            // It prints our own questions, too. What changed before it printed anything is lost.
            let is_first = !std::mem::replace(&mut self.listens, true);
            if self.lines.name_a_source(&buffer[..length]) || is_first {
                return Ok(());
            }
        }
    }
}

/// Whether one of these sources is listened to: a line each, its number, name, driver, format and state. What a loudspeaker plays can
/// be listened to as well, and so can a telephone that plays music here by Bluetooth, both under names that tell.
fn is_in_use(sources: &str) -> Result<bool, NoAnswer> {
    let mut in_use = false;
    for line in sources.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let [_, name, .., state] = fields[..] else {
            return Err(NoAnswer::program(Message::SourceProgramStrange, PACTL));
        };
        let is_microphone = !name.ends_with(".monitor") && !name.ends_with(".a2dp_source");
        in_use |= is_microphone && state == "RUNNING";
    }
    Ok(in_use)
}

/// Printed changes, which may come in parts: the line that has not ended yet.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// Whether one of the lines that end here names a source. What programs do, asking among it, prints much else.
    fn name_a_source(&mut self, printed: &[u8]) -> bool {
        let mut is_named = false;
        for &byte in printed {
            if byte == b'\n' {
                is_named |= self.0.windows(SOURCE.len()).any(|part| part == SOURCE);
                self.0.clear();
            } else if self.0.len() < LINE {
                self.0.push(byte);
            }
        }
        is_named
    }
}

/// The program that asks PulseAudio.
const PACTL: &str = "pactl";

/// What a line says of a source; a line about a program at a source has another word behind it.
const SOURCE: &[u8] = b" on source #";

/// What a server calls itself that is PipeWire's.
const PIPEWIRE: &str = "on PipeWire";

/// How long until it is asked again while `pactl subscribe` may not listen yet.
const LISTENS: Duration = Duration::from_millis(200);

/// Twice the longest line seen.
const LINE: usize = 100;

/// Some hundred sources; a computer with much to listen to has ten.
const LONGEST: u64 = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microphone_is_in_use_and_a_loudspeaker_is_none() {
        let list = "0\tspeaker.monitor\tmodule\ts16le 2ch 44100Hz\tRUNNING\n1\tmicrophone\tmodule\ts16le\tIDLE\n";
        assert_eq!(is_in_use(list), Ok(false));
        assert_eq!(is_in_use(&list.replace("IDLE", "RUNNING")), Ok(true));
        assert_eq!(is_in_use(""), Ok(false));
        let telephone = "2\tbluez_source.A0_9E.a2dp_source\tmodule\ts16le\tRUNNING\n";
        assert_eq!(is_in_use(telephone), Ok(false));
        assert_eq!(is_in_use(&telephone.replace("a2dp_source", "headset_head_unit")), Ok(true));
        assert!(matches!(is_in_use("no list"), Err(NoAnswer::Failed(_))));
    }

    #[test]
    fn changes_of_sources_are_found_however_they_come() {
        let mut lines = Lines::default();
        assert!(
            !lines.name_a_source(b"Event 'new' on source-output #0\nEvent 'new' on client #1\n")
        );
        assert!(!lines.name_a_source(b"Event 'change' on sour"));
        assert!(lines.name_a_source(b"ce #1\nEvent"));
        assert!(!lines.name_a_source(&[b'x'; 10_000]));
        assert!(!lines.name_a_source(b"\n") && lines.0.is_empty());
    }
}
