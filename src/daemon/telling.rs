//! What is said: offers, notices, the status, and the answers to other programs.

use tracing::debug;

use jiff::Timestamp;

use crate::desktop::look_around;
use crate::interface::LastAnswer;
use crate::interface::Refusal;
use crate::interface::Request;
use crate::notification;
use crate::notification::notice;
use kindbeat_core::context::Fact;
use kindbeat_core::detection::Figures;
use kindbeat_core::engine::Input;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OfferOutcome;
use kindbeat_core::practice::Focus;
use kindbeat_core::reason;
use kindbeat_core::reason::Detail;
use kindbeat_core::status::News;
use kindbeat_core::status::SensorStatus;
use kindbeat_core::status::Status;
use kindbeat_core::words::Message;

use super::service::Service;

impl Service {
    /// Puts an offer to its owner, on the desktop.
    pub(super) fn offer(&mut self, id: OfferId, figures: &Figures) {
        let sustain = self.parts.config.detection.thresholds().sustain;
        let detail = if !self.may_mention_heart() {
            Detail::Nothing
        } else if self.parts.config.practice.show_heart {
            Detail::Figures(figures, sustain)
        } else {
            Detail::Heart
        };
        let body = reason::offer(id, detail, &self.words);
        let offer = notification::OfferNotification {
            id,
            title: self.words.text(Message::OfferTitle, &[]),
            body: body.clone(),
            labels: self.labels.clone(),
        };
        self.order(notification::NotifierCommand::Show(offer));
        self.tell(News::OfferMade(body));
    }

    /// Whether the heart is to be mentioned at all.
    pub(super) fn heart_is_welcome(&self) -> bool {
        let config = &self.parts.config;
        config.offer.mention_heart && config.practice.focus != Focus::Anxiety
    }

    /// Whether the heart may be mentioned now: only where it is known that nobody else sees the screen.
    pub(super) fn may_mention_heart(&self) -> bool {
        self.heart_is_welcome()
            && self.around.desktop.is_some_and(|desktop| !desktop[Fact::Sharing].holds())
    }

    pub(super) fn order(&self, command: notification::NotifierCommand) {
        if self.parts.offers.try_send(command).is_err() {
            debug!("offers are not shown: nothing takes them");
        }
    }

    /// Something became of an offer on the desktop.
    pub(super) fn offer_event(&mut self, event: notification::NotifierEvent) {
        match event {
            notification::NotifierEvent::Answered(id, Answer::Start, token) => {
                // A click is never lost: the offer may have run out at this very moment.
                let input = Input::Answered(id, Answer::Start);
                if let Err(Refusal::NoOffer) = self.start_break(input, token.clone()) {
                    // What stands in its way now was said where it arose.
                    let _ = self.start_break(Input::BreakWanted(None, None), token);
                }
            }
            notification::NotifierEvent::Answered(id, answer, _) => {
                self.handle(Input::Answered(id, answer));
            }
            notification::NotifierEvent::NotShown(_, obstacle) => {
                debug!(?obstacle, "the offer is not on the screen");
                self.tell(News::OfferNotShown);
            }
            notification::NotifierEvent::Server(server) => {
                debug!(server = server.map(|server| server.name), "what shows notifications");
            }
            notification::NotifierEvent::Shown(_)
            | notification::NotifierEvent::Dismissed(_)
            | notification::NotifierEvent::Lost(_) => {}
        }
    }

    /// Another program asks for something. One that does not wait for its answer any more gets none.
    pub(super) fn request(&mut self, request: Request) {
        match request {
            Request::Status { reply } => {
                let _ = reply.send(self.status(self.now()));
            }
            Request::Why { reply } => {
                let standing = self.parts.engine.snapshot(self.now());
                let last = self.asked.as_ref().map(|(_, asked)| asked);
                let _ = reply.send(reason::why(&standing, last, self.offset(), &self.words));
            }
            Request::StartBreak { practice, length, reply } => {
                let input = Input::BreakWanted(practice, length);
                let _ = reply.send(self.start_break(input, None));
            }
            Request::EndBreak { reply } => {
                let ended = if self.end_break() { Ok(()) } else { Err(Refusal::NoBreak) };
                let _ = reply.send(ended);
            }
            Request::Snooze { until, reply } => {
                self.handle(Input::Snooze(until));
                let _ = reply.send(Ok(()));
            }
            Request::Resume { reply } => {
                self.handle(Input::Resume);
                let _ = reply.send(());
            }
            Request::AnswerLast { answer, reply } => {
                let _ = reply.send(self.answer_last(answer));
            }
            Request::TakeQuestion { reply } => {
                let now = self.now();
                // Asked only where somebody still waits to read it.
                let asks = !reply.is_closed() && self.parts.engine.take_question(now);
                let _ = reply.send(asks);
            }
            Request::Look { mut reply } => {
                tokio::spawn(async move {
                    tokio::select! {
                        () = reply.closed() => {}
                        seen = look_around() => {
                            // It is plain data, which can always be written.
                            let _ = reply.send(serde_json::to_string(&seen).unwrap_or_default());
                        }
                    }
                });
            }
            Request::TellBreak { caller, told, reply } => {
                self.told_of_break(caller, told);
                let _ = reply.send(());
            }
            Request::TellAnswer { told, reply } => {
                self.told_of_answer(told);
                let _ = reply.send(());
            }
            Request::CallerGone(caller) => self.caller_gone(&caller),
        }
    }

