//! A day at the desk in virtual time: what happens is said in sentences, what the engine does about it is written down.

#![allow(dead_code, unreachable_pub, reason = "each test program uses a part of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a failure here is the failure of the test"
)]

use std::collections::HashSet;
use std::fmt::Write;
use std::mem::Discriminant;
use std::mem::discriminant;

use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use kindbeat_core::context::Context;
use kindbeat_core::context::Desktop;
use kindbeat_core::context::Presence;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Effect;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::Input;
use kindbeat_core::engine::Settings;
use kindbeat_core::heart::Contact;
use kindbeat_core::heart::Intervals;
use kindbeat_core::heart::Measurement;
use kindbeat_core::heart::Reading;
use kindbeat_core::monitor::LinkState;
use kindbeat_core::offer::Answer;
use kindbeat_core::offer::OfferId;
use kindbeat_core::offer::OnScreen;
use kindbeat_core::offer::Unseen;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::SessionCommand;
use kindbeat_core::practice::SessionPlace;
use kindbeat_core::practice::SessionState;
use kindbeat_core::reason;
use kindbeat_core::reason::LastOffer;
use kindbeat_core::reason::MonitorLink;
use kindbeat_core::simulation::SimulatedHeart;
use kindbeat_core::words::Words;

/// One day, from its start on.
#[derive(Clone)]
pub struct Day {
    pub engine: Engine,
    heart: SimulatedHeart,
    second: u32,
    start: Timestamp,
    now: Timestamp,
    pub around: Context,
    /// What the desktop does, seen only while the engine wants it looked at; `None`: `around` says it all along.
    pub desktop: Option<Desktop>,
    level: f64,
    last_offer: Option<OfferId>,
    asked: Option<LastOffer>,
    /// The offers that nobody can have seen.
    pub unseen: HashSet<OfferId>,
    pub link: MonitorLink,
    log: String,
    /// Everything the engine asked for, and when: the moment and the local day.
    pub effects: Vec<(Timestamp, Date, Effect)>,
    /// The kinds of input that the engine was given.
    pub kinds: HashSet<Discriminant<Input>>,
    /// The open offer, where it mentions the heart.
    pub mentioned_in: Option<OfferId>,
    /// When the offers were made that the owner put off.
    pub put_off: Vec<Option<Timestamp>>,
}

impl Day {
    /// A Monday that starts at that time, `"09:00"`, with default settings.
    pub fn starting(time: &str) -> Self {
        Self::with(Settings::default(), time)
    }

    /// The same with other settings.
    pub fn with(settings: Settings, time: &str) -> Self {
        let local: DateTime = format!("2026-01-05T{time}").parse().unwrap();
        let start = Offset::UTC.to_timestamp(local).unwrap();
        let baseline = Baseline::new(settings.detection.method);
        let engine = Engine::new(settings, Library::built_in().unwrap(), baseline);
        Self {
            engine,
            heart: SimulatedHeart::new(11),
            second: 0,
            start,
            now: start,
            around: Context::default(),
            desktop: None,
            level: 62.0,
            last_offer: None,
            asked: None,
            unseen: HashSet::new(),
            link: MonitorLink { state: LinkState::Streaming, was_connected: true },
            log: String::new(),
            effects: Vec::new(),
            kinds: HashSet::new(),
            mentioned_in: None,
            put_off: Vec::new(),
        }
    }

    /// From here on the heart beats at about this rate.
    pub fn heart_rate(&mut self, bpm: f64) -> &mut Self {
        self.level = bpm;
        self
    }

    /// So many minutes pass, the strap sending once a second.
    pub fn for_minutes(&mut self, minutes: u32) -> &mut Self {
        self.seconds(minutes * 60)
    }

    /// The same for so many seconds.
    pub fn seconds(&mut self, seconds: u32) -> &mut Self {
        for _ in 0..seconds {
            let packet = self.heart.second(self.second, self.level).encode();
            self.second += 1;
            self.wake_until(self.start + SignedDuration::from_secs(i64::from(self.second)));
            let reading = Reading::from(Measurement::decode(&packet).unwrap());
            self.put(Input::Measured(reading));
        }
        self
    }

