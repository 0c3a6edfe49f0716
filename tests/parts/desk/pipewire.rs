//! A microphone, through a sound system without any sound device.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::Place;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

use super::bus::Ended;
use super::bus::PrivateBus;
use super::bus::installed;
use super::stand::Watcher;
use super::stand::nowhere;
use super::stand::soon;
use super::stand::there;

/// PipeWire with WirePlumber, a microphone that hears nothing and a loudspeaker that nobody hears.
pub(crate) struct Sound {
    daemon: Ended,
    _manager: Ended,
    bus: PrivateBus,
}

impl Sound {
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        let needed = [
            ("pipewire", "pipewire"),
            ("pw-dump", "pipewire-bin"),
            ("pw-record", "pipewire-bin"),
            ("wireplumber", "wireplumber"),
        ];
        if !installed(&needed)? {
            return Ok(None);
        }
        let Some(bus) = PrivateBus::start()? else { return Ok(None) };
        let folder = bus.folder().join("pipewire/pipewire.conf.d");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("devices.conf"), DEVICES)?;
        let daemon = start(&mut bus.program("pipewire"))?;
        there(&bus.folder().join("pipewire-0")).await?;
        let manager = start(&mut bus.program("wireplumber"))?;
        Ok(Some(Self { daemon, _manager: manager, bus }))
    }

    pub(crate) fn bus(&self) -> &PrivateBus {
        &self.bus
    }

    /// A desktop with this sound and nothing else.
    pub(crate) fn place(&self) -> Place {
        nowhere(self.bus.folder())
    }

    /// A program that records.
    pub(crate) fn record(&self, arguments: &[&str]) -> anyhow::Result<Ended> {
        let file = self.bus.folder().join("recorded.wav");
        start(self.bus.program("pw-record").args(arguments).arg(file))
    }
}

