//! A machine of its own for a test, seen from outside: what it needs, and how it is run.

use std::fmt::Debug;
use std::fs::File;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::LazyLock;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use serde::de::DeserializeOwned;

use crate::account;
use crate::account::Entry;

/// A machine that tells a story.
pub(crate) struct Machine {
    /// What it is good for, as in "the tests on ...".
    pub(crate) what: &'static str,
    /// What its first process does, below `tests`.
    pub(crate) inside: &'static str,
    /// What happens in it.
    pub(crate) story: Story,
    /// The folder with its kernel, below that of what was made for tests.
    pub(crate) kernel: &'static str,
    /// The Debian whose files it has, as `tests/desktops/make` makes them; `None`: those of this computer.
    pub(crate) root: Option<&'static str>,
    /// Whether it has a disk, and keeps what it changes when it restarts.
    pub(crate) disk: bool,
    /// Whether it has a Bluetooth controller and a strap, which are outside it (`stacks/radio.py`).
    pub(crate) radio: bool,
    /// Whether it waits most of the time, and may run beside others that do.
    pub(crate) waits: bool,
    /// What it needs beyond what every machine does: programs, and the packages they come from. One with a whole path is needed in it.
    pub(crate) needs: &'static [(&'static str, &'static str)],
    /// Where its console is kept, for whoever wonders.
    pub(crate) log: &'static str,
}

/// What happens in a machine, once it is up.
pub(crate) enum Story {
    /// A test of this very program, which is run in it.
    Test(&'static str),
    /// What the script of its first process does, which is given the program, the folder of its source, and whether all is wanted.
    Script,
}

impl Machine {
    /// Whether all that it needs is there; where not, says what is missing. Where `CI` is set, that is an error.
    fn can_run(&self) -> anyhow::Result<bool> {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let own = ["/usr/sbin", "/sbin"].map(PathBuf::from);
        let folders: Vec<_> = std::env::split_paths(&folders).chain(own).collect();
        let there = |program: &str| {
            let inside = program.strip_prefix('/').zip(self.root());
            inside.map_or_else(
                || folders.iter().any(|folder| folder.join(program).exists()),
                |(program, root)| root.join(program).exists(),
            )
        };
        let mut missing: Vec<_> = NEEDED
            .iter()
            .chain(self.needs)
            .filter(|(program, _)| !there(program))
            .map(|(program, package)| format!("{program} (package {package})"))
            .collect();
        if !cfg!(target_arch = "x86_64") {
            missing.push("a processor of the kind x86_64".to_owned());
        }
        let kernel = self.kernel();
        if !kernel.join("vmlinux").exists() {
            let by = if self.kernel == KERNEL { "machines/kernel.sh" } else { "desktops/run" };
            missing.push(format!("a kernel (tests/{by} makes it: {})", kernel.display()));
        }
        // Passwords are among its files.
        let unreadable = |root: &PathBuf| File::open(root.join("etc/shadow")).is_err();
        if let Some(root) = self.root().filter(unreadable) {
            let made = "the files of another Debian, as root (tests/desktops/run makes them:";
            missing.push(format!("{made} {})", root.display()));
        }
        if self.radio && !bumble().join("bumble").exists() {
            let by = "tests/machines/stacks/bumble.sh fetches it:";
            missing.push(format!("Bumble ({by} {})", bumble().display()));
        }
        if missing.is_empty() {
            return Ok(true);
        }
        let missing = missing.join(", ");
        // What testing cannot install at the moment is no fault of ours.
        if std::env::var_os("CI").is_some() && self.root != Some("testing") {
            bail!("not there: {missing}");
        }
        say(&format!("LEFT OUT: the tests on {} need {missing}", self.what));
        Ok(false)
    }

    fn kernel(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.kernel)
    }

    fn root(&self) -> Option<PathBuf> {
        self.root.map(|root| Path::new(env!("CARGO_TARGET_TMPDIR")).join("roots").join(root))
    }