    /// So many minutes pass with a monitor that sends a rate every five seconds and nothing else: what many days are made of.
    pub fn rates_for_minutes(&mut self, minutes: u32) -> &mut Self {
        for n in 0..minutes * 12 {
            self.rate(self.level + f64::from(n % 3));
        }
        self
    }

    /// Five seconds pass, and such a monitor sends this rate.
    pub fn rate(&mut self, bpm: f64) -> &mut Self {
        self.second += 5;
        self.wake_until(self.start + SignedDuration::from_secs(i64::from(self.second)));
        let (heart_rate, contact) = (Some(bpm), Contact::Unsupported);
        self.put(Input::Measured(Reading { heart_rate, contact, rr: Intervals::new() }))
    }

    /// So many minutes pass without a word from the strap.
    pub fn silent_for_minutes(&mut self, minutes: u32) -> &mut Self {
        self.second += minutes * 60;
        for skipped in 0..minutes * 60 {
            self.heart.second(self.second - minutes * 60 + skipped, self.level);
        }
        self.wake_until(self.start + SignedDuration::from_secs(i64::from(self.second)));
        self
    }

    /// The desk or the desktop changes.
    pub fn around(&mut self, change: impl FnOnce(&mut Context)) -> &mut Self {
        change(&mut self.around);
        self.put(Input::Context(self.around.clone()));
        self
    }

    /// From here on the desktop is seen only while the engine wants it looked at, and does this.
    pub fn desktop(&mut self, desktop: Desktop) -> &mut Self {
        let first = self.desktop.replace(desktop).is_none();
        self.around(|around| {
            if first {
                around.desktop = None;
            } else if let Some(seen) = &mut around.desktop {
                *seen = desktop;
            }
        })
    }

    /// Somebody sits here, moves about, ...
    pub fn presence(&mut self, presence: Presence) -> &mut Self {
        self.around(|around| around.presence = presence)
    }

    /// Somebody can have seen the last offer, or nobody can.
    pub fn seen(&mut self, is_so: bool) -> &mut Self {
        let id = self.last_offer.unwrap_or(OfferId(0));
        if is_so {
            self.unseen.remove(&id);
        } else {
            self.unseen.insert(id);
        }
        self.asked = self.asked.map(|mut asked| {
            if is_so {
                asked.on_screen.shown();
            } else {
                asked.on_screen.not_shown(Unseen::NoNumber);
            }
            asked
        });
        self.put(Input::OfferSeen(id, is_so))
    }

    /// The last offer is answered.
    pub fn answer(&mut self, answer: Answer) -> &mut Self {
        // Before the first offer: an answer to one that never was.
        let id = self.last_offer.unwrap_or(OfferId(0));
        if answer == Answer::Later {
            let made = self
                .effects
                .iter()
                .rev()
                .find(|(_, _, effect)| matches!(effect, Effect::Offer(..)));
            self.put_off.push(made.map(|(at, ..)| *at));
        }
        self.put(Input::Answered(id, answer))
    }

    /// Something is done in the open break.
    pub fn in_break(&mut self, command: SessionCommand) -> &mut Self {
        self.put(Input::Break(command))
    }

    /// Anything else happens.
    pub fn put(&mut self, input: Input) -> &mut Self {
        self.kinds.insert(discriminant(&input));
        let effects = self.engine.handle(self.now, input);
        for effect in &effects {
            self.note(effect);
        }
        assert!(
            self.mentioned_in.is_none() || self.engine.may_mention_heart(),
            "the heart stands on a screen that others may see: {:?}",
            self.around
        );
        let local = self.around.local_time(self.now).date();
        for seconds in [0, 1, 60, 118, 119, 120, 3_600] {
            let later = self.now + SignedDuration::from_secs(seconds);
            let has_due = self.engine.next_wakeup().is_some_and(|due| due <= later);
            assert!(!(has_due && self.engine.is_idle_until(later)), "idle with something due");
        }
        let attention = effects.iter().find_map(|effect| match effect {
            Effect::Attend(attention) => Some(*attention),
            _ => None,
        });
        self.effects.extend(effects.into_iter().map(|effect| (self.now, local, effect)));
        assert!(
            self.engine.next_wakeup().is_none_or(|due| due >= self.now),
            "the next wake-up lies in the past"
        );
        if let Some((attention, desktop)) = attention.zip(self.desktop)
            && attention.desktop != self.around.desktop.is_some()
        {
            self.around(|around| around.desktop = attention.desktop.then_some(desktop));
        }
        self
    }

