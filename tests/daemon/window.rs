//! The window of a break in a real browser that runs already, as it mostly does at a desk.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use rusqlite::Connection;
use rusqlite::OpenFlags;
use tokio::process::Command;
use tokio::time::timeout;

use crate::bus::installed;
use crate::client::soon;
use crate::program::Desktop;
use crate::program::Program;
use crate::xvfb::Xvfb;

#[tokio::test]
async fn a_break_is_a_small_window_that_leaves_no_trace() -> anyhow::Result<()> {
    let parts = [("chromium", "chromium"), ("Xvfb", "xvfb"), ("xdotool", "xdotool")];
    if !installed(&parts)? {
        return Ok(());
    }
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let screen = Xvfb::sized("1280x1000")?;
    let browser = install(&desktop)?;
    let at_work = browse(&desktop, &screen, &browser, "Work")?;
    soon(until(&screen, |windows| !windows.is_empty())).await??;

    let mut daemon = desktop.command();
    daemon.env("DISPLAY", screen.display());
    let program = Program::ready(daemon).await?;
    desktop.client().await?.start_break(None, None).await?;
    soon(until(&screen, |windows| windows.contains(&SMALL))).await.context("a small window")??;
    // A key that is held down.
    for _ in 0..30 {
        desktop.client().await?.start_break(None, None).await?;
    }
    ensure!(windows(&screen).await?.len() == 2, "one window of ours");
    desktop.client().await?.end_break().await?;
    soon(until(&screen, |windows| !windows.contains(&SMALL))).await.context("it closes")??;
    program.stops().await?;
    // It writes down what was opened some ten seconds later, the earlier first.
    browse(&desktop, &screen, &browser, "Later")?.wait().await?;
    let history = desktop.folder().join("config/chromium/Default/History");
    let written = async {
        loop {
            tokio::task::yield_now().await;
            let titles = titles(&history).unwrap_or_default();
            if titles.iter().any(|title| title == "Later") {
                return titles;
            }
        }
    };
    let titles = timeout(WRITTEN, written).await.context("a history")?;
    assert_eq!(titles, ["Work", "Later"], "and nothing of the break");
    drop(at_work);
    Ok(())
}

/// A browser that has much to do may take long to write its history.
const WRITTEN: Duration = Duration::from_secs(60);

/// Opens a page of another kind in the browser.
fn browse(
    desktop: &Desktop,
    screen: &Xvfb,
    browser: &Path,
    title: &str,
) -> anyhow::Result<tokio::process::Child> {
    let page = desktop.folder().join(format!("{title}.html"));
    fs::write(&page, format!("<title>{title}</title>"))?;
    let started = Command::new(browser)
        .args(["--no-first-run", "--window-size=1000,900"])
        .arg(&page)
        .stderr(Stdio::null())
        .env_clear()
        .env("HOME", desktop.folder())
        .env("XDG_CONFIG_HOME", desktop.folder().join("config"))
        .env("DISPLAY", screen.display())
        .kill_on_drop(true)
        .spawn()?;
    Ok(started)
}

/// The titles in a history that the browser keeps locked; an error while it is being written.
fn titles(history: &Path) -> anyhow::Result<Vec<String>> {
    let file = format!("file:{}?immutable=1", history.display());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let history = Connection::open_with_flags(file, flags)?;
    let mut visited = history.prepare("SELECT title FROM urls ORDER BY id")?;
    let titles = visited.query_map([], |row| row.get(0))?;
    Ok(titles.collect::<Result<_, _>>()?)
}

/// The browser, as the daemon finds it. Containers give it no sandbox of its own; it sees nothing but our page.
fn install(desktop: &Desktop) -> anyhow::Result<PathBuf> {
    let script = desktop.folder().join("chromium");
    let text = "#!/bin/sh\nPATH=/usr/bin:/bin\nexec /usr/bin/chromium --no-sandbox --disable-dev-shm-usage \"$@\"\n";
    fs::write(&script, text)?;
    fs::set_permissions(&script, Permissions::from_mode(0o755))?;
    Ok(script)
}

/// X, Y, width and height of a window.
type Place = [i32; 4];

/// In the middle of the screen.
const SMALL: Place = [400, 140, 480, 720];

async fn until(screen: &Xvfb, are: impl Fn(&[Place]) -> bool) -> anyhow::Result<()> {
    while !are(&windows(screen).await?) {}
    Ok(())
}

async fn windows(screen: &Xvfb) -> anyhow::Result<Vec<Place>> {
    let search = ["search", "--onlyvisible", "--class", "chromium"];
    let mut places = Vec::new();
    for id in xdotool(screen, &search).await?.lines() {
        // A window that went meanwhile has no place.
        let shown = xdotool(screen, &["getwindowgeometry", "--shell", id]).await?;
        let of = |name: &str| {
            let line = shown.lines().find_map(|line| line.strip_prefix(name))?;
            line.strip_prefix('=')?.parse().ok()
        };
        if let (Some(x), Some(y), Some(width), Some(height)) =
            (of("X"), of("Y"), of("WIDTH"), of("HEIGHT"))
        {
            places.push([x, y, width, height]);
        }
    }
    Ok(places)
}

async fn xdotool(screen: &Xvfb, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new("xdotool");
    let output = command.args(arguments).env("DISPLAY", screen.display()).output().await?;
    Ok(String::from_utf8(output.stdout)?)
}
