//! A session bus of our own.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::fs;
use std::io;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::bail;
use tempfile::TempDir;

/// A bus on a socket in a folder of its own; it ends with this value.
pub(crate) struct PrivateBus {
    daemon: Ended,
    folder: TempDir,
}

impl PrivateBus {
    /// `None`, and a line that says so, where there is no `dbus-daemon`.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        Self::with_services(&[], None)
    }

    /// A bus that can start the services in these files, on this display, and no others: not whatever is installed here.
    pub(crate) fn with_services(
        services: &[&Path],
        display: Option<&str>,
    ) -> anyhow::Result<Option<Self>> {
        if !installed(&[("dbus-daemon", "dbus")])? {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        let at = folder.path().display();
        for service in services {
            let name = service.file_name().context("a service file has a name")?;
            fs::copy(service, folder.path().join(name))?;
        }
        let config = folder.path().join("bus.conf");
        let text = format!(
            r#"<busconfig>
                 <type>session</type>
                 <listen>unix:path={at}/bus</listen>
                 <auth>EXTERNAL</auth>
                 <servicedir>{at}</servicedir>
                 <policy context="default">
                   <allow user="*"/>
                   <allow send_destination="*" eavesdrop="true"/>
                   <allow eavesdrop="true"/>
                   <allow own="*"/>
                 </policy>
               </busconfig>"#
        );
        fs::write(&config, text)?;
        let daemon = Self::daemon(folder.path(), display)?;
        Ok(Some(Self { daemon, folder }))
    }

    /// Returns when it can be reached.
    fn daemon(folder: &Path, display: Option<&str>) -> anyhow::Result<Ended> {
        let mut daemon = at_home_in(Command::new("dbus-daemon"), folder)
            .envs(display.map(|display| ("DISPLAY", display)))
            .arg(format!("--config-file={}", folder.join("bus.conf").display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            // It complains of what it cannot do as root, and of what its services say.
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-daemon")?;
        let output = daemon.stdout.take().context("piped")?;
        let daemon = Ended(daemon);
        BufReader::new(output).read_line(&mut String::new())?;
        Ok(daemon)
    }

    /// Where it is, whichever daemon is there: a new one has another identity.
    pub(crate) fn address(&self) -> String {
        format!("unix:path={}/bus", self.folder.path().display())
    }

    pub(crate) async fn connect(&self) -> zbus::Result<zbus::Connection> {
        zbus::connection::Builder::address(self.address().as_str()).build().await
    }

    /// The bus goes, and everybody on it notices.
    pub(crate) fn kill(&mut self) {
        self.daemon.end();
    }

    /// And comes back, as a new one.
    pub(crate) fn restart(&mut self) -> anyhow::Result<()> {
        fs::remove_file(self.folder.path().join("bus"))?;
        self.daemon = Self::daemon(self.folder.path(), None)?;
        Ok(())
    }

    /// A folder for whoever is on this bus.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program that finds this bus, and a home that is nobody's.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = at_home_in(Command::new(name), self.folder.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", self.address());
        command
    }
}

fn at_home_in(mut command: Command, folder: &Path) -> Command {
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]
    {
        command.env(variable, folder);
    }
    command.env("XDG_RUNTIME_DIR", folder).env("LC_ALL", "C.UTF-8").env_remove("WAYLAND_DISPLAY");
    command
}

/// A process that ends with this value.
pub(crate) struct Ended(pub(crate) Child);

impl Ended {
    pub(crate) fn end(&mut self) {
        // Where it is gone already, that is what was wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Ended {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether all of these programs are there, each given with the Debian package it comes from; where not, says which are missing.
pub(crate) fn installed(programs: &[(&str, &str)]) -> anyhow::Result<bool> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&folders).collect();
    let there = |program: &str| folders.iter().any(|folder| folder.join(program).exists());
    let missing: Vec<_> = programs
        .iter()
        .filter(|(program, _)| !there(program))
        .map(|(program, package)| format!("{program} (package {package})"))
        .collect();
    let missing = missing.join(", ");
    if missing.is_empty() {
        return Ok(true);
    }
    if std::env::var_os("CI").is_some() {
        bail!("not installed: {missing}");
    }
    // Straight to the terminal: what a passing test prints is not shown.
    writeln!(io::stderr(), "LEFT OUT: this test needs {missing}")?;
    Ok(false)
}