    /// The clock is set by so many minutes; the strap goes on.
    pub fn clock_set_by_minutes(&mut self, minutes: i64) -> &mut Self {
        let step = SignedDuration::from_mins(minutes);
        self.start += step;
        self.now += step;
        self
    }

    /// When breaks were offered.
    pub fn offered_at(&self) -> Vec<Timestamp> {
        let offers =
            self.effects.iter().filter(|(_, _, effect)| matches!(effect, Effect::Offer(..)));
        offers.map(|(at, ..)| *at).collect()
    }

    /// What `kindbeat why` says at this moment.
    pub fn why(&self) -> String {
        self.why_in(&Words::new("en"))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// What `kindbeat why` says at this moment, in these words.
    pub fn why_in(&self, words: &Words) -> String {
        let asked = self.asked.as_ref();
        let snapshot = self.engine.snapshot(self.now);
        reason::why(&snapshot, asked, self.link, self.around.utc_offset, words)
    }

    /// What happened, a line each, with the time of day.
    pub fn log(&self) -> &str {
        &self.log
    }

    fn wake_until(&mut self, next: Timestamp) {
        while let Some(due) = self.engine.next_wakeup().filter(|&due| due < next) {
            self.now = due;
            self.put(Input::Tick);
            assert!(self.engine.next_wakeup() != Some(due), "a wake-up that changes nothing");
        }
        self.now = next;
    }

    fn note(&mut self, effect: &Effect) {
        let what = match effect {
            Effect::Offer(id, figures) => {
                self.last_offer = Some(*id);
                self.mentioned_in = self.engine.may_mention_heart().then_some(*id);
                self.asked = Some(LastOffer {
                    made_at: self.now,
                    figures: *figures,
                    outcome: None,
                    on_screen: OnScreen::default(),
                });
                format!("offer, {:.0} over {:.0}", figures.heart_rate, figures.usual)
            }
            Effect::Withdraw(_, became) => {
                self.mentioned_in = None;
                if let Some(asked) = &mut self.asked {
                    asked.outcome = Some(*became);
                }
                "offer withdrawn".to_owned()
            }
            Effect::ShowAgain(id, _) => {
                self.mentioned_in = self.engine.may_mention_heart().then_some(*id);
                "the offer is shown again".to_owned()
            }
            Effect::Reword(_) => {
                self.mentioned_in = None;
                "the offer leaves the heart out".to_owned()
            }
            Effect::Held(gate, _) => format!("held: {gate}"),
            Effect::BreakMoved(state) => place(*state),
            // What is stored and not seen.
            Effect::Sampled(_)
            | Effect::Attend(_)
            | Effect::Resumed(_)
            | Effect::Elevation(_)
            | Effect::BreakBegan(..)
            | Effect::BreakChosen(..) => return,
            Effect::NoSuchPractice(unknown) => format!("no practice {}", unknown.asked),
        };
        let time = Offset::UTC.to_datetime(self.now).strftime("%H:%M").to_string();
        writeln!(self.log, "{time} {what}").unwrap();
    }
}

fn place(state: SessionState) -> String {
    match state {
        SessionState::Running { place: SessionPlace::Practice { step }, .. } => {
            format!("break, step {}", step + 1)
        }
        SessionState::Running { place: SessionPlace::Grounding { step, .. }, .. } => {
            format!("grounding, step {}", step + 1)
        }
        SessionState::Paused { .. } => "break paused".to_owned(),
        SessionState::Ended { ending, .. } => format!("break ended: {ending:?}"),
    }
}
