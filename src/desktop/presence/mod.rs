//! What follows from the reports of the sources of presence: input activity, lock and sleep. Without I/O, and time is an argument.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;

use super::DesktopEvent;
use super::Watches;
use kindbeat_core::context::InputActivity;

/// A report of a source, or a wish of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PresenceInput {
    /// Pauses are watched, or no longer.
    WatchPauses(bool),
    /// Whether the idle source counts a program that keeps the screen awake as use; before it is found.
    AwakeIsUse(bool),
    /// An idle source was found; what it knows it reports next, if anything.
    Found,
    /// The idle source is lost.
    Lost,
    /// Keyboard and pointer have not been used for this long.
    IdleFor(Duration),
    /// Somebody used them after a rest.
    Used,
    /// The idle hint of logind.
    Hint(IdleHint),
    /// The lock hint of logind.
    LockedHint(bool),
    /// Somebody asked for the session to be locked.
    LockCalled,
    /// Somebody asked for it to be unlocked.
    UnlockCalled,
    /// A screen saver covers the screen, or does no longer.
    Covered(ScreenSaver, bool),
    /// Another session is on the screen in place of ours, as logind has it.
    OtherSession(bool),
    /// The machine is about to sleep, or awake.
    Sleep(bool),
}

/// The hint of logind about keyboard and pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum IdleHint {
    /// No desktop has set it, or there is no session.
    #[default]
    None,
    /// Keyboard or pointer is in use.
    InUse,
    /// Neither is in use, since then.
    IdleSince(Timestamp),
}

impl IdleHint {
    /// From the properties of a session, `since` in microseconds of Unix time. A session whose hint was never set
    /// counts as in use since time began: that says nothing.
    pub(super) fn new(idle: bool, since: u64) -> Self {
        let at = i64::try_from(since).ok().and_then(|at| Timestamp::from_microsecond(at).ok());
        match at {
            Some(at) if idle && since > 0 => Self::IdleSince(at),
            Some(_) if !idle && since > 0 => Self::InUse,
            _ => Self::None,
        }
    }

    pub(super) fn activity(self) -> InputActivity {
        match self {
            Self::None => InputActivity::Unknown,
            Self::InUse => InputActivity::Lately,
            Self::IdleSince(since) => InputActivity::Resting(since),
        }
    }
}

/// A screen saver on the session bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScreenSaver {
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

/// The last reports of all sources of presence, joined.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a report or a wish of its own")]
pub(super) struct PresenceState {
    watches: Watches,
    pause_wanted: bool,
    rest_watched: bool,
    source: Source,
    hint: IdleHint,
    activity: InputActivity,
    awake_is_use: bool,
    lock: Lock,
    other_session: bool,
    asleep: bool,
}

/// Whether an idle source better than logind is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    None,
    /// It has reported nothing yet.
    Found,
    Reporting,
}

/// Who says that the screen is locked.
#[derive(Debug, Default)]
struct Lock {
    hint: bool,
    called: bool,
    savers: [bool; 5],
}

impl PresenceState {
    pub(super) fn new(watches: Watches) -> Self {
        Self {
            watches,
            pause_wanted: false,
            rest_watched: false,
            source: Source::None,
            hint: IdleHint::None,
            activity: InputActivity::Unknown,
            awake_is_use: false,
            lock: Lock::default(),
            other_session: false,
            asleep: false,
        }
    }

    /// Whether the idle source has to report a short rest: while pauses are wanted, and until anything is known at all.
    pub(super) fn watches_rest(&self) -> bool {
        self.rest_watched
    }

