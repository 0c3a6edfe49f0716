//! Whether now is a moment to ask, and what became of asking.
//!
//! PURE, and knows no heart rate: it learns only that an elevation is under way or over. [`Gate`] names what may hold an
//! offer back, [`OfferSettings::closed_gate`] asks them in order, [`Offers`] keeps count.

mod gate;
mod hours;
mod offers;
mod on_screen;

pub use gate::CALL_END_DEBOUNCE;
pub use gate::Gate;
pub use gate::GateMessage;
pub use gate::Moment;
pub use gate::OfferSettings;
pub use gate::PAUSE_FROM;
pub use gate::Switch;
pub use hours::Day;
pub use hours::NotQuietHours;
pub use hours::QuietHours;
pub use offers::Answer;
pub use offers::OfferId;
pub use offers::OfferMemory;
pub use offers::OfferOutcome;
pub use offers::OfferState;
pub use offers::Offers;
pub use offers::Resumed;
pub use on_screen::OnScreen;
pub use on_screen::Popup;
pub use on_screen::Unseen;
