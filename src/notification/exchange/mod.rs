//! What is said to the notification server, and what its replies and signals mean.
//!
//! PURE: everything heard goes in, in the order in which it was heard, and what is to be done comes out. That order matters: a
//! click may follow right behind the reply that names the notification, and a server that dies takes its numbers along.

use std::collections::VecDeque;

use super::NotifierCommand;
use super::NotifierEvent;
use super::Obstacle;
use super::OfferNotification;
use super::ServerInfo;
use super::layout;
use kindbeat_core::offer::OfferId;

/// What was heard, from the program or from the bus.
#[derive(Clone, Debug)]
pub(super) enum ExchangeInput {
    /// The program wants something.
    Command(NotifierCommand),
    /// Whether anybody shows notifications; also said when somebody else does from now on.
    Owner(bool),
    /// Name and capabilities of the server.
    Described(ServerInfo),
    /// No server could be started.
    NotStarted,
    /// The server named a notification.
    Named(ServerCall, u32),
    /// The server did not take a notification, and said why.
    Refused(ServerCall, String),
    /// The server did not reply in time. It still may.
    Overdue(ServerCall),
    /// What raises a window for the click that follows.
    Token(u32, String),
    /// A button, by its name.
    Invoked(u32, String),
    /// A notification is gone.
    Closed(u32),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExchangeEffect {
    /// Have the bus start a server.
    Start,
    /// Ask the server for its name and capabilities.
    Describe,
    /// Show an offer in the layout of this server, in place of an earlier notification (0: of none).
    Notify(ServerCall, Box<OfferNotification>, ServerInfo, u32),
    /// Take a notification away.
    Close(u32),
    /// Put another one in its place, which is gone at once: for a server that does not take away what it closes.
    Supplant(u32),
    /// Tell the program.
    Tell(NotifierEvent),
}

/// The number of one showing of an offer, unique while the program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ServerCall(u64);

/// One program and one server, with at most one offer that stands.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    server: Server,
    standing: Option<Standing>,
    /// The notification on the screen; until its replacement is named, it may be that of an earlier offer.
    shown: Option<Shown>,
    sent: Vec<Sent>,
    calls: u64,
    /// Numbers that were ours until lately: what is said of them is an echo.
    spent: VecDeque<u32>,
    /// Clicks on numbers not yet known while a showing is not yet named.
    early: Vec<(u32, Click)>,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Server {
    /// The bus was not yet asked.
    #[default]
    Unknown,
    Absent,
    Starting,
    /// There, and asked for its name.
    Nameless,
    Known(ServerInfo),
}

/// The offer that stands.
#[derive(Debug)]
struct Standing {
    offer: OfferNotification,
    stage: Stage,
    /// How often it may yet be shown: when a server comes back, once more, and not every time.
    showings: u8,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// To be shown as soon as possible; a server may be started for it.
    New,
    /// Sent, and not yet named.
    Sent,
    Open,
    /// The program was told that it is not on the screen; shown when a server comes by itself.
    Hidden,
}

#[derive(Debug)]
struct Shown {
    id: u32,
    token: Option<String>,
}

#[derive(Debug)]
struct Sent {
    call: ServerCall,
    offer: OfferId,
    overdue: bool,
}

#[derive(Clone, Debug)]
enum Click {
    Token(String),
    Action(String),
}

impl Exchange {
    /// Takes in what was heard, and tells what is to be done. Never fails, whatever a server says.
    pub(super) fn handle(&mut self, heard: ExchangeInput) -> Vec<ExchangeEffect> {
        let mut deeds = Vec::new();
        match heard {
            ExchangeInput::Command(NotifierCommand::Show(offer)) => {
                self.standing = Some(Standing { offer, stage: Stage::New, showings: 2 });
            }
            ExchangeInput::Command(NotifierCommand::Withdraw(offer)) => {
                if self.stands(offer) {
                    self.standing = None;
                    deeds.extend(self.part());
                }
            }
            ExchangeInput::Owner(present) => self.owner_changed(present, &mut deeds),
            ExchangeInput::Described(server) => {
                self.server = Server::Known(server.clone());
                deeds.push(ExchangeEffect::Tell(NotifierEvent::Server(Some(server))));
            }
            ExchangeInput::NotStarted => {
                if self.server == Server::Starting {
                    self.server = Server::Absent;
                }
                if self.stage() == Some(Stage::New) && self.server == Server::Absent {
                    self.hide(Obstacle::NoServer, &mut deeds);
                }
            }
            ExchangeInput::Named(call, id) => self.named(call, id, &mut deeds),
            ExchangeInput::Refused(call, reason) => {
                if let Some(sent) = self.take(call)
                    && !sent.overdue
                    && self.stands(sent.offer)
                {
                    self.hide(Obstacle::Refused(reason), &mut deeds);
                }
            }
            ExchangeInput::Overdue(call) => {
                let sent = self.sent.iter_mut().find(|sent| sent.call == call);
                if let Some(sent) = sent {
                    sent.overdue = true;
                    let offer = sent.offer;
                    if self.stands(offer) && self.stage() == Some(Stage::Sent) {
                        self.hide(Obstacle::NoReply, &mut deeds);
                    }
                }
            }
            ExchangeInput::Token(id, token) => self.clicked(id, Click::Token(token), &mut deeds),
            ExchangeInput::Invoked(id, action) => {
                self.clicked(id, Click::Action(action), &mut deeds);
            }
            ExchangeInput::Closed(id) => self.closed(id, &mut deeds),
        }
        self.advance(&mut deeds);
        deeds
    }

