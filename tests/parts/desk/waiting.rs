//! Sources that never answer, or that are not there.

use std::time::Duration;

use kindbeat::dbus::Bus;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Fact;
use kindbeat_core::context::Probe;
use tokio::net::UnixListener;
use tokio::time::Instant;

use super::stand::Watcher;
use super::stand::nowhere;

#[tokio::test]
async fn where_there_is_nothing_to_ask_nothing_holds_back() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut watcher = Watcher::start(nowhere(folder.path())).await?;
    assert_eq!(watcher.next().await?, Desktop::default());
    // Whoever asks anew is told anew.
    watcher.command(DesktopCommand::WatchFacts(true)).await?;
    assert_eq!(watcher.next().await?, Desktop::default());
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    watcher.end().await
}

#[tokio::test]
async fn at_rest_nothing_is_told_and_nobody_is_asked() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let asked = UnixListener::bind(folder.path().join("bus"))?;
    let mut place = nowhere(folder.path());
    place.session_bus = Bus::at(format!("unix:path={}", folder.path().join("bus").display()));
    let mut watcher = Watcher::rests(place);
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    watcher.command(DesktopCommand::WatchFacts(true)).await?;
    let (asking, _) = asked.accept().await?;
    assert_eq!(watcher.next().await?[Fact::DoNotDisturb], Probe::Failed);
    watcher.command(DesktopCommand::WatchFacts(false)).await?;
    // It hung up.
    let hung_up = async {
        let mut bytes = [0; 64];
        loop {
            asking.readable().await?;
            match asking.try_read(&mut bytes) {
                Ok(0) => return anyhow::Ok(()),
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Ok(()),
                _ => {}
            }
        }
    };
    super::stand::soon(hung_up).await??;
    assert!(!watcher.has_news());
    watcher.end().await
}

#[tokio::test(start_paused = true)]
async fn who_does_not_answer_within_half_a_second_is_told_as_failed() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    // They take the connection and say nothing.
    let _bus = UnixListener::bind(folder.path().join("bus"))?;
    let _screen = UnixListener::bind(folder.path().join("wayland-9"))?;
    let mut place = nowhere(folder.path());
    let bus = Bus::at(format!("unix:path={}", folder.path().join("bus").display()));
    (place.session_bus, place.system_bus) = (bus.clone(), bus);
    place.wayland = Some(folder.path().join("wayland-9"));
    let asked = Instant::now();
    let mut watcher = Watcher::start(place.clone()).await?;
    let failed = Desktop::ABSENT
        .with(Fact::FullScreen, Probe::Failed)
        .with(Fact::DoNotDisturb, Probe::Failed)
        .with(Fact::Inhibited, Probe::Failed);
    assert_eq!(watcher.next().await?, failed);
    assert_eq!(asked.elapsed().as_millis() / 10, Duration::from_millis(500).as_millis() / 10);
    let asked = Instant::now();
    let listed = desktop::probe(place).await.desktop;
    // Two idle sources, one after the other.
    assert_eq!(asked.elapsed().as_millis() / 10, Duration::from_secs(3).as_millis() / 10);
    for probed in listed {
        let is_late =
            [Fact::FullScreen, Fact::DoNotDisturb, Fact::Inhibited].contains(&probed.fact);
        assert_eq!(probed.seen == Probe::Failed, is_late, "{probed:?}");
        assert!(probed.why.is_some());
    }
    Ok(())
}
