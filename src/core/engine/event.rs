//! What goes into the engine and what comes out of it.

use jiff::Timestamp;

use crate::context::Context;
use crate::detection::Figures;
use crate::heart::Reading;
use crate::heart::Sample;
use crate::offer::Answer;
use crate::offer::Gate;
use crate::offer::OfferId;
use crate::offer::OfferOutcome;
use crate::offer::Popup;
use crate::offer::Resumed;
use crate::practice::Length;
use crate::practice::Library;
use crate::practice::SessionCommand;
use crate::practice::SessionState;
use crate::practice::UnknownPractice;

use super::Settings;

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The monitor sent something.
    Measured(Reading),
    /// The monitor is gone, or the recording is at its end.
    MonitorLost,
    /// The desk or the desktop changed.
    Context(Context),
    /// The machine woke from its sleep: whoever sits here came back.
    Woke,
    /// An offer was answered.
    Answered(OfferId, Answer),
    /// Whether somebody can have seen an offer, as far as whoever shows notifications tells.
    OfferSeen(OfferId, bool),
    /// Whoever shows notifications took an offer off the screen, at its owner's wish as far as can be told.
    OfferDismissed(OfferId),
    /// Somebody else shows notifications from now on: how long an offer stays on the screen there.
    Popups(Popup),
    /// What became of the last offer was said anew, after it was gone from the screen: what it was, and what it is now.
    Reanswered(OfferOutcome, OfferOutcome),
    /// A break is wanted now, by name and length; `None`: the owner's own, or the outward grounding after "too much".
    BreakWanted(Option<String>, Option<Length>),
    /// Something is wanted of the open break.
    Break(SessionCommand),
    /// The open break is to be another practice, by name, or another length: before its first step, where it then waits.
    BreakChosen(String, Length),
    /// No offers until then; an offer that is open is taken away.
    Snooze(Timestamp),
    /// Offers again: ends a snooze, the wait after "Later" and the rest after "this is too much".
    Resume,
    /// The owner changed the settings.
    Configured(Box<Settings>),
    /// The owner's practices changed. A break that is open stays what it is.
    Practices(Box<Library>),
    /// Time passed.
    Tick,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask whether a break would help.
    Offer(OfferId, Figures),
    /// The open offer may have left the screen unseen: show it once more, with these figures. It is the same offer.
    ShowAgain(OfferId, Figures),
    /// Take the offer away, since this became of it.
    Withdraw(OfferId, OfferOutcome),
    /// The open offer mentions the heart, and from now on it must not: somebody else may see the screen.
    Reword(OfferId),
    /// A sample was taken: what the heart did in the last minute.
    Sampled(Sample),
    /// An elevation began, was offered or is over.
    Elevation(ElevationRecord),
    /// From now on so much has to be known of the desk and the desktop.
    Attend(Attention),
    /// An elevation is over, and was not offered: the gate that was closed last, and the figures of that moment.
    Held(Gate, Figures),
    /// Offers may come again: what was ended for it.
    Resumed(Resumed),
    /// A break begins: the name of its practice and its length. [`Self::BreakMoved`] follows.
    BreakBegan(String, Length),
    /// The break that was begun became another one: the name of its practice and its length. [`Self::BreakMoved`] follows.
    BreakChosen(String, Length),
    /// The break is at another place than before; [`Engine::session`](super::Engine::session) has it.
    BreakMoved(SessionState),
    /// There is no such practice.
    NoSuchPractice(UnknownPractice),
}

/// What has to be known of the desk and the desktop, beyond what is always told. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// The desktop is looked at, and every change is told: an offer is about to be made, or one is open that mentions the heart or may be
    /// shown once more.
    pub desktop: bool,
    /// A rest of the hands is told when it begins: an offer waits for one, or may be shown once more after one.
    pub hands: bool,
}

/// The course of an elevation so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElevationRecord {
    /// When the heart left what is usual; tells one elevation from another.
    pub started: Timestamp,
    /// When it was over; `None` while it is not.
    pub ended: Option<Timestamp>,
    /// What it was told by: when it was offered, else the last moment it counted as sustained.
    pub figures: Figures,
    /// What became of it; `None` while that is open.
    pub outcome: Option<ElevationOutcome>,
}

/// What became of an elevation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElevationOutcome {
    /// A break was offered.
    Offered,
    /// It was held back by the gate that was closed last.
    Held(Gate),
}
