//! The machine, seen from outside: what it needs, how it is started, what it left.

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::LazyLock;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::edge::clock;
use kindbeat::edge::store::Break;
use kindbeat::edge::store::Heard;
use kindbeat::edge::store::Offer;
use kindbeat::edge::store::Store;

use crate::Beat;
use crate::account;
use crate::account::Entry;
use crate::account::Fact;
use crate::figure;
use crate::say;
use crate::story::ROLE;

/// What is left of a run of the machine.
pub(crate) struct Run {
    pub(crate) account: Vec<Entry>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) offers: Vec<Offer>,
    pub(crate) breaks: Vec<Break>,
    /// What went wrong in it; the account ends there.
    fault: Option<String>,
}

/// The one run that all tests look at; `None` where something to run it with is missing.
pub(crate) fn run() -> anyhow::Result<Option<&'static Run>> {
    static RUN: LazyLock<Result<Option<Run>, String>> =
        LazyLock::new(|| Run::new().map_err(|error| format!("{error:#}")));
    RUN.as_ref().map(Option::as_ref).map_err(|error| anyhow::anyhow!("{error}"))
}

impl Run {
    fn new() -> anyhow::Result<Option<Self>> {
        let kernel = kernel();
        if let Some(missing) = missing(&kernel) {
            if std::env::var_os("CI").is_some() {
                bail!("not there: {missing}");
            }
            say(&format!("LEFT OUT: the tests on a real Bluetooth stack need {missing}"));
            return Ok(None);
        }
        let share = tempfile::tempdir()?;
        let began = clock::now();
        let fault = boot(&kernel, share.path())?;
        let lasted = clock::now().duration_since(began);
        let account = account::read(share.path())?;
        let store = Store::open_to_read(share.path())?;
        let (from, to) = (began - SignedDuration::from_hours(1), clock::now());
        let run = Self {
            account,
            heard: store.as_ref().map_or(Ok(Vec::new()), |store| store.heard(from, to))?,
            offers: store.as_ref().map_or(Ok(Vec::new()), |store| store.offers(from, to))?,
            breaks: store.as_ref().map_or(Ok(Vec::new()), |store| store.breaks(from, to))?,
            fault,
        };
        if let Some(first) = run.account.first() {
            figure("from power on to a strap that advertises", first.at.duration_since(began));
            figure("from power on to power off", lasted);
        }
        Ok(Some(run))
    }

    /// The first fact that `take` takes, and when it happened; what went wrong where there is none.
    pub(crate) fn first<'r, T>(
        &'r self,
        what: &str,
        take: impl Fn(&'r Fact) -> Option<T>,
    ) -> anyhow::Result<(Timestamp, T)> {
        let mut taken =
            self.account.iter().filter_map(|entry| Some((entry.at, take(&entry.fact)?)));
        taken.next().with_context(|| {
            let fault = self.fault.as_deref().unwrap_or("it went through to its end");
            format!("never in the machine: {what}; {fault}")
        })
    }

    /// When this happened for the first time.
    pub(crate) fn time(&self, what: &str, fact: &Fact) -> anyhow::Result<Timestamp> {
        Ok(self.first(what, |other| (other == fact).then_some(()))?.0)
    }

    /// The two times that the daemon ran.
    pub(crate) fn lives(&self) -> anyhow::Result<[Life; 2]> {
        let mut lives = Vec::new();
        let (mut started, mut subscribed) = (None, None);
        for &Entry { at, ref fact } in &self.account {
            match (fact, started, subscribed) {
                (Fact::Started, ..) => (started, subscribed) = (Some(at), None),
                (Fact::Subscribed, Some(_), None) => subscribed = Some(at),
                (&Fact::Streaming(rate), Some(started), Some(subscribed)) => {
                    lives.push(Life { started, subscribed, streaming: at, rate });
                }
                _ => {}
            }
        }
        let lives = lives.try_into().ok();
        // Where it did not stream twice, the fault tells why.
        let (_, lives) = self.first("the daemon streaming twice", |_| lives)?;
        Ok(lives)
    }

    /// What the strap sent from one moment to another.
    pub(crate) fn sent(&self, from: Timestamp, to: Timestamp) -> Vec<Beat> {
        let within = self.account.iter().filter(|entry| (from..to).contains(&entry.at));
        let beats = within.filter_map(|entry| match entry.fact {
            Fact::Sent { rate, rr } => Some((entry.at, rate, rr)),
            _ => None,
        });
        beats.collect()
    }

