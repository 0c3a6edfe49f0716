//! The parts of a desktop that a service may look at: an X server with a window that fills it, and PipeWire with a program that
//! records.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::process::Child;

use crate::person::systemctl;
use crate::person::theirs;
use crate::story::soon;

/// The parts, until they are dropped.
pub(crate) struct Desktop {
    /// The name of the display.
    pub(crate) display: String,
    _programs: Vec<Child>,
}

impl Desktop {
    /// Returns when the window fills the screen.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut server = theirs("Xvfb", &["-displayfd", "1", "-screen", "0", "640x480x24"]);
        let mut server = server.stdout(Stdio::piped()).spawn().context("Xvfb")?;
        let output = server.stdout.take().context("piped")?;
        let number = soon("an X server", BufReader::new(output).lines().next_line()).await??;
        let display = format!(":{}", number.context("the number of the display")?);
        let on = |program: &str, arguments: &[&str]| {
            let mut command = theirs(program, arguments);
            command.env("DISPLAY", &display).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let manager = on("openbox", &["--sm-disable"]).spawn()?;
        let window = on("xmessage", &["-title", "film", "A film"]).spawn()?;
        let filled = async {
            // Until the window is there, and managed, there is nothing to fill the screen with.
            while !on("wmctrl", &["-r", "film", "-b", "add,fullscreen"]).status().await?.success() {
            }
            anyhow::Ok(())
        };
        soon("a window", filled).await??;
        Ok(Self { display, _programs: vec![server, manager, window] })
    }
}

/// PipeWire and its session manager, as services of the user, with a microphone that hears nothing.
pub(crate) async fn starts_sound() -> anyhow::Result<()> {
    let file = Path::new(DEVICES);
    fs::create_dir_all(file.parent().context("a folder")?)?;
    fs::write(file, MICROPHONE)?;
    systemctl(&["start", "pipewire.service", "wireplumber.service"]).await.map(drop)
}

/// A program of the user that records, until it is dropped.
pub(crate) fn records() -> anyhow::Result<Child> {
    Ok(theirs("pw-record", &["--target", "microphone", "/dev/null"]).spawn()?)
}

const DEVICES: &str = "/etc/pipewire/pipewire.conf.d/devices.conf";
const MICROPHONE: &str = "context.objects = [
  { factory = adapter
    args = { factory.name = support.null-audio-sink  node.name = microphone  media.class = Audio/Source/Virtual
             audio.position = [ MONO ]  object.linger = true } }
]
";
