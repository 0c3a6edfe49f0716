//! What happens in the machine, from the start of systemd to the end of the service.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use kindbeat::interface::Client;
use kindbeat_core::status::Status;

use crate::account::soon;
use crate::machine::ROLE;
use crate::screen::Screen;
use crate::screen::Shown;
use crate::session::account::Fact;
use crate::session::account::Moment;
use crate::session::account::Opened;
use crate::session::account::Why;
use crate::session::account::Writer;
use crate::session::desktop;
use crate::session::gates;
use crate::session::heart::Heart;
use crate::session::journal::Journal;
use crate::session::limits;
use crate::session::notes;
use crate::session::person;
use crate::session::person::run;
use crate::session::person::systemctl;
use crate::session::person::theirs;

/// What this process was started for, if it was started in the machine.
pub(crate) fn play_role() -> anyhow::Result<()> {
    let Ok(role) = std::env::var(ROLE) else { return Ok(()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        if role == "look" {
            return limits::look().await;
        }
        happen(&mut Writer::new()?).await
    })
}

async fn happen(account: &mut Writer) -> anyhow::Result<()> {
    let mut heart = Heart::start().await?;
    person::moves_in().await?;
    account.tell(Fact::Session(person::logs_in().await?))?;
    let mut screen = Screen::start(person::connection().await?).await?;
    let mut journal = Journal::follow()?;
    starts(account, &mut journal).await?;
    let client = connect().await?;
    a_break_is_asked_for(account, &client).await?;
    until(&client, |status| status.state == "streaming").await?;
    gates::hands_are_used().await?;
    // Before the parts of the desktop start, which keep an emulated processor busy for longer than doctor waits.
    limits::doctor(account).await?;
    // What is usual is still that of most people then.
    let quiet = heart.beats(20);
    let meanwhile = async {
        limits::hold(account).await?;
        desktop::starts_sound().await?;
        desktop::shares_the_screen().await
    };
    let ((), sharing) = tokio::try_join!(quiet, meanwhile)?;
    gates::close_and_open(account, &client, &heart, &screen, sharing).await?;
    let offer = screen.shows(Shown::is_offer).await?;
    account.tell(Fact::Offered)?;
    screen.click(&offer).await?;
    account.tell(Fact::Browser(Opened::ByClick, notes::of(2).await?))?;
    client.end_break().await?;
    stands_behind(account, &client, &heart).await?;
    sleeps(account, &client, &heart, &mut journal).await?;
    hangs(account, &mut journal).await?;
    stops(account).await?;
    is_refused(account, &mut screen).await
}

/// The service is enabled and started, asked how it is, and told to read its configuration again.
async fn starts(account: &mut Writer, journal: &mut Journal) -> anyhow::Result<()> {
    systemctl(&["start", "desk.target"]).await?;
    systemctl(&["enable", "--now", "kindbeat"]).await?;
    let unit = person::unit().await?;
    account.tell(Fact::Process(notes::of_process(unit.get("MainPID").context("a process")?)?))?;
    account.tell(Fact::Unit(Moment::Started, unit))?;
    journal.says("ready").await?;
    let status = run(&mut theirs(person::PROGRAM, &["status", "--json"])).await?;
    account.tell(Fact::Status(status))?;
    systemctl(&["reload", "kindbeat"]).await?;
    journal.says("SIGHUP: reading the configuration again").await?;
    account.tell(Fact::Unit(Moment::Reloaded, person::unit().await?))
}

async fn a_break_is_asked_for(account: &mut Writer, client: &Client) -> anyhow::Result<()> {
    run(&mut theirs(person::PROGRAM, &["break"])).await?;
    account.tell(Fact::Browser(Opened::ByCommand, notes::of(1).await?))?;
    Ok(client.end_break().await?)
}

/// Another person's session comes to the screen, and goes.
async fn stands_behind(account: &mut Writer, client: &Client, heart: &Heart) -> anyhow::Result<()> {
    let connected = heart.strap.times("Connect");
    let disconnected = heart.strap.times("Disconnect");
    person::another_comes().await?;
    until(client, |status| status.other_session).await?;
    account.tell(Fact::Behind(client.why().await?))?;
    heart.strap.was_asked("Disconnect", disconnected + 1).await?;
    account.tell(Fact::LetGo(Why::Behind))?;
    let status = client.status().await?;
    anyhow::ensure!(heart.strap.times("Connect") == connected, "taken back: {status:?}");
    person::comes_back().await?;
    heart.strap.was_asked("Connect", connected + 1).await?;
    until(client, |status| status.state == "streaming" && !status.other_session).await?;
    account.tell(Fact::Back(Why::Behind))
}

