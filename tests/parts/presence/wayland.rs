//! A real compositor: sway without a screen. That of Debian 12 speaks the older protocol of the two.

use std::fs;
use std::fs::Permissions;
use std::io::BufRead as _;
use std::io::BufReader;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::desktop::IdleSource;
use kindbeat::desktop::Place;
use kindbeat_core::context::InputActivity;
use tempfile::TempDir;

use super::bus::Ended;
use super::bus::installed;
use super::client::Client;
use super::client::WATCHES;
use super::client::look;
use super::client::nowhere;

/// A compositor with a keyboard that programs may use; it ends with this value.
struct Sway {
    server: Ended,
    display: String,
    folder: TempDir,
}

impl Sway {
    /// `None`, and a line that says so, where something is not installed.
    fn start() -> anyhow::Result<Option<Self>> {
        if !installed(&[("sway", "sway"), ("wtype", "wtype"), ("setpriv", "util-linux")])? {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o777))?;
        let (server, display) = Self::serve(&folder)?;
        Ok(Some(Self { server, display, folder }))
    }

    fn serve(folder: &TempDir) -> anyhow::Result<(Ended, String)> {
        let config = folder.path().join("config");
        // It says where it is once it can be reached.
        fs::write(&config, "xwayland disable\nexec echo $WAYLAND_DISPLAY\n")?;
        // As root it does not run.
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--", "sway"]);
            command
        } else {
            Command::new("sway")
        };
        let mut server = command
            .arg("--config")
            .arg(&config)
            .env("HOME", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .envs([("WLR_BACKENDS", "headless"), ("WLR_RENDERER", "pixman")])
            .env("WLR_LIBINPUT_NO_DEVICES", "1")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("sway")?;
        let output = server.stdout.take().context("piped")?;
        let server = Ended(server);
        let mut display = String::new();
        BufReader::new(output).read_line(&mut display)?;
        Ok((server, display.trim().to_owned()))
    }

    fn places(&self) -> Place {
        Place {
            wayland: Some(self.folder.path().join(&self.display)),
            // Not asked where there is a compositor.
            x11: Some(":4711".to_owned()),
            ..nowhere()
        }
    }

    fn types(&self, key: &str) -> anyhow::Result<()> {
        let status = Command::new("wtype")
            .arg(key)
            .env("XDG_RUNTIME_DIR", self.folder.path())
            .env("WAYLAND_DISPLAY", &self.display)
            .status()?;
        ensure!(status.success(), "wtype {key}");
        Ok(())
    }
}

#[tokio::test]
async fn a_rest_and_its_end_are_told_while_a_pause_is_watched() -> anyhow::Result<()> {
    let Some(sway) = Sway::start()? else { return Ok(()) };
    let mut client = Client::start(sway.places(), WATCHES);
    client.watch_pause(true).await?;
    // Since when nobody typed, before it was asked, the compositor does not say: no pause.
    let rested = client.rests().await?;
    assert!(rested > 10.0, "{rested}");
    for _ in 0..3 {
        sway.types("a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!((0.3..1.5).contains(&rested), "{rested}");
    }
    client.ends().await
}

#[tokio::test]
async fn a_short_rest_is_told_first_and_then_only_long_ones() -> anyhow::Result<()> {
    let Some(sway) = Sway::start()? else { return Ok(()) };
    let mut client = Client::start(sway.places(), WATCHES);
    client.rests().await?;
    for _ in 0..2 {
        sway.types("a")?;
        assert_eq!(client.hands().await?, InputActivity::Busy);
        let rested = client.rests().await?;
        assert!(rested >= 1.5, "{rested}");
    }
    client.ends().await
}

#[tokio::test]
async fn a_lost_compositor_is_unknown_and_heard_again_once_back() -> anyhow::Result<()> {
    let Some(mut sway) = Sway::start()? else { return Ok(()) };
    let mut client = Client::start(sway.places(), WATCHES);
    client.rests().await?;
    sway.server.end();
    assert_eq!(client.hands().await?, InputActivity::Unknown);
    // In the place of the old one, which cannot have tidied up.
    let old = sway.folder.path().join(&sway.display);
    let (server, display) = Sway::serve(&sway.folder)?;
    sway.server = server;
    if display != sway.display {
        fs::rename(sway.folder.path().join(display), old)?;
    }
    client.rests().await?;
    client.ends().await
}

#[tokio::test]
async fn the_doctor_sees_the_compositor() -> anyhow::Result<()> {
    let Some(sway) = Sway::start()? else { return Ok(()) };
    let found = look(sway.places()).await?;
    let Some(IdleSource::KwinIdle | IdleSource::ExtIdleNotify) = found.source else {
        anyhow::bail!("{found:?}")
    };
    // It tells what happens, not what has been.
    assert_eq!(found.hands, InputActivity::Unknown);
    Ok(())
}
