//! A computer with a radio and a strap in virtual time: carries out the calls as BlueZ does, faults included.

use std::collections::VecDeque;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::connection::Action;
use crate::connection::Adapter;
use crate::connection::Address;
use crate::connection::Call;
use crate::connection::CallFailure;
use crate::connection::Connection;
use crate::connection::ConnectionInput;
use crate::connection::Device;
use crate::connection::Known;
use crate::connection::Ticket;
use crate::monitor::LinkState;
use crate::monitor::MonitorSettings;

pub(super) const STRAP: Address = Address::new([0xF0, 0, 0, 0, 0, 1]);

/// What is there, and what became of it.
#[expect(clippy::struct_excessive_bools, reason = "each a fault of its own, in any combination")]
pub(super) struct World {
    pub(super) machine: Connection,
    pub(super) now: Timestamp,
    pub(super) adapter: Adapter,
    /// Whether the system bus is there.
    pub(super) bus: bool,
    /// Whether bluetoothd hangs: no call is answered.
    pub(super) hangs: bool,
    /// Whether bluetoothd ends half a second into each scan, and is started again two seconds later.
    pub(super) ends_at_scans: bool,
    /// Whether the end of a call is never reported, not even by its limit.
    pub(super) mute: bool,
    pub(super) strap: Strap,
    /// Other devices, none of which can be connected to.
    pub(super) others: Vec<Device>,
    due: Vec<(Timestamp, ConnectionInput)>,
    notifying: Option<Timestamp>,
    /// The call that was made last.
    under_way: Option<(Ticket, Call, SignedDuration)>,
    /// When a measurement came last of which the machine says that it streams.
    pub(super) measured: Option<Timestamp>,
    /// What was asked to be connected to and is not disconnected from yet, on either side.
    tried: Option<Address>,
    /// When it did something of itself, or something was to be done, in the last minute.
    busy: VecDeque<Timestamp>,
    /// The most of these that one minute had.
    pub(super) busiest: usize,
    /// Every monitor of somebody else that was told of.
    pub(super) strangers: Vec<Option<Address>>,
    /// Every word announced, with the second.
    pub(super) words: Vec<(i64, LinkState)>,
    /// Every call, with its time.
    pub(super) calls: Vec<(Timestamp, Call)>,
}

