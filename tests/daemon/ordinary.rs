//! A test as an ordinary user, whoever runs it: a browser isn't to run as root, and the page answers its own user only.

use std::io::Write as _;

use crate::nobody::Nobody;

/// Runs this test: here, or, as root, in a process of its own that is `nobody`, and so is all that it starts.
pub(crate) fn run(test: impl AsyncFnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    if rustix::process::geteuid().is_root() {
        let printed = Nobody::new()?.run(&[])?;
        // Straight to the terminal: what a passing test prints is not shown.
        for line in printed.lines().filter(|line| line.starts_with(SEEN)) {
            writeln!(std::io::stderr(), "{line}")?;
        }
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(test())
}

/// Prints what was seen, for whoever reads the test's output.
pub(crate) fn seen(what: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stderr(), "{SEEN}{what}")?)
}

const SEEN: &str = "SEEN: ";
