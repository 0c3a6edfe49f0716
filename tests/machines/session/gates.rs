//! What holds an offer back, one thing after the other, while the heart is up: each real, and each heard or seen from inside the
//! service.

use std::time::Duration;

use anyhow::Context as _;
use kindbeat::interface::Client;
use kindbeat_core::status::Status;
use tokio::process::Child;
use tokio::process::Command;

use crate::account::soon;
use crate::screen::Screen;
use crate::session::account::Fact;
use crate::session::account::Writer;
use crate::session::desktop;
use crate::session::heart::Heart;
use crate::session::person;
use crate::session::person::run;
use crate::session::person::theirs;
use crate::session::story::until;

/// The hands are at work, as the desktop tells logind: it keeps when that changed last, and nothing before it did.
pub(crate) async fn hands_are_used() -> anyhow::Result<()> {
    session("SetIdleHint", "true").await?;
    session("SetIdleHint", "false").await
}

/// The heart goes up, and whatever may be in the way is, in turn; at last nothing is.
pub(crate) async fn close_and_open(
    account: &mut Writer,
    client: &Client,
    heart: &Heart,
    screen: &Screen,
    sharing: [Child; 2],
) -> anyhow::Result<()> {
    heart.rises();
    held(account, client, "sharing").await?;

    run(&mut theirs("loginctl", &["lock-session", &person::session().await?])).await?;
    drop(sharing);
    held(account, client, "locked").await?;

    let recording = desktop::records()?;
    run(&mut theirs("loginctl", &["unlock-session", &person::session().await?])).await?;
    held(account, client, "in_call").await?;
    account.tell(Fact::Microphone)?;

    screen.silence(true).await?;
    drop(recording);
    held(account, client, "do_not_disturb").await?;

    let camera = Command::new("mknod").args(["-m", "666", "/dev/video0", "c", "1", "3"]).status();
    anyhow::ensure!(camera.await?.success(), "no camera");
    let camera = start(&["sh", "-c", "exec sleep infinity </dev/video0"])?;
    held(account, client, "in_call").await?;
    account.tell(Fact::Camera)?;

    let film = start(&["systemd-inhibit", "--what=idle", "--who=film", "sleep", "infinity"])?;
    let awake = async {
        while !run(&mut theirs("systemd-inhibit", &["--list"])).await?.contains("film") {
            tokio::time::sleep(POLL).await;
        }
        anyhow::Ok(())
    };
    soon("an inhibitor", awake).await??;
    screen.silence(false).await?;
    drop(camera);
    held(account, client, "inhibited").await?;

    // Only now, as a rise in a rest would be taken for a walk's.
    session("SetIdleHint", "true").await?;
    let rests = async {
        while !client.why().await?.contains("for longer than a pause") {
            tokio::time::sleep(POLL).await;
        }
        anyhow::Ok(())
    };
    soon("hands that rest", rests).await??;
    drop(film);
    held(account, client, "no_pause").await?;

    session("SetLockedHint", "true").await?;
    held(account, client, "locked").await?;
    session("SetIdleHint", "false").await?;
    session("SetLockedHint", "false").await
}

/// Waits until this holds back, for what was seen: what should tell and does not holds back as well.
pub(crate) async fn held(account: &mut Writer, client: &Client, gate: &str) -> anyhow::Result<()> {
    let held = async {
        loop {
            let holds = |status: &Status| status.held_by.as_deref() == Some(gate);
            until(client, holds).await?;
            if !client.why().await?.contains("cannot be told") {
                return anyhow::Ok(());
            }
        }
    };
    soon(gate, held).await?.context(gate.to_owned())?;
    account.tell(Fact::Held(gate.to_owned()))
}

/// A program of the user, until this is dropped.
fn start(command: &[&str]) -> anyhow::Result<Child> {
    theirs(command[0], &command[1..]).spawn().with_context(|| format!("{command:?}"))
}

/// Has the user's session told this, as its desktop does.
async fn session(method: &str, on: &str) -> anyhow::Result<()> {
    let object = format!("/org/freedesktop/login1/session/{}", label(&person::session().await?));
    let call = ["call", "org.freedesktop.login1", &object, "org.freedesktop.login1.Session"];
    run(theirs("busctl", &call).args([method, "b", on])).await.map(drop)
}

/// As logind writes a name in a path: a figure at its beginning is escaped.
fn label(id: &str) -> String {
    match id.chars().next() {
        Some(first) if first.is_ascii_digit() => {
            format!("_{:x}{}", u32::from(first), &id[1..])
        }
        _ => id.to_owned(),
    }
}

/// How long until it is asked again: nothing tells that logind has an inhibitor.
const POLL: Duration = Duration::from_millis(200);