    /// Runs it until it is off; what went wrong in it, if anything did. `share` is an empty folder that both sides see.
    fn run(&self, share: &Path) -> anyhow::Result<Option<String>> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let mut machine = Command::new(tests.join("machines/boot.sh"));
        machine.args([&self.kernel(), share, &tests.join(self.inside)]);
        machine.envs(self.root().map(|root| ("KINDBEAT_ROOT", root)));
        machine.envs(self.disk.then_some(("KINDBEAT_DISK", "1")));
        let _radio = if self.radio {
            let folder = share.join("radio");
            let radio = self.start_radio(&folder)?;
            machine.env("KINDBEAT_RADIO", folder);
            Some(radio)
        } else {
            None
        };
        let program = env!("CARGO_BIN_EXE_kindbeat");
        // Where it finds the files of this computer.
        let host = if self.root.is_some() { "/run/host" } else { "" };
        match self.story {
            Story::Test(test) => machine
                .arg("env")
                .arg(format!("{ROLE}=story"))
                .arg(format!("KINDBEAT_PROGRAM={host}{program}"))
                .args(all().then_some("KINDBEAT_ALL=1"))
                .arg(format!("{host}{}", std::env::current_exe()?.display()))
                .args(["--exact", test, "--nocapture"]),
            Story::Script => machine
                .args(["printf", "program=%q source=%q all=%q", program])
                .arg(env!("CARGO_MANIFEST_DIR"))
                .arg(if all() { "1" } else { "" }),
        };
        let machine =
            machine.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
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
        let due = clock::now() + if all() { 2 * LIMIT } else { LIMIT };
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
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.log);
        std::fs::write(&log, lines.join("\n"))?;
        let status = std::fs::read_to_string(share.join("status")).unwrap_or_default();
        if !stuck && status.trim() == "0" {
            return Ok(None);
        }
        let log = log.display();
        say(&format!("THE MACHINE FAILED. The end of its console (all of it: {log}):"));
        say(&lines[lines.len().saturating_sub(TAIL)..].join("\n"));
        let why = if stuck { "it did not switch itself off" } else { "it failed" };
        Ok(Some(format!("{why}, see its console")))
    }

    /// Starts its radio, with its sockets in this new folder, and returns when they are there. What it says is kept beside the console.
    fn start_radio(&self, folder: &Path) -> anyhow::Result<Ended> {
        std::fs::create_dir(folder)?;
        let radio = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/machines/stacks/radio.py");
        let log = Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.log).with_extension("radio.log");
        // Two write to it.
        std::fs::write(&log, "")?;
        let mut written = File::options().append(true).open(&log)?;
        let mut radio = Command::new("python3")
            .arg(radio)
            .arg(folder)
            .env("PYTHONPATH", bumble())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(written.try_clone()?)
            .spawn()
            .context("python3")?;
        let said = radio.stdout.take().context("piped")?;
        let radio = Ended(radio);
        let mut said = BufReader::new(said).lines();
        let ready = said.next().transpose()?;
        ensure!(ready.as_deref() == Some("ready"), "no radio, see {}", log.display());
        // Ends with it.
        std::thread::spawn(move || {
            for line in said.map_while(Result::ok) {
                let _ = writeln!(written, "{line}");
            }
        });
        Ok(radio)
    }
}

/// What its controller and its strap are made with.
fn bumble() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bumble")
}

/// What is left of the one run of a machine that all of its tests look at.
pub(crate) struct Run<F, L> {
    pub(crate) account: Vec<Entry<F>>,
    /// What else it left.
    pub(crate) left: L,
    /// What went wrong in it; the account ends there.
    fault: Option<String>,
}

/// A run that begins with the first test that looks at it; `None` where something to run it with is missing.
pub(crate) type OnlyRun<F, L> = LazyLock<Result<Option<Run<F, L>>, String>>;

