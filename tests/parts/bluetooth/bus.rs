//! A message bus of our own, in place of the system's.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use anyhow::Context;
use tempfile::TempDir;
use tokio::io::AsyncBufReadExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::Command;

/// A running dbus-daemon. Ends when dropped.
pub(crate) struct Bus {
    folder: TempDir,
    daemon: Child,
}

impl Bus {
    /// Starts one; `None`, with a loud word, where there is no dbus-daemon to start. On a build server that is an error.
    pub(crate) async fn start() -> anyhow::Result<Option<Self>> {
        let folder = tempfile::tempdir()?;
        let daemon = match daemon(folder.path()).await {
            Ok(daemon) => daemon,
            Err(error) if std::env::var_os("CI").is_some() => return Err(error),
            Err(error) => {
                complain(&error);
                return Ok(None);
            }
        };
        Ok(Some(Self { folder, daemon }))
    }

    /// Where it listens, as D-Bus writes it.
    pub(crate) fn address(&self) -> String {
        address(self.folder.path())
    }

    /// Ends it and starts another in its place.
    pub(crate) async fn restart(&mut self) -> anyhow::Result<()> {
        self.daemon.kill().await?;
        std::fs::remove_file(self.folder.path().join("bus")).context("removing the old socket")?;
        self.daemon = daemon(self.folder.path()).await?;
        Ok(())
    }
}

async fn daemon(folder: &Path) -> anyhow::Result<Child> {
    let config = folder.join("bus.conf");
    std::fs::write(&config, CONFIG.replace("ADDRESS", &address(folder)))?;
    let mut daemon = Command::new("dbus-daemon")
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting dbus-daemon")?;
    // It prints where it listens once it does.
    let printed = daemon.stdout.take().context("dbus-daemon without a standard output")?;
    let ready = BufReader::new(printed).lines().next_line().await?;
    ready.context("dbus-daemon ended before it was ready")?;
    Ok(daemon)
}

fn address(folder: &Path) -> String {
    format!("unix:path={}", folder.join("bus").display())
}

/// Says so past the test harness, which keeps what passing tests print to itself.
fn complain(error: &anyhow::Error) {
    let _ =
        writeln!(std::io::stderr(), "SKIPPED, NOTHING WAS TESTED: {error:#}; install dbus-daemon");
}

/// Everything is allowed to everyone, as nobody else is on it.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"#;
