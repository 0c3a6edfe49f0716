//! Whether the window that is in use fills the screen.

mod wlroots;
mod x11;

use super::facts::FactSource;
use super::place::Place;
use super::report::NoAnswer;
use super::report::Reporter;
use super::report::SourceName;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

pub(super) const SOURCES: &[FactSource] = &[FactSource {
    name: SourceName::Words(Message::SourceDisplay),
    facts: &[Fact::FullScreen],
    follow: |place, reporter| Box::pin(follow(place, reporter)),
}];

/// Reports for as long as the display can be followed.
async fn follow(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    // Under Wayland there is an X server as well, which knows of some windows only.
    if let Some(wayland) = &place.wayland {
        wlroots::follow(wayland, &reporter.named("Wayland")).await
    } else if let Some(display) = &place.x11 {
        x11::follow(display, &reporter.named("X11")).await
    } else {
        Err(NoAnswer::absent(Message::SourceNoDisplay))
    }
}
