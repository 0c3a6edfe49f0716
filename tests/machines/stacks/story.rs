//! What happens in these machines, from power on to power off.

use std::time::Duration;

use rustix::process::Signal;
use tokio::time::Instant;
use tokio::time::sleep;

use crate::machine;
use crate::machine::ROLE;
use crate::stacks::account::Cause;
use crate::stacks::account::Fact;
use crate::stacks::account::Writer;
use crate::stacks::lab::ADDRESS;
use crate::stacks::lab::Lab;
use crate::stacks::lab::NAME;
use crate::user::configure;

/// What this process was started for, if it was started in such a machine: one story or the other.
pub(crate) fn play_role(
    story: impl AsyncFnOnce(&mut Lab) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if std::env::var_os(ROLE).is_none() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut account = Writer::new()?;
        let teller = account.teller();
        let story = async {
            let mut lab = Lab::start(teller.clone()).await?;
            story(&mut lab).await?;
            lab.end_daemon().await?;
            Lab::keep_store()?;
            teller.tell(Fact::Finished);
            anyhow::Ok(())
        };
        let told = tokio::select! {
            told = story => told,
            written = write_down(&mut account) => written,
        };
        account.catch_up()?;
        told
    })
}

/// As it is told, for whoever looks at the console meanwhile.
async fn write_down(account: &mut Writer) -> anyhow::Result<()> {
    loop {
        account.catch_up()?;
        sleep(Duration::from_secs(1)).await;
    }
}

/// Whatever can happen to the radio; by default what happens most.
pub(crate) async fn faults(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::NotStarted).await?;

    away(lab, 60).await?;

    lab.kill_service().await?;
    seconds(6).await;
    lab.start_service()?;
    lab.streams_after(Cause::ServiceKilled).await?;

    lab.switch(false).await?;
    let mut on = false;
    for _ in 0..if machine::all() { 40 } else { 12 } {
        seconds(1).await;
        on |= lab.is_on().await?;
    }
    lab.tell(Fact::SwitchedOn(on));
    lab.switch(true).await?;
    lab.streams_after(Cause::SwitchedOff).await?;

    lab.kill_daemon().await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::Killed).await?;

    if machine::all() { rarer_faults(lab).await } else { Ok(()) }
}

async fn rarer_faults(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("silent").await?;
    seconds(40).await;
    lab.strap.order("speak").await?;
    lab.streams_after(Cause::Silent).await?;

    lab.signal_service(Signal::STOP)?;
    seconds(40).await;
    lab.signal_service(Signal::CONT)?;
    lab.streams_after(Cause::ServiceHung).await?;

    lab.kill_bus().await?;
    seconds(4).await;
    lab.start_bus().await?;
    lab.streams_after(Cause::BusKilled).await?;

    lab.pull_out().await?;
    seconds(12).await;
    lab.plug_in().await?;
    lab.streams_after(Cause::Pulled).await?;

    // Linux 6.1 has faults of its own there.
    if !lab.kernel.starts_with("6.1.") {
        link_faults(lab).await?;
    }
    new_straps(lab).await?;
    shared(lab).await?;
    held(lab).await
}

/// Another program listens, too: from then on BlueZ signals each measurement twice, to everybody.
async fn shared(lab: &mut Lab) -> anyhow::Result<()> {
    let other = lab.listen().await?;
    lab.tell(Fact::Shared(true));
    seconds(30).await;
    lab.tell(Fact::Shared(false));
    drop(other);
    Ok(())
}

/// Another program has the strap for itself, and lets it go.
async fn held(lab: &mut Lab) -> anyhow::Result<()> {
    lab.end_daemon().await?;
    lab.connect().await?;
    let other = lab.hold().await?;
    lab.start_daemon()?;
    lab.is_said(&["in_use"]).await?;
    lab.goes_on(false, 30).await?;
    lab.is_said(&["in_use"]).await?;
    lab.tell(other.fact());
    drop(other);
    lab.streams_after(Cause::Held).await
}

/// A link that is of no use.
async fn link_faults(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("dead").await?;
    seconds(40).await;
    lab.strap.order("alive").await?;
    lab.streams_after(Cause::Dead).await?;

    lab.strap.order("vanish").await?;
    seconds(5).await;
    lab.strap.order("refuse 3").await?;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::Refused).await?;
    Ok(())
}

/// One strap after the other that nobody has seen before, each advertising in its way.
async fn new_straps(lab: &mut Lab) -> anyhow::Result<()> {
    for (form, device) in [
        ("service", "any"),
        ("response", "any"),
        ("long", "any"),
        ("data", "any"),
        ("name", NAME),
        ("name", ADDRESS),
    ] {
        lab.strap.order(&format!("advertise {form}")).await?;
        new_strap(lab, form, device).await?;
    }
    Ok(())
}

/// A strap that nobody has seen before, and a daemon whose settings name `device`.
pub(crate) async fn new_strap(lab: &mut Lab, form: &str, device: &str) -> anyhow::Result<()> {
    nobody_knows_it(lab, device).await?;
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    let (form, device) = (form.to_owned(), device.to_owned());
    lab.streams_after(Cause::Unknown { form, device }).await
}

/// The strap is out of reach, and has never been seen; no daemon runs.
pub(crate) async fn nobody_knows_it(lab: &mut Lab, device: &str) -> anyhow::Result<()> {
    lab.strap.order("vanish").await?;
    lab.end_daemon().await?;
    lab.forget().await?;
    configure(&format!("[monitor]\ndevice = \"{device}\"\n"))
}

/// A strap that comes and goes for half an hour, and then is away for so long that it is looked for once a minute.
pub(crate) async fn half_an_hour(lab: &mut Lab) -> anyhow::Result<()> {
    let began = Instant::now();
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    lab.streams_after(Cause::NotStarted).await?;
    // Any, but the same in each run.
    let mut any = 1_u32;
    let mut below = |limit| {
        any = any.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (any >> 16) % limit
    };
    while began.elapsed() < Duration::from_secs(1_800) {
        seconds(5 + below(25)).await;
        if below(4) == 0 {
            lab.strap.order("bye").await?;
            lab.streams_after(Cause::Bye).await?;
        } else {
            away(lab, 1 + below(75)).await?;
        }
    }
    away(lab, 660).await
}

/// A strap that wants to be paired, and forgets it.
pub(crate) async fn pairing(lab: &mut Lab) -> anyhow::Result<()> {
    lab.strap.order("private").await?;
    lab.strap.order("appear").await?;
    lab.start_daemon()?;
    // Where bluetoothd itself asks for the measurements and is refused (5.87), the link is gone before they are asked for here.
    lab.is_said(&["needs_pairing", "hangs_up"]).await?;
    lab.pair(NAME).await?;
    lab.streams_after(Cause::NotPaired).await?;

    lab.strap.order("forget").await?;
    lab.strap.order("bye").await?;
    lab.is_said(&["bond_lost"]).await?;
    lab.pair(NAME).await?;
    lab.streams_after(Cause::BondLost).await
}

async fn away(lab: &mut Lab, for_seconds: u32) -> anyhow::Result<()> {
    lab.strap.order("vanish").await?;
    seconds(for_seconds).await;
    lab.strap.order("appear").await?;
    lab.streams_after(Cause::Away(for_seconds)).await
}

pub(crate) async fn seconds(count: u32) {
    sleep(Duration::from_secs(count.into())).await;
}
