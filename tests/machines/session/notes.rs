//! What is to be seen of a process: what a browser noted of itself, and what stands in `/proc`.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;

use crate::account::soon;
use crate::session::account::Properties;
use crate::session::account::properties;
use crate::session::person::NOTES;

/// What the browser noted that was started as the `number`th.
pub(crate) async fn of(number: usize) -> anyhow::Result<Properties> {
    let noted = async {
        loop {
            if let Some(noted) = noted(number) {
                return noted;
            }
            tokio::time::sleep(POLL).await;
        }
    };
    soon("a browser", noted).await
}

/// The first browser, as it is now.
pub(crate) fn of_first_still() -> anyhow::Result<Properties> {
    let first = noted(1).context("a browser")?;
    of_process(first.get("process").context("a process")?)
}

/// A process that runs, with its control group.
pub(crate) fn of_process(id: &str) -> anyhow::Result<Properties> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let group = fs::read_to_string(format!("/proc/{id}/cgroup"))?;
    let wanted = ["NoNewPrivs", "Seccomp"];
    let mut seen = properties(&status, ':');
    seen.retain(|name, _| wanted.contains(&name.as_str()));
    seen.insert("cgroup".to_owned(), group.trim().to_owned());
    Ok(seen)
}

/// Whole, or nothing yet.
fn noted(number: usize) -> Option<Properties> {
    let all = fs::read_to_string(NOTES).ok()?;
    let (noted, _) = all.split("process:").nth(number)?.split_once(END)?;
    Some(properties(&format!("process:{noted}"), ':'))
}

/// The last that it notes.
const END: &str = "that is all";
/// How long until it is looked at again.
const POLL: Duration = Duration::from_millis(100);
