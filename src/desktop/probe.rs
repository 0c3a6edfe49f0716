//! Every source asked once, for whoever wants to know whether all is well.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::time::timeout;

use super::FACT_SOURCES;
use super::Watches;
use super::facts;
use super::facts::FactReport;
use super::idle;
use super::idle::IdleSource;
use super::lock::logind;
use super::lock::logind::Session;
use super::lock::screensaver;
use super::place::Place;
use super::presence::input_activity;
use super::report::NoAnswer;
use super::report::in_time;
use crate::clock;
use kindbeat_core::context::InputActivity;
use kindbeat_core::words::Sentence;

/// All sources, and what they answer at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesktopReport {
    /// `None`: it took too long.
    pub presence: Option<PresenceReport>,
    pub desktop: Vec<FactReport>,
}

/// The sources of presence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresenceReport {
    /// The idle source; `None`: there is none.
    pub source: Option<IdleSource>,
    /// The idle source counts a program that keeps the screen awake as use of keyboard and pointer.
    #[serde(default)]
    pub awake_is_use: bool,
    /// The better idle sources that do not answer, the best first; each with the reason, where it should.
    pub silent: Vec<(IdleSource, Option<Sentence>)>,
    /// A Wayland compositor knows only what happens from now on: `Unknown`.
    pub hands: InputActivity,
    /// Who says whether the screen is locked, by the name on the bus; empty: nobody.
    pub lock: Vec<Cow<'static, str>>,
    pub locked: bool,
    /// Whether logind signals before the machine sleeps, and after.
    pub sleep: bool,
}

/// Asks every source once; starts nothing, and leaves nothing behind. Takes less than five seconds.
pub async fn probe(place: Place) -> DesktopReport {
    let place = Arc::new(place);
    let (presence, desktop) =
        tokio::join!(timeout(LIMIT, presence(&place)), facts::probe(&place, FACT_SOURCES));
    DesktopReport { presence: presence.ok(), desktop }
}

async fn presence(place: &Place) -> PresenceReport {
    let watches = Watches::default();
    let ((opened, silent), login, savers) = tokio::join!(
        idle::open(place, watches, SOURCE_LIMIT),
        in_time(SOURCE_LIMIT, logind::probe(place)),
        in_time(SOURCE_LIMIT, screensaver::probe(&place.session_bus)),
    );
    let silent = silent.into_iter().map(|(source, none)| match none {
        NoAnswer::Absent(_) => (source, None),
        NoAnswer::Failed(why) => (source, Some(why)),
    });
    let mut report = PresenceReport {
        source: None,
        awake_is_use: false,
        silent: silent.collect(),
        hands: InputActivity::Unknown,
        lock: Vec::new(),
        locked: false,
        sleep: false,
    };
    if let Some(mut opened) = opened {
        let source = opened.source();
        match in_time(SOURCE_LIMIT, opened.idle()).await {
            Ok(idle) => {
                report.source = Some(source);
                report.awake_is_use = opened.awake_is_use();
                report.hands = idle.map_or(InputActivity::Unknown, |idle| {
                    input_activity(idle, watches, clock::now())
                });
            }
            Err(none) => report.silent.push((source, Some(none.into_sentence()))),
        }
    }
    match login {
        Ok((session, sleep)) => {
            report.sleep = sleep;
            report.take(session);
        }
        Err(none) if report.source.is_none() => {
            report.silent.push((IdleSource::Logind, Some(none.into_sentence())));
        }
        Err(_) => {}
    }
    for (name, covers) in savers.unwrap_or_default() {
        report.lock.push(name.into());
        report.locked |= covers;
    }
    report
}

impl PresenceReport {
    fn take(&mut self, session: Option<Session>) {
        if let Some(session) = session {
            self.lock.push(logind::SERVICE.into());
            self.locked |= session.locked;
        }
        if self.source.is_none() {
            self.hands = session.unwrap_or_default().hint.activity();
            match self.hands {
                InputActivity::Unknown => self.silent.push((IdleSource::Logind, None)),
                _ => self.source = Some(IdleSource::Logind),
            }
        }
    }
}

/// How long a source of presence may take: milliseconds when well. At most three are asked one after the other.
const SOURCE_LIMIT: Duration = Duration::from_millis(1_500);

/// How long all of them may take: a little more than three sources that do not answer, and less than whoever asks on the bus waits.
const LIMIT: Duration = Duration::from_millis(4_800);
