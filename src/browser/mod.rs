//! Opens a page on the desktop: tries one program after the other until one does not fail, and waits until the page is fetched. Touches
//! processes only.
//!
//! `ways.rs` (pure) lists the programs in their order. A browser outlives the page, and the daemon if need be, so it's
//! started outside the service, whose limits and sandbox would cover it and whose end would end it.

mod ways;

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process_group;
use tokio::process::Child;
use tokio::process::Command;
use tokio::sync::oneshot;
use tracing::debug;

use self::ways::Detached;
use self::ways::Invocation;
pub use self::ways::Shown;
pub use self::ways::missing_private_option;

/// The programs of this desktop that open pages.
#[derive(Clone, Debug)]
pub struct Opener {
    /// The folders that programs are searched in.
    folders: Vec<PathBuf>,
    /// How to start a browser outside the service; where one doesn't work, the next one is tried.
    detached: Vec<Detached>,
    /// The variables of the desktop, for a program that isn't started as our child.
    environment: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenOutcome {
    /// A browser fetched the page.
    Fetched,
    /// Every program failed, or there was none: the person needs the address.
    NotFetched,
    /// The page was closed before anything fetched it. What was started to open it is ended, as far as it is ours.
    Closed,
}

impl Opener {
    /// After this long without a request the person needs the address, although a program may still open the page: more than most
    /// browsers need to start cold (measured on a busy machine: 0.9 s; 2.7 s for a browser's very first start; over 8 s for Firefox's).
    pub const LATE: Duration = Duration::from_secs(12);

    #[must_use]
    pub fn from_environment() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let home = |variable, below| {
            let data = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
            data.map(|data: PathBuf| data.join(below))
        };
        let data = home("XDG_DATA_HOME", "").or_else(|| home("HOME", ".local/share"));
        let own = data.into_iter().chain([PathBuf::from("/var/lib")]);
        // Flatpak puts a program for each browser here; not every session has these folders in its path.
        let exports = own.map(|data| data.join("flatpak/exports/bin"));
        let folders: Vec<_> = env::split_paths(&path).chain(exports).collect();
        let manager = home("XDG_RUNTIME_DIR", "systemd/private").is_some_and(|path| path.exists());
        let service = find(&folders, "systemd-run").filter(|_| manager).map(Detached::Service);
        let session = find(&folders, "setsid").map_or(Detached::Not, Detached::Session);
        let detached = service.into_iter().chain([session]).collect();
        let known = |name: &&str| Some(((*name).to_owned(), env::var(name).ok()?));
        let environment = ways::PASSED_ON.iter().filter_map(known).collect();
        Self { folders, detached, environment }
    }

    /// Without any program, as in a terminal without a screen.
    #[must_use]
    pub fn none() -> Self {
        Self { folders: Vec::new(), detached: vec![Detached::Not], environment: Vec::new() }
    }

    /// Opens the page at `url`: with `open_with`, if that isn't empty, or else with the programs of the desktop. The next one is tried only
    /// when one ended with an error: a second browser beside a slow one would be a second window.
    ///
    /// `token` came with the click (`XDG_ACTIVATION_TOKEN`) and brings the window to the front. `fetched` completes when the
    /// page is first fetched, and is dropped when the page is closed.
    pub async fn open(
        &self,
        url: &str,
        open_with: &[String],
        token: Option<&str>,
        mut fetched: oneshot::Receiver<()>,
    ) -> OpenOutcome {
        let ways = ways::ways(open_with, url, |name| find(&self.folders, name));
        for way in &ways {
            if let Some(outcome) = self.attempt(way, token, &mut fetched).await {
                return outcome;
            }
            debug!(program = %way.name(), "program does not open the page");
        }
        OpenOutcome::NotFetched
    }

    /// The programs that would be tried, in order, by name, and whether each exists. Starts none.
    #[must_use]
    pub fn programs(&self, open_with: &[String]) -> Vec<(String, bool)> {
        let ways = ways::ways(open_with, "", |name| find(&self.folders, name));
        ways.iter().map(|way| (way.name().into_owned(), is_program(&way.program))).collect()
    }

    /// Tries one program. `None`: it ended with an error; otherwise this doesn't return before the page is fetched or closed.
    async fn attempt(
        &self,
        way: &Invocation,
        token: Option<&str>,
        fetched: &mut oneshot::Receiver<()>,
    ) -> Option<OpenOutcome> {
        for detached in &self.detached {
            let invocation = detached.wrap(way, token, &self.environment);
            let Ok(mut child) = start(&invocation, token) else { continue };
            tokio::select! {
                fetched = &mut *fetched => {
                    if fetched.is_ok() {
                        detached.let_go(&mut child);
                        return Some(OpenOutcome::Fetched);
                    }
                    detached.end(&mut child);
                    return Some(OpenOutcome::Closed);
                }
                status = failure(&mut child) => {
                    debug!(program = %invocation.name(), %status, "program ended with an error");
                }
            }
            // systemd-run may report a failure of the manager; the others report one of the program, which would fail again.
            if !matches!(detached, Detached::Service(_)) {
                break;
            }
        }
        None
    }
}

impl Detached {
    /// The page is there: the program goes on by itself.
    fn let_go(&self, child: &mut Child) {
        // It would wait for the browser's end.
        if matches!(self, Self::Service(_)) {
            let _ = child.start_kill();
        }
    }

    /// The page is gone: a program that runs still, and so may hang, ends. Not one that passed the address on: that is the owner's.
    fn end(&self, child: &mut Child) {
        match self {
            Self::Session(_) => {
                let leader =
                    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
                // It may have ended just now.
                let _ = leader.map(|leader| kill_process_group(leader, Signal::TERM));
            }
            Self::Service(_) | Self::Not => {
                let _ = child.start_kill();
            }
        }
    }
}

/// Starts a program without input or output. It isn't killed when nobody waits for it any more.
fn start(invocation: &Invocation, token: Option<&str>) -> std::io::Result<Child> {
    let mut command = Command::new(&invocation.program);
    command.args(&invocation.arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for name in ways::TOKEN_NAMES {
        // A token that we were started with was spent then.
        match token {
            Some(token) => command.env(name, token),
            None => command.env_remove(name),
        };
    }
    command.spawn()
}

/// How a program failed. One that ends well may have passed the address to a running browser, so that isn't a failure.
async fn failure(child: &mut Child) -> ExitStatus {
    match child.wait().await {
        Ok(status) if !status.success() => status,
        _ => std::future::pending().await,
    }
}

/// A path as it is; a name in the first folder that has it.
fn find(folders: &[PathBuf], name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return Some(name.into());
    }
    let name = OsString::from(name);
    folders.iter().map(|folder| folder.join(&name)).find(|program| is_program(program))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests;