/// The machine is put to sleep by logind, as when its lid is closed: all is done but for the last step, in which its devices and its
/// processor would stop. Its tasks are frozen for a second, and thawed.
async fn sleeps(
    account: &mut Writer,
    client: &Client,
    heart: &Heart,
    journal: &mut Journal,
) -> anyhow::Result<()> {
    person::configures(
        &person::config().replace("after_return = \"0s\"", "after_return = \"5m\""),
    )?;
    journal.says("the configuration is in force").await?;
    let connected = heart.strap.times("Connect");
    let disconnected = heart.strap.times("Disconnect");
    fs::write("/sys/power/pm_test", "freezer").context("/sys/power/pm_test")?;
    fs::write("/sys/module/suspend/parameters/pm_test_delay", "1")?;
    account.tell(Fact::PutToSleep)?;
    run(tokio::process::Command::new("systemctl").arg("suspend")).await?;
    journal.says("the machine is about to sleep").await?;
    account.tell(Fact::Asleep)?;
    heart.strap.was_asked("Disconnect", disconnected + 1).await?;
    account.tell(Fact::LetGo(Why::Asleep))?;
    journal.says("the machine is awake").await?;
    account.tell(Fact::Awake)?;
    heart.strap.was_asked("Connect", connected + 1).await?;
    until(client, |status| status.state == "streaming").await?;
    account.tell(Fact::Back(Why::Asleep))?;
    gates::held(account, client, "just_returned").await
}

/// The process stands still for longer than the watchdog waits, which is made short for it.
async fn hangs(account: &mut Writer, journal: &mut Journal) -> anyhow::Result<()> {
    person::changes_unit("[Service]\nWatchdogSec=10\nRestartSec=1\n").await?;
    systemctl(&["restart", "kindbeat"]).await?;
    journal.says("INFO ready").await?;
    let unit = person::unit().await?;
    let process = unit.get("MainPID").context("a process")?.clone();
    account.tell(Fact::Unit(Moment::Hanging, unit))?;
    run(tokio::process::Command::new("kill").args(["-STOP", &process])).await?;
    journal.says("INFO ready").await?;
    account.tell(Fact::Unit(Moment::Revived, person::unit().await?))
}

async fn stops(account: &mut Writer) -> anyhow::Result<()> {
    account.tell(Fact::AskedToStop)?;
    systemctl(&["stop", "kindbeat"]).await?;
    account.tell(Fact::Unit(Moment::Stopped, person::unit().await?))?;
    account.tell(Fact::Browser(Opened::Still, notes::of_first_still()?))
}

/// The service is started with a configuration that has a fault.
async fn is_refused(account: &mut Writer, screen: &mut Screen) -> anyhow::Result<()> {
    person::configures("[detection]\nsensitivity = \"very\"\n")?;
    // It fails, which is what is looked at.
    theirs("systemctl", &["--user", "start", "kindbeat"]).status().await?;
    account.tell(Fact::Unit(Moment::Refused, person::unit().await?))?;
    let notice = screen.shows(|shown| !shown.is_offer()).await?;
    account.tell(Fact::Notice(notice.title))
}

async fn connect() -> anyhow::Result<Client> {
    Ok(soon("the service on the bus", Client::connect(person::bus())).await??)
}

/// Waits until things stand like this.
pub(crate) async fn until(client: &Client, is: impl Fn(&Status) -> bool) -> anyhow::Result<Status> {
    let mut last = None;
    let waited = soon("things to change", async {
        loop {
            let status = client.status().await?;
            if is(&status) {
                return anyhow::Ok(status);
            }
            last = Some(status);
            tokio::time::sleep(POLL).await;
        }
    });
    waited.await.with_context(|| format!("{last:?}"))?
}

/// How long until it is asked again: of what holds back no signal says that it changed.
const POLL: Duration = Duration::from_millis(100);
