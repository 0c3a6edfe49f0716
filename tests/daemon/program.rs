//! The program itself, on a desktop that is nobody's.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;

use anyhow::Context as _;
use kindbeat::interface;
use kindbeat::interface::Client;
use rustix::process::Pid;
use rustix::process::Resource;
use rustix::process::Rlimit;
use rustix::process::Signal;
use rustix::process::kill_process;
use rustix::process::prlimit;
use tempfile::TempDir;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::net::UnixDatagram;
use tokio::process::Child;
use tokio::process::ChildStderr;
use tokio::process::ChildStdin;
use tokio::process::Command;
use zbus::OwnedVariant;
use zbus::fdo::DBusProxy;

use crate::bus::PrivateBus;
use crate::client::soon;
use crate::fake::Asked;
use crate::fake::Notify;
use crate::fake::Server;
use crate::nobody::kindbeat;

/// Both buses, and the folders.
pub(crate) struct Desktop {
    pub(crate) system: PrivateBus,
    pub(crate) session: PrivateBus,
    folder: TempDir,
}

/// The daemon in a process of its own; killed with this value.
pub(crate) struct Program {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
    log: String,
    told: UnixDatagram,
    _folder: TempDir,
}

impl Desktop {
    /// `None`, and a line that says so, where there is no `dbus-daemon`.
    pub(crate) fn new() -> anyhow::Result<Option<Self>> {
        Self::with_services(&[])
    }

    /// The same where the session bus can start the services in these files.
    pub(crate) fn with_services(services: &[&Path]) -> anyhow::Result<Option<Self>> {
        let session = PrivateBus::with_services(services, None)?;
        let (Some(system), Some(session)) = (PrivateBus::start()?, session) else {
            return Ok(None);
        };
        Ok(Some(Self { system, session, folder: tempfile::tempdir()? }))
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the store is, or is to be.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder().join("state/kindbeat")
    }

    /// Where the configuration is, or is to be.
    pub(crate) fn config(&self) -> PathBuf {
        self.folder().join("config/kindbeat/config.toml")
    }

    /// Puts a new configuration in place of the old one, as editors do.
    pub(crate) fn configure(&self, text: &str) -> anyhow::Result<()> {
        let config = self.config();
        fs::create_dir_all(config.parent().context("in a folder")?)?;
        let draft = config.with_extension("draft");
        fs::write(&draft, text)?;
        Ok(fs::rename(draft, config)?)
    }

    /// The daemon on this desktop.
    pub(crate) fn command(&self) -> Command {
        self.command_of(kindbeat(), &["daemon"])
    }

    /// Another command, by the same person.
    pub(crate) fn kindbeat(&self, arguments: &[&str]) -> Command {
        self.command_of(kindbeat(), arguments)
    }

    /// The daemon, started by a shell that does this first; `"$0"` is the program.
    pub(crate) fn after(&self, shell: &str) -> Command {
        let mut command =
            self.command_of("/bin/sh", &["-c", &format!("{shell} exec \"$0\" daemon")]);
        command.arg(kindbeat());
        command
    }

    /// Any program, by the same person.
    pub(crate) fn command_of(&self, program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().env("PATH", self.folder());
        for (name, below) in [
            ("HOME", ""),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            command.env(name, self.folder().join(below));
        }
        command.env("DBUS_SYSTEM_BUS_ADDRESS", self.system.address());
        command.env("DBUS_SESSION_BUS_ADDRESS", self.session.address());
        command
    }

    /// Starts the daemon, and waits until it says that it is ready.
    pub(crate) async fn start(&self) -> anyhow::Result<Program> {
        Program::ready(self.command()).await
    }

    /// Somebody who shows notifications.
    pub(crate) async fn screen(&self) -> anyhow::Result<Server> {
        Server::start(&self.session).await
    }

    /// What a command asks the daemon with.
    pub(crate) async fn client(&self) -> anyhow::Result<Client> {
        Ok(Client::connect(interface::Bus::at(self.session.address())).await?)
    }

    /// Asks for the rate again and again until it is this one.
    pub(crate) async fn heart_rate_is(&self, wanted: u16) -> anyhow::Result<()> {
        let connection = self.session.connect().await?;
        let (interface, body) = ("org.freedesktop.DBus.Properties", (interface::NAME, "HeartRate"));
        let asked = async {
            loop {
                let destination = Some(interface::NAME);
                let call = connection.call_method(
                    destination,
                    interface::PATH,
                    Some(interface),
                    "Get",
                    &body,
                );
                let rate: OwnedVariant = call.await?.body().deserialize()?;
                if u16::try_from(rate)? == wanted {
                    return anyhow::Ok(());
                }
            }
        };
        soon(asked).await.with_context(|| format!("waiting for {wanted} bpm"))?
    }
}

