//! The interface `org.kindbeat.Kindbeat1`: every call becomes a [`Request`].

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;
use tokio::time::Instant;
use zbus::object_server::SignalEmitter;

use super::Refusal;
use super::Request;
use super::asked;
use super::refused::Refused;
use super::window;
use crate::clock;
use kindbeat_core::practice::Length;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;

/// The object on the bus.
pub(super) struct Service {
    requests: mpsc::Sender<Request>,
    /// Those in which a refusal is said.
    words: watch::Receiver<Arc<Words>>,
    /// When the last read of a property found the daemon silent.
    silent: Mutex<Option<Instant>>,
    /// Held during a look.
    looking: tokio::sync::Mutex<()>,
}

impl Service {
    pub(super) fn new(requests: mpsc::Sender<Request>, words: watch::Receiver<Arc<Words>>) -> Self {
        Self { requests, words, silent: Mutex::new(None), looking: tokio::sync::Mutex::default() }
    }

    fn refused(&self, refusal: &Refusal) -> Refused {
        let words = Arc::clone(&self.words.borrow());
        Refused::new(refusal, &words)
    }

    /// Asks the daemon, and waits for its answer, but not for ever.
    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        let asked = async {
            self.requests.send(request(reply)).await.map_err(|_| Refusal::Ending)?;
            answer.await.map_err(|_| Refusal::Ending)
        };
        let answer = tokio::time::timeout(LIMIT, asked).await;
        answer.unwrap_or(Err(Refusal::Busy)).map_err(|refusal| self.refused(&refusal))
    }

    /// The same where the daemon may refuse.
    async fn ask_for<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Request,
    ) -> Result<T, Refused> {
        self.ask(request).await?.map_err(|refusal| self.refused(&refusal))
    }

    /// The practice and the length that are asked for; `None`: those that are set.
    fn chosen(
        &self,
        practice: &str,
        length_s: u32,
    ) -> Result<(Option<String>, Option<Length>), Refused> {
        asked::which_break(practice, length_s).map_err(|refusal| self.refused(&refusal))
    }

    /// How things stand, for a property. Whoever reads all of them asks seven times in a row: where the daemon is silent, that
    /// is waited for once.
    async fn read(&self) -> Result<Status, Refused> {
        let silent = *self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if silent.is_some_and(|silent| silent.elapsed() < AGAIN) {
            return Err(self.refused(&Refusal::Busy));
        }
        let status = self.ask(|reply| Request::Status { reply }).await;
        *self.silent.lock().unwrap_or_else(PoisonError::into_inner) =
            status.is_err().then(Instant::now);
        status
    }
}

/// kindbeat: notices when the heart stays unusually high at the desk, and offers a short self-compassion break.
#[zbus::interface(name = "org.kindbeat.Kindbeat1")]
impl Service {
    /// Where the connection to the heart-rate monitor stands: searching, connecting, streaming, silent, away, `adapter_off`, blocked,
    /// `no_bluetooth`, `service_ends`, `in_use`, `needs_pairing`, `bond_lost`, `hangs_up` or released.
    #[zbus(property)]
    async fn state(&self) -> Result<String, Refused> {
        Ok(self.read().await?.state)
    }

    /// The heart rate in beats a minute; 0: none is streaming. Its changes are not signalled: read it as often as you need it.
    #[zbus(property(emits_changed_signal = "false"))]
    async fn heart_rate(&self) -> Result<u16, Refused> {
        Ok(self.read().await?.heart_rate.unwrap_or(0))
    }

    /// The heart rate that is usual, in beats a minute; 0: too little is known yet.
    #[zbus(property)]
    async fn usual(&self) -> Result<f64, Refused> {
        Ok(Properties::of(&self.read().await?).usual)
    }

    /// The name of the monitor that is connected or was last; empty: none yet, or it has told none.
    #[zbus(property)]
    async fn sensor_name(&self) -> Result<String, Refused> {
        Ok(Properties::of(&self.read().await?).sensor_name)
    }