fn start(command: &mut Command) -> anyhow::Result<Ended> {
    Ok(Ended(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

const DEVICES: &str = r"
context.objects = [
  { factory = adapter
    args = { factory.name = support.null-audio-sink  node.name = microphone  media.class = Audio/Source/Virtual
             audio.position = [ MONO ]  object.linger = true } }
  { factory = adapter
    args = { factory.name = support.null-audio-sink  node.name = loudspeaker  media.class = Audio/Sink
             audio.position = [ MONO ]  object.linger = true } }
]
";

#[tokio::test]
async fn a_program_that_records_is_seen_from_its_start_to_its_end() -> anyhow::Result<()> {
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let mut watcher = Watcher::start(sound.place()).await?;
    let seen = watcher.until(|seen| seen[Fact::Microphone] != Probe::Failed).await?;
    assert_eq!(
        (seen[Fact::Microphone], seen[Fact::Camera], seen[Fact::Sharing]),
        (Probe::No, Probe::No, Probe::No)
    );
    let mut recording = sound.record(&["--target", "microphone"])?;
    let seen = watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    assert_eq!((seen[Fact::Camera], seen[Fact::Sharing]), (Probe::No, Probe::No));
    recording.end();
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    // Whoever begins to watch while it records sees it at once.
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    let _recording = sound.record(&["--target", "microphone"])?;
    watcher.command(DesktopCommand::WatchFacts(true)).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    watcher.end().await
}

#[tokio::test]
async fn recording_the_loudspeaker_is_no_use_of_the_microphone() -> anyhow::Result<()> {
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let both = [
        sound.record(&["-P", "{ stream.capture.sink = true }", "--target", "loudspeaker"])?,
        sound.record(&["--target", "microphone"])?,
    ];
    let mut watcher = Watcher::start(sound.place()).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    let [_loudspeaker, mut microphone] = both;
    microphone.end();
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    Ok(())
}

/// A program that plays pictures, and one that takes them, by what the first says of them.
async fn pictures(sound: &Sound, role: &str) -> anyhow::Result<[Ended; 2]> {
    let play = format!(
        "pipewiresink mode=provide stream-properties=p,node.name=pictures,media.class=Video/Source{role}"
    );
    let play = format!(
        "videotestsrc is-live=true ! video/x-raw,width=64,height=64,framerate=5/1 ! {play}"
    );
    let launch =
        |pipeline: &str| start(sound.bus().program("gst-launch-1.0").args(pipeline.split(' ')));
    let playing = launch(&play)?;
    let there = async {
        loop {
            let output = sound.bus().program("pw-dump").output()?;
            if String::from_utf8_lossy(&output.stdout).contains("\"pictures\"") {
                return anyhow::Ok(());
            }
            tokio::task::yield_now().await;
        }
    };
    soon(there).await??;
    Ok([playing, launch("pipewiresrc target-object=pictures ! video/x-raw ! fakesink")?])
}

#[tokio::test]
async fn pictures_are_of_a_camera_or_of_the_screen() -> anyhow::Result<()> {
    let plugin = |name: &str| format!("/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgst{name}.so");
    let (pipewire, source) = (plugin("pipewire"), plugin("videotestsrc"));
    let needed = [
        ("gst-launch-1.0", "gstreamer1.0-tools"),
        (pipewire.as_str(), "gstreamer1.0-pipewire"),
        (source.as_str(), "gstreamer1.0-plugins-base"),
    ];
    if !installed(&needed)? {
        return Ok(());
    }
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let mut watcher = Watcher::start(sound.place()).await?;
    let camera = pictures(&sound, ",media.role=Camera").await?;
    let seen = watcher.until(|seen| seen[Fact::Camera] == Probe::Yes).await?;
    assert_eq!((seen[Fact::Microphone], seen[Fact::Sharing]), (Probe::No, Probe::No));
    drop(camera);
    watcher.until(|seen| seen[Fact::Camera] == Probe::No).await?;
    let screen = pictures(&sound, "").await?;
    let seen = watcher.until(|seen| seen[Fact::Sharing] == Probe::Yes).await?;
    assert_eq!((seen[Fact::Microphone], seen[Fact::Camera]), (Probe::No, Probe::No));
    drop(screen);
    watcher.until(|seen| seen[Fact::Sharing] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn sound_that_goes_away_holds_back() -> anyhow::Result<()> {
    let Some(mut sound) = Sound::start().await? else { return Ok(()) };
    let mut watcher = Watcher::start(sound.place()).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    sound.daemon.end();
    let seen = watcher.until(|seen| seen[Fact::Microphone] == Probe::Failed).await?;
    assert_eq!((seen[Fact::Camera], seen[Fact::Sharing]), (Probe::Failed, Probe::Failed));
    Ok(())
}

#[tokio::test]
async fn at_rest_there_is_no_child() -> anyhow::Result<()> {
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let mut place = sound.place();
    // Under a name by which it is told from those of other tests.
    let program = sound.bus().folder().join("pw-dump");
    let real = place.programs.iter().map(|folder| folder.join("pw-dump")).find(|at| at.exists());
    symlink(real.context("pw-dump")?, &program)?;
    place.programs = vec![sound.bus().folder().to_owned()];
    let mut watcher = Watcher::rests(place);
    assert!(!is_running(&program)?);
    watcher.command(DesktopCommand::WatchFacts(true)).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    assert!(is_running(&program)?);
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    let ended = async {
        while is_running(&program)? {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    soon(ended).await??;
    watcher.end().await
}

/// Whether any process runs this program.
fn is_running(program: &Path) -> anyhow::Result<bool> {
    for process in fs::read_dir("/proc")? {
        let line = fs::read(process?.path().join("cmdline")).unwrap_or_default();
        if line.starts_with(program.as_os_str().as_encoded_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test]
async fn a_program_that_says_nonsense_holds_back() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let place =
        with_program(folder.path(), "pw-dump", "#!/bin/sh\necho 'no objects'; exec sleep 60\n")?;
    let mut watcher = Watcher::start(place.clone()).await?;
    let seen = watcher.until(|seen| seen[Fact::Microphone] == Probe::Failed).await?;
    assert_eq!(seen[Fact::Sharing], Probe::Failed);
    let listed = desktop::probe(place).await.desktop;
    let sharing = listed.iter().find(|probed| probed.fact == Fact::Sharing);
    let why = sharing.and_then(|probed| probed.why.as_ref()).map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("pw-dump answers in a way that cannot be read"));
    Ok(())
}

#[tokio::test]
async fn sound_that_is_started_anew_is_followed_on() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let said = folder.path().join("said");
    let listener = r#"{"id":1,"type":"PipeWire:Interface:Node","info":{"state":"running","props":{"media.class":"Stream/Input/Audio"}}}"#;
    // Ends after its first words, as when PipeWire ends.
    let text = format!(
        "#!/bin/sh\nif [ -e {0} ]; then echo '[{listener}]'; exec sleep 60; fi\necho > {0}; echo '[]'\n",
        said.display()
    );
    let mut watcher = Watcher::start(with_program(folder.path(), "pw-dump", &text)?).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    Ok(())
}

#[tokio::test]
async fn pipewire_is_absent_without_its_program_or_server() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut place = with_program(folder.path(), "pw-dump", "#!/bin/sh\nexec sleep 60\n")?;
    place.programs = Vec::new();
    let mut watcher = Watcher::start(place.clone()).await?;
    assert_eq!(watcher.next().await?[Fact::Sharing], Probe::Absent);
    fs::remove_file(folder.path().join("pipewire-0"))?;
    place.programs = vec![folder.path().to_owned()];
    let mut watcher = Watcher::start(place).await?;
    assert_eq!(watcher.next().await?[Fact::Sharing], Probe::Absent);
    Ok(())
}

/// A desktop with this program and a socket of PipeWire.
fn with_program(folder: &Path, name: &str, text: &str) -> anyhow::Result<Place> {
    fs::write(folder.join("pipewire-0"), "")?;
    fs::write(folder.join(name), text)?;
    fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755))?;
    let mut place = nowhere(folder);
    place.programs = vec![folder.to_owned()];
    Ok(place)
}
