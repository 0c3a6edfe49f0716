//! The same in a process of its own, whose environment is that of a desktop, within limits like those of the service.

use std::io::Write as _;
use std::process::Stdio;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop::Place;
use kindbeat_core::context::Probe;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::process::Child;
use tokio::process::ChildStdout;
use tokio::process::Command;

use super::bus::installed;
use super::pipewire::Sound;
use super::stand::Watcher;
use super::stand::soon;
use crate::again::name_of_test;

/// Watches the desktop of its environment and writes down what it sees.
pub(crate) struct Limited {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Limited {
    /// One that is started by this command, which is `setpriv` in an environment.
    pub(crate) fn start(setpriv: std::process::Command) -> anyhow::Result<Option<Self>> {
        if !installed(&[("setpriv", "util-linux")])? {
            return Ok(None);
        }
        let mut command = Command::from(setpriv);
        command
            // NoNewPrivileges, UMask and LimitCORE of the unit; the rest of it needs systemd.
            .args([
                "--no-new-privs",
                "--",
                "sh",
                "-c",
                r#"umask 0077; ulimit -c 0; exec "$@""#,
                "sh",
            ])
            .arg(std::env::current_exe()?)
            .args([
                "--exact",
                name_of_test!(within_the_limits_of_the_service_the_microphone_is_seen),
                "--nocapture",
            ])
            .env(LIMITED, "1")
            .env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        Ok(Some(Self { _child: child, lines }))
    }

    /// Waits until it sees this.
    pub(crate) async fn until(&mut self, what: &str) -> anyhow::Result<()> {
        self.until_all(&[what]).await
    }

    /// Waits until it sees all of this at once.
    pub(crate) async fn until_all(&mut self, what: &[&str]) -> anyhow::Result<()> {
        let mut last = String::new();
        let seen = async {
            while let Some(line) = self.lines.next_line().await? {
                if what.iter().all(|what| line.contains(what)) {
                    return Ok(());
                }
                last = line;
            }
            anyhow::bail!("it ended")
        };
        let seen = soon(seen).await.flatten();
        seen.with_context(|| format!("{what:?} is not seen; last: {last}"))
    }
}

/// What the process within the limits does: says what it sees, until it is ended.
async fn says_what_it_sees() -> anyhow::Result<()> {
    let mut watcher =
        Watcher::start(Place::from_environment(Bus::session(), Bus::system())).await?;
    loop {
        let seen = watcher.next().await?;
        writeln!(std::io::stdout(), "{seen:?}")?;
    }
}

#[tokio::test]
async fn within_the_limits_of_the_service_the_microphone_is_seen() -> anyhow::Result<()> {
    if std::env::var_os(LIMITED).is_some() {
        return says_what_it_sees().await;
    }
    let Some(sound) = Sound::start().await? else { return Ok(()) };
    let mut setpriv = sound.bus().program("setpriv");
    setpriv.env_remove("DISPLAY");
    let Some(mut watcher) = Limited::start(setpriv)? else { return Ok(()) };
    watcher.until("microphone: No").await?;
    let mut recording = sound.record(&["--target", "microphone"])?;
    watcher.until(&format!("microphone: {:?}", Probe::Yes)).await?;
    recording.end();
    watcher.until("microphone: No").await
}

/// Set in the process within the limits.
const LIMITED: &str = "KINDBEAT_TEST_LIMITED";