    /// How full the battery of the monitor is, 0 to 100 percent; 255: not known.
    #[zbus(property)]
    async fn battery(&self) -> Result<u8, Refused> {
        Ok(Properties::of(&self.read().await?).battery)
    }

    /// Until when nothing is offered, at the owner's wish, in seconds since 1970 (UTC); 0: no such wish.
    #[zbus(property)]
    async fn snoozed_until(&self) -> Result<i64, Refused> {
        Ok(Properties::of(&self.read().await?).snoozed_until)
    }

    /// Whether the heart has been up for some time, against what is usual.
    #[zbus(property)]
    async fn elevated(&self) -> Result<bool, Refused> {
        Ok(Properties::of(&self.read().await?).elevated)
    }

    /// Starts a break and opens its page. An empty practice and a length of 0 mean those that are set; else the length is 20,
    /// 60, 180 or 300 seconds. Returns the address of the page, which opens it once.
    #[zbus(out_args("url"))]
    async fn start_break(&self, practice: String, length_s: u32) -> Result<String, Refused> {
        let (practice, length) = self.chosen(&practice, length_s)?;
        self.ask_for(|reply| Request::StartBreak { practice, length, reply }).await
    }

    /// Ends the break that is open.
    async fn end_break(&self) -> Result<(), Refused> {
        self.ask_for(|reply| Request::EndBreak { reply }).await
    }

    /// Offers nothing until then, in seconds since 1970 (UTC): a time that lies ahead, by a year at most.
    async fn snooze(&self, until: i64) -> Result<(), Refused> {
        let until = asked::time_ahead(until, clock::now());
        let until = until.map_err(|refusal| self.refused(&refusal))?;
        self.ask_for(|reply| Request::Snooze { until, reply }).await
    }

    /// Offers breaks again: ends a snooze, "Later" and the rest after "too much"; where there is none, nothing changes.
    async fn resume(&self) -> Result<(), Refused> {
        self.ask(|reply| Request::Resume { reply }).await.map(drop)
    }

    /// Does what `Resume` does, and says what it ended and what still holds offers back, in words.
    #[zbus(out_args("says"))]
    async fn end_quiet(&self) -> Result<String, Refused> {
        self.ask(|reply| Request::Resume { reply }).await
    }

    /// The owner's heart-rate monitor is the one with this Bluetooth address from now on; an empty name: it is not known. Refused where
    /// the settings name another.
    async fn use_monitor(&self, address: String, name: String) -> Result<(), Refused> {
        let monitor = asked::monitor(&address, &name);
        let monitor = monitor.map_err(|refusal| self.refused(&refusal))?;
        self.ask_for(|reply| Request::UseMonitor { monitor, reply }).await
    }

    /// Answers the last offer: start, later, fine, moving (I was moving), excited (I was excited); or undo, which takes the
    /// answer back.
    async fn answer_last(&self, answer: String) -> Result<(), Refused> {
        let answer = asked::answer(&answer).map_err(|refusal| self.refused(&refusal))?;
        self.ask_for(|reply| Request::AnswerLast { answer, reply }).await
    }

    /// Internal, for "kindbeat status": whether it asks its reader, this time, whether the thresholds fit; once a week at most.
    #[zbus(out_args("asks"))]
    async fn take_question(&self) -> Result<bool, Refused> {
        self.ask(|reply| Request::TakeQuestion { reply }).await
    }

    /// Internal, for "kindbeat doctor": looks once, and tells what is seen from where the daemon runs, of the desk and the desktop,
    /// as JSON that a kindbeat of the same version reads. One look at a time; whoever asks meanwhile is told that it is busy.
    #[zbus(out_args("seen"))]
    async fn look(&self) -> Result<String, Refused> {
        let _looking = self.looking.try_lock().map_err(|_| self.refused(&Refusal::Busy))?;
        self.ask(|reply| Request::Look { reply }).await
    }

