//! The end of the login that the program serves.

use kindbeat::clock;
use kindbeat_core::login::GONE_AFTER;
use tokio::net::UnixListener;

use crate::client::soon;
use crate::program::Desktop;
use crate::program::Program;

#[tokio::test]
async fn it_ends_by_itself_when_its_display_is_gone() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let socket = desktop.folder().join("wayland-9");
    let compositor = UnixListener::bind(&socket)?;
    let mut command = desktop.command();
    command.env("WAYLAND_DISPLAY", &socket);
    let program = Program::ready(command).await?;
    // Whoever asks for the hands comes, too.
    let (connection, _) = soon(compositor.accept()).await??;
    let gone = clock::now();
    drop((connection, compositor));
    std::fs::remove_file(&socket)?;
    let (status, log) = program.ends().await?;
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("the X server or the compositor is gone"), "{log}");
    assert!(clock::now().duration_since(gone) >= GONE_AFTER, "{log}");
    Ok(())
}

/// A manager of the user that knows a display.
struct Manager;

#[zbus::interface(name = "org.freedesktop.systemd1.Manager")]
impl Manager {
    #[zbus(property)]
    #[expect(clippy::unused_self, reason = "the interface wants it so")]
    fn environment(&self) -> Vec<String> {
        vec!["DISPLAY=:7".to_owned()]
    }
}

#[tokio::test]
async fn for_a_desktop_that_comes_later_it_is_started_again() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    let manager = desktop.session.connect().await?;
    manager.object_server().at("/org/freedesktop/systemd1", Manager).await?;
    let program = Program::ready(desktop.after("export SYSTEMD_EXEC_PID=$$;")).await?;
    manager.request_name("org.freedesktop.systemd1").await?;
    let (status, log) = program.ends().await?;
    assert_eq!(status.code(), Some(75), "{log}");
    assert!(log.contains("another desktop of the same user is there"), "{log}");
    // Whoever started it in a terminal has it there for good.
    let program = desktop.start().await?;
    program.stops().await?;
    Ok(())
}
