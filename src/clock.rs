//! The only reader of the clock and of the time zone: everything else is told the time.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;
use jiff::tz::TimeZone;
use rustix::time::Itimerspec;
use rustix::time::TimerfdClockId;
use rustix::time::TimerfdFlags;
use rustix::time::TimerfdTimerFlags;
use rustix::time::Timespec;
use rustix::time::timerfd_create;
use rustix::time::timerfd_settime;
use tokio::io::unix::AsyncFd;

/// A reader of the time that can be handed out: [`now`], or a test's own.
pub type SharedClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The time of the system's clock, to be handed to whoever decides anything by it.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "time enters the program here and nowhere else")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time zone of the system; UTC where it has none.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::system()
}

/// How far local time is ahead of UTC at a moment, by the time zone of the system.
#[must_use]
pub fn utc_offset(at: Timestamp) -> Offset {
    zone().to_offset(at)
}

/// Waits, and wakes the processor up once: for the timer of the system. The timer wheel of tokio wakes up two or three times in
/// the course of a minute, whenever a far deadline comes nearer; with a strap away for hours that would be most of what we do.
pub async fn sleep(wait: Duration) {
    match timer(wait) {
        Ok(timer) => drop(timer.readable().await),
        // Out of descriptors: later, but not never.
        Err(_) => tokio::time::sleep(wait).await,
    }
}

#[expect(
    deprecated,
    reason = "what replaces it is unsafe; an OwnedFd owns its descriptor, which is all it asks for"
)]
fn timer(wait: Duration) -> std::io::Result<AsyncFd<OwnedFd>> {
    let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
    let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
    // A timer of no time at all would be one that is switched off.
    let wait = wait.max(Duration::from_nanos(1));
    let at = Timespec {
        tv_sec: wait.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    };
    let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: at };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
    AsyncFd::new(timer)
}
