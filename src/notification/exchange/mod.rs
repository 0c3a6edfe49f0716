//! Decides what is sent to the notification server, and what its replies and signals mean. Pure.
//!
//! Inputs have to be given in the order in which they arrived: a click may follow right after the reply that gives its
//! notification an id, and a server that dies takes its ids along.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::NotifierCommand;
use super::NotifierEvent;
use super::Obstacle;
use super::OfferNotification;
use super::ServerInfo;
use super::layout;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::Popup;

/// From the program or from the bus.
#[derive(Clone, Debug)]
pub(super) enum ExchangeInput {
    Command(NotifierCommand),
    /// Whether a server owns the name; also sent when another server takes over.
    Owner(bool),
    /// The server answered with its name and capabilities.
    Described(ServerInfo),
    /// The bus couldn't start a server.
    NotStarted,
    /// The server gave a notification an id.
    Accepted(ServerCall, u32),
    /// The server refused a notification, for this reason.
    Refused(ServerCall, String),
    /// The server didn't reply in time. It still may.
    Overdue(ServerCall),
    /// The activation token for the click that follows.
    Token(u32, String),
    /// A button, by the name of its action.
    Invoked(u32, String),
    /// The notification with this id is gone, for this reason (Desktop Notifications Specification).
    Closed(u32, u32),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExchangeEffect {
    /// Have the bus start a server.
    Start,
    /// Ask the server for its name and capabilities.
    Describe,
    /// Show an offer in the layout of this server, in place of an earlier notification (0: of none).
    Notify(ServerCall, Box<OfferNotification>, ServerInfo, u32),
    /// Change the text of the notification with this id.
    Reword(ServerCall, Box<OfferNotification>, ServerInfo, u32),
    /// Close the notification with this id.
    Close(u32),
    /// Replace the notification with one that expires at once: for a server that doesn't remove what it closes.
    Expire(u32),
    Report(NotifierEvent),
}

/// Unique while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerCall(u64);

/// One program and one server, with at most one open offer.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    server: Server,
    current: Option<Current>,
    /// The notification on the screen; until the server names its replacement, it may be that of an earlier offer.
    shown: Option<Shown>,
    /// The first notification of an offer that is shown again: a click on it may be on its way.
    first: Option<Shown>,
    sent: Vec<Sent>,
    calls: u64,
    /// Ids that were ours until lately: signals for them are echoes.
    retired: VecDeque<u32>,
    /// What happened to unknown ids, kept while the id of a notification isn't known yet.
    early: Vec<(u32, Early)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Server {
    /// The bus wasn't attempt yet.
    #[default]
    Unknown,
    Absent,
    Starting,
    /// Running, and attempt for its name.
    Unidentified,
    Known(ServerInfo),
}

#[derive(Debug)]
struct Current {
    offer: OfferNotification,
    stage: Stage,
    /// How often the offer may still be shown: a server that comes back, or an order, shows it once more, not every time.
    showings: u8,
    /// It says something else than the notification on the screen.
    is_reworded: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// To be shown as soon as possible; a server may be started for it.
    New,
    /// Sent; the server hasn't given it an id yet.
    Sent,
    Open,
    /// Reported as not shown; shown when a server comes by itself.
    Hidden,
    /// It has left the screen by itself, and may be shown again.
    Left,
}

#[derive(Debug)]
struct Shown {
    id: u32,
    /// When the server gave it its id.
    since: Instant,
    token: Option<String>,
}

#[derive(Debug)]
struct Sent {
    call: ServerCall,
    offer: OfferId,
    overdue: bool,
    /// It changes the text of one that is on the screen.
    rewords: bool,
}

#[derive(Clone, Debug)]
enum Early {
    Token(String),
    Action(String),
    Closed(u32),
}

impl Exchange {
    /// Never fails, whatever a server sends. `now` is when the input arrived.
    pub(super) fn handle(&mut self, now: Instant, input: ExchangeInput) -> Vec<ExchangeEffect> {
        let mut effects = Vec::new();
        match input {
            ExchangeInput::Command(NotifierCommand::Show(offer)) => {
                let (stage, is_reworded) = (Stage::New, false);
                self.current = Some(Current { offer, stage, showings: 2, is_reworded });
                self.first = None;
            }
            ExchangeInput::Command(NotifierCommand::ShowAgain(offer)) => {
                self.show_again(offer, &mut effects);
            }
            ExchangeInput::Command(NotifierCommand::Reword(offer, body)) => {
                if let Some(current) = self.current.as_mut().filter(|one| one.offer.id == offer) {
                    current.offer.body = body;
                    // One that is not sent yet says so from the beginning.
                    current.is_reworded = matches!(current.stage, Stage::Sent | Stage::Open);
                }
            }
            ExchangeInput::Command(NotifierCommand::Withdraw(offer)) => {
                if self.is_current(offer) {
                    self.current = None;
                    effects.extend(self.close_current());
                }
            }
            ExchangeInput::Owner(present) => self.owner_changed(present, &mut effects),
            ExchangeInput::Described(server) => {
                self.server = Server::Known(server.clone());
                effects.push(ExchangeEffect::Report(NotifierEvent::Server(Some(server))));
            }
            ExchangeInput::NotStarted => {
                if self.server == Server::Starting {
                    self.server = Server::Absent;
                }
                if self.stage() == Some(Stage::New) && self.server == Server::Absent {
                    self.hide(Obstacle::NoServer, &mut effects);
                }
            }
            // A number is above 0 (Desktop Notifications Specification).
            ExchangeInput::Accepted(call, 0) => {
                self.failed(call, Obstacle::NoNumber, &mut effects);
            }
            ExchangeInput::Accepted(call, id) => self.accepted(now, call, id, &mut effects),
            ExchangeInput::Refused(call, reason) => {
                self.failed(call, Obstacle::Refused(reason), &mut effects);
            }
            ExchangeInput::Overdue(call) => {
                let sent = self.sent.iter_mut().find(|sent| sent.call == call);
                if let Some(sent) = sent {
                    sent.overdue = true;
                    let (offer, rewords) = (sent.offer, sent.rewords);
                    let waits = rewords || self.stage() == Some(Stage::Sent);
                    if self.is_current(offer) && waits {
                        self.drop_text(rewords, &mut effects);
                        self.hide(Obstacle::NoReply, &mut effects);
                    }
                }
            }
            ExchangeInput::Token(id, token) => {
                self.happened(now, id, Early::Token(token), &mut effects);
            }
            ExchangeInput::Invoked(id, action) => {
                self.happened(now, id, Early::Action(action), &mut effects);
            }
            ExchangeInput::Closed(id, reason) => {
                self.happened(now, id, Early::Closed(reason), &mut effects);
            }
        }
        self.advance(&mut effects);
        effects
    }

