//! Whether the window that is in use fills the screen.

mod wlroots;
mod x11;

use std::sync::Arc;

use super::place::Place;
use super::report::Silence;
use super::report::Teller;
use kindbeat_core::context::Fact;

pub(super) async fn watch(place: Arc<Place>, teller: Teller) {
    // Under Wayland there is an X server as well, which knows of some windows only.
    let followed = if let Some(wayland) = &place.wayland {
        wlroots::follow(wayland, place.runtime.as_deref(), &teller.named("Wayland")).await
    } else if let Some(display) = &place.display {
        x11::follow(display, &teller.named("X11")).await
    } else {
        Err(Silence::Absent("there is no display".to_owned()))
    };
    let Err(silence) = followed;
    teller.tell(Fact::FullScreen, Err(silence)).await;
}
