//! Offers on the desktop: shown, taken away, and the outcome of the last one.

use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::debug;

use crate::notification::NotifierCommand;
use crate::notification::NotifierEvent;
use crate::notification::Obstacle;
use crate::notification::OfferLabels;
use crate::notification::OfferNotification;
use crate::store;
use crate::store::Record;
use kindbeat_core::detection::Figures;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::offer::OnScreen;
use kindbeat_core::offer::Popup;
use kindbeat_core::offer::Unseen;
use kindbeat_core::reason::LastOffer;
use kindbeat_core::status::News;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

use super::history::History;
use super::reporter::Reporter;

pub(super) struct DesktopOffers {
    commands: mpsc::Sender<NotifierCommand>,
    title: String,
    labels: OfferLabels,
    last: Option<(OfferId, LastOffer)>,
}

/// What happened on the screen, as far as it concerns the engine.
pub(super) enum ScreenEvent {
    /// An answer that the owner clicked; the text raises the window that opens for it, where the desktop gives one.
    Clicked(OfferId, Answer, Option<String>),
    /// Whether somebody can have seen the offer.
    Seen(OfferId, bool),
    /// It was closed without an answer.
    Dismissed(OfferId),
    /// How long an offer stays on the screen from now on.
    Popups(Popup),
}

impl DesktopOffers {
    pub(super) fn new(commands: mpsc::Sender<NotifierCommand>, words: &Words) -> Self {
        let (title, labels) = (title(words), OfferLabels::new(words));
        Self { commands, title, labels, last: None }
    }

    /// Offers speak in these words from now on.
    pub(super) fn speak(&mut self, words: &Words) {
        self.title = title(words);
        self.labels = OfferLabels::new(words);
    }

    /// Asks whether a break would help, for the reason in `body`.
    pub(super) fn show(
        &mut self,
        now: Timestamp,
        id: OfferId,
        figures: Figures,
        body: String,
        history: &mut History,
        reporter: &Reporter,
    ) {
        self.last = Some((
            id,
            LastOffer { made_at: now, figures, outcome: None, on_screen: OnScreen::default() },
        ));
        self.keep(now, history);
        self.order(NotifierCommand::Show(self.notification(id, body.clone())));
        reporter.tell(News::OfferMade(body));
    }

    /// The same offer once more, for the reason in `body`.
    pub(super) fn show_again(&self, id: OfferId, body: String) {
        self.order(NotifierCommand::ShowAgain(self.notification(id, body)));
    }

    fn notification(&self, id: OfferId, body: String) -> OfferNotification {
        OfferNotification { id, title: self.title.clone(), body, labels: self.labels.clone() }
    }

    /// The offer says this instead from now on.
    pub(super) fn reword(&self, id: OfferId, body: String) {
        self.order(NotifierCommand::Reword(id, body));
    }

    /// Takes the offer away, with this outcome; one that nobody answered may have been shown to nobody.
    pub(super) fn withdraw(
        &mut self,
        now: Timestamp,
        id: OfferId,
        outcome: OfferOutcome,
        history: &mut History,
    ) {
        self.order(NotifierCommand::Withdraw(id));
        let outcome = match (outcome, &self.last) {
            (OfferOutcome::Expired, Some((last, offer))) if *last == id => offer.unanswered(),
            _ => outcome,
        };
        self.record_outcome(now, id, outcome, history);
    }

    /// Records the outcome of an offer, or another outcome of one that is gone already.
    pub(super) fn record_outcome(
        &mut self,
        now: Timestamp,
        id: OfferId,
        outcome: OfferOutcome,
        history: &mut History,
    ) {
        if let Some((last, offer)) = &mut self.last
            && *last == id
        {
            offer.outcome = Some(outcome);
            self.keep(now, history);
        }
    }

    /// Takes in what happened on the screen.
    pub(super) fn handle(
        &mut self,
        event: NotifierEvent,
        reporter: &Reporter,
    ) -> Option<ScreenEvent> {
        match event {
            NotifierEvent::Answered(id, answer, token) => {
                Some(ScreenEvent::Clicked(id, answer, token))
            }
            NotifierEvent::NotShown(id, obstacle) => {
                debug!(?obstacle, "the offer is not on the screen");
                reporter.tell(News::OfferNotShown);
                let why = match obstacle {
                    Obstacle::NoServer | Obstacle::NoReply | Obstacle::Refused(_) => {
                        Unseen::NotShown
                    }
                    Obstacle::NoNumber => Unseen::NoNumber,
                    Obstacle::ClosedAtOnce => Unseen::ClosedAtOnce,
                };
                self.note(id, |on_screen| on_screen.not_shown(why))
            }
            NotifierEvent::Server(server) => {
                let server = server?.name;
                debug!(server, "what shows notifications");
                Some(ScreenEvent::Popups(Popup::of(&server)))
            }
            NotifierEvent::Shown(id) => self.note(id, OnScreen::shown),
            NotifierEvent::Dismissed(id) => Some(ScreenEvent::Dismissed(id)),
            NotifierEvent::Lost(_) => None,
        }
    }

    fn note(&mut self, id: OfferId, happened: impl FnOnce(&mut OnScreen)) -> Option<ScreenEvent> {
        let (_, offer) = self.last.as_mut().filter(|(last, _)| *last == id)?;
        happened(&mut offer.on_screen);
        Some(ScreenEvent::Seen(id, offer.on_screen.was_seen()?))
    }

    /// Whether an offer is open that nobody can have seen.
    pub(super) fn is_unseen(&self) -> bool {
        self.last
            .is_some_and(|(_, offer)| offer.outcome.is_none() && offer.on_screen.unseen().is_some())
    }

    /// `None` before the first.
    pub(super) const fn last(&self) -> Option<&(OfferId, LastOffer)> {
        self.last.as_ref()
    }

    fn keep(&self, now: Timestamp, history: &mut History) {
        if let Some((_, offer)) = self.last {
            let ended = offer.outcome.map(|outcome| (outcome.into(), now));
            let offer =
                store::StoredOffer { made: offer.made_at, figures: offer.figures.into(), ended };
            history.keep(now, Record::Offer(offer));
        }
    }

    fn order(&self, command: NotifierCommand) {
        if self.commands.try_send(command).is_err() {
            debug!("offers are not shown: nothing takes them");
        }
    }
}

fn title(words: &Words) -> String {
    words.text(Message::OfferTitle, &[])
}
