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

use super::Error;
use super::Watches;
use super::desk::Heard;
use crate::desktop::x11::CORE;
use crate::desktop::x11::Link;

/// An X server that counts idle time.
pub(super) struct X11 {
    link: Link,
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
    /// `None`: this server does not count.
    pub(super) async fn open(display: &str, watches: Watches) -> Result<Option<Self>, Error> {
        let mut link = Link::connect(display).await?;
        let name = Cow::Borrowed(sync::X11_EXTENSION_NAME.as_bytes());
        let extension = link.ask(QueryExtensionRequest { name }, CORE).await?;
        if !extension.present {
            return Ok(None);
        }
        let (opcode, first_event) = (extension.major_opcode, extension.first_event);
        let (desired_major_version, desired_minor_version) = VERSION;
        let version = InitializeRequest { desired_major_version, desired_minor_version };
        link.ask(version, opcode).await?;
        let counters = link.ask(ListSystemCountersRequest, opcode).await?.counters;
        let Some(idle) = counters.iter().find(|counter| counter.name == IDLE) else {
            return Ok(None);
        };
        let (counter, rest_watched, use_watched) = (idle.counter, false, false);
        Ok(Some(Self { link, watches, opcode, first_event, counter, rest_watched, use_watched }))
    }

    /// How long nothing was used.
    pub(super) async fn idle(&mut self) -> Result<Duration, Error> {
        let counter = QueryCounterRequest { counter: self.counter };
        let reply = self.link.ask(counter, self.opcode).await?;
        Ok(milliseconds(reply.counter_value))
    }

    /// Tells until the server goes.
    pub(super) async fn run(
        mut self,
        mut rest: watch::Receiver<bool>,
        tell: &Sender<Heard>,
    ) -> Result<(), Error> {
        self.set(Alarm::Away).await?;
        self.idle_now(tell).await?;
        loop {
            let wanted = *rest.borrow_and_update();
            if wanted != self.rest_watched {
                self.rest_watched = wanted;
                if wanted {
                    self.set(Alarm::Rest).await?;
                    self.idle_now(tell).await?;
                } else {
                    self.clear(Alarm::Rest).await?;
                }
            }
            tokio::select! {
                event = self.link.event() => {
                    if let Some(heard) = self.read(&event?) {
                        self.tell(heard, tell).await?;
                    }
                }
                changed = rest.changed() => if changed.is_err() { return Ok(()) },
            }
        }
    }

    async fn idle_now(&mut self, tell: &Sender<Heard>) -> Result<(), Error> {
        let idle = self.idle().await?;
        self.tell(Heard::IdleFor(idle), tell).await
    }

    /// Tells of it, and sees to it that the end of a rest is told, too.
    async fn tell(&mut self, heard: Heard, tell: &Sender<Heard>) -> Result<(), Error> {
        match heard {
            Heard::IdleFor(idle) if idle >= self.watches.rest && !self.use_watched => {
                self.use_watched = true;
                self.set(Alarm::Use).await?;
            }
            Heard::Used => {
                self.use_watched = false;
                self.clear(Alarm::Use).await?;
            }
            _ => {}
        }
        tell.send(heard).await.map_err(|_| Error::Gone)
    }

    /// What an event means.
    fn read(&self, event: &[u8]) -> Option<Heard> {
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
            Some(Heard::IdleFor(milliseconds(event.counter_value)))
        } else if of(Alarm::Use) {
            Some(Heard::Used)
        } else {
            None
        }
    }

    async fn set(&mut self, alarm: Alarm) -> Result<(), Error> {
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

    async fn clear(&mut self, alarm: Alarm) -> Result<(), Error> {
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
