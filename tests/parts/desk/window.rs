//! Windows that fill the screen.

use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use anyhow::ensure;
use kindbeat::desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use tokio::time::timeout;

use super::bus::Ended;
use super::bus::installed;
use super::stand::Watcher;
use super::stand::nowhere;
use super::stand::soon;
use super::stand::there;
use crate::compositor::Compositor;
use crate::compositor::CompositorKind;
use crate::xvfb::Xvfb;

#[tokio::test]
async fn under_x11_the_window_in_use_fills_the_screen() -> anyhow::Result<()> {
    let needed =
        [("Xvfb", "xvfb"), ("openbox", "openbox"), ("wmctrl", "wmctrl"), ("xmessage", "x11-utils")];
    if !installed(&needed)? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let screen = Xvfb::start()?;
    let mut place = nowhere(folder.path());
    place.x11 = Some(screen.display().to_owned());
    let mut watcher = Watcher::start(place.clone()).await?;
    // Nobody manages the windows yet.
    let first = watcher.next().await?;
    assert_eq!(first[Fact::FullScreen], Probe::Absent, "{:?}", desktop::probe(place).await.desktop);
    let on = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).env("DISPLAY", screen.display()).env("HOME", folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(Ended)
    };
    // A window that comes before the manager is done with its start is not always managed.
    let ready = folder.path().join("ready");
    let _manager =
        on("openbox", &["--sm-disable", "--startup", &format!("touch {}", ready.display())])?;
    there(&ready).await?;
    let manage = |arguments: &[&str]| -> anyhow::Result<String> {
        let output =
            Command::new("wmctrl").args(arguments).env("DISPLAY", screen.display()).output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let first = on("xmessage", &["-title", "first", "Hello"])?;
    let listed = async {
        while !manage(&["-l"])?.contains("first") {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    soon(listed).await??;
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::No).await?;
    let state = |what: &str| manage(&["-r", "first", "-b", &format!("{what},fullscreen")]);
    state("add")?;
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::Yes).await?;
    state("remove")?;
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::No).await?;
    state("add")?;
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::Yes).await?;
    let listed = desktop::probe(place).await.desktop;
    let full = listed.iter().find(|probed| probed.fact == Fact::FullScreen);
    let full = full.map(|probed| (probed.source.to_string(), probed.seen));
    assert_eq!(full, Some(("X11".to_owned(), Probe::Yes)));
    // It closes: nothing fills the screen any more.
    drop(first);
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn under_sway_the_window_in_use_fills_the_screen() -> anyhow::Result<()> {
    a_window_fills_the_screen(CompositorKind::Sway).await
}

#[tokio::test]
async fn under_labwc_the_window_in_use_fills_the_screen() -> anyhow::Result<()> {
    a_window_fills_the_screen(CompositorKind::Labwc).await
}

async fn a_window_fills_the_screen(kind: CompositorKind) -> anyhow::Result<()> {
    if !installed(&[("foot", "foot"), ("wtype", "wtype")])? {
        return Ok(());
    }
    let Some(compositor) = Compositor::start(kind)? else { return Ok(()) };
    let mut place = nowhere(compositor.folder());
    place.wayland = Some(compositor.socket());
    let mut watcher = Watcher::start(place.clone()).await?;
    assert_eq!(watcher.next().await?[Fact::FullScreen], Probe::No);
    let mut foot = Command::new("foot");
    foot.args(["--override", "key-bindings.fullscreen=F11", "--fullscreen", "sleep", "600"]);
    foot.env("HOME", compositor.folder()).env("LC_ALL", "C.UTF-8");
    foot.stdout(Stdio::null()).stderr(Stdio::null());
    let terminal = Ended(compositor.on(&mut foot).spawn()?);
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::Yes).await?;
    for turned in [Probe::No, Probe::Yes] {
        // There is no keyboard before: a window that learns of it too late misses the key.
        let turns = async {
            loop {
                let mut key = Command::new("wtype");
                let status = compositor.on(key.args(["-s", "200", "-k", "F11"])).status()?;
                ensure!(status.success(), "wtype");
                let seen = watcher.until(|seen| seen[Fact::FullScreen] == turned);
                if let Ok(seen) = timeout(Duration::from_secs(2), seen).await {
                    return seen.map(drop);
                }
            }
        };
        soon(turns).await??;
    }
    drop(terminal);
    watcher.until(|seen| seen[Fact::FullScreen] == Probe::No).await?;
    Ok(())
}

#[tokio::test]
async fn another_compositor_does_not_tell() -> anyhow::Result<()> {
    if !installed(&[("weston", "weston")])? {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let mut weston = Command::new("weston");
    weston.args(["--backend=headless-backend.so", "--socket=wayland-1", "--idle-time=0"]);
    weston.env("XDG_RUNTIME_DIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let _compositor = Ended(weston.spawn()?);
    there(&folder.path().join("wayland-1")).await?;
    let mut place = nowhere(folder.path());
    place.wayland = Some(folder.path().join("wayland-1"));
    let mut watcher = Watcher::start(place).await?;
    assert_eq!(watcher.next().await?[Fact::FullScreen], Probe::Absent);
    Ok(())
}