    /// Puts the open offer on the screen once more. As a new notification: what only changes in place stays where it has gone on the
    /// servers whose popups leave.
    fn show_again(&mut self, offer: OfferNotification, effects: &mut Vec<ExchangeEffect>) {
        let Server::Known(_) = self.server else { return };
        let Some(current) = self.current.as_mut().filter(|current| {
            let settled = matches!(current.stage, Stage::Open | Stage::Left | Stage::Hidden);
            current.offer.id == offer.id && current.showings > 0 && settled
        }) else {
            return;
        };
        current.offer = offer;
        current.stage = Stage::New;
        if let Some(first) = self.shown.take() {
            self.retire(first.id);
            effects.push(ExchangeEffect::Close(first.id));
            self.first = Some(first);
        }
    }

    /// The server does not show what it was sent.
    fn failed(&mut self, call: ServerCall, why: Obstacle, effects: &mut Vec<ExchangeEffect>) {
        if let Some(sent) = self.take(call)
            && !sent.overdue
            && self.is_current(sent.offer)
        {
            self.drop_text(sent.rewords, effects);
            self.hide(why, effects);
        }
    }

    /// A text that was to be changed and is not leaves the screen.
    fn drop_text(&mut self, rewords: bool, effects: &mut Vec<ExchangeEffect>) {
        if rewords {
            effects.extend(self.close_current());
        }
    }

    /// Closes the open notification without a click; also when the program ends, since nobody could answer it any more.
    pub(super) fn close_current(&mut self) -> Vec<ExchangeEffect> {
        let mut effects = Vec::new();
        if let (Some(id), Server::Known(server)) = (self.shown(), &self.server)
            && layout::outlives_closing(server)
        {
            effects.push(ExchangeEffect::Expire(id));
        }
        self.close(&mut effects);
        effects
    }

    /// Closes a notification of ours that this run did not show; a click on it answers nothing.
    pub(super) fn close_foreign(&mut self, id: u32) -> Vec<ExchangeEffect> {
        self.retire(id);
        let mut effects = Vec::new();
        if matches!(&self.server, Server::Known(server) if layout::outlives_closing(server)) {
            effects.push(ExchangeEffect::Expire(id));
        }
        effects.push(ExchangeEffect::Close(id));
        effects
    }