    /// What the store holds from one moment to another.
    pub(crate) fn kept(&self, from: Timestamp, to: Timestamp) -> Vec<Beat> {
        let within = self.heard.iter().filter(|heard| (from..to).contains(&heard.at));
        within.map(beat).collect()
    }
}

/// As the strap sent it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole numbers that were a byte and two"
)]
fn beat(heard: &Heard) -> Beat {
    let rr = heard.reading.rr.first().map_or(0.0, |rr| rr.millis() * 1.024);
    let rate = heard.reading.heart_rate.unwrap_or_default();
    (heard.at, rate.round() as u8, rr.round() as u16)
}

/// A time that the daemon ran.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) started: Timestamp,
    /// When the strap began to send.
    pub(crate) subscribed: Timestamp,
    pub(crate) streaming: Timestamp,
    /// The first heart rate that it told.
    pub(crate) rate: u16,
}

impl Life {
    /// How long it told no heart rate.
    pub(crate) fn silence(&self) -> SignedDuration {
        self.streaming.duration_since(self.started)
    }
}

/// Runs the machine until it is off; what went wrong in it, if anything did.
fn boot(kernel: &Path, share: &Path) -> anyhow::Result<Option<String>> {
    let machine = Command::new(Path::new(FOLDER).join("boot.sh"))
        .args([kernel, share, Path::new("env")])
        .arg(format!("{ROLE}=story"))
        .arg(format!("KINDBEAT_PROGRAM={}", env!("CARGO_BIN_EXE_kindbeat")))
        .arg(std::env::current_exe()?)
        .args(["--exact", "the_machine_from_inside", "--nocapture"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn();
    let mut machine = Ended(machine.context("boot.sh")?);
    let console = machine.0.stdout.take().context("piped")?;
    let (tell, told) = mpsc::channel();
    // Ends with the machine.
    std::thread::spawn(move || {
        for line in BufReader::new(console).split(b'\n').map_while(Result::ok) {
            if tell.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    let due = clock::now() + LIMIT;
    let mut lines = Vec::new();
    let stuck = loop {
        let left = due.duration_since(clock::now()).try_into().unwrap_or_default();
        match told.recv_timeout(left) {
            Ok(line) => lines.push(line),
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => break true,
        }
    };
    drop(machine);
    let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join("machine.log");
    std::fs::write(&log, lines.join("\n"))?;
    let status = std::fs::read_to_string(share.join("status")).unwrap_or_default();
    if !stuck && status.trim() == "0" {
        return Ok(None);
    }
    say(&format!("THE MACHINE FAILED. The end of its console (all of it: {}):", log.display()));
    say(&lines[lines.len().saturating_sub(TAIL)..].join("\n"));
    let why = if stuck { "it did not switch itself off" } else { "it failed" };
    Ok(Some(format!("{why}, see its console")))
}

/// A process that ends with this value.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Where it is gone already, that is what was wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn kernel() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("kernel")
}

/// What is not there, and where it comes from.
fn missing(kernel: &Path) -> Option<String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let own = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let folders: Vec<_> = std::env::split_paths(&folders).chain(own).collect();
    let there = |program: &str| folders.iter().any(|folder| folder.join(program).exists());
    let mut missing: Vec<_> = NEEDED
        .iter()
        .filter(|(program, _)| !there(program))
        .map(|(program, package)| format!("{program} (package {package})"))
        .collect();
    if !cfg!(target_arch = "x86_64") {
        missing.push("a processor of the kind x86_64".to_owned());
    }
    if !kernel.join("vmlinux").exists() {
        missing.push(format!("a kernel (tests/machine/kernel.sh {})", kernel.display()));
    }
    (!missing.is_empty()).then(|| missing.join(", "))
}

const NEEDED: [(&str, &str); 8] = [
    ("bash", "bash"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("/usr/libexec/bluetooth/bluetoothd", "bluez"),
    ("btvirt", "bluez-test-tools"),
    ("dbus-daemon", "dbus"),
    ("busybox", "busybox-static"),
    ("modprobe", "kmod"),
    ("setpriv", "util-linux"),
];

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine");

/// Four times what it takes on a busy computer.
const LIMIT: Duration = Duration::from_secs(600);
/// How many lines of the console tell what went wrong.
const TAIL: usize = 60;
