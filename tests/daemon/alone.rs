//! A test in a process of its own: on a bus that nobody else is on, in an environment that is nobody's.

use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::ensure;
use tokio::task::LocalSet;

use crate::bus::PrivateBus;

/// Runs this test in a process of its own, whose session bus is a private one, whose home is an empty folder, and which finds no
/// programs but those it names by their path.
pub(crate) fn run(test: impl AsyncFnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    run_with(None, test)
}

/// The same, with the programs that are installed here.
pub(crate) fn run_among_programs(
    test: impl AsyncFnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    run_with(Some(std::env::var("PATH")?), test)
}

/// `path`: where programs are; `None`: nowhere.
fn run_with(
    path: Option<String>,
    test: impl AsyncFnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if std::env::var_os(ALONE).is_none() {
        return start(path);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let tasks = LocalSet::new();
    let ended = runtime.block_on(tasks.run_until(test()));
    runtime.shutdown_background();
    ended
}

/// The folder of this process.
pub(crate) fn folder() -> anyhow::Result<PathBuf> {
    Ok(std::env::var_os("HOME").context("in a process of its own")?.into())
}

fn start(path: Option<String>) -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let thread = std::thread::current();
    let test = thread.name().context("the test harness names its threads after the tests")?;
    let folder = bus.folder().to_string_lossy();
    let (path, data) = match path {
        Some(path) => (path, format!("{folder}:/usr/local/share:/usr/share")),
        None => (folder.to_string(), folder.to_string()),
    };
    let output = bus
        .program(&std::env::current_exe()?.to_string_lossy())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .env("XDG_DATA_DIRS", data)
        .env("PATH", path)
        .output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    ensure!(output.status.success() && said.contains("1 passed"), "{said}");
    Ok(())
}

/// Set in the process of its own.
const ALONE: &str = "KINDBEAT_TEST_DAEMON";
