//! The heart that follows the breath, on the page: its line, and the search for a pace.

use std::f64::consts::TAU;

use jiff::SignedDuration;
use kindbeat::interface;
use kindbeat_core::breathing::BreathPace;
use kindbeat_core::breathing::PaceSearch;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Measurement;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::MonitorEvent;
use tokio::sync::oneshot;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::EAGER;
use crate::desk::UP;
use crate::visitor::Visitor;

const SHOWN: &str = "show_heart = true\n";

/// A heart of 66 beats a minute that goes along with a guide as a resonance does, furthest at 5.5 breaths a minute.
#[derive(Default)]
struct Heart {
    /// In seconds.
    now: f64,
    beat: f64,
    breaths: f64,
    /// How far it swings now, and how fast that changes.
    swing: f64,
    drift: f64,
}

/// How much further it swings at its own pace than at one far from it.
const SHARPNESS: f64 = 2.5;

impl Heart {
    /// What the strap sends of the next second, in which the guide breathes at this pace.
    fn second(&mut self, pace: BreathPace) -> Measurement {
        const STEP: f64 = 0.005;
        let own = TAU * 5.5 / 60.0;
        let mut rr_intervals = Vec::new();
        for _ in 0..200 {
            self.now += STEP;
            self.breaths += pace.per_minute() / 60.0 * STEP;
            let pull = (TAU * self.breaths).sin() - self.swing;
            self.drift += (own * own * pull - own / SHARPNESS * self.drift) * STEP;
            self.swing += self.drift * STEP;
            let ms = 909.0 + 22.0 * self.swing;
            if self.now - self.beat >= ms / 1_000.0 {
                self.beat = self.now;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "an interval of a heart fits"
                )]
                rr_intervals.push((ms * 1.024).round() as u16);
            }
        }
        Measurement {
            heart_rate: 66,
            contact: Contact::Detected,
            energy_expended: None,
            rr_intervals,
        }
    }

    /// Seconds pass with a guide at this pace.
    async fn passes(
        &mut self,
        desk: &mut Desk,
        seconds: u32,
        pace: impl Fn(u32) -> BreathPace,
    ) -> anyhow::Result<()> {
        for second in 0..seconds {
            desk.wait(1);
            let sent = self.second(pace(second));
            desk.strap(MonitorEvent::Reading(sent.into())).await?;
        }
        Ok(())
    }
}

async fn desk(settings: &str) -> anyhow::Result<Desk> {
    let mut desk = Desk::new().await?;
    desk.start(&format!("{EAGER}{settings}"))?;
    Ok(desk)
}

async fn slow_breathing(desk: &mut Desk) -> anyhow::Result<Visitor> {
    let (reply, answer) = oneshot::channel();
    let practice = Some("slow-breathing".to_owned());
    desk.asks(interface::Request::StartBreak { practice, length: None, reply }).await?;
    let url = soon(answer).await???;
    let page = Visitor::fetch(&url).await?;
    desk.browser.started().await?;
    desk.is_looked_at().await?;
    Ok(page)
}

/// Step by step to the first one with a guide.
async fn to_the_guide(page: &Visitor) -> anyhow::Result<()> {
    page.does("begin").await?;
    page.does("next").await?;
    anyhow::ensure!(page.sees().await?.contains("data-breath=\"slow\""));
    Ok(())
}

#[test]
fn a_monitor_that_repeats_one_rate_is_called_frozen() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        let still =
            Reading { heart_rate: Some(UP), contact: Contact::Unsupported, rr: Intervals::new() };
        let since = desk.now() + SignedDuration::from_secs(1);
        for second in 0..=600 {
            desk.wait(1);
            desk.strap(MonitorEvent::Reading(still.clone())).await?;
            let frozen = desk.status().await?.frozen_since;
            assert_eq!(frozen, (second == 600).then_some(since), "after {second} s");
        }
        let learned = desk.status().await?.learned_hours;
        for _ in 0..120 {
            desk.wait(5);
            desk.strap(MonitorEvent::Reading(still.clone())).await?;
        }
        assert_eq!(desk.status().await?.learned_hours.to_bits(), learned.to_bits());
        desk.second(UP + 1.0).await?;
        assert_eq!(desk.status().await?.frozen_since, None);
        desk.stop().await
    })
}

