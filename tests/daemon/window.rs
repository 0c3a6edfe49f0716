//! The window of a break in a real browser that runs already, as it mostly does at a desk: browser and daemon of an ordinary user.

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
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::timeout;

use crate::bus::installed;
use crate::client::soon;
use crate::ordinary;
use crate::program::Desktop;
use crate::program::Program;
use crate::xvfb::Xvfb;

#[test]
fn a_break_is_a_small_window_that_leaves_no_trace() -> anyhow::Result<()> {
    let parts = [("chromium", "chromium"), ("Xvfb", "xvfb"), ("xdotool", "xdotool")];
    if !installed(&parts)? {
        return Ok(());
    }
    ordinary::run(async || {
        let Some(desktop) = Desktop::new()? else { return Ok(()) };
        let screen = Xvfb::sized("1280x1000")?;
        let browser = install(&desktop)?;
        let at_work = browse(&desktop, &screen, &browser, "Work")?;
        soon(until(&screen, |windows| !windows.is_empty())).await??;

        let mut daemon = desktop.command();
        daemon.env("DISPLAY", screen.display());
        let program = Program::ready(daemon).await?;
        desktop.client().await?.start_break(None, None).await?;
        let opens = until(&screen, |windows| windows.contains(&SMALL));
        soon(opens).await.context("a small window")??;
        // A key that is held down.
        for _ in 0..30 {
            desktop.client().await?.start_break(None, None).await?;
        }
        ensure!(windows(&screen).await?.len() == 2, "one window of ours");
        desktop.client().await?.end_break().await?;
        let closes = until(&screen, |windows| !windows.contains(&SMALL));
        soon(closes).await.context("it closes")??;
        program.stops().await?;
        // It writes down what was opened some ten seconds later, the earlier first.
        browse(&desktop, &screen, &browser, "Later")?.wait().await?;
        let history = desktop.folder().join("config/chromium/Default/History");
        let titles = written(|| titles(&history)).await.context("a history")?;
        assert_eq!(titles, ["Work", "Later"], "and nothing of the break");
        drop(at_work);
        Ok(())
    })
}

#[test]
fn in_firefox_a_break_is_a_private_window() -> anyhow::Result<()> {
    let parts = [
        ("firefox-esr", "firefox-esr"),
        ("Xvfb", "xvfb"),
        ("xdotool", "xdotool"),
        ("openbox", "openbox"),
    ];
    if !installed(&parts)? {
        return Ok(());
    }
    ordinary::run(async || {
        let Some(desktop) = Desktop::new()? else { return Ok(()) };
        let screen = Xvfb::sized("1280x1000")?;
        let _manager = manage(&desktop, &screen)?;
        let browser = install_firefox(&desktop)?;
        let at_work = browse(&desktop, &screen, &browser, "Work")?;
        titled(&screen, "Work", 1).await.context("a window")?;

        let mut daemon = desktop.command();
        daemon.env("DISPLAY", screen.display()).env("KINDBEAT_LOG", "debug");
        let mut program = Program::ready(daemon).await?;
        let client = desktop.client().await?;
        client.start_break(None, None).await?;
        titled(&screen, PRIVATE, 1).await.context("a break")?;
        program.says("a window follows the break").await?;
        leave_by_key(&screen).await.context("left by Escape, it closes")?;
        program.says("the break is over").await?;
        ensure!(named(&screen, "Work").await?.len() == 1, "and nothing else does");

        client.start_break(None, None).await?;
        titled(&screen, PRIVATE, 1).await.context("another break")?;
        // A key that is held down.
        for _ in 0..30 {
            client.start_break(None, None).await?;
        }
        let breaks = named(&screen, PRIVATE).await?;
        let [window] = breaks.as_slice() else { anyhow::bail!("one window of ours: {breaks:?}") };
        let place = xdotool(&screen, &["getwindowgeometry", window]).await?;
        let place = place.split_whitespace().collect::<Vec<_>>().join(" ");
        ordinary::seen(&format!("a break in Firefox: {place}"))?;
        client.end_break().await?;
        titled(&screen, PRIVATE, 0).await.context("it closes")?;
        program.stops().await?;
        browse(&desktop, &screen, &browser, "Later")?.wait().await?;
        let profile = desktop.folder().join("profile");
        let titles = written(|| places(&profile)).await.context("a history")?;
        assert_eq!(titles, ["Work", "Later"], "and nothing of the break");
        drop(at_work);
        Ok(())
    })
}

/// What a browser has in its history, once it has written down the page that was opened last.
async fn written(titles: impl Fn() -> anyhow::Result<Vec<String>>) -> anyhow::Result<Vec<String>> {
    let written = async {
        loop {
            tokio::task::yield_now().await;
            // Not there yet, or just being written.
            let titles = titles().unwrap_or_default();
            if titles.iter().any(|title| title == "Later") {
                return titles;
            }
        }
    };
    Ok(timeout(SLOW, written).await?)
}

/// Waits until there are so many windows whose title has this in it.
async fn titled(screen: &Xvfb, title: &str, count: usize) -> anyhow::Result<()> {
    let are = async {
        while named(screen, title).await?.len() != count {}
        anyhow::Ok(())
    };
    timeout(SLOW, are).await?
}