    /// Internal, for "kindbeat break --here": starts a break as `StartBreak` does, shown by the caller and not in a browser; where one
    /// is open and none in particular is asked for, that one is shown. Returns a socket: on it come views, and inputs go back, as JSON
    /// that a kindbeat of the same version reads, one a line. Whoever closes it closes the window; one is open at a time, the last.
    #[zbus(out_args("window"))]
    async fn break_here(&self, practice: String, length_s: u32) -> Result<zbus::OwnedFd, Refused> {
        let (practice, length) = self.chosen(&practice, length_s)?;
        let ticket = self.ask_for(|reply| Request::BreakHere { practice, length, reply }).await?;
        match window::pair() {
            Ok((ours, theirs)) => {
                tokio::spawn(window::serve(ours, ticket, self.requests.clone()));
                Ok(OwnedFd::from(theirs).into())
            }
            Err(error) => {
                // The daemon is ending where it is not taken.
                let _ = self.requests.send(Request::WindowClosed(ticket.id)).await;
                Err(self.refused(&Refusal::NoPage(error.to_string())))
            }
        }
    }

    /// Why there was an offer, or is none, in words.
    #[zbus(out_args("why"))]
    async fn why(&self) -> Result<String, Refused> {
        self.ask(|reply| Request::Why { reply }).await
    }

    /// How things stand, as JSON: what "kindbeat status --json" prints.
    #[zbus(out_args("status"))]
    async fn status(&self) -> Result<String, Refused> {
        let status = self.ask(|reply| Request::Status { reply }).await?;
        // A status is plain data, which can always be written.
        Ok(serde_json::to_string(&status).unwrap_or_default())
    }

