//! The code under test in a process of its own: only there can the system bus be another one.
//!
//! The process is this test program again, asked for one test only, which does nothing but what it is told.

use std::io::Write;
use std::process::Stdio;

use anyhow::Context;
use anyhow::bail;
use kindbeat::bluetooth;
use kindbeat::command::devices;
use kindbeat_core::monitor::MonitorCommand;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorKind;
use kindbeat_core::monitor::MonitorSettings;
use kindbeat_core::words::Words;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::process::Child as Process;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::bluez::LIMIT;

/// The process, seen from the test.
pub(crate) struct Child {
    process: Process,
    commands: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    heard: Vec<String>,
}

impl Child {
    /// Starts [`bluetooth::run`] on the bus at `address`.
    pub(crate) fn listening(address: &str) -> anyhow::Result<Self> {
        Self::listening_for(address, "any")
    }

    /// The same for one device, by its name or its address.
    pub(crate) fn listening_for(address: &str, device: &str) -> anyhow::Result<Self> {
        Self::start(address, "listen", device)
    }

    /// Starts [`bluetooth::pair`] with this answer to every question, or none.
    pub(crate) fn pairing(address: &str, device: &str, answer: &str) -> anyhow::Result<Self> {
        Self::start(address, &format!("pair {answer}"), device)
    }

    /// The same as [`Self::listening`] where this strap is known from before.
    pub(crate) fn knowing(address: &str, known: &str) -> anyhow::Result<Self> {
        Self::start(address, &format!("know {known}"), "any")
    }

    /// Starts `kindbeat devices` on the bus at `address`.
    pub(crate) fn looking_round(address: &str) -> anyhow::Result<Self> {
        Self::start(address, "devices", "any")
    }

    fn start(address: &str, role: &str, device: &str) -> anyhow::Result<Self> {
        let mut process = tokio::process::Command::new(std::env::current_exe()?)
            .args(["--exact", super::test_in_a_process_of_its_own(), "--nocapture", "--quiet"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", address)
            .env(ROLE, role)
            .env(DEVICE, device)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let commands = process.stdin.take();
        let lines = process.stdout.take().context("no standard output")?;
        let lines = BufReader::new(lines).lines();
        Ok(Self { process, commands, lines, heard: Vec::new() })
    }

    /// Waits until it says `line`.
    pub(crate) async fn says(&mut self, line: &str) -> anyhow::Result<()> {
        loop {
            if self.next_line().await.with_context(|| format!("waiting for {line:?}"))? == line {
                return Ok(());
            }
        }
    }

    /// The next line it says; what the test harness itself says is left out.
    pub(crate) async fn next_line(&mut self) -> anyhow::Result<String> {
        loop {
            let line = timeout(LIMIT, self.lines.next_line()).await;
            let so_far = || format!("it said only {:?}", self.heard);
            let line = line.with_context(so_far)??.with_context(so_far)?;
            if let Some(said) = line.strip_prefix(MARK) {
                self.heard.push(said.to_owned());
                return Ok(said.to_owned());
            }
        }
    }

    /// Everything it said so far.
    pub(crate) fn heard(&self) -> &[String] {
        &self.heard
    }

    /// Tells it to do something.
    pub(crate) async fn tell(&mut self, command: &str) -> anyhow::Result<()> {
        let commands = self.commands.as_mut().context("it listens no more")?;
        commands.write_all(format!("{command}\n").as_bytes()).await?;
        Ok(())
    }

    /// Drops its commands, and waits until it ended well.
    pub(crate) async fn ends(&mut self) -> anyhow::Result<()> {
        self.commands = None;
        let status = timeout(LIMIT, self.process.wait()).await.context("it does not end")??;
        if status.success() { Ok(()) } else { bail!("it ended with {status}") }
    }
}

/// What the process does that was started with a role; nothing without one.
pub(crate) fn play_role() -> anyhow::Result<()> {
    let Ok(role) = std::env::var(ROLE) else { return Ok(()) };
    // The harness may have left a line unended.
    writeln!(std::io::stdout())?;
    if role == "devices" {
        return look_round();
    }
    if let Some(answer) = role.strip_prefix("pair ") {
        return pair(answer);
    }
    let known = role.strip_prefix("know ").map(|known| MonitorInfo {
        id: MonitorId::new(MonitorKind::Bluetooth, known),
        name: None,
        battery: None,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(listen(known))
}

/// `kindbeat devices --pair`, with each line that it says told at its end.
fn pair(answer: &str) -> anyhow::Result<()> {
    let (device, answers) = (std::env::var(DEVICE)?, format!("{answer}\n").repeat(3));
    let mut said = Vec::new();
    let input = std::io::Cursor::new(answers);
    let ended = devices::pair(&device, 3, false, &Words::new("en"), input, &mut said);
    for line in String::from_utf8(said)?.lines() {
        say(line)?;
    }
    match ended {
        Ok(()) => say("done"),
        Err(error) => say(&format!("error: {error:#}")),
    }
}

fn look_round() -> anyhow::Result<()> {
    let mut out = Vec::new();
    let ended = devices::run(1, false, true, &Words::new("en"), &mut out);
    for line in String::from_utf8(out)?.lines() {
        say(line)?;
    }
    match ended {
        Ok(()) => say("done"),
        Err(error) => say(&format!("error: {error:#}")),
    }
}

async fn listen(known: Option<MonitorInfo>) -> anyhow::Result<()> {
    let (commands, taken) = mpsc::channel(4);
    let (events, mut told) = mpsc::channel(4);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let command = match line.split_once(' ') {
                Some(("use", address)) => MonitorCommand::Use(MonitorInfo {
                    id: MonitorId::new(MonitorKind::Bluetooth, address),
                    name: None,
                    battery: None,
                }),
                _ if line == "release" => MonitorCommand::Release,
                _ => MonitorCommand::TakeBack,
            };
            if commands.blocking_send(command).is_err() {
                break;
            }
        }
    });
    let settings = MonitorSettings {
        device: std::env::var(DEVICE)?,
        silence: kindbeat_core::setting::RangedDuration::secs(5),
        ..MonitorSettings::default()
    };
    let running = bluetooth::run(kindbeat::dbus::Bus::system(), settings, known, taken, events);
    let telling = async {
        while let Some(event) = told.recv().await {
            match event {
                MonitorEvent::Reading(reading) => {
                    say(&format!("measured {}", reading.heart_rate.unwrap_or_default()))?;
                }
                MonitorEvent::Link(link) => say(link.as_str())?,
                MonitorEvent::Steps(cadence) => {
                    say(&format!("steps {}", cadence.steps_a_minute()))?;
                }
                MonitorEvent::Malformed => say("malformed")?,
                MonitorEvent::Stranger(stranger) => {
                    let name = stranger.and_then(|stranger| stranger.name).unwrap_or_default();
                    say(&format!("stranger {name}"))?;
                }
                MonitorEvent::Connected(monitor) => {
                    let battery =
                        monitor.battery.map_or_else(|| "?".to_owned(), |level| level.to_string());
                    let name = monitor.name.unwrap_or_default();
                    say(&format!("sensor {name} {} {battery}", monitor.id.address()))?;
                }
            }
        }
        anyhow::Ok(())
    };
    let ((), told) = tokio::join!(running, telling);
    told
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{line}")?;
    Ok(out.flush()?)
}

/// The variable that says what the process is to do.
const ROLE: &str = "KINDBEAT_TEST_ROLE";

/// The variable that says which device it is to listen to.
const DEVICE: &str = "KINDBEAT_TEST_DEVICE";

/// What every line begins with that the code under test says.
const MARK: &str = "says: ";
