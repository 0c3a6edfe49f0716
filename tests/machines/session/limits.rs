//! Other programs under the limits of the unit: what the service sees and starts, seen from beside it.

use std::fs;
use std::io::Write as _;

use anyhow::Context as _;
use kindbeat::dbus::Bus;
use kindbeat::desktop;
use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat::desktop::Place;
use kindbeat::desktop::Watches;
use kindbeat_core::context::Probe;
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::account::soon;
use crate::machine::ROLE;
use crate::session::account::Fact;
use crate::session::account::Writer;
use crate::session::account::properties;
use crate::session::desktop::Desktop;
use crate::session::person;
use crate::session::person::run;
use crate::session::person::theirs;

/// `kindbeat doctor`.
pub(crate) async fn doctor(account: &mut Writer) -> anyhow::Result<()> {
    // It ends with an error where something is worth a look; what is, it prints.
    let doctor = limited(&[], &[person::PROGRAM, "doctor", "--json"]).output().await?;
    account.tell(Fact::Doctor(String::from_utf8(doctor.stdout)?))
}

/// The program that the service starts for GNOME, one that is to be refused, and a look at a desktop with an X server.
pub(crate) async fn hold(account: &mut Writer) -> anyhow::Result<()> {
    let key = ["gsettings", "get", "org.gnome.desktop.notifications", "show-banners"];
    let said = run(&mut limited(&[], &key)).await?;
    account.tell(Fact::Gsettings(said.trim().to_owned()))?;
    let free = theirs("unshare", &["--user", "true"]).status().await?.success();
    let limited_too = limited(&[], &["unshare", "--user", "true"]).status().await?.success();
    account.tell(Fact::OwnNamespace { free, limited: limited_too })?;
    let desktop = Desktop::start().await?;
    let display = format!("DISPLAY={}", desktop.display);
    let role = format!("{ROLE}=look");
    let look = [LOOKING, "--exact", "session::the_session_from_inside", "--nocapture"];
    fs::File::create(LOOKING)?;
    let own = std::env::current_exe()?;
    run(Command::new("mount").arg("--bind").arg(own).arg(LOOKING)).await?;
    let seen = run(&mut limited(&[&display, &role], &look)).await?;
    account.tell(Fact::Seen(properties(&seen, '=')))
}

/// Looks, as the service does, until all has answered, and prints what is seen.
pub(crate) async fn look() -> anyhow::Result<()> {
    let (order, orders) = mpsc::channel(1);
    let (tell, mut told) = mpsc::channel(1);
    order.send(DesktopCommand::WatchFacts(true)).await?;
    let looking = tokio::spawn(desktop::run(
        Place::from_environment(Bus::session(), Bus::system()),
        Watches::default(),
        orders,
        tell,
    ));
    let desktop = async {
        while let Some(event) = told.recv().await {
            if let DesktopEvent::Facts(facts) = event
                && facts[kindbeat_core::context::Fact::FullScreen] == Probe::Yes
            {
                return;
            }
        }
    };
    soon("a window that fills the screen", desktop).await?;
    looking.abort();
    let found = desktop::probe(Place::from_environment(Bus::session(), Bus::system())).await;
    let found = found.presence.context("it took too long")?;
    let hands = found.source.map(|source| source.to_string()).unwrap_or_default();
    // On a line of its own: the name of the test stands before it.
    Ok(writeln!(std::io::stdout(), "\nfull screen=yes\nhands={hands}")?)
}

/// A program of the user, with this in its environment, under the limits that the unit sets.
fn limited(environment: &[&str], program: &[&str]) -> Command {
    let service = person::UNIT.split("[Service]").nth(1).unwrap_or_default();
    let service = service.split("[Install]").next().unwrap_or_default();
    let others = ["Type=", "Exec", "Restart", "Timeout", "Watchdog", "#"];
    let is_limit =
        |line: &&str| !line.is_empty() && !others.iter().any(|other| line.starts_with(other));
    let mut command =
        theirs("systemd-run", &["--user", "--quiet", "--collect", "--wait", "--pipe"]);
    command.args(service.lines().filter(is_limit).map(|limit| format!("--property={limit}")));
    command.args(environment.iter().map(|variable| format!("--setenv={variable}")));
    command.arg("--").args(program);
    command
}

/// Where the user can start this very program.
const LOOKING: &str = "/run/looking";
