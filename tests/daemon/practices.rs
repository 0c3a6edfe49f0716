//! Practices of one's own while the daemon runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::interface::Client;
use rustix::process::Signal;

use crate::client::soon;
use crate::program::Desktop;

fn folder(desktop: &Desktop) -> anyhow::Result<PathBuf> {
    let folder = desktop.config().with_file_name("practices");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn practice(id: &str, words: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = \"Mine\"\n[[step]]\nelement = \"grounding\"\nsay = \"{words}\"\nlasts = {{ 20s = \"20s\" }}\n"
    )
}

/// Asks for it again and again until it is there, or is not.
async fn is_known(client: &Client, id: &str, known: bool) -> anyhow::Result<()> {
    let asked = async { while client.start_break(Some(id), None).await.is_ok() != known {} };
    soon(asked).await.with_context(|| format!("waiting until {id} is known: {known}"))
}

#[tokio::test]
async fn own_practices_are_there_at_start_and_follow_their_folder() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let folder = folder(&desktop)?;
    fs::write(folder.join("door.toml"), practice("door", "Hello."))?;
    fs::write(folder.join("bad.toml"), practice("bad id", "My secret."))?;
    let mut program = desktop.start().await?;
    program.says("some practices of your own cannot be used").await?;
    let client = desktop.client().await?;
    client.start_break(Some("door"), None).await?;
    ensure!(client.start_break(Some("window"), None).await.is_err());
    fs::write(folder.join("window.toml"), practice("window", "Hello."))?;
    is_known(&client, "window", true).await?;
    fs::remove_file(folder.join("window.toml"))?;
    is_known(&client, "window", false).await?;
    fs::remove_dir_all(&folder)?;
    is_known(&client, "door", false).await?;
    let log = program.stops().await?;
    for private in ["secret", "bad", "door", "window"] {
        ensure!(!log.contains(private), "{private}: {log}");
    }
    ensure!(log.matches("cannot be used").count() == 1, "a fault is logged once: {log}");
    Ok(())
}

#[tokio::test]
async fn a_signal_has_them_read_again_where_nothing_can_be_noticed() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let folder = folder(&desktop)?;
    let elsewhere = desktop.folder().join("elsewhere.toml");
    fs::write(&elsewhere, practice("door", "Hello."))?;
    symlink(&elsewhere, folder.join("mine.toml"))?;
    let program = desktop.start().await?;
    let client = desktop.client().await?;
    client.start_break(Some("door"), None).await?;
    fs::write(&elsewhere, practice("window", "Hello."))?;
    program.signal(Signal::HUP)?;
    is_known(&client, "window", true).await?;
    program.stops().await.map(drop)
}
