//! The program in a process of its own, and what the system says that it uses.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::ensure;
use tempfile::TempDir;

use crate::bus::Bus;

/// The program, running.
pub(crate) struct Daemon {
    child: Child,
    /// From its start until it said that it is ready.
    pub(crate) started: Duration,
    _home: Arc<TempDir>,
}

/// What the daemon runs with where it is installed.
const UNIT: &str = include_str!("../../../systemd/kindbeat.service");

impl Daemon {
    /// Starts the program of this build with this configuration, as its unit does, and waits until it is ready.
    pub(crate) async fn start(system: &Bus, session: &Bus, config: &str) -> anyhow::Result<Self> {
        Self::start_at(Arc::new(tempfile::tempdir()?), system, session, config).await
    }

    /// The same with what an earlier run may have left in its home.
    pub(crate) async fn start_at(
        home: Arc<TempDir>,
        system: &Bus,
        session: &Bus,
        config: &str,
    ) -> anyhow::Result<Self> {
        let unit = UNIT.lines().filter_map(|line| line.strip_prefix("Environment="));
        let environment = unit.flat_map(str::split_whitespace);
        let environment = environment.filter_map(|set| set.split_once('='));
        Self::start_program(
            Path::new(env!("CARGO_BIN_EXE_kindbeat")),
            environment,
            home,
            system,
            session,
            config,
        )
        .await
    }

    /// Starts another build of the program, without what the unit sets.
    pub(crate) async fn start_other(
        program: &Path,
        system: &Bus,
        session: &Bus,
    ) -> anyhow::Result<Self> {
        let home = Arc::new(tempfile::tempdir()?);
        Self::start_program(program, [], home, system, session, "").await
    }

    async fn start_program(
        program: &Path,
        environment: impl IntoIterator<Item = (&str, &str)>,
        home: Arc<TempDir>,
        system: &Bus,
        session: &Bus,
        config: &str,
    ) -> anyhow::Result<Self> {
        let settings = home.path().join(".config/kindbeat");
        fs::create_dir_all(&settings)?;
        fs::write(settings.join("config.toml"), config)?;
        let socket = home.path().join("notify");
        let _ = fs::remove_file(&socket);
        let ready = UnixDatagram::bind(&socket)?;
        let began = Instant::now();
        let child = Command::new(program)
            .arg("daemon")
            .env_clear()
            .envs(environment)
            .env("HOME", home.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("NOTIFY_SOCKET", &socket)
            .env("DBUS_SYSTEM_BUS_ADDRESS", system.address())
            .env("DBUS_SESSION_BUS_ADDRESS", session.address())
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting the daemon")?;
        // The stand-ins for BlueZ and the desktop run on this thread.
        let told = tokio::task::spawn_blocking(move || ready.recv(&mut [0; 64]));
        told.await??;
        Ok(Self { child, started: began.elapsed(), _home: home })
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?)
    }

    /// A field of its status, as the system writes it.
    pub(crate) fn status(&self, field: &str) -> anyhow::Result<f64> {
        let status = self.proc("status")?;
        let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        Ok(line.and_then(|line| line.split_whitespace().next()).context("no figure")?.parse()?)
    }

    /// Its share of the memory, in megabytes: pages that others use too are counted in parts (PSS).
    pub(crate) fn proportional(&self) -> anyhow::Result<f64> {
        self.rollup("Pss")
    }

    /// In megabytes, as a field of the sums over all that is mapped.
    pub(crate) fn rollup(&self, field: &str) -> anyhow::Result<f64> {
        let rollup = self.proc("smaps_rollup")?;
        let line = rollup.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        let figure = line.and_then(|line| line.split_whitespace().next()).context("no figure")?;
        Ok(figure.parse::<f64>()? * 1024.0 / 1e6)
    }

    /// How many files and sockets it has open.
    pub(crate) fn open_files(&self) -> anyhow::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.child.id()))?.count())
    }

    /// In megabytes, as a field of its status.
    pub(crate) fn megabytes(&self, field: &str) -> anyhow::Result<f64> {
        Ok(self.status(field)? * 1024.0 / 1e6)
    }

    /// What all its threads used so far.
    pub(crate) fn usage(&self) -> anyhow::Result<Usage> {
        // One that has ended uses nothing.
        ensure!(!self.proc("status")?.contains("State:\tZ"), "the daemon has ended");
        let mut usage = Usage { nanoseconds: 0.0, wake_ups: 0.0 };
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?.path();
            usage.nanoseconds += first(&task.join("schedstat"))?;
            let status = fs::read_to_string(task.join("status"))?;
            let line =
                status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            usage.wake_ups += line.context("no count")?.trim().parse::<f64>()?;
        }
        Ok(usage)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn first(file: &Path) -> anyhow::Result<f64> {
    let text = fs::read_to_string(file)?;
    Ok(text.split_whitespace().next().context("empty")?.parse()?)
}

/// What a process used since its start.
pub(crate) struct Usage {
    nanoseconds: f64,
    wake_ups: f64,
}

impl Usage {
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            nanoseconds: self.nanoseconds - before.nanoseconds,
            wake_ups: self.wake_ups - before.wake_ups,
        }
    }

    /// In percent of one core.
    pub(crate) fn processor(&self, seconds: f64) -> f64 {
        self.nanoseconds / (seconds * 1e9) * 100.0
    }

    /// How often a thread of it was waked, a second.
    pub(crate) fn wake_ups(&self, seconds: f64) -> f64 {
        self.wake_ups / seconds
    }
}
