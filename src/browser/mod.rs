//! Opening a page on the desktop: one way after the other, until the page is seen to be fetched.
//!
//! Which ways there are, and in which order, is in `ways.rs` (pure); here they are gone. A browser that is started lives longer
//! than the page, and than the daemon if need be: it belongs to the session of its owner, not to the service, whose limits and
//! sandbox would cover it and whose end would end it.

mod ways;

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Child;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::debug;

use self::ways::Detached;
use self::ways::Invocation;

/// What a desktop has to open pages with.
#[derive(Clone, Debug)]
pub struct Opener {
    /// Where programs are looked for.
    folders: Vec<PathBuf>,
    /// How to keep a browser apart; where one does not work, the next one.
    detached: Vec<Detached>,
    /// What a program needs to know of the desktop, where it does not start as our child.
    environment: Vec<(String, String)>,
    patience: Duration,
}

/// What became of opening a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenOutcome {
    /// A browser fetched it.
    Fetched,
    /// Every way was tried, or there was none: the person has to be told the address.
    NotFetched,
    /// It was closed before anything fetched it.
    Closed,
}

impl Opener {
    /// How long a way has until the page is fetched, before the next one is tried: far more than a browser needs to start cold
    /// on a busy machine (measured: 0.9 s; 2.7 s for a browser's very first start).
    pub const PATIENCE: Duration = Duration::from_secs(8);

    /// The desktop this process runs on.
    #[must_use]
    pub fn from_environment() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let home = |variable, below| {
            let data = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
            data.map(|data: PathBuf| data.join(below))
        };
        let data = home("XDG_DATA_HOME", "").or_else(|| home("HOME", ".local/share"));
        let own = data.into_iter().chain([PathBuf::from("/var/lib")]);
        // Where Flatpak puts a program for each browser it installed; not in the path of every session.
        let exports = own.map(|data| data.join("flatpak/exports/bin"));
        let folders: Vec<_> = env::split_paths(&path).chain(exports).collect();
        let manager = home("XDG_RUNTIME_DIR", "systemd/private").is_some_and(|path| path.exists());
        let service = find(&folders, "systemd-run").filter(|_| manager).map(Detached::Service);
        let session = find(&folders, "setsid").map_or(Detached::Not, Detached::Session);
        let detached = service.into_iter().chain([session]).collect();
        let known = |name: &&str| Some(((*name).to_owned(), env::var(name).ok()?));
        let environment = ways::PASSED_ON.iter().filter_map(known).collect();
        Self { folders, detached, environment, patience: Self::PATIENCE }
    }

    /// A desktop with nothing to open a page with, such as a terminal without a screen.
    #[must_use]
    pub fn none() -> Self {
        Self {
            folders: Vec::new(),
            detached: vec![Detached::Not],
            environment: Vec::new(),
            patience: Self::PATIENCE,
        }
    }

    /// Opens the page at `url`: with `open_with`, where that is not empty, else with what is found.
    ///
    /// `token` is what the desktop gave along with the click (`XDG_ACTIVATION_TOKEN`), so that the window comes to the front.
    /// `fetched` is told when the page is first fetched, and dropped when it is closed.
    pub async fn open(
        &self,
        url: &str,
        open_with: &[String],
        token: Option<&str>,
        mut fetched: oneshot::Receiver<()>,
    ) -> OpenOutcome {
        let ways = ways::ways(open_with, url, |name| find(&self.folders, name));
        for way in &ways {
            match timeout(self.patience, self.go(way, token, &mut fetched)).await {
                Ok(Some(outcome)) => return outcome,
                Ok(None) => debug!(program = %way.name(), "does not open the page"),
                Err(_) => debug!(program = %way.name(), "does not fetch the page in time"),
            }
        }
        OpenOutcome::NotFetched
    }

    /// The programs that would be tried, in order, by name, and whether each is there. Starts none.
    #[must_use]
    pub fn programs(&self, open_with: &[String]) -> Vec<(String, bool)> {
        let ways = ways::ways(open_with, "", |name| find(&self.folders, name));
        ways.iter().map(|way| (way.name().into_owned(), is_program(&way.program))).collect()
    }

    /// Goes one way. `None`: it leads nowhere; it does not return while it may still lead somewhere.
    async fn go(
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
                    let outcome = if fetched.is_ok() { OpenOutcome::Fetched } else { OpenOutcome::Closed };
                    return Some(outcome);
                }
                status = failure(&mut child) => {
                    debug!(program = %invocation.name(), %status, "ended with an error");
                }
            }
            // The manager tells of its own failure only; another one tells of the program's, which would fail again.
            if !matches!(detached, Detached::Service(_)) {
                break;
            }
        }
        None
    }
}

/// Starts a program that has nothing to say here. It is not killed when it is no longer waited for.
fn start(invocation: &Invocation, token: Option<&str>) -> std::io::Result<Child> {
    let mut command = Command::new(&invocation.program);
    command.args(&invocation.arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for name in ways::TOKEN_NAMES {
        // One that we were started with was spent then.
        match token {
            Some(token) => command.env(name, token),
            None => command.env_remove(name),
        };
    }
    command.spawn()
}

/// How a program failed. One that ends well may have handed the address on to a browser that runs: that is not a failure.
async fn failure(child: &mut Child) -> ExitStatus {
    match child.wait().await {
        Ok(status) if !status.success() => status,
        _ => std::future::pending().await,
    }
}

/// The program of that name: as it stands where it is a path, else in the first folder that has it.
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
