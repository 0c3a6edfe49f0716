//! Offers on notification servers as people have them, from the heart to a real click and the break. What each way to answer does there
//! is tried without the service (`notification::real` of the parts); what the offers looked like lies in `target/tmp/pictures`.

#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/real/desktop.rs"]
mod desktop;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/real/home.rs"]
mod home;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/real/kind.rs"]
mod kind;
#[allow(dead_code, reason = "each test program uses a part of it")]
#[path = "../parts/notification/real/table.rs"]
mod table;

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::bail;
use futures_util::StreamExt as _;
use jiff::SignedDuration;
use kindbeat::dbus::Bus;
use kindbeat::desktop::DesktopEvent;
use kindbeat::store::OfferEnd;
use kindbeat_core::context::InputActivity;
use tokio::time::timeout;
use zbus::OwnedVariant;
use zbus::fdo::DBusProxy;

use self::desktop::Desktop;
use self::kind::Hand;
use self::kind::Kind;
use self::kind::Tried;
use crate::alone;
use crate::browser::Started;
use crate::debian::Debian;
use crate::desk::Desk;
use crate::desk::folder;
use crate::stored;
use crate::visitor::Visitor;

#[test]
fn dunst() -> anyhow::Result<()> {
    offers_a_break_on(table::dunst)
}

#[test]
fn xfce() -> anyhow::Result<()> {
    offers_a_break_on(table::xfce)
}

#[test]
fn notification_daemon() -> anyhow::Result<()> {
    offers_a_break_on(table::notification_daemon)
}

#[test]
fn mate() -> anyhow::Result<()> {
    offers_a_break_on(table::mate)
}

#[test]
fn lxqt() -> anyhow::Result<()> {
    offers_a_break_on(table::lxqt)
}

#[test]
fn mako() -> anyhow::Result<()> {
    offers_a_break_on(table::mako)
}

#[test]
fn swaync() -> anyhow::Result<()> {
    offers_a_break_on(table::swaync)
}

#[test]
fn fnott() -> anyhow::Result<()> {
    offers_a_break_on(table::fnott)
}

#[test]
fn plasma() -> anyhow::Result<()> {
    offers_a_break_on(table::plasma)
}

#[test]
fn cinnamon() -> anyhow::Result<()> {
    offers_a_break_on(table::cinnamon)
}

#[test]
fn budgie() -> anyhow::Result<()> {
    offers_a_break_on(table::budgie)
}

#[test]
fn gnome() -> anyhow::Result<()> {
    offers_a_break_on(table::gnome)
}

/// The heart goes up; the offer is seen, and clicked; a break begins, and leaves nothing on the screen.
fn offers_a_break_on(kind: fn(Debian) -> Kind) -> anyhow::Result<()> {
    let debian = Debian::here()?;
    let kind = kind(debian);
    if kind.version(debian).is_none() {
        return Ok(());
    }
    // What is large draws for seconds, and may take an offer away before it is clicked on a machine that has much else to do.
    if kind.tried != Tried::Always && std::env::var_os("KINDBEAT_ALL").is_none() {
        return Ok(());
    }
    alone::run_among_programs(async || {
        let Some(mut desktop) = Desktop::start(kind.clone()).await? else { return Ok(()) };
        desktop.serve().await?;
        if kind.misses_first {
            shows_what_it_is_given(&desktop).await?;
        }
        let mut desk = Desk::eager_on(Bus::at(desktop.address())).await?;
        desk.settles().await?;
        desk.rises().await?;
        desk.is_shown().await?;
        desktop.until(true).await?;
        let name = kind.name.to_lowercase().replace(' ', "-");
        desktop.picture(&format!("daemon-{}-{name}.png", debian.name())).await?;
        let started = starts(&kind, &desktop, &mut desk).await?;
        for token in &started.tokens {
            assert_eq!(!token.is_empty(), kind.token, "{token:?}");
        }
        desktop.until(false).await?;
        let page = Visitor::fetch(&started.url).await?;
        page.does("leave").await?;
        desk.break_ends().await?;
        desk.stop().await?;
        let folder = folder()?;
        assert_eq!(stored::answers(&folder)?, [Some(OfferEnd::Start)]);
        assert_eq!(stored::breaks(&folder)?.len(), 1);
        Ok(())
    })
}

/// Waits until a server does that takes and drops what comes while it starts.
async fn shows_what_it_is_given(desktop: &Desktop) -> anyhow::Result<()> {
    let bus = zbus::connection::Builder::address(desktop.address().as_str()).build().await?;
    let dbus = DBusProxy::new(&bus).await?;
    let mut changes = dbus.receive_name_owner_changed_with_args(&[(0, SERVER)]).await?;
    while !dbus.name_has_owner(SERVER.try_into()?).await? {
        changes.next().await.context("no bus")?;
    }
    let (no_actions, no_hints) = (Vec::<&str>::new(), HashMap::<&str, OwnedVariant>::new());
    let note = ("test", 0_u32, "", "Is it there?", "", no_actions, no_hints, 0_i32);
    for _ in 0..30 {
        let told = bus.call_method(Some(SERVER), PATH, Some(SERVER), "Notify", &note).await?;
        let id: u32 = told.body().deserialize()?;
        let is_shown = desktop.shows_at_rest().await?;
        bus.call_method(Some(SERVER), PATH, Some(SERVER), "CloseNotification", &id).await?;
        desktop.until(false).await?;
        if is_shown {
            return Ok(());
        }
    }
    bail!("it shows nothing")
}

/// Clicked where a break begins, until it does: what has just come up may not listen yet.
async fn starts(kind: &Kind, desktop: &Desktop, desk: &mut Desk) -> anyhow::Result<Started> {
    let mut hands = [kind.start, kind.body].into_iter();
    let hand = hands.find_map(|hand| match hand {
        Hand::Mouse(left, bottom, button) => Some((left, bottom, button)),
        Hand::Command(_) | Hand::Missing => None,
    });
    let (left, bottom, button) = hand.context("something to click on")?;
    for _ in 0..10 {
        desktop.click(left, bottom, button).await?;
        if let Ok(started) = timeout(AT_ONCE, desk.browser.started()).await {
            return started;
        }
        if !desktop.shows().await? {
            hands_are_back(desk).await?;
        }
    }
    bail!("{}: clicked ten times, and no break began", kind.name)
}

/// They rested for a while. Where popups leave by themselves, as they may on a busy machine before anybody clicks, the offer is shown once more then.
async fn hands_are_back(desk: &mut Desk) -> anyhow::Result<()> {
    let rested = desk.now() - SignedDuration::from_mins(1);
    desk.senses(DesktopEvent::Activity(InputActivity::Resting(rested))).await?;
    desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await
}

/// Enough for a click to get through.
const AT_ONCE: Duration = Duration::from_secs(2);

const SERVER: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
