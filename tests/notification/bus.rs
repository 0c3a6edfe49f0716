//! A session bus of our own.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
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
    address: String,
}

impl PrivateBus {
    /// `None`, and a line that says so, where there is no `dbus-daemon`.
    pub(crate) fn start() -> anyhow::Result<Option<Self>> {
        Self::with_services(&[])
    }

    /// A bus that can start the services in these files, and no others: not the notification server that is installed here.
    pub(crate) fn with_services(services: &[&Path]) -> anyhow::Result<Option<Self>> {
        if !installed(&["dbus-daemon"])? {
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
                   <allow send_destination="*" eavesdrop="true"/>
                   <allow eavesdrop="true"/>
                   <allow own="*"/>
                 </policy>
               </busconfig>"#
        );
        fs::write(&config, text)?;
        let mut daemon = at_home_in(Command::new("dbus-daemon"), folder.path())
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .context("dbus-daemon")?;
        let mut address = String::new();
        let output = daemon.stdout.take().context("piped")?;
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim().to_owned();
        Ok(Some(Self { daemon: Ended(daemon), folder, address }))
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) async fn connect(&self) -> zbus::Result<zbus::Connection> {
        zbus::connection::Builder::address(self.address()).build().await
    }

    /// The bus goes, and everybody on it notices.
    pub(crate) fn kill(&mut self) {
        self.daemon.end();
    }

    /// A folder for whoever is on this bus.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A program that finds this bus, and a home that is nobody's.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = at_home_in(Command::new(name), self.folder.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
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

/// Whether all of these programs are there; where not, says which one is missing.
#[expect(clippy::print_stderr, reason = "a test that is left out has to say so")]
pub(crate) fn installed(programs: &[&str]) -> anyhow::Result<bool> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&folders).collect();
    let there = |program: &str| folders.iter().any(|folder| folder.join(program).exists());
    let missing: Vec<_> = programs.iter().filter(|program| !there(program)).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    if std::env::var_os("CI").is_some() {
        bail!("not installed: {missing:?}");
    }
    eprintln!("LEFT OUT: this test needs {missing:?}, which is not installed");
    Ok(false)
}
