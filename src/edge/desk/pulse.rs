//! Whether a program listens to a microphone of PulseAudio, told by `pactl`: of those without a sound device of their own, such as
//! headsets on Bluetooth, ALSA knows nothing.

use std::convert::Infallible;
use std::path::Path;

use tokio::process::Command;

use super::child::Running;
use super::place::Place;
use super::report::Fact;
use super::report::Silence;
use super::report::Teller;

/// Tells until PulseAudio, or its program, is gone.
pub(super) async fn watch(place: &Place, teller: &Teller) {
    let followed = match place.pulse() {
        Ok(program) => follow(&program, place, teller).await,
        Err(silence) => Err(silence),
    };
    let Err(silence) = followed;
    teller.tell(Fact::Microphone, Err(silence)).await;
}

async fn follow(program: &Path, place: &Place, teller: &Teller) -> Result<Infallible, Silence> {
    // Before the question, so that no change falls in between.
    let mut changes = pactl(program, place, &["subscribe"])?;
    let server = async { pactl(program, place, &["info"])?.said(LONGEST).await };
    if teller.wait(Fact::Microphone, server).await?.contains(PIPEWIRE) {
        return Err(Silence::Absent("PipeWire stands in for it".to_owned()));
    }
    let mut lines = Lines::default();
    loop {
        let ask = async {
            let sources = pactl(program, place, &["list", "short", "sources"])?;
            is_in_use(&sources.said(LONGEST).await?)
        };
        teller.ask(Fact::Microphone, ask).await;
        let mut buffer = [0; 512];
        loop {
            let length = changes.read(&mut buffer).await?;
            if length == 0 {
                return Err(Silence::broken(
                    "pactl ended: PulseAudio went away or does not answer",
                ));
            }
            if lines.tell_of_sources(&buffer[..length]) {
                break;
            }
        }
    }
}

fn pactl(program: &Path, place: &Place, arguments: &[&str]) -> Result<Running, Silence> {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C");
    command.envs(place.runtime.iter().map(|runtime| ("XDG_RUNTIME_DIR", runtime)));
    Running::start("pactl", &mut command)
}

/// Whether one of these sources is listened to: a line each, its number, name, driver, format and state. What a loudspeaker plays can
/// be listened to as well, under a name that tells.
fn is_in_use(sources: &str) -> Result<bool, Silence> {
    let mut in_use = false;
    for line in sources.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let [_, name, .., state] = fields[..] else {
            return Err(Silence::Broken(format!("pactl says {line:?}")));
        };
        in_use |= state == "RUNNING" && !name.ends_with(".monitor");
    }
    Ok(in_use)
}

/// What is told of changes, which may come in parts: the line that has not ended yet.
#[derive(Debug, Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// Whether one of the lines that end here tells of a source. What programs do, asking among it, tells of much else.
    fn tell_of_sources(&mut self, said: &[u8]) -> bool {
        let mut told = false;
        for &byte in said {
            if byte == b'\n' {
                told |= self.0.windows(SOURCE.len()).any(|part| part == SOURCE);
                self.0.clear();
            } else if self.0.len() < LINE {
                self.0.push(byte);
            }
        }
        told
    }
}

/// What a line says that tells of a source; one that tells of a program at a source has another word behind it.
const SOURCE: &[u8] = b" on source #";

/// What a server calls itself that is PipeWire's.
const PIPEWIRE: &str = "on PipeWire";

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
        assert!(matches!(is_in_use("Connection refused\n"), Err(Silence::Broken(_))));
    }

    #[test]
    fn changes_of_sources_are_told_apart_however_they_come() {
        let mut lines = Lines::default();
        assert!(
            !lines.tell_of_sources(b"Event 'new' on source-output #0\nEvent 'new' on client #1\n")
        );
        assert!(!lines.tell_of_sources(b"Event 'change' on sour"));
        assert!(lines.tell_of_sources(b"ce #1\nEvent"));
        assert!(!lines.tell_of_sources(&[b'x'; 10_000]));
        assert!(!lines.tell_of_sources(b"\n") && lines.0.is_empty());
    }
}