    /// The number of the notification on the screen.
    pub(super) fn shown(&self) -> Option<u32> {
        self.shown.as_ref().map(|shown| shown.id)
    }

    fn is_current(&self, offer: OfferId) -> bool {
        self.current.as_ref().is_some_and(|current| current.offer.id == offer)
    }

    fn stage(&self) -> Option<Stage> {
        self.current.as_ref().map(|current| current.stage)
    }

    fn take(&mut self, call: ServerCall) -> Option<Sent> {
        let at = self.sent.iter().position(|sent| sent.call == call)?;
        Some(self.sent.remove(at))
    }

    /// Shows the current offer, if it's time to.
    fn advance(&mut self, effects: &mut Vec<ExchangeEffect>) {
        if self.sent.is_empty() {
            self.early.clear();
        }
        let Some(current) = &mut self.current else { return };
        match (&self.server, current.stage) {
            (Server::Absent, Stage::New) => {
                // Only now, and not when the program starts: while a session begins, this could start another server than
                // the desktop's own, which would then find its name taken.
                self.server = Server::Starting;
                effects.push(ExchangeEffect::Start);
            }
            (Server::Known(server), Stage::New) => {
                // The id of the notification to replace has to be known first.
                if self.sent.iter().any(|sent| !sent.overdue) {
                    return;
                }
                self.calls += 1;
                let call = ServerCall(self.calls);
                let replaced = self.shown.as_ref().map_or(0, |shown| shown.id);
                current.stage = Stage::Sent;
                current.showings = current.showings.saturating_sub(1);
                current.is_reworded = false;
                let offer = current.offer.id;
                self.sent.push(Sent { call, offer, overdue: false, rewords: false });
                let offer = Box::new(current.offer.clone());
                effects.push(ExchangeEffect::Notify(call, offer, server.clone(), replaced));
            }
            (Server::Known(server), Stage::Open) if current.is_reworded => {
                let Some(shown) = &self.shown else { return };
                self.calls += 1;
                let call = ServerCall(self.calls);
                current.is_reworded = false;
                let offer = current.offer.id;
                self.sent.push(Sent { call, offer, overdue: false, rewords: true });
                let offer = Box::new(current.offer.clone());
                effects.push(ExchangeEffect::Reword(call, offer, server.clone(), shown.id));
            }
            _ => {}
        }
    }

    fn owner_changed(&mut self, present: bool, effects: &mut Vec<ExchangeEffect>) {
        // A new server counts its ids from the beginning.
        self.shown = None;
        self.first = None;
        self.sent.clear();
        self.retired.clear();
        let before = std::mem::replace(
            &mut self.server,
            if present { Server::Unidentified } else { Server::Absent },
        );
        if let Some(current) = &mut self.current {
            let offer = current.offer.id;
            match current.stage {
                Stage::Open | Stage::Sent => {
                    current.stage = Stage::Hidden;
                    current.is_reworded = false;
                    effects.push(ExchangeEffect::Report(NotifierEvent::Lost(offer)));
                }
                // There was a server, or one was starting, and it went before it could show anything.
                Stage::New if !present && before != Server::Unknown => {
                    self.hide(Obstacle::NoServer, effects);
                }
                Stage::New | Stage::Hidden | Stage::Left => {}
            }
        }
        if present {
            effects.push(ExchangeEffect::Describe);
            if let Some(current) = &mut self.current
                && current.stage == Stage::Hidden
                && current.showings > 0
            {
                current.stage = Stage::New;
            }
        } else if before != Server::Absent {
            effects.push(ExchangeEffect::Report(NotifierEvent::Server(None)));
        }
    }

