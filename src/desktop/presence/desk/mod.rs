//! What follows from what is heard: the hands, the lock and sleep as they are told. Without I/O, and time is an argument.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::Event;
use super::Watches;
use kindbeat_core::context::InputActivity;

/// Something that a source says, or that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A pause is watched, or no longer.
    WatchPause(bool),
    /// A source that knows the hands was found; what it knows it says next, if anything.
    Found,
    /// It is lost.
    Lost,
    /// Keyboard and pointer have not been used for this long.
    IdleFor(Duration),
    /// Somebody used them after a rest.
    Used,
    /// What logind says of the session.
    Hint(Hint),
    /// logind was told that the session is locked, or that it is not.
    LockedHint(bool),
    /// Somebody asked for the session to be locked.
    LockCalled,
    /// Somebody asked for it to be unlocked.
    UnlockCalled,
    /// A screen saver covers the screen, or does no longer.
    Covered(Saver, bool),
    /// The machine is about to sleep, or awake.
    Sleep(bool),
}

/// What logind says of keyboard and pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hint {
    /// Nothing: no desktop has told it, or there is no session.
    #[default]
    None,
    /// They are in use.
    InUse,
    /// They are not, since then.
    IdleSince(Timestamp),
}

impl Hint {
    /// From the properties of a session, `since` in microseconds of Unix time. A session of which logind was never told
    /// anything counts as in use since time began: that says nothing.
    pub(super) fn new(idle: bool, since: u64) -> Self {
        let at = i64::try_from(since).ok().and_then(|at| Timestamp::from_microsecond(at).ok());
        match at {
            Some(at) if idle && since > 0 => Self::IdleSince(at),
            Some(_) if !idle && since > 0 => Self::InUse,
            _ => Self::None,
        }
    }

    pub(super) fn hands(self) -> InputActivity {
        match self {
            Self::None => InputActivity::Unknown,
            Self::InUse => InputActivity::Lately,
            Self::IdleSince(since) => InputActivity::Resting(since),
        }
    }
}

/// A screen saver on the session bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saver {
    /// As most desktops have it.
    Common,
    /// That of GNOME.
    Gnome,
    /// That of MATE.
    Mate,
    /// That of Cinnamon.
    Cinnamon,
    /// That of Xfce.
    Xfce,
}

/// How things stand at the desk.
#[derive(Debug)]
pub(super) struct Desk {
    watches: Watches,
    pause_wanted: bool,
    rest_watched: bool,
    source: Source,
    hint: Hint,
    hands: InputActivity,
    lock: Lock,
    asleep: bool,
}

/// Whether anything better than logind tells of the hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    None,
    /// It was found, and has told nothing yet.
    Found,
    Telling,
}

/// What says that the screen is locked.
#[derive(Debug, Default)]
struct Lock {
    hint: bool,
    called: bool,
    savers: [bool; 5],
}

impl Desk {
    pub(super) fn new(watches: Watches) -> Self {
        Self {
            watches,
            pause_wanted: false,
            rest_watched: false,
            source: Source::None,
            hint: Hint::None,
            hands: InputActivity::Unknown,
            lock: Lock::default(),
            asleep: false,
        }
    }

    /// Whether the source has to tell of a short rest: while one is wanted, and until anything is known at all.
    pub(super) fn watches_rest(&self) -> bool {
        self.rest_watched
    }

    /// What there is to tell after this was heard.
    pub(super) fn handle(&mut self, heard: Heard, now: Timestamp) -> Vec<Event> {
        let hands = self.hands_after(heard, now);
        self.source = self.source_after(heard);
        match heard {
            Heard::WatchPause(wanted) => self.pause_wanted = wanted,
            Heard::Hint(hint) => self.hint = hint,
            _ => {}
        }
        let mut events = Vec::new();
        if hands != self.hands {
            self.hands = hands;
            events.push(Event::Activity(hands));
        }
        let locked = self.lock.is_on();
        // Where nothing tells of the hands, nothing would tell that they are back.
        let blind = self.source == Source::None && self.hint == Hint::None;
        if !(blind && heard == Heard::LockCalled) {
            self.lock.hear(heard);
        }
        self.choose_watch();
        if self.lock.is_on() != locked {
            events.push(Event::Locked(!locked));
        }
        if let Heard::Sleep(asleep) = heard
            && asleep != self.asleep
        {
            self.asleep = asleep;
            events.push(if asleep { Event::Asleep } else { Event::Woke });
        }
        events
    }

    fn hands_after(&self, heard: Heard, now: Timestamp) -> InputActivity {
        match heard {
            Heard::Lost => self.hint.hands(),
            Heard::Hint(hint) if self.source != Source::Telling => hint.hands(),
            Heard::Used => InputActivity::Busy,
            Heard::IdleFor(idle) => match hands_idle_for(idle, self.watches, now) {
                InputActivity::Resting(since) => self.rest_since(since),
                hands => hands,
            },
            _ => self.hands,
        }
    }

    /// The rest that began then. It is told by each watch in turn, a little later or earlier: that is the same rest. One that
    /// began earlier is the truth about what was counted from too late; one that began later is another, with a use between
    /// them that went unheard.
    fn rest_since(&self, since: Timestamp) -> InputActivity {
        match self.hands {
            InputActivity::Resting(known)
                if self.source == Source::Telling
                    && since.duration_since(known).abs() <= SAME_REST =>
            {
                self.hands
            }
            _ => InputActivity::Resting(since),
        }
    }

    fn source_after(&self, heard: Heard) -> Source {
        match heard {
            Heard::Found => Source::Found,
            Heard::Lost => Source::None,
            Heard::IdleFor(_) | Heard::Used => Source::Telling,
            _ => self.source,
        }
    }

    /// A rest that goes on is watched to its end as it was: a watch that ends too early does not tell the end, and one that
    /// begins in the middle counts from there.
    fn choose_watch(&mut self) {
        let nothing_known = self.source == Source::Found;
        if nothing_known || !matches!(self.hands, InputActivity::Resting(_)) {
            // Of a lock that was only called for, the end is told by hands that rested and are used.
            self.rest_watched = self.pause_wanted || nothing_known || self.lock.called;
        }
    }
}

impl Lock {
    fn hear(&mut self, heard: Heard) {
        // What never said that it is locked says nothing by not being it: not every program that locks tells logind.
        let over = match heard {
            Heard::LockedHint(on) => std::mem::replace(&mut self.hint, on) && !on,
            Heard::Covered(saver, on) => {
                std::mem::replace(&mut self.savers[saver as usize], on) && !on
            }
            // Nor does every one say when it unlocks; whoever is back at the keys is about to.
            Heard::UnlockCalled | Heard::Used | Heard::Hint(Hint::InUse) => true,
            _ => false,
        };
        if over {
            self.called = false;
        }
        if heard == Heard::LockCalled {
            self.called = true;
        }
    }

    fn is_on(&self) -> bool {
        self.hint || self.called || self.savers.contains(&true)
    }
}

/// What hands do that have been still for this long.
pub(super) fn hands_idle_for(idle: Duration, watches: Watches, now: Timestamp) -> InputActivity {
    if idle < watches.rest {
        InputActivity::Busy
    } else {
        InputActivity::Resting(before(now, idle))
    }
}

fn before(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

/// How far apart two watches may put the start of the same rest: they are told in milliseconds, on a busy machine later.
const SAME_REST: SignedDuration = SignedDuration::from_secs(1);

#[cfg(test)]
mod tests;
