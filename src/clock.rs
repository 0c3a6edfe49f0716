//! The only reader of the clock and of the time zone; every other module takes the time as an argument.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::Offset;
use jiff::tz::TimeZone;
use rustix::time::ClockId;
use rustix::time::Itimerspec;
use rustix::time::TimerfdClockId;
use rustix::time::TimerfdFlags;
use rustix::time::TimerfdTimerFlags;
use rustix::time::Timespec;
use rustix::time::clock_gettime;
use rustix::time::timerfd_create;
use rustix::time::timerfd_settime;
use tokio::io::unix::AsyncFd;

/// A clock that can be shared: [`now`], or a test's own.
pub type SharedClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that reads it")]
pub fn now() -> Timestamp {
    // Not `Timestamp::now`, which panics on a clock behind the last day that it knows.
    represented(SystemTime::now())
}

/// A moment of the system's clock; the first or the last that there is where it lies outside of them.
fn represented(time: SystemTime) -> Timestamp {
    let end = if time < SystemTime::UNIX_EPOCH { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::try_from(time).unwrap_or(end)
}

/// How long the machine has been up, its sleep included: never set, and starts anew with the machine.
#[must_use]
pub fn uptime() -> Duration {
    clock_gettime(ClockId::Boottime).try_into().unwrap_or_default()
}

/// UTC where the system has no time zone.
#[must_use]
pub fn zone() -> TimeZone {
    TimeZone::system()
}

/// How far local time is ahead of UTC at a moment.
#[must_use]
pub fn utc_offset(at: Timestamp) -> Offset {
    zone().to_offset(at)
}

/// Sleeps with a timer of the system, which wakes the processor up once. The timer wheel of tokio wakes it up two or three
/// times a minute, whenever a far deadline comes nearer; with the monitor out of reach for hours that would be most of our
/// work.
pub async fn sleep(wait: Duration) {
    match timer(wait) {
        Ok(timer) => drop(timer.readable().await),
        // Out of descriptors: tokio's timer costs more, but it always works.
        Err(_) => tokio::time::sleep(wait).await,
    }
}

/// Sleeps until `due` by `clock`; with `None` for ever.
pub async fn until(due: Option<Timestamp>, clock: &SharedClock) {
    let Some(due) = due else { return std::future::pending().await };
    let left = due.duration_since(clock());
    if left.is_positive() {
        sleep(left.unsigned_abs()).await;
    }
}

#[expect(
    deprecated,
    reason = "what replaces it is unsafe; an OwnedFd owns its descriptor, which is all it asks for"
)]
fn timer(wait: Duration) -> std::io::Result<AsyncFd<OwnedFd>> {
    let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
    let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
    // A timer of zero would be switched off.
    let wait = wait.max(Duration::from_nanos(1));
    let at = Timespec {
        tv_sec: wait.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: wait.subsec_nanos().into(),
    };
    let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: at };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
    AsyncFd::new(timer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_beyond_the_calendar_is_brought_to_its_end() {
        let since = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(represented(since(i64::MAX.unsigned_abs())), Timestamp::MAX);
        assert_eq!(represented(since(253_402_300_800)), Timestamp::MAX);
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1 << 60);
        assert_eq!(represented(before), Timestamp::MIN);
        assert_eq!(represented(since(5)), Timestamp::from_second(5).unwrap());
    }
}
