//! The desktop session: whether somebody sits here, and what speaks against an offer.

pub mod interruptions;
pub mod presence;
pub mod x11;

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use tokio::time::timeout;

use crate::dbus::Bus;
use interruptions::Place;
use interruptions::Probed;
use presence::Places;

/// What is seen from here, at one look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sight {
    /// What tells whether somebody sits here; `None`: it took too long.
    pub presence: Option<presence::Found>,
    /// What the desktop does, as each source tells.
    pub desktop: Vec<Probed>,
}

/// Looks once, at the session that the environment names; takes a few seconds at most.
pub async fn look_around() -> Sight {
    let (session, system) = (Bus::session(), Bus::system());
    let places = Places::of_environment(session.clone(), system.clone());
    let presence = timeout(LIMIT, presence::look(&places));
    let (presence, desktop) =
        tokio::join!(presence, interruptions::look(Place::from_environment(session, system)));
    Sight { presence: presence.ok(), desktop }
}

/// How long a look may take: a little more than three sources that do not answer, and less than whoever asks on the bus waits.
const LIMIT: Duration = Duration::from_millis(4_800);