    /// Answers the last offer, or takes the answer back. One that is no longer open can still be begun, or told what it was.
    fn answer_last(&mut self, answer: LastAnswer) -> Result<(), Refusal> {
        let (id, asked) = self.asked.ok_or(Refusal::NoOffer)?;
        let now = self.now();
        match (answer, asked.became) {
            (LastAnswer::Given(Answer::Start), None) => {
                self.start_break(Input::Answered(id, Answer::Start), None).map(drop)
            }
            (LastAnswer::Given(Answer::Start), Some(became)) => {
                self.handle(Input::Reanswered(became, OfferOutcome::Answered(Answer::Start)));
                self.start_break(Input::BreakWanted(None, None), None).map(drop)
            }
            (LastAnswer::Given(answer), None) => {
                self.handle(Input::Answered(id, answer));
                Ok(())
            }
            (LastAnswer::Undo, None) | (_, Some(OfferOutcome::Answered(Answer::Start))) => {
                Err(Refusal::NoOffer)
            }
            (said, Some(before)) => {
                let became = match said {
                    LastAnswer::Given(answer) => OfferOutcome::Answered(answer),
                    LastAnswer::Undo => OfferOutcome::Expired,
                };
                self.handle(Input::Reanswered(before, became));
                self.became(now, id, became);
                Ok(())
            }
        }
    }

    /// How things stand.
    pub(super) fn status(&self, now: Timestamp) -> Status {
        let standing = self.parts.engine.snapshot(now);
        let sensor = self.sensor.as_ref().map(|sensor| SensorStatus {
            name: sensor.name.clone(),
            address: sensor.id.address().to_owned(),
            battery: sensor.battery,
        });
        Status {
            state: self.link.as_str().to_owned(),
            heart_rate: self.rate.map(whole),
            usual: standing.usual.map(|usual| tenth(usual.heart_rate)),
            spread: standing.usual.map(|usual| tenth(usual.spread)),
            elevated_since: standing.elevated_since(),
            quality: standing
                .quality
                .filter(|_| self.link == kindbeat_core::monitor::LinkState::Streaming),
            sensor,
            learned_hours: (standing.learned.as_secs_f64() / 36.0).round() / 100.0,
            snoozed_until: standing.snoozed_until,
            held_by: standing.held_by.map(|gate| gate.name().to_owned()),
            offers_today: standing.offers_today,
            page_open: self.parts.web.is_open(),
            config_error: self.config_error.clone(),
        }
    }

    /// Tells of a change of anything but the rate and the hours learned, which change all the time.
    pub(super) fn tell_changes(&mut self, now: Timestamp) {
        let status = self.status(now);
        let same = Status {
            heart_rate: self.told.heart_rate,
            learned_hours: self.told.learned_hours,
            ..status.clone()
        } == self.told;
        if !same {
            self.told = status.clone();
            self.tell(News::Changed(Box::new(status)));
        }
    }

    pub(super) fn tell(&self, news: News) {
        // Whoever does not listen misses it.
        let _ = self.parts.news.try_send(news);
    }

    pub(super) fn notice_config(&self, summary: &str) {
        let args = [("problem", summary.into())];
        self.notice(Message::NoticeConfigTitle, self.words.text(Message::NoticeConfigKept, &args));
    }

    pub(super) fn notice_store(&self, problem: &str) {
        let args = [("problem", problem.into())];
        self.notice(Message::NoticeStoreTitle, self.words.text(Message::NoticeStoreFailing, &args));
    }

    pub(super) fn notice_address(&self, url: &str) {
        let args = [("url", url.into())];
        self.notice(Message::NoticePageTitle, self.words.text(Message::NoticePageAddress, &args));
    }

    pub(super) fn notice_no_page(&self) {
        self.notice(Message::NoticePageTitle, self.words.text(Message::NoticePageNone, &[]));
    }

    fn notice(&self, title: Message, body: String) {
        show_notice(self.words.text(title, &[]), body);
    }
}

/// Shows a notice, as soon as that can be done.
pub(super) fn show_notice(title: String, body: String) {
    tokio::spawn(async move {
        if let Err(error) = notice(&title, &body).await {
            debug!(%error, "a notice is not on the screen");
        }
    });
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a monitor sends 0 to 65535, and the cast saturates"
)]
fn whole(rate: f64) -> u16 {
    rate.round() as u16
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