/// The run, for a test.
pub(crate) fn of<F, L>(only: &'static OnlyRun<F, L>) -> anyhow::Result<Option<&'static Run<F, L>>> {
    only.as_ref().map(Option::as_ref).map_err(|error| anyhow::anyhow!("{error}"))
}

impl<F: DeserializeOwned + Debug + PartialEq, L> Run<F, L> {
    /// Runs the machine; `collect` takes out of the folder that both sides saw what is not in the account.
    pub(crate) fn new(
        machine: &Machine,
        collect: impl FnOnce(&Path) -> anyhow::Result<L>,
    ) -> Result<Option<Self>, String> {
        Self::boot(machine, collect).map_err(|error| format!("{error:#}"))
    }

    fn boot(
        machine: &Machine,
        collect: impl FnOnce(&Path) -> anyhow::Result<L>,
    ) -> anyhow::Result<Option<Self>> {
        static RUNNING: RwLock<()> = RwLock::new(());
        if !machine.can_run()? {
            return Ok(None);
        }
        // Two machines at a time would be too slow for what is measured in them, but for those that wait most of the time.
        let (_together, _alone);
        if machine.waits {
            _together = RUNNING.read().unwrap_or_else(PoisonError::into_inner);
        } else {
            _alone = RUNNING.write().unwrap_or_else(PoisonError::into_inner);
        }
        let share = tempfile::tempdir()?;
        let began = clock::now();
        let fault = machine.run(share.path())?;
        let lasted = clock::now().duration_since(began);
        let account = account::read(share.path())?;
        say(&format!("the machine with {}:", machine.what));
        if let Some(Entry { at, .. }) = account.first() {
            figure("from power on to the first that it told", at.duration_since(began));
        }
        figure("from power on to power off", lasted);
        Ok(Some(Self { account, left: collect(share.path())?, fault }))
    }

    /// The first fact that `take` takes, and when it happened; what went wrong where there is none.
    pub(crate) fn first<'r, T>(
        &'r self,
        what: &str,
        take: impl Fn(&'r F) -> Option<T>,
    ) -> anyhow::Result<(Timestamp, T)> {
        let mut taken =
            self.account.iter().filter_map(|entry| Some((entry.at, take(&entry.fact)?)));
        taken.next().with_context(|| {
            let fault = self.fault.as_deref().unwrap_or("it went through to its end");
            format!("never in the machine: {what}; {fault}")
        })
    }

    /// When this happened for the first time.
    pub(crate) fn time(&self, fact: &F) -> anyhow::Result<Timestamp> {
        let what = format!("{fact:?}");
        Ok(self.first(&what, |other| (other == fact).then_some(()))?.0)
    }
}

pub(crate) fn figure(what: &str, lasted: SignedDuration) {
    say(&format!("{what}: {:.1} s", lasted.as_secs_f64()));
}

/// Straight to the terminal, or to the console: what a passing test prints is not shown.
pub(crate) fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
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

/// Whether what takes long is wanted, too.
pub(crate) fn all() -> bool {
    std::env::var_os("KINDBEAT_ALL").is_some()
}

/// That of this Debian.
pub(crate) const KERNEL: &str = "kernel";
/// That of Debian 13, and of testing.
pub(crate) const KERNEL_13: &str = "roots/13.kernel";
pub(crate) const KERNEL_TESTING: &str = "roots/testing.kernel";

/// The variable that says what this program is to do in the machine.
pub(crate) const ROLE: &str = "KINDBEAT_MACHINE";

const NEEDED: [(&str, &str); 6] = [
    ("bash", "bash"),
    ("qemu-system-x86_64", "qemu-system-x86"),
    ("dbus-daemon", "dbus"),
    ("busybox", "busybox-static"),
    ("modprobe", "kmod"),
    ("setpriv", "util-linux"),
];

/// Four times what the longest takes on a busy computer; with all that there is, the longest takes three quarters of an hour.
const LIMIT: Duration = Duration::from_secs(1_500);
/// How many lines of the console tell what went wrong.
const TAIL: usize = 60;