    /// The events that follow from an input.
    pub(super) fn handle(&mut self, input: PresenceInput, now: Timestamp) -> Vec<DesktopEvent> {
        let activity = self.activity_after(input, now);
        self.source = self.source_after(input);
        match input {
            PresenceInput::WatchPauses(wanted) => self.pause_wanted = wanted,
            PresenceInput::Hint(hint) => self.hint = hint,
            _ => {}
        }
        let mut events = Vec::new();
        if activity != self.activity {
            self.activity = activity;
            events.push(DesktopEvent::Activity(activity));
        }
        let locked = self.lock.is_on();
        // Without a source of input activity nothing would report that somebody is back.
        let blind = self.source == Source::None && self.hint == IdleHint::None;
        if !(blind && input == PresenceInput::LockCalled) {
            self.lock.handle(input);
        }
        self.choose_watch();
        if self.lock.is_on() != locked {
            events.push(DesktopEvent::Locked(!locked));
        }
        let counts = match input {
            PresenceInput::AwakeIsUse(counts) => counts,
            PresenceInput::Lost => false,
            _ => self.awake_is_use,
        };
        if counts != self.awake_is_use {
            self.awake_is_use = counts;
            events.push(DesktopEvent::AwakeIsUse(counts));
        }
        if let PresenceInput::OtherSession(other) = input
            && other != self.other_session
        {
            self.other_session = other;
            events.push(DesktopEvent::OtherSession(other));
        }
        if let PresenceInput::Sleep(asleep) = input
            && asleep != self.asleep
        {
            self.asleep = asleep;
            events.push(if asleep { DesktopEvent::Asleep } else { DesktopEvent::Woke });
        }
        events
    }

    fn activity_after(&self, input: PresenceInput, now: Timestamp) -> InputActivity {
        match input {
            PresenceInput::Lost => self.hint.activity(),
            PresenceInput::Hint(hint) if self.source != Source::Reporting => hint.activity(),
            PresenceInput::Used => InputActivity::Busy,
            PresenceInput::IdleFor(idle) => {
                let activity = input_activity(idle, self.watches, now);
                // What another source said of the rest is no part of this one's.
                if self.source == Source::Reporting {
                    self.activity.followed_by(activity)
                } else {
                    activity
                }
            }
            _ => self.activity,
        }
    }

    fn source_after(&self, input: PresenceInput) -> Source {
        match input {
            PresenceInput::Found => Source::Found,
            PresenceInput::Lost => Source::None,
            PresenceInput::IdleFor(_) | PresenceInput::Used => Source::Reporting,
            _ => self.source,
        }
    }

    /// A rest that goes on is watched to its end as it was: a watch that ends too early does not tell the end, and one that
    /// begins in the middle counts from there.
    fn choose_watch(&mut self) {
        let nothing_known = self.source == Source::Found;
        if nothing_known || !matches!(self.activity, InputActivity::Resting(_)) {
            // Of a lock that was only called for, the end is known by keyboard or pointer that rested and are used.
            self.rest_watched = self.pause_wanted || nothing_known || self.lock.called;
        }
    }
}

impl Lock {
    fn handle(&mut self, input: PresenceInput) {
        // What never said that it is locked says nothing by not being it: not every program that locks tells logind.
        let over = match input {
            PresenceInput::LockedHint(on) => std::mem::replace(&mut self.hint, on) && !on,
            PresenceInput::Covered(saver, on) => {
                std::mem::replace(&mut self.savers[saver as usize], on) && !on
            }
            // Nor does every one say when it unlocks; whoever is back at the keys is about to.
            PresenceInput::UnlockCalled
            | PresenceInput::Used
            | PresenceInput::Hint(IdleHint::InUse) => true,
            _ => false,
        };
        if over {
            self.called = false;
        }
        if input == PresenceInput::LockCalled {
            self.called = true;
        }
    }

    fn is_on(&self) -> bool {
        self.hint || self.called || self.savers.contains(&true)
    }
}

/// The activity of keyboard and pointer that have rested for this long.
pub(super) fn input_activity(idle: Duration, watches: Watches, now: Timestamp) -> InputActivity {
    let [idle, rest] = [idle, watches.rest]
        .map(|time| SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX));
    InputActivity::idle_for(idle, rest, now)
}

#[cfg(test)]
mod tests;
