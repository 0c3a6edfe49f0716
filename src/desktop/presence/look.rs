//! One look at what tells of the desk, for whoever asks whether all is well.

use std::borrow::Cow;
use std::error::Error as _;
use std::time::Duration;

use super::Error;
use super::Places;
use super::Source;
use super::Watches;
use super::desk;
use super::hands;
use super::hands::in_time;
use super::login;
use super::login::State;
use super::saver;
use crate::clock;
use kindbeat_core::context::InputActivity;
use serde::Deserialize;
use serde::Serialize;

/// What tells of the desk, and what it says at this moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What tells of the hands; `None`: nothing does.
    pub source: Option<Source>,
    /// What was looked for before and does not tell, the best first; each with the reason, where it should.
    pub silent: Vec<(Source, Option<String>)>,
    /// What the hands do. A Wayland compositor tells only what happens from now on: `Unknown`.
    pub hands: InputActivity,
    /// What tells that the screen is locked, by its name on the bus; empty: nothing does.
    pub lock: Vec<Cow<'static, str>>,
    /// Whether it is locked now.
    pub locked: bool,
    /// Whether somebody tells before the machine sleeps, and after.
    pub sleep: bool,
}

/// Looks once; starts nothing, and leaves nothing behind. Takes as long as the slowest to answer, at most five seconds.
pub async fn look(places: &Places) -> Found {
    let session_bus = places.session_bus.clone();
    let system_bus = places.system_bus.clone();
    let watches = Watches::default();
    let ((opened, tried), login, savers) = tokio::join!(
        hands::open(places, watches, &session_bus, LIMIT),
        in_time(LIMIT, login::told(&system_bus, places.session.as_deref())),
        in_time(LIMIT, saver::told(&session_bus)),
    );
    let mut found = Found {
        source: None,
        silent: tried
            .into_iter()
            .map(|(source, error)| (source, error.as_ref().map(said)))
            .collect(),
        hands: InputActivity::Unknown,
        lock: Vec::new(),
        locked: false,
        sleep: false,
    };
    if let Some(mut opened) = opened {
        let source = opened.source();
        match in_time(LIMIT, opened.idle()).await {
            Ok(idle) => {
                found.source = Some(source);
                found.hands = idle.map_or(InputActivity::Unknown, |idle| {
                    desk::hands_idle_for(idle, watches, clock::now())
                });
            }
            Err(error) => found.silent.push((source, Some(said(&error)))),
        }
    }
    match login {
        Ok((state, sleep)) => {
            found.sleep = sleep;
            found.take(state);
        }
        Err(error) if found.source.is_none() => {
            found.silent.push((Source::Logind, Some(said(&error))));
        }
        Err(_) => {}
    }
    for (name, covers) in savers.unwrap_or_default() {
        found.lock.push(name.into());
        found.locked |= covers;
    }
    found
}

impl Found {
    /// Takes over what logind says of the session, if there is one.
    fn take(&mut self, session: Option<State>) {
        if let Some(state) = session {
            self.lock.push(login::SERVICE.into());
            self.locked |= state.locked;
        }
        if self.source.is_none() {
            self.hands = session.unwrap_or_default().hint.hands();
            match self.hands {
                InputActivity::Unknown => self.silent.push((Source::Logind, None)),
                _ => self.source = Some(Source::Logind),
            }
        }
    }
}

/// An error with its causes, each told once: some errors tell their cause themselves.
fn said(error: &Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !said.contains(&text) {
            said = format!("{said}: {text}");
        }
        cause = error.source();
    }
    said
}

/// How long each may take to answer: milliseconds when well. At most three are asked one after the other.
const LIMIT: Duration = Duration::from_millis(1_500);