    /// A break was offered, for this reason, in words.
    #[zbus(signal)]
    pub(super) async fn offer_made(emitter: &SignalEmitter<'_>, reason: &str) -> zbus::Result<()>;

    /// The heart was up, and nothing was offered: the name of what held it back.
    #[zbus(signal)]
    pub(super) async fn offer_held(emitter: &SignalEmitter<'_>, gate: &str) -> zbus::Result<()>;

    /// A break began: the name of the practice.
    #[zbus(signal)]
    pub(super) async fn break_started(
        emitter: &SignalEmitter<'_>,
        practice: &str,
    ) -> zbus::Result<()>;

    /// A break ended: completed, left or `too_much`.
    #[zbus(signal)]
    pub(super) async fn break_ended(emitter: &SignalEmitter<'_>, how: &str) -> zbus::Result<()>;
}

/// What the properties whose changes are signalled say of a status.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Properties {
    pub(super) state: String,
    pub(super) usual: f64,
    pub(super) sensor_name: String,
    pub(super) battery: u8,
    pub(super) snoozed_until: i64,
    pub(super) elevated: bool,
}

impl Properties {
    pub(super) fn of(status: &Status) -> Self {
        let sensor = status.sensor.as_ref();
        Self {
            state: status.state.clone(),
            usual: status.usual.unwrap_or(0.0),
            sensor_name: sensor.and_then(|sensor| sensor.name.clone()).unwrap_or_default(),
            battery: sensor.and_then(|sensor| sensor.battery).unwrap_or(u8::MAX),
            snoozed_until: status.snoozed_until.map_or(0, Timestamp::as_second),
            elevated: status.elevated_since.is_some(),
        }
    }
}

/// How long the daemon may take: it answers in milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);

/// How long after it was silent the daemon is not asked for properties again.
const AGAIN: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use zbus::DBusError as _;

    use super::*;

    fn speaking(requests: mpsc::Sender<Request>) -> Service {
        Service::new(requests, watch::channel(Arc::new(Words::new("en"))).1)
    }

    #[tokio::test]
    async fn a_refusal_is_worded_in_the_language_of_the_moment() {
        let (words, current) = watch::channel(Arc::new(Words::new("en")));
        let (requests, asked) = mpsc::channel(1);
        drop(asked);
        let service = Service::new(requests, current);
        let said = async || {
            let wrong = service.answer_last("maybe".to_owned()).await.err();
            let ending = service.resume().await.err();
            let all = wrong.into_iter().chain(ending);
            all.filter_map(|refused| refused.description().map(str::to_owned)).collect::<Vec<_>>()
        };
        let english = said().await;
        assert!(english[0].starts_with("\"maybe\" is no answer"), "{english:?}");
        let loud = Words::altered("en-XA", |text| text.to_uppercase().into());
        words.send_replace(Arc::new(loud));
        let other = said().await.join("\n").replace("maybe", "");
        assert!(!other.contains(char::is_lowercase) && other.lines().count() == 2, "{other}");
    }

    fn told<T>(result: Result<T, Refused>) -> Result<T, String> {
        result.map_err(|refused| refused.name().to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_daemon_that_is_silent_is_waited_for_five_seconds() {
        let (requests, mut asked) = mpsc::channel(1);
        let service = speaking(requests);
        let begun = Instant::now();
        assert_eq!(told(service.why().await), Err("org.kindbeat.Error.Busy".to_owned()));
        assert_eq!(begun.elapsed(), LIMIT);
        // Whoever takes it later can tell that nobody waits for the answer.
        let Some(Request::Why { reply }) = asked.recv().await else { panic!("nothing was asked") };
        assert!(reply.is_closed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_daemon_that_takes_nothing_is_not_waited_for_longer() {
        let (requests, _asked) = mpsc::channel(1);
        let service = speaking(requests);
        let begun = Instant::now();
        // The first fills the queue.
        let (first, second) = tokio::join!(service.resume(), service.end_break());
        assert!(told(first).is_err() && told(second).is_err());
        assert_eq!(begun.elapsed(), LIMIT);
    }

    #[tokio::test]
    async fn one_look_is_taken_at_a_time() {
        let (requests, mut asked) = mpsc::channel(1);
        let service = speaking(requests);
        let answer = async {
            let Some(Request::Look { reply }) = asked.recv().await else { panic!("no look") };
            reply.send("seen".to_owned()).unwrap();
        };
        let (first, second, ()) = tokio::join!(service.look(), service.look(), answer);
        assert_eq!(told(first), Ok("seen".to_owned()));
        assert_eq!(told(second), Err("org.kindbeat.Error.Busy".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn all_properties_of_a_silent_daemon_wait_only_once() {
        let (requests, mut asked) = mpsc::channel(16);
        let service = speaking(requests);
        let begun = Instant::now();
        assert!(service.state().await.is_err() && service.usual().await.is_err());
        assert!(service.battery().await.is_err() && service.elevated().await.is_err());
        assert_eq!(begun.elapsed(), LIMIT);
        assert_eq!(asked.len(), 1);
        // And a little later it is asked anew.
        tokio::time::sleep(AGAIN).await;
        let answer = async {
            asked.recv().await;
            let Some(Request::Status { reply }) = asked.recv().await else { panic!("not asked") };
            reply.send(Status { heart_rate: Some(72), ..Status::default() })
        };
        let (rate, answered) = tokio::join!(service.heart_rate(), answer);
        assert_eq!((told(rate), answered.is_ok()), (Ok(72), true));
    }

    #[tokio::test(start_paused = true)]
    async fn a_daemon_that_ends_is_not_waited_for() {
        let (requests, asked) = mpsc::channel(1);
        let service = speaking(requests);
        let begun = Instant::now();
        drop(asked);
        assert_eq!(told(service.resume().await), Err("org.kindbeat.Error.Ending".to_owned()));
        let (requests, mut asked) = mpsc::channel(1);
        let service = speaking(requests);
        let (resumed, ()) = tokio::join!(service.resume(), async {
            drop(asked.recv().await);
        });
        assert_eq!(told(resumed), Err("org.kindbeat.Error.Ending".to_owned()));
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }
}
