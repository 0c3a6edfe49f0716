//! Settings that change while the service runs.

use kindbeat::desktop::DesktopEvent;
use kindbeat_core::config::Config;
use kindbeat_core::context::InputActivity;
use kindbeat_core::monitor::MonitorCommand;

use crate::alone;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::UP;
use crate::desk::USUAL;

#[test]
fn a_changed_threshold_is_in_force_at_once() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::new().await?;
        let timid = EAGER.replace("rise_bpm = 12", "rise_bpm = 40");
        desk.start(&timid)?;
        desk.settles().await?;
        desk.seconds(60, UP).await?;
        assert_eq!(desk.status().await?.offers_today, 0);
        desk.settles().await?;
        let eager = desk.config(EAGER)?;
        desk.configure(Ok(eager)).await?;
        desk.settles().await?;
        desk.rises().await?;
        // And back again.
        desk.settles().await?;
        let timid = desk.config(&timid)?;
        desk.configure(Ok(timid)).await?;
        desk.settles().await?;
        desk.seconds(60, UP).await?;
        assert_eq!(desk.status().await?.offers_today, 1);
        Ok(())
    })
}

#[test]
fn the_strap_is_let_go_while_the_owner_is_away() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::new().await?;
        desk.start(EAGER)?;
        let left = InputActivity::Resting(desk.now());
        desk.senses(DesktopEvent::Activity(left)).await?;
        desk.wait(600);
        desk.second(USUAL).await?;
        assert_eq!(desk.asked_of_strap()?, [], "only where the settings say so");
        let config = desk.config(&format!("{EAGER}[monitor]\nrelease_when_away = true\n"))?;
        let settings = config.monitor.clone();
        desk.configure(Ok(config)).await?;
        let asked = desk.asked_of_strap()?;
        assert_eq!(asked, [MonitorCommand::Configure(settings), MonitorCommand::Release]);
        desk.senses(DesktopEvent::Activity(InputActivity::Busy)).await?;
        assert_eq!(desk.asked_of_strap()?, [MonitorCommand::TakeBack]);
        let left = InputActivity::Resting(desk.now());
        desk.senses(DesktopEvent::Activity(left)).await?;
        desk.wait(298);
        desk.second(USUAL).await?;
        assert_eq!(desk.asked_of_strap()?, []);
        desk.second(USUAL).await?;
        assert_eq!(desk.asked_of_strap()?, [MonitorCommand::Release]);
        Ok(())
    })
}

#[test]
fn the_strap_is_let_go_while_another_session_is_on_the_screen() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        assert_eq!(desk.asked_of_strap()?, []);
        desk.senses(DesktopEvent::OtherSession(true)).await?;
        assert_eq!(desk.asked_of_strap()?, [MonitorCommand::Release]);
        // What is still on its way may be the heart of whoever sits there.
        let learned = desk.status().await?.learned_hours;
        desk.seconds(240, UP).await?;
        let status = desk.status().await?;
        assert!(status.other_session, "{status:?}");
        assert_eq!((status.elevated_since, status.offers_today), (None, 0), "{status:?}");
        assert_eq!(status.learned_hours.to_bits(), learned.to_bits());
        let (reply, why) = tokio::sync::oneshot::channel();
        desk.asks(kindbeat::interface::Request::Why { reply }).await?;
        let why = crate::client::soon(why).await??;
        assert!(why.contains("- another session is on the screen, not yours"), "{why}");
        assert_eq!(desk.asked_of_strap()?, []);
        desk.senses(DesktopEvent::OtherSession(false)).await?;
        assert_eq!(desk.asked_of_strap()?, [MonitorCommand::TakeBack]);
        assert!(!desk.status().await?.other_session);
        desk.settles().await?;
        desk.seconds(60, UP).await?;
        assert_eq!(desk.status().await?.held_by.as_deref(), Some("just_returned"));
        desk.stop().await
    })
}

#[test]
fn a_fault_keeps_the_last_good_settings_and_is_reported() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for _ in 0..2 {
            // Said once, however often it is read.
            desk.configure(Config::parse("config.toml", "[offer]\ncool_dawn = '1m'\n")).await?;
        }
        let notice = desk.asked_to_show().await?;
        assert_eq!(notice.title, "kindbeat: the settings");
        assert!(notice.body.contains("cool_dawn"), "{}", notice.body);
        desk.screen.name(&notice, 1).await?;
        let error = desk.status().await?.config_error;
        assert!(error.as_deref().is_some_and(|error| error.contains("cool_dawn")), "{error:?}");
        desk.settles().await?;
        // The very next thing on the screen is the offer.
        let offer = desk.offered(2).await?;
        assert_eq!(offer.title, "A short break?");
        let mended = desk.config(EAGER)?;
        desk.configure(Ok(mended)).await?;
        assert_eq!(desk.status().await?.config_error, None);
        Ok(())
    })
}