/// Presses Escape until the private window is gone: for a moment after it opened, Firefox takes a key for itself.
async fn leave_by_key(screen: &Xvfb) -> anyhow::Result<()> {
    let left = async {
        while !named(screen, PRIVATE).await?.is_empty() {
            xdotool(screen, &["key", "Escape"]).await?;
        }
        anyhow::Ok(())
    };
    timeout(SLOW, left).await?
}

/// A window manager, which gives a new window the focus, as a desktop does.
fn manage(desktop: &Desktop, screen: &Xvfb) -> anyhow::Result<Child> {
    let mut openbox = Command::new("openbox");
    openbox.env("DISPLAY", screen.display()).env("HOME", desktop.folder());
    openbox.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(openbox.kill_on_drop(true).spawn()?)
}

/// In the title of each private window of Firefox.
const PRIVATE: &str = "Private Browsing";

/// The windows whose title has this in it. xdotool itself finds no words in a title with a dash that is not of ASCII.
async fn named(screen: &Xvfb, title: &str) -> anyhow::Result<Vec<String>> {
    let all = xdotool(screen, &["search", "--onlyvisible", "--name", "."]).await?;
    let mut found = Vec::new();
    for window in all.lines() {
        if xdotool(screen, &["getwindowname", window]).await?.contains(title) {
            found.push(window.to_owned());
        }
    }
    Ok(found)
}

/// The titles of what Firefox remembers. It keeps the database locked, so a copy is read; an error while it is being written.
fn places(profile: &Path) -> anyhow::Result<Vec<String>> {
    let copy = tempfile::tempdir()?;
    for file in ["places.sqlite", "places.sqlite-wal"] {
        fs::copy(profile.join(file), copy.path().join(file))?;
    }
    let places = Connection::open(copy.path().join("places.sqlite"))?;
    let mut visited = places.prepare(
        "SELECT coalesce(title, url) FROM moz_places WHERE visit_count > 0 OR url LIKE '%127.0.0.1%' ORDER BY id",
    )?;
    let titles = visited.query_map([], |row| row.get(0))?;
    Ok(titles.collect::<Result<_, _>>()?)
}

/// Firefox, as the daemon finds it, with a profile that asks nothing.
pub(crate) fn install_firefox(desktop: &Desktop) -> anyhow::Result<PathBuf> {
    let (folder, profile) = (desktop.folder(), desktop.folder().join("profile"));
    let settings = folder.join(".mozilla/firefox");
    fs::create_dir_all(&settings)?;
    fs::create_dir_all(&profile)?;
    fs::write(
        settings.join("profiles.ini"),
        format!(
            "[General]\nStartWithLastProfile=1\n\n[Profile0]\nName=own\nIsRelative=0\nPath={}\nDefault=1\n",
            profile.display()
        ),
    )?;
    let quiet = [
        ("browser.shell.checkDefaultBrowser", "false"),
        ("browser.aboutwelcome.enabled", "false"),
        ("browser.startup.homepage_override.mstone", "\"ignore\""),
        ("datareporting.policy.dataSubmissionEnabled", "false"),
        ("network.captive-portal-service.enabled", "false"),
        ("network.connectivity-service.enabled", "false"),
    ];
    let quiet = quiet.map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"));
    fs::write(profile.join("user.js"), quiet.concat())?;
    let script = folder.join("firefox-esr");
    let text = "#!/bin/sh\nPATH=/usr/bin:/bin\nexport MOZ_LEGACY_PROFILES=1\nexec /usr/bin/firefox-esr \"$@\"\n";
    fs::write(&script, text)?;
    fs::set_permissions(&script, Permissions::from_mode(0o755))?;
    Ok(script)
}

/// Firefox takes seconds to start for the first time, and a browser that has much to do takes long to write its history.
const SLOW: Duration = Duration::from_secs(60);

/// Opens a page of another kind in the browser.
fn browse(desktop: &Desktop, screen: &Xvfb, browser: &Path, title: &str) -> anyhow::Result<Child> {
    let page = desktop.folder().join(format!("{title}.html"));
    fs::write(&page, format!("<title>{title}</title>"))?;
    let started = Command::new(browser)
        .args(browser.ends_with("chromium").then_some("--no-first-run"))
        .args(browser.ends_with("chromium").then_some("--window-size=1000,900"))
        .arg(&page)
        .stderr(Stdio::null())
        .env_clear()
        .env("HOME", desktop.folder())
        .env("XDG_CONFIG_HOME", desktop.folder().join("config"))
        .env("DISPLAY", screen.display())
        // Where Firefox finds the one that runs.
        .env("DBUS_SESSION_BUS_ADDRESS", desktop.session.address())
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

/// The browser, as the daemon finds it.
pub(crate) fn install(desktop: &Desktop) -> anyhow::Result<PathBuf> {
    let script = desktop.folder().join("chromium");
    let sandbox = if has_namespaces()? {
        ""
    } else {
        ordinary::seen("Chromium ran without its sandbox: no user namespaces are allowed here")?;
        "--no-sandbox "
    };
    // Containers have little shared memory.
    let text = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\nexec /usr/bin/chromium {sandbox}--disable-dev-shm-usage \"$@\"\n"
    );
    fs::write(&script, text)?;
    fs::set_permissions(&script, Permissions::from_mode(0o755))?;
    Ok(script)
}

/// Whether this user may make namespaces, of which a browser makes its sandbox.
fn has_namespaces() -> anyhow::Result<bool> {
    let mut unshare = std::process::Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--net", "--pid", "--fork", "true"]);
    Ok(unshare.stderr(Stdio::null()).status()?.success())
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