    /// Takes away what is on the screen, and was not clicked on; also when the program ends, and nobody could answer it any more.
    pub(super) fn part(&mut self) -> Vec<ExchangeEffect> {
        let mut deeds = Vec::new();
        if let (Some(id), Server::Known(server)) = (self.shown(), &self.server)
            && layout::outlives_closing(server)
        {
            deeds.push(ExchangeEffect::Supplant(id));
        }
        self.close(&mut deeds);
        deeds
    }

    fn shown(&self) -> Option<u32> {
        self.shown.as_ref().map(|shown| shown.id)
    }

    fn stands(&self, offer: OfferId) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.offer.id == offer)
    }

    fn stage(&self) -> Option<Stage> {
        self.standing.as_ref().map(|standing| standing.stage)
    }

    fn take(&mut self, call: ServerCall) -> Option<Sent> {
        let at = self.sent.iter().position(|sent| sent.call == call)?;
        Some(self.sent.remove(at))
    }

    /// Shows the offer that stands, if it is time to.
    fn advance(&mut self, deeds: &mut Vec<ExchangeEffect>) {
        if self.sent.is_empty() {
            self.early.clear();
        }
        let Some(standing) = &mut self.standing else { return };
        match (&self.server, standing.stage) {
            (Server::Absent, Stage::New) => {
                // Only now, and not when the program starts: while a session begins, this could start another server than
                // the desktop's own, which would then find its name taken.
                self.server = Server::Starting;
                deeds.push(ExchangeEffect::Start);
            }
            (Server::Known(server), Stage::New) => {
                // What is to be replaced has to be named first.
                if self.sent.iter().any(|sent| !sent.overdue) {
                    return;
                }
                self.calls += 1;
                let call = ServerCall(self.calls);
                let replaced = self.shown.as_ref().map_or(0, |shown| shown.id);
                standing.stage = Stage::Sent;
                standing.showings = standing.showings.saturating_sub(1);
                self.sent.push(Sent { call, offer: standing.offer.id, overdue: false });
                let offer = Box::new(standing.offer.clone());
                deeds.push(ExchangeEffect::Notify(call, offer, server.clone(), replaced));
            }
            _ => {}
        }
    }

    fn owner_changed(&mut self, present: bool, deeds: &mut Vec<ExchangeEffect>) {
        // Numbers begin anew with a new server.
        self.shown = None;
        self.sent.clear();
        self.spent.clear();
        let before = std::mem::replace(
            &mut self.server,
            if present { Server::Nameless } else { Server::Absent },
        );
        if let Some(standing) = &mut self.standing {
            let offer = standing.offer.id;
            match standing.stage {
                Stage::Open | Stage::Sent => {
                    standing.stage = Stage::Hidden;
                    deeds.push(ExchangeEffect::Tell(NotifierEvent::Lost(offer)));
                }
                // There was a server, or there was to be one, and it went before it could show anything.
                Stage::New if !present && before != Server::Unknown => {
                    self.hide(Obstacle::NoServer, deeds);
                }
                Stage::New | Stage::Hidden => {}
            }
        }
        if present {
            deeds.push(ExchangeEffect::Describe);
            if let Some(standing) = &mut self.standing
                && standing.stage == Stage::Hidden
                && standing.showings > 0
            {
                standing.stage = Stage::New;
            }
        } else if before != Server::Absent {
            deeds.push(ExchangeEffect::Tell(NotifierEvent::Server(None)));
        }
    }

    /// The server named what it shows.
    fn named(&mut self, call: ServerCall, id: u32, deeds: &mut Vec<ExchangeEffect>) {
        let Some(sent) = self.take(call) else { return };
        self.spent.retain(|&spent| spent != id);
        let stands = self.stands(sent.offer);
        let wanted = match self.stage() {
            // To be replaced in a moment.
            Some(Stage::New) => true,
            Some(Stage::Sent | Stage::Hidden) => stands,
            Some(Stage::Open) | None => false,
        };
        if !wanted {
            if self.shown() != Some(id) {
                self.spend(id);
                deeds.push(ExchangeEffect::Close(id));
            }
            return;
        }
        if let Some(before) = self.shown.replace(Shown { id, token: None })
            && before.id != id
        {
            // The server did not replace it.
            self.spend(before.id);
            deeds.push(ExchangeEffect::Close(before.id));
        }
        if let Some(standing) = &mut self.standing
            && standing.stage != Stage::New
        {
            standing.stage = Stage::Open;
            deeds.push(ExchangeEffect::Tell(NotifierEvent::Shown(sent.offer)));
        }
        for (_, click) in self.early.extract_if(.., |(early, _)| *early == id).collect::<Vec<_>>() {
            self.clicked(id, click, deeds);
        }
    }

    fn clicked(&mut self, id: u32, click: Click, deeds: &mut Vec<ExchangeEffect>) {
        let Some(shown) = self.shown.as_mut().filter(|shown| shown.id == id) else {
            if !self.sent.is_empty() && !self.spent.contains(&id) {
                if self.early.len() == MOST_EARLY {
                    self.early.remove(0);
                }
                self.early.push((id, click));
            }
            return;
        };
        match click {
            Click::Token(token) => shown.token = Some(token),
            Click::Action(action) => {
                let Some(answer) = layout::answer(&action) else { return };
                let token = shown.token.take();
                // A click on what is just being replaced counts for the offer that stands: it asks the same.
                if let Some(standing) = self.standing.take() {
                    deeds.push(ExchangeEffect::Tell(NotifierEvent::Answered(
                        standing.offer.id,
                        answer,
                        token,
                    )));
                }
                self.close(deeds);
            }
        }
    }

    /// For whatever reason: servers do not agree on what the reasons mean.
    fn closed(&mut self, id: u32, deeds: &mut Vec<ExchangeEffect>) {
        if self.shown() != Some(id) {
            return;
        }
        self.shown = None;
        self.spend(id);
        if self.stage() == Some(Stage::Open)
            && let Some(standing) = self.standing.take()
        {
            deeds.push(ExchangeEffect::Tell(NotifierEvent::Dismissed(standing.offer.id)));
        }
    }

    /// Takes the notification off the screen. Also after a click: some servers leave it there.
    fn close(&mut self, deeds: &mut Vec<ExchangeEffect>) {
        if let Some(shown) = self.shown.take() {
            self.spend(shown.id);
            deeds.push(ExchangeEffect::Close(shown.id));
        }
    }

    fn hide(&mut self, why: Obstacle, deeds: &mut Vec<ExchangeEffect>) {
        if let Some(standing) = &mut self.standing {
            standing.stage = Stage::Hidden;
            deeds.push(ExchangeEffect::Tell(NotifierEvent::NotShown(standing.offer.id, why)));
        }
    }

    fn spend(&mut self, id: u32) {
        if self.spent.len() == MOST_SPENT {
            self.spent.pop_front();
        }
        self.spent.push_back(id);
    }
}

/// Echoes come within moments; with one offer at a time, more than a few numbers cannot be under way.
const MOST_SPENT: usize = 8;

/// Other programs are clicked on as well while a showing waits for its name, but hardly more often than this.
const MOST_EARLY: usize = 64;

#[cfg(test)]
mod tests;