    fn accepted(
        &mut self,
        now: Instant,
        call: ServerCall,
        id: u32,
        effects: &mut Vec<ExchangeEffect>,
    ) {
        let Some(sent) = self.take(call) else { return };
        self.retired.retain(|&retired| retired != id);
        let is_current = self.is_current(sent.offer);
        let wanted = match self.stage() {
            // The new offer replaces it in a moment.
            Some(Stage::New) => true,
            Some(Stage::Sent | Stage::Hidden) => is_current,
            Some(Stage::Open) => is_current && sent.rewords,
            Some(Stage::Left) | None => false,
        };
        if !wanted {
            if self.shown() != Some(id) {
                self.retire(id);
                effects.push(ExchangeEffect::Close(id));
            }
            return;
        }
        // Another text does not bring it on the screen anew.
        let before = self.shown.take();
        let same = before.as_ref().filter(|_| sent.rewords);
        let since = same.map_or(now, |before| before.since);
        self.shown = Some(Shown { id, since, token: None });
        if let Some(before) = before
            && before.id != id
        {
            // The server didn't replace the earlier notification.
            self.retire(before.id);
            effects.push(ExchangeEffect::Close(before.id));
        }
        if let Some(current) = &mut self.current
            && !matches!(current.stage, Stage::New | Stage::Open)
        {
            current.stage = Stage::Open;
            effects.push(ExchangeEffect::Report(NotifierEvent::Shown(sent.offer)));
        }
        for (_, what) in self.early.extract_if(.., |(early, _)| *early == id).collect::<Vec<_>>() {
            self.happened(now, id, what, effects);
        }
    }

    fn happened(&mut self, now: Instant, id: u32, what: Early, effects: &mut Vec<ExchangeEffect>) {
        let shown = self.shown.iter_mut().chain(&mut self.first).find(|shown| shown.id == id);
        let Some(shown) = shown else {
            if !self.sent.is_empty() && !self.retired.contains(&id) {
                if self.early.len() == MOST_EARLY {
                    self.early.remove(0);
                }
                self.early.push((id, what));
            }
            return;
        };
        match what {
            Early::Token(token) => shown.token = Some(token),
            Early::Action(action) => {
                let Some(answer) = layout::answer(&action) else { return };
                let token = shown.token.take();
                // A click on a notification that is being replaced counts for the current offer: both ask the same.
                if let Some(current) = self.current.take() {
                    effects.push(ExchangeEffect::Report(NotifierEvent::Answered(
                        current.offer.id,
                        answer,
                        token,
                    )));
                }
                self.first = None;
                self.close(effects);
            }
            Early::Closed(reason) => self.closed(now, id, reason, effects),
        }
    }

    /// Servers don't agree on what the reasons mean: what was closed before anybody could have done it was not seen, whatever the reason.
    fn closed(&mut self, now: Instant, id: u32, reason: u32, effects: &mut Vec<ExchangeEffect>) {
        // What is being shown again is closed by us.
        let Some(shown) = self.shown.take_if(|shown| shown.id == id) else { return };
        self.retire(id);
        let Some(current) = self.current.as_mut().filter(|one| one.stage == Stage::Open) else {
            return;
        };
        if now.duration_since(shown.since) < FASTEST_HAND {
            self.hide(Obstacle::ClosedAtOnce, effects);
        } else if reason == EXPIRED && self.server.popup() == Popup::Leaves {
            current.stage = Stage::Left;
        } else if let Some(current) = self.current.take() {
            effects.push(ExchangeEffect::Report(NotifierEvent::Dismissed(current.offer.id)));
        }
    }

    /// Also after a click: some servers leave the notification there.
    fn close(&mut self, effects: &mut Vec<ExchangeEffect>) {
        if let Some(shown) = self.shown.take() {
            self.retire(shown.id);
            effects.push(ExchangeEffect::Close(shown.id));
        }
    }

    fn hide(&mut self, why: Obstacle, effects: &mut Vec<ExchangeEffect>) {
        if let Some(current) = &mut self.current {
            current.stage = Stage::Hidden;
            effects.push(ExchangeEffect::Report(NotifierEvent::NotShown(current.offer.id, why)));
        }
    }

    fn retire(&mut self, id: u32) {
        if self.retired.len() == MOST_RETIRED {
            self.retired.pop_front();
        }
        self.retired.push_back(id);
    }
}

impl Server {
    fn popup(&self) -> Popup {
        match self {
            Self::Known(server) => Popup::of(&server.name),
            Self::Unknown | Self::Absent | Self::Starting | Self::Unidentified => Popup::Stays,
        }
    }
}

/// Nobody closes a notification this soon: it is half of the 100 ms within which nobody can answer the gun of a race (World Athletics,
/// Technical Rules, false starts), and here the pointer still has to get there. Silenced servers close right behind the number.
const FASTEST_HAND: Duration = Duration::from_millis(50);

/// The reason of a notification that went by itself.
const EXPIRED: u32 = 1;

/// Echoes come within moments; with one offer at a time, only a few ids can be in use.
const MOST_RETIRED: usize = 8;

/// Notifications of other programs are clicked on as well while an id isn't known, but hardly more often than this.
const MOST_EARLY: usize = 64;

#[cfg(test)]
mod tests;
