//! Whether the window that is in use fills the screen.

mod wlroots;
mod x11;

use std::convert::Infallible;

use super::place::Place;
use super::report::NoAnswer;
use super::report::Reporter;

/// Reports for as long as the display can be followed.
pub(super) async fn follow(place: &Place, reporter: &Reporter) -> Result<Infallible, NoAnswer> {
    // Under Wayland there is an X server as well, which knows of some windows only.
    if let Some(wayland) = &place.wayland {
        wlroots::follow(wayland, &reporter.named("Wayland")).await
    } else if let Some(display) = &place.x11 {
        x11::follow(display, &reporter.named("X11")).await
    } else {
        Err(NoAnswer::absent("there is no display"))
    }
}
