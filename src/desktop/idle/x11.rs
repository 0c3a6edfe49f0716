//! An X server: its counter of idle time, and alarms on it (the Sync extension).

use std::borrow::Cow;
use std::time::Duration;

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use x11rb_protocol::protocol::sync;
use x11rb_protocol::protocol::sync::ALARMSTATE;
use x11rb_protocol::protocol::sync::AlarmNotifyEvent;
use x11rb_protocol::protocol::sync::CreateAlarmAux;
use x11rb_protocol::protocol::sync::CreateAlarmRequest;
use x11rb_protocol::protocol::sync::DestroyAlarmRequest;
use x11rb_protocol::protocol::sync::InitializeRequest;
use x11rb_protocol::protocol::sync::Int64;
use x11rb_protocol::protocol::sync::ListSystemCountersRequest;
use x11rb_protocol::protocol::sync::QueryCounterRequest;
use x11rb_protocol::protocol::sync::TESTTYPE;
use x11rb_protocol::protocol::sync::VALUETYPE;
use x11rb_protocol::protocol::xproto::QueryExtensionRequest;
use x11rb_protocol::x11_utils::TryParse as _;

use crate::desktop::Watches;
use crate::desktop::presence::PresenceInput;
use crate::desktop::report::NoAnswer;
use crate::desktop::x11::CORE;
use crate::desktop::x11::X11Link;
use kindbeat_core::words::Message;

/// An X server that counts idle time.
pub(in crate::desktop) struct X11 {
    link: X11Link,
    watches: Watches,
    /// What the server calls the extension in requests.
    opcode: u8,
    /// The number of its first event.
    first_event: u8,
    /// The counter of how long nothing was used, in milliseconds.
    counter: u32,
    rest_watched: bool,
    use_watched: bool,
}

/// An alarm of ours, by its place among the numbers that the server lets us use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Alarm {
    Away = 1,
    Rest = 2,
    Use = 3,
}

impl X11 {
    pub(super) async fn open(display: &str, watches: Watches) -> Result<Self, NoAnswer> {
        let no_counter = || NoAnswer::absent(Message::SourceNoIdleTime);
        let mut link = X11Link::connect(display).await?;
        let name = Cow::Borrowed(sync::X11_EXTENSION_NAME.as_bytes());
        let extension = link.ask(QueryExtensionRequest { name }, CORE).await?;
        if !extension.present {
            return Err(no_counter());
        }
        let (opcode, first_event) = (extension.major_opcode, extension.first_event);
        let (desired_major_version, desired_minor_version) = VERSION;
        let version = InitializeRequest { desired_major_version, desired_minor_version };
        link.ask(version, opcode).await?;
        let counters = link.ask(ListSystemCountersRequest, opcode).await?.counters;
        let idle = counters.iter().find(|counter| counter.name == IDLE).ok_or_else(no_counter)?;
        let (counter, rest_watched, use_watched) = (idle.counter, false, false);
        Ok(Self { link, watches, opcode, first_event, counter, rest_watched, use_watched })
    }

    /// How long nothing was used.
    pub(super) async fn idle(&mut self) -> Result<Duration, NoAnswer> {
        let counter = QueryCounterRequest { counter: self.counter };
        let reply = self.link.ask(counter, self.opcode).await?;
        Ok(milliseconds(reply.counter_value))
    }

    /// Reports until the server goes.
    pub(super) async fn run(
        mut self,
        mut rest: watch::Receiver<bool>,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        self.set(Alarm::Away).await?;
        self.idle_now(inputs).await?;
        loop {
            let wanted = *rest.borrow_and_update();
            if wanted != self.rest_watched {
                self.rest_watched = wanted;
                if wanted {
                    self.set(Alarm::Rest).await?;
                    self.idle_now(inputs).await?;
                } else {
                    self.clear(Alarm::Rest).await?;
                }
            }
            tokio::select! {
                event = self.link.event() => {
                    if let Some(input) = self.read(&event?) {
                        self.send(input, inputs).await?;
                    }
                }
                changed = rest.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    async fn idle_now(&mut self, inputs: &Sender<PresenceInput>) -> Result<(), NoAnswer> {
        let idle = self.idle().await?;
        self.send(PresenceInput::IdleFor(idle), inputs).await
    }

    /// Sends an input, and watches for the end of a rest.
    async fn send(
        &mut self,
        input: PresenceInput,
        inputs: &Sender<PresenceInput>,
    ) -> Result<(), NoAnswer> {
        match input {
            PresenceInput::IdleFor(idle) if idle >= self.watches.rest && !self.use_watched => {
                self.use_watched = true;
                self.set(Alarm::Use).await?;
            }
            PresenceInput::Used => {
                self.use_watched = false;
                self.clear(Alarm::Use).await?;
            }
            _ => {}
        }
        inputs.send(input).await.map_err(|_| NoAnswer::gone())
    }

    /// What an event means.
    fn read(&self, event: &[u8]) -> Option<PresenceInput> {
        let number = event.first()? & !SENT_BY_A_CLIENT;
        if number != self.first_event + sync::ALARM_NOTIFY_EVENT {
            return None;
        }
        let (event, _) = AlarmNotifyEvent::try_parse(event).ok()?;
        // An alarm says so when it is cleared.
        if event.state == ALARMSTATE::DESTROYED {
            return None;
        }
        let of = |alarm| event.alarm == self.link.id(alarm as u8);
        if of(Alarm::Away) || of(Alarm::Rest) {
            Some(PresenceInput::IdleFor(milliseconds(event.counter_value)))
        } else if of(Alarm::Use) {
            Some(PresenceInput::Used)
        } else {
            None
        }
    }

    async fn set(&mut self, alarm: Alarm) -> Result<(), NoAnswer> {
        let (value, test) = match alarm {
            // Each time that the counter passes it.
            Alarm::Away => (self.watches.away, TESTTYPE::POSITIVE_TRANSITION),
            Alarm::Rest => (self.watches.rest, TESTTYPE::POSITIVE_TRANSITION),
            // As soon as the counter is below, even if it fell before the alarm was set.
            Alarm::Use => {
                let below = self.watches.rest.saturating_sub(Duration::from_millis(1));
                (below, TESTTYPE::NEGATIVE_COMPARISON)
            }
        };
        let value = i64::try_from(value.as_millis()).unwrap_or(i64::MAX);
        let settings = CreateAlarmAux::new()
            .counter(self.counter)
            .value_type(VALUETYPE::ABSOLUTE)
            .value(halves(value))
            .test_type(test)
            .delta(halves(0))
            .events(1);
        let id = self.link.id(alarm as u8);
        let request = CreateAlarmRequest { id, value_list: Cow::Owned(settings) };
        Ok(self.link.send(request, self.opcode).await?)
    }

    async fn clear(&mut self, alarm: Alarm) -> Result<(), NoAnswer> {
        let alarm = self.link.id(alarm as u8);
        Ok(self.link.send(DestroyAlarmRequest { alarm }, self.opcode).await?)
    }
}

fn milliseconds(value: Int64) -> Duration {
    let value = i64::from(value.hi) << 32 | i64::from(value.lo);
    Duration::from_millis(value.try_into().unwrap_or_default())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the two halves of a number"
)]
const fn halves(value: i64) -> Int64 {
    Int64 { hi: (value >> 32) as i32, lo: value as u32 }
}

/// What the server calls the counter.
const IDLE: &[u8] = b"IDLETIME";

/// In the number of an event: it does not come from the server itself.
const SENT_BY_A_CLIENT: u8 = 0x80;

/// The version of the extension: every server of the last thirty years.
const VERSION: (u8, u8) = (3, 1);
