//! All that is asked on the session bus, over one connection.

use std::sync::Arc;

use super::follow;
use super::inhibited;
use super::place::Place;
use super::report::Teller;
use super::silence;
use kindbeat_core::context::Fact;

pub(super) async fn watch(place: Arc<Place>, notifications: Teller, gnome: Teller, plasma: Teller) {
    match follow::connect(&place.session).await {
        Ok(bus) => {
            tokio::join!(
                silence::watch(&bus, &place, &notifications),
                inhibited::gnome(&bus, &gnome),
                inhibited::plasma(&bus, &plasma),
            );
        }
        Err(silence) => {
            notifications.tell(Fact::DoNotDisturb, Err(silence.clone())).await;
            gnome.tell(Fact::Inhibited, Err(silence.clone())).await;
            plasma.tell(Fact::Inhibited, Err(silence)).await;
        }
    }
}
