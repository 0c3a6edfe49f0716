//! Devices that programs open themselves: files in folders of our own stand for them, and real programs open them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;

use super::bus::Ended;
use super::stand::Watcher;
use super::stand::nowhere;

/// A program that has this file open.
fn opened(file: &Path) -> anyhow::Result<Ended> {
    let mut holder = Command::new("sleep");
    holder.arg("600").stdin(fs::File::open(file)?).stdout(Stdio::null());
    Ok(Ended(holder.spawn()?))
}

#[tokio::test]
async fn a_camera_is_in_use_while_a_program_has_it_open() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut place = nowhere(folder.path());
    // What is open is read from the real one.
    place.proc = "/proc".into();
    let camera = place.dev.join("video0");
    fs::create_dir(&place.dev)?;
    fs::write(&camera, "")?;
    fs::write(place.dev.join("null"), "")?;
    let mut watcher = Watcher::start(place.clone()).await?;
    watcher.until(|seen| seen[Fact::Camera] == Probe::No).await?;
    let _other = opened(&place.dev.join("null"))?;
    let mut first = opened(&camera)?;
    watcher.until(|seen| seen[Fact::Camera] == Probe::Yes).await?;
    let mut second = opened(&camera)?;
    first.end();
    second.end();
    watcher.until(|seen| seen[Fact::Camera] == Probe::No).await?;
    // One that is plugged in later.
    let another = place.dev.join("video1");
    fs::write(&another, "")?;
    let _third = opened(&another)?;
    watcher.until(|seen| seen[Fact::Camera] == Probe::Yes).await?;
    Ok(())
}

#[tokio::test]
async fn a_camera_that_is_open_before_is_seen_at_once() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut place = nowhere(folder.path());
    place.proc = "/proc".into();
    fs::create_dir(&place.dev)?;
    fs::write(place.dev.join("video2"), "")?;
    let _holder = opened(&place.dev.join("video2"))?;
    let mut watcher = Watcher::start(place).await?;
    watcher.until(|seen| seen[Fact::Camera] == Probe::Yes).await?;
    Ok(())
}

#[tokio::test]
async fn a_sound_card_says_whether_its_microphone_is_open() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let place = nowhere(folder.path());
    let status = place.proc.join("asound/card0/pcm0c/sub0/status");
    fs::create_dir_all(place.proc.join("asound/card0/pcm0c/sub0"))?;
    fs::create_dir_all(place.dev.join("snd"))?;
    let (capture, playback) = (place.dev.join("snd/pcmC0D0c"), place.dev.join("snd/pcmC0D0p"));
    fs::write(&status, "closed\n")?;
    fs::write(&capture, "")?;
    fs::write(&playback, "")?;
    let mut watcher = Watcher::start(place).await?;
    let seen = watcher.next().await?;
    assert_eq!((seen[Fact::Microphone], seen[Fact::Camera]), (Probe::No, Probe::Absent));
    // The kernel writes what it has open, and tells of the opening.
    fs::write(&status, "state: RUNNING\nowner_pid   : 1\n")?;
    drop(fs::File::open(&playback)?);
    let mut holder = opened(&capture)?;
    watcher.until(|seen| seen[Fact::Microphone] == Probe::Yes).await?;
    fs::write(&status, "closed\n")?;
    holder.end();
    watcher.until(|seen| seen[Fact::Microphone] == Probe::No).await?;
    Ok(())
}