/// The strap.
#[expect(clippy::struct_excessive_bools, reason = "each a fault of its own, in any combination")]
pub(super) struct Strap {
    pub(super) address: Address,
    /// An address of before that BlueZ still remembers.
    pub(super) former: Option<Address>,
    /// Whether it can be heard and connected to.
    pub(super) there: bool,
    /// Whether BlueZ remembers it.
    pub(super) known: bool,
    pub(super) connected: bool,
    /// Whether it sends measurements when connected.
    pub(super) talks: bool,
    /// Whether it refuses to be connected to.
    pub(super) refuses: bool,
    /// How often more it ends the link as soon as it is up.
    pub(super) drops: u32,
    /// Whether it does so only when it is asked for measurements.
    pub(super) drops_when_asked: bool,
    /// Whether BlueZ has a bond with it.
    pub(super) bonded: bool,
    /// Whether it sends nothing before it has one, and BlueZ says so.
    pub(super) wants_bond: bool,
    /// Whether another program has its measurements for itself.
    pub(super) held: bool,
    /// How many seconds lie between two measurements.
    pub(super) every: i64,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(MonitorSettings::default(), None)
    }

    pub(super) fn with(settings: MonitorSettings, known: Option<Known>) -> Self {
        let now = start();
        Self {
            machine: Connection::new(settings, known, 1, now),
            now,
            adapter: Adapter::On,
            bus: true,
            hangs: false,
            ends_at_scans: false,
            mute: false,
            strap: Strap {
                address: STRAP,
                former: None,
                there: true,
                known: false,
                connected: false,
                talks: true,
                refuses: false,
                drops: 0,
                drops_when_asked: false,
                bonded: false,
                wants_bond: false,
                held: false,
                every: 1,
            },
            others: Vec::new(),
            due: Vec::new(),
            notifying: None,
            under_way: None,
            measured: None,
            tried: None,
            busy: VecDeque::new(),
            busiest: 0,
            strangers: Vec::new(),
            words: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// A world in which the strap streams, with an empty log.
    pub(super) fn streaming() -> Self {
        let mut world = Self::new();
        world.run(20);
        assert_eq!(world.word(), Some(LinkState::Streaming));
        world.forget();
        world
    }

    pub(super) fn forget(&mut self) {
        self.words.clear();
        self.calls.clear();
    }

    pub(super) fn word(&self) -> Option<LinkState> {
        self.words.last().map(|(_, link)| *link)
    }

    pub(super) fn said(&self) -> Vec<&'static str> {
        self.words.iter().map(|(_, link)| link.as_str()).collect()
    }

    pub(super) fn scans(&self) -> Vec<Timestamp> {
        let scans = self.calls.iter().filter(|(_, call)| matches!(call, Call::Scan { .. }));
        scans.map(|(at, _)| *at).collect()
    }

    pub(super) fn called(&self, call: &Call) -> usize {
        self.calls.iter().filter(|(_, made)| made == call).count()
    }

    /// Lets something happen now.
    pub(super) fn happens(&mut self, input: ConnectionInput) {
        let actions = self.machine.handle(self.now, input);
        for action in actions {
            match action {
                Action::Announce(link) => {
                    self.words.push((self.now.duration_since(start()).as_secs(), link));
                }
                Action::Stranger(device) => {
                    self.strangers.push(device.map(|device| device.address));
                }
                Action::Do { ticket, call, limit } => {
                    self.counts();
                    self.asked(&call);
                    self.calls.push((self.now, call.clone()));
                    self.carry_out(ticket, &call, limit);
                    self.under_way = Some((ticket, call, limit));
                }
            }
        }
        if let Some(next) = self.machine.next_wakeup() {
            assert!(next >= self.now, "a wake-up in the past");
        }
    }

    /// Lets `seconds` pass.
    pub(super) fn run(&mut self, seconds: i64) {
        self.run_until(self.now + SignedDuration::from_secs(seconds), |_| false);
    }

    /// Lets time pass until it says `link`; the seconds it took, `None` if it did not within `limit` seconds.
    pub(super) fn until(&mut self, link: LinkState, limit: i64) -> Option<i64> {
        let began = self.now;
        let end = began + SignedDuration::from_secs(limit);
        self.run_until(end, |world| world.word() == Some(link));
        (self.word() == Some(link)).then(|| self.now.duration_since(began).as_secs())
    }

    /// Lets time pass until a measurement comes of which it says that it streams; the seconds it took, `None` if it did not within
    /// `limit` seconds.
    pub(super) fn until_measured(&mut self, limit: i64) -> Option<i64> {
        let began = self.now;
        self.measured = None;
        let end = began + SignedDuration::from_secs(limit);
        self.run_until(end, |world| world.measured.is_some());
        self.measured.map(|at| at.duration_since(began).as_secs())
    }

    /// A wake-up of its own, or a call.
    fn counts(&mut self) {
        let minute_ago = self.now - SignedDuration::from_mins(1);
        while self.busy.front().is_some_and(|at| *at < minute_ago) {
            self.busy.pop_front();
        }
        self.busy.push_back(self.now);
        self.busiest = self.busiest.max(self.busy.len());
    }

    /// There is never a second connection, nor an attempt at one.
    fn asked(&mut self, call: &Call) {
        match call {
            Call::Connect { address, .. } => {
                let other = self.tried.filter(|tried| tried != address);
                assert_eq!(other, None, "a second connection");
                self.tried = Some(*address);
            }
            Call::Disconnect { .. } | Call::Rebuild => self.tried = None,
            Call::Look | Call::Scan { .. } => {}
        }
    }

    /// What BlueZ is about takes another course, since something in the world has changed: a strap that comes back is connected to
    /// at once where that is under way, and a bluetoothd that is let go on answers.
    pub(super) fn goes_on(&mut self) {
        if let Some((ticket, call, limit)) = self.under_way.clone()
            && self.reaches()
            && self.due.iter().any(|(_, input)| matches!(input, ConnectionInput::Finished(..)))
        {
            self.carry_out(ticket, &call, limit);
        }
    }

    fn run_until(&mut self, end: Timestamp, enough: impl Fn(&Self) -> bool) {
        let mut steps = 0;
        while !enough(self) {
            let reply = self.due.iter().map(|(at, _)| *at).min();
            let measured = self.notifying.filter(|_| self.strap.talks && self.bus && !self.hangs);
            let next = [reply, measured, self.machine.next_wakeup()].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = self.now.max(end);
                return;
            };
            self.now = self.now.max(next);
            if reply == Some(next) {
                let first = self.due.iter().position(|(at, _)| *at == next);
                let (_, input) = self.due.remove(first.unwrap_or(0));
                match input {
                    // The link is that of another program.
                    ConnectionInput::Finished(_, Err(CallFailure::Held)) => self.tried = None,
                    ConnectionInput::Finished(..) => self.take_effect(),
                    _ => {}
                }
                self.happens(input);
            } else if measured == Some(next) {
                self.notifying = Some(next + SignedDuration::from_secs(self.strap.every));
                self.happens(ConnectionInput::Measured);
                if self.word() == Some(LinkState::Streaming) {
                    self.measured = Some(self.now);
                }
            } else {
                self.counts();
                self.happens(ConnectionInput::Tick);
            }
            steps += 1;
            assert!(steps < 2_000_000, "it turns on the spot");
        }
    }

    /// Somebody sets the clock back; what is under way goes on.
    pub(super) fn set_clock_back(&mut self, by: SignedDuration) {
        self.now -= by;
        self.busy.clear();
        self.due.iter_mut().for_each(|(at, _)| *at -= by);
        self.notifying = self.notifying.map(|at| at - by);
    }

    /// Time leaps ahead: nothing happens meanwhile.
    pub(super) fn leaps(&mut self, by: SignedDuration) {
        self.now += by;
        self.sends_every(self.strap.every);
    }

    /// From now on the strap sends so often.
    pub(super) fn sends_every(&mut self, seconds: i64) {
        self.strap.every = seconds;
        let next = self.now + SignedDuration::from_secs(seconds);
        self.notifying = self.notifying.map(|_| next);
    }

    /// The link breaks, and BlueZ says so.
    pub(super) fn lose_link(&mut self) {
        self.strap.connected = false;
        self.notifying = None;
        self.happens(ConnectionInput::LinkLost);
    }

    /// The adapter changes, and with it goes any link.
    pub(super) fn switch(&mut self, adapter: Adapter) {
        self.adapter = adapter;
        if adapter != Adapter::On {
            self.tried = None;
            self.strap.connected = false;
            self.notifying = None;
        }
        self.happens(ConnectionInput::Adapter(adapter));
    }

    /// What the last call, now over, did to the world.
    fn take_effect(&mut self) {
        match &self.under_way {
            Some((_, Call::Connect { address, .. }, _))
                if *address == self.strap.address && self.would_connect().is_ok() =>
            {
                self.strap.connected = true;
                self.strap.known = true;
                self.notifying = Some(self.now + SignedDuration::from_millis(500));
            }
            Some((_, Call::Disconnect { .. }, _)) if self.reaches() => {
                self.strap.connected = false;
                self.notifying = None;
            }
            _ => {}
        }
    }

    fn reaches(&self) -> bool {
        self.bus && !self.hangs && self.adapter == Adapter::On
    }

    fn would_connect(&self) -> Result<(), CallFailure> {
        match () {
            () if !self.bus => Err(CallFailure::Bus),
            () if self.hangs => Err(CallFailure::TimedOut),
            () if self.adapter != Adapter::On || self.strap.refuses => Err(CallFailure::Refused),
            () if self.strap.held => Err(CallFailure::Held),
            () if self.strap.connected || self.strap.there => Ok(()),
            () if self.strap.known => Err(CallFailure::TimedOut),
            () => Err(CallFailure::Unknown),
        }
    }

    /// Whether there would be a link.
    fn comes_up(&self) -> bool {
        self.reaches() && self.strap.there && !self.strap.held
    }

    fn carry_out(&mut self, ticket: Ticket, call: &Call, limit: SignedDuration) {
        self.due.clear();
        if self.mute {
            return;
        }
        let (after, result) = match call {
            _ if !self.bus => (10, Err(CallFailure::Bus)),
            Call::Rebuild => {
                self.reply(5, ConnectionInput::Adapter(self.adapter));
                (10, Ok(()))
            }
            _ if self.hangs => (limit.as_millis(), Err(CallFailure::TimedOut)),
            Call::Look => {
                self.reply(5, ConnectionInput::Found(self.in_sight(false)));
                (10, Ok(()))
            }
            Call::Scan { .. } if self.ends_at_scans => {
                self.reply(500, ConnectionInput::ServiceEnded);
                self.reply(500, ConnectionInput::Adapter(Adapter::None));
                self.reply(2_500, ConnectionInput::Adapter(Adapter::On));
                return;
            }
            Call::Scan { lasting, eager } => {
                assert_eq!(self.adapter, Adapter::On, "a scan would power the adapter on");
                if *eager {
                    self.reply(5, ConnectionInput::Found(self.in_sight(false)));
                    self.reply(300, ConnectionInput::Found(self.in_sight(true)));
                } else {
                    self.reply(lasting.as_millis(), ConnectionInput::Found(self.in_sight(true)));
                }
                (lasting.as_millis() + 10, Ok(()))
            }
            Call::Connect { address, .. } if self.strap.former == Some(*address) => {
                (limit.as_millis(), Err(CallFailure::TimedOut))
            }
            Call::Connect { address, .. } if *address != self.strap.address => {
                (900, Err(CallFailure::Refused))
            }
            Call::Connect { .. } if self.comes_up() && self.strap.wants_bond => {
                self.reply(600, ConnectionInput::LinkUp(ticket));
                (900, Err(CallFailure::Unauthenticated { bonded: self.strap.bonded }))
            }
            Call::Connect { .. } if self.comes_up() && self.strap.drops > 0 => {
                self.strap.drops -= 1;
                self.reply(600, ConnectionInput::LinkUp(ticket));
                let Strap { bonded, drops_when_asked: asked, .. } = self.strap;
                (640, Err(CallFailure::Dropped { bonded, asked }))
            }
            Call::Connect { .. } => match self.would_connect() {
                Ok(()) if self.strap.connected => (100, Ok(())),
                Ok(()) => {
                    self.reply(600, ConnectionInput::LinkUp(ticket));
                    (900, Ok(()))
                }
                Err(CallFailure::TimedOut) => (limit.as_millis(), Err(CallFailure::TimedOut)),
                Err(other) => (20, Err(other)),
            },
            Call::Disconnect { .. } if self.strap.connected && !self.strap.there => (2_600, Ok(())),
            Call::Disconnect { .. } => (50, Ok(())),
        };
        self.reply(after, ConnectionInput::Finished(ticket, result));
    }

    fn reply(&mut self, millis: impl TryInto<i64>, input: ConnectionInput) {
        let after = SignedDuration::from_millis(millis.try_into().unwrap_or(i64::MAX));
        self.due.push((self.now + after, input));
    }

    fn in_sight(&self, scanned: bool) -> Vec<Device> {
        let strap = &self.strap;
        let advertises = strap.there && !strap.connected && scanned;
        let mut devices = self.others.clone();
        let private = strap.address != STRAP || strap.former.is_some();
        devices.extend(strap.former.map(|former| Device {
            name: Some("LabHR".to_owned()),
            private: true,
            heart_rate: true,
            ..Device::heard(former, None)
        }));
        if strap.known || strap.connected || advertises {
            devices.push(Device {
                name: Some("LabHR".to_owned()),
                connected: strap.connected,
                bonded: strap.bonded,
                private,
                heart_rate: true,
                ..Device::heard(strap.address, advertises.then_some(-60))
            });
        }
        devices
    }
}

/// The strap, as it is known from before.
pub(super) fn known() -> Known {
    Known { address: STRAP, name: Some("LabHR".to_owned()) }
}

pub(super) fn start() -> Timestamp {
    Timestamp::UNIX_EPOCH
}
