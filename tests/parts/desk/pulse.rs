//! A microphone of PulseAudio, without any sound device.

use std::process::Command;
use std::process::Stdio;

use kindbeat::desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

use super::bus::Ended;
use super::bus::PrivateBus;
use super::bus::installed;
use super::pipewire::Sound;
use super::stand::Watcher;
use super::stand::nowhere;
use super::stand::there;

/// PulseAudio with a microphone that hears nothing and a loudspeaker that nobody hears.
async fn pulse() -> anyhow::Result<Option<(Ended, PrivateBus)>> {
    let needed = [
        ("pulseaudio", "pulseaudio"),
        ("pactl", "pulseaudio-utils"),
        ("parec", "pulseaudio-utils"),
    ];
    if !installed(&needed)? {
        return Ok(None);
    }
    let Some(bus) = PrivateBus::start()? else { return Ok(None) };
    let modules = [
        "module-native-protocol-unix",
        "module-null-sink sink_name=loudspeaker",
        "module-null-source source_name=microphone",
    ];
    let mut command = bus.program("pulseaudio");
    command.args(["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]);
    command.args(modules.iter().flat_map(|module| ["-L", module]));
    let server = start(&mut command)?;
    there(&bus.folder().join("pulse/native")).await?;
    Ok(Some((server, bus)))
}

fn record(bus: &PrivateBus, device: &str) -> anyhow::Result<Ended> {
    start(bus.program("parec").args(["--device", device]))
}

fn start(command: &mut Command) -> anyhow::Result<Ended> {
    Ok(Ended(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
}

#[tokio::test]
async fn a_program_that_records_is_seen_from_its_start_to_its_end() -> anyhow::Result<()> {
    let Some((mut server, bus)) = pulse().await? else { return Ok(()) };
    let mut watcher = Watcher::start(nowhere(bus.folder())).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    let mut recording = record(&bus, "microphone")?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    recording.end();
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    // Whoever looks while it is in use sees it at once.
    let _recording = record(&bus, "microphone")?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    let listed = desktop::probe(nowhere(bus.folder())).await.desktop;
    let told = listed.iter().find(|probed| probed.fact == Fact::Microphone);
    let told = told.map(|probed| (probed.source.to_string(), probed.seen));
    assert_eq!(told, Some(("PulseAudio".to_owned(), Probe::Yes)));
    // It goes, and that the microphone is free is never told; its socket stays, with nobody behind it.
    server.end();
    assert_eq!(watcher.next().await?[Fact::Microphone], Probe::Failed);
    assert_eq!(watcher.next().await?[Fact::Microphone], Probe::Absent);
    watcher.end().await
}

#[tokio::test]
async fn recording_the_loudspeaker_is_no_use_of_the_microphone() -> anyhow::Result<()> {
    let Some((_server, bus)) = pulse().await? else { return Ok(()) };
    let both = [record(&bus, "loudspeaker.monitor")?, record(&bus, "microphone")?];
    let mut watcher = Watcher::start(nowhere(bus.folder())).await?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    let [_loudspeaker, mut microphone] = both;
    microphone.end();
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn where_pipewire_stands_in_for_it_only_pipewire_is_asked() -> anyhow::Result<()> {
    if !installed(&[("pipewire-pulse", "pipewire-pulse"), ("pactl", "pulseaudio-utils")])? {
        return Ok(());
    }
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let _in_its_place = start(&mut sound.bus().program("pipewire-pulse"))?;
    there(&sound.bus().folder().join("pulse/native")).await?;
    let listed = desktop::probe(sound.place()).await.desktop;
    let told: Vec<_> = listed
        .iter()
        .filter(|probed| probed.fact == Fact::Microphone)
        .map(|probed| (probed.source.to_string(), probed.seen))
        .collect();
    assert_eq!(told, [("PipeWire".to_owned(), Probe::No)]);
    Ok(())
}