impl Program {
    /// Starts it, and waits until it says that it is ready.
    pub(crate) async fn ready(command: Command) -> anyhow::Result<Self> {
        let mut program = Self::start(command)?;
        program.tells("READY=1").await?;
        Ok(program)
    }

    /// The same for a program that reads from this process.
    pub(crate) async fn ready_with_input(
        mut command: Command,
    ) -> anyhow::Result<(Self, ChildStdin)> {
        command.stdin(Stdio::piped());
        let mut program = Self::start_as_it_is(command)?;
        let input = program.process.stdin.take().context("piped")?;
        program.tells("READY=1").await?;
        Ok((program, input))
    }

    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        command.stdin(Stdio::null());
        Self::start_as_it_is(command)
    }

    fn start_as_it_is(mut command: Command) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("notify");
        let told = UnixDatagram::bind(&socket)?;
        let mut process = command
            .env("NOTIFY_SOCKET", &socket)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("kindbeat daemon")?;
        let lines = BufReader::new(process.stderr.take().context("piped")?).lines();
        Ok(Self { process, lines, log: String::new(), told, _folder: folder })
    }

    /// Waits until it tells systemd this; fails when it ends before.
    pub(crate) async fn tells(&mut self, state: &str) -> anyhow::Result<()> {
        let mut buffer = [0; 4096];
        let told = async {
            loop {
                tokio::select! {
                    biased;
                    length = self.told.recv(&mut buffer) => {
                        let message = String::from_utf8_lossy(&buffer[..length?]).into_owned();
                        if message.lines().any(|line| line == state) {
                            return anyhow::Ok(());
                        }
                    }
                    line = self.lines.next_line() => {
                        let line = line?.with_context(|| format!("it ended: {}", self.log))?;
                        self.log.push_str(&line);
                        self.log.push('\n');
                    }
                }
            }
        };
        soon(told).await.with_context(|| format!("waiting for {state}"))?
    }

    /// Waits until it has logged this.
    pub(crate) async fn says(&mut self, words: &str) -> anyhow::Result<()> {
        let said = async {
            while !self.log.contains(words) {
                let Some(line) = self.lines.next_line().await? else {
                    anyhow::bail!("it ended before it said {words:?}: {}", self.log);
                };
                self.log.push_str(&line);
                self.log.push('\n');
            }
            Ok(())
        };
        soon(said).await.with_context(|| format!("waiting for {words:?}"))?
    }

    /// All that it has logged, as far as anybody waited for it.
    pub(crate) fn log(&self) -> &str {
        &self.log
    }

    /// How many connections it has to this bus, a library's among them.
    pub(crate) async fn connections(&self, bus: &PrivateBus) -> anyhow::Result<usize> {
        let own = self.process.id().context("it has ended")?;
        let dbus = DBusProxy::new(&bus.connect().await?).await?;
        let mut count = 0;
        for name in dbus.list_names().await? {
            let is_one = name.starts_with(':');
            // It may be gone by now.
            let process = dbus.get_connection_unix_process_id(name.into_inner()).await;
            count += usize::from(is_one && process.is_ok_and(|process| process == own));
        }
        Ok(count)
    }

    pub(crate) fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let id = self.process.id().context("it has ended")?;
        let id = Pid::from_raw(i32::try_from(id)?).context("a process")?;
        Ok(kill_process(id, signal)?)
    }

    /// Lets its files grow again.
    pub(crate) fn has_room(&self) -> anyhow::Result<()> {
        let id = self.process.id().context("it has ended")?;
        let id = Pid::from_raw(i32::try_from(id)?).context("a process")?;
        let unlimited = Rlimit { current: None, maximum: None };
        prlimit(Some(id), Resource::Fsize, unlimited)?;
        Ok(())
    }

    /// Waits until it ends; how it ended, and all that it logged.
    pub(crate) async fn ends(mut self) -> anyhow::Result<(ExitStatus, String)> {
        let ended = async {
            while let Some(line) = self.lines.next_line().await? {
                self.log.push_str(&line);
                self.log.push('\n');
            }
            anyhow::Ok(self.process.wait().await?)
        };
        let status = soon(ended).await.context("waiting for its end")??;
        Ok((status, self.log))
    }

    /// Asks it to end, and waits until it has, in good order; all that it logged.
    pub(crate) async fn stops(self) -> anyhow::Result<String> {
        self.signal(Signal::TERM)?;
        let (status, log) = self.ends().await?;
        anyhow::ensure!(status.code() == Some(0), "{status}: {log}");
        Ok(log)
    }
}

/// What a screen is asked to show next, whatever it is asked to close before; shown under this number.
pub(crate) async fn shows(screen: &mut Server, id: u32) -> anyhow::Result<Notify> {
    loop {
        if let Asked::Notify(notify) = screen.asked().await? {
            screen.name(&notify, id).await?;
            return Ok(notify);
        }
    }
}
