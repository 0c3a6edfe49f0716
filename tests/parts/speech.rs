//! The real speech-dispatcher, with its module that says nothing: whether it understands what it is asked to.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use crate::bus::Ended;
use crate::bus::installed;
use anyhow::ensure;
use kindbeat::speech;
use kindbeat::speech::Speaker;
use kindbeat::speech::SpeechEvent;
use kindbeat::speech::Utterance;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Returns when it listens at `s` in this folder; `None`, and a line that says so, where it is not installed.
async fn server(folder: &Path) -> anyhow::Result<Option<Ended>> {
    if !installed(&[("speech-dispatcher", "speech-dispatcher")])? {
        return Ok(None);
    }
    let config =
        "AddModule \"dummy\" \"sd_dummy\" \"\"\nDefaultModule dummy\nAudioOutputMethod \"libao\"\n";
    fs::write(folder.join("speechd.conf"), config)?;
    // Sound that nobody hears.
    fs::write(folder.join(".libao"), "default_driver=null\n")?;
    let mut command = Command::new("speech-dispatcher");
    command.args(["--run-single", "--timeout", "0", "--communication-method", "unix_socket"]);
    command.arg("--socket-path").arg(folder.join("s")).arg("--config-dir").arg(folder);
    command.arg("--log-dir").arg(folder).env("HOME", folder).env("XDG_RUNTIME_DIR", folder);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Ended(command.spawn()?);
    let listens = async {
        while UnixStream::connect(folder.join("s")).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, listens).await?;
    Ok(Some(server))
}

#[tokio::test]
async fn the_real_server_says_what_it_is_asked_to() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let Some(_server) = server(folder.path()).await? else { return Ok(()) };
    let (voice, mut events, _) = Speaker::start(Some(folder.path().join("s")));
    let says = |text: &str, language: &str, volume| {
        let (text, language) = (text.to_owned(), language.to_owned());
        voice.say(Utterance { text, language, volume });
    };
    says("One.\n.two", "en", 75);
    let event = timeout(PATIENCE, events.recv()).await?;
    ensure!(matches!(event, Some(SpeechEvent::Speaking)), "{event:?}");
    voice.stop();
    tokio::task::yield_now().await;
    says("Two.", "xx", 0);
    let event = timeout(PATIENCE, events.recv()).await?;
    ensure!(matches!(event, Some(SpeechEvent::Speaking)), "a language it may not have: {event:?}");
    drop(voice);
    let event = timeout(PATIENCE, events.recv()).await?;
    ensure!(event.is_none(), "something was refused: {event:?}");
    Ok(())
}

#[tokio::test]
async fn the_real_server_tells_what_speaks_for_it() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let Some(_server) = server(folder.path()).await? else { return Ok(()) };
    let told = speech::ask(Some(&folder.path().join("s"))).await?;
    ensure!(told.as_deref() == Some("dummy"), "{told:?}");
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(30);