#[test]
fn the_pace_at_which_the_heart_swings_most_is_found_and_kept() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = desk(SHOWN).await?;
        let mut heart = Heart::default();
        heart.passes(&mut desk, 60, |_| BreathPace::default()).await?;
        let page = slow_breathing(&mut desk).await?;
        assert!(page.sees().await?.contains("find-pace"));
        page.does("find-pace").await?;
        assert!(page.sees().await?.contains("A pace of your own"));
        page.does("begin").await?;
        heart.passes(&mut desk, 27, |_| BreathPace::default()).await?;
        let guide = page.sees().await?;
        assert!(guide.contains("data-breath=\"search\" data-cycle=\"9230\""), "{guide}");
        let schedule = |second: u32| PaceSearch::schedule(SignedDuration::from_secs(second.into()));
        heart.passes(&mut desk, 110, schedule).await?;
        assert!(page.sees().await?.contains("data-cycle=\"13333\""));
        heart.passes(&mut desk, 18, |_| BreathPace::SLOWEST).await?;
        let found = page.sees().await?;
        assert!(found.contains("Your heart went along furthest at about 5."), "{found}");
        page.does("leave").await?;
        desk.break_ends().await?;
        page.closes().await?;
        desk.stop().await?;

        desk.start(SHOWN_AGAIN)?;
        let page = slow_breathing(&mut desk).await?;
        to_the_guide(&page).await?;
        let guide = page.sees().await?;
        let cycle = guide.split_once("data-cycle=\"").unwrap().1.split_once('"').unwrap().0;
        assert!((10_500..11_500).contains(&cycle.parse::<u32>()?), "{cycle}");
        page.closes().await?;
        desk.stop().await
    })
}

const SHOWN_AGAIN: &str = "[practice]\nshow_heart = true\n";

#[test]
fn a_search_that_is_interrupted_concludes_nothing() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = desk(SHOWN).await?;
        let mut heart = Heart::default();
        let page = slow_breathing(&mut desk).await?;
        page.does("find-pace").await?;
        page.does("begin").await?;
        page.does("next").await?;
        heart.passes(&mut desk, 60, |_| BreathPace::default()).await?;
        page.does("pause").await?;
        page.does("resume").await?;
        heart.passes(&mut desk, 70, |_| BreathPace::default()).await?;
        let end = page.sees().await?;
        assert!(end.contains("The guide was interrupted"), "{end}");
        page.closes().await?;
        desk.stop().await
    })
}

#[test]
fn the_line_follows_the_beats_and_a_sentence_replaces_it() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = desk(SHOWN).await?;
        let mut heart = Heart::default();
        heart.passes(&mut desk, 60, |_| BreathPace::default()).await?;
        let mut page = slow_breathing(&mut desk).await?;
        to_the_guide(&page).await?;
        heart.passes(&mut desk, 10, |_| BreathPace::default()).await?;
        page.hears_of("\"drawn\":true").await?;
        page.hears_of("Your heart goes along with the breath").await?;
        // The strap is lost in the middle.
        desk.wait(6);
        desk.status().await?;
        page.hears_of("The monitor is quiet just now").await?;
        page.does("leave").await?;
        page.hears_of("data: null").await?;
        page.closes().await?;
        desk.stop().await
    })
}

#[test]
fn a_monitor_without_beats_gives_one_sentence_and_no_search() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = desk(SHOWN).await?;
        let rate_only = Measurement { heart_rate: 66, ..Measurement::default() };
        for _ in 0..30 {
            desk.wait(1);
            desk.strap(MonitorEvent::Reading(rate_only.clone().into())).await?;
        }
        let mut page = slow_breathing(&mut desk).await?;
        assert!(!page.sees().await?.contains("find-pace"));
        to_the_guide(&page).await?;
        page.hears_of("does not tell of single beats").await?;
        page.closes().await?;
        desk.stop().await
    })
}

/// Neither a line nor a search with these settings, whatever the heart does.
async fn nothing_of_the_heart(settings: &str) -> anyhow::Result<()> {
    let mut desk = desk(settings).await?;
    let mut heart = Heart::default();
    heart.passes(&mut desk, 60, |_| BreathPace::default()).await?;
    let mut page = slow_breathing(&mut desk).await?;
    assert!(!page.sees().await?.contains("find-pace"));
    to_the_guide(&page).await?;
    heart.passes(&mut desk, 5, |_| BreathPace::default()).await?;
    page.does("leave").await?;
    page.hears_of("farewell").await?;
    assert!(!page.heard().contains("event: line"), "{}", page.heard());
    page.closes().await?;
    desk.stop().await
}

#[test]
fn where_the_heart_is_not_wanted_there_is_neither() -> anyhow::Result<()> {
    alone::run(async || nothing_of_the_heart("").await)
}

#[test]
fn where_the_heart_is_not_to_be_mentioned_there_is_neither() -> anyhow::Result<()> {
    alone::run(async || nothing_of_the_heart("show_heart = true\nfocus = 'anxiety'\n").await)
}
