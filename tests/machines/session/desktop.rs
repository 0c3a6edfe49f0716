//! The parts of a desktop that a service may look at: an X server with a window that fills it, and PipeWire with a program that
//! records.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::process::Child;

use crate::account::soon;
use crate::session::person::run;
use crate::session::person::systemctl;
use crate::session::person::theirs;

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
        // A window that comes before the manager is done with its start is not always managed.
        let started = format!("touch {MANAGED}");
        let manager = on("openbox", &["--sm-disable", "--startup", &started]).spawn()?;
        let ready = async {
            while !Path::new(MANAGED).exists() {
                tokio::time::sleep(POLL).await;
            }
        };
        soon("a window manager", ready).await?;
        let window = on("xmessage", &["-title", "film", "A film"]).spawn()?;
        let filled = async {
            // Until the window is there, and managed, there is nothing to fill the screen with.
            let fill = ["-r", "film", "-b", "add,fullscreen"];
            while !on("wmctrl", &fill).status().await?.success() {
                tokio::time::sleep(POLL).await;
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

/// A program of the user that gives pictures of the screen, and one that takes them, until they are dropped.
pub(crate) async fn shares_the_screen() -> anyhow::Result<[Child; 2]> {
    // No others are looked for.
    fs::create_dir(PLUGINS)?;
    for name in ["coreelements", "videotestsrc", "pipewire"] {
        let file = format!("libgst{name}.so");
        symlink(Path::new(INSTALLED).join(&file), Path::new(PLUGINS).join(&file))?;
    }
    let launch = |pipeline: &str| {
        let mut command = theirs("gst-launch-1.0", &["--quiet"]);
        command.args(pipeline.split(' ')).env("GST_PLUGIN_SYSTEM_PATH_1_0", PLUGINS);
        command.env("GST_REGISTRY_FORK", "no").spawn().context("gst-launch-1.0")
    };
    let giving = launch(
        "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=5/1 ! pipewiresink mode=provide \
         stream-properties=p,node.name=pictures,media.class=Video/Source",
    )?;
    let there = async {
        while !run(&mut theirs("pw-dump", &[])).await?.contains("\"pictures\"") {
            tokio::time::sleep(POLL).await;
        }
        anyhow::Ok(())
    };
    soon("pictures", there).await??;
    Ok([giving, launch("pipewiresrc target-object=pictures ! video/x-raw ! fakesink")?])
}

/// A program of the user that records, until it is dropped.
pub(crate) fn records() -> anyhow::Result<Child> {
    Ok(theirs("pw-record", &["--target", "microphone", "/dev/null"]).spawn()?)
}

/// There as soon as the window manager manages.
const MANAGED: &str = "/tmp/managed";
/// How long until it is looked at again: each look takes its time from what is waited for.
const POLL: Duration = Duration::from_millis(200);

const PLUGINS: &str = "/run/plugins";
const INSTALLED: &str = "/usr/lib/x86_64-linux-gnu/gstreamer-1.0";
const DEVICES: &str = "/etc/pipewire/pipewire.conf.d/devices.conf";
const MICROPHONE: &str = "context.objects = [
  { factory = adapter
    args = { factory.name = support.null-audio-sink  node.name = microphone  media.class = Audio/Source/Virtual
             audio.position = [ MONO ]  object.linger = true } }
]
";
