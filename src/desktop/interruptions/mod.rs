//! What the desktop does that speaks against an offer: the microphone, the camera or the screen is in use, a window fills the
//! screen, notifications are silenced, a program keeps the screen awake.
//!
//! Nothing is asked until somebody has to know, which is before an offer and while a page shows the heart, and nothing is asked again
//! and again: every source is watched for changes meanwhile. At rest there is no connection, no watch and no child.
//!
//! | fact | sources |
//! | --- | --- |
//! | microphone | PipeWire; PulseAudio; capture devices of ALSA |
//! | camera | PipeWire; open camera devices |
//! | screen shared | PipeWire |
//! | full screen | X11; compositors with the protocol of wlroots |
//! | do not disturb | whoever shows notifications |
//! | inhibited | the session manager of GNOME; the power management of Plasma; logind |
//!
//! A fact with several sources holds if one of them says so. A source that should answer and does not holds back, one that is not
//! there does not.

mod answers;
mod child;
mod devices;
mod follow;
mod holders;
mod inhibited;
mod pipewire;
mod place;
mod pulse;
mod report;
mod session;
mod silence;
mod window;

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio::time::timeout;

use kindbeat_core::backoff::Backoff;
use kindbeat_core::context::Desktop;

use answers::Answers;
pub use answers::Probed;
pub use place::Place;
use report::Report;
use report::Source;
use report::Teller;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Look, and tell every change until [`Command::Rest`].
    Watch,
    /// Look no longer.
    Rest,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// What the desktop does: first when all sources have answered or their time is over, then whenever it changes. Where several
    /// changes wait to be taken, only the last is told.
    Seen(Desktop),
}

/// Does what it is told, until one of its channels is gone.
pub async fn run(place: Place, mut commands: mpsc::Receiver<Command>, events: mpsc::Sender<Event>) {
    let place = Arc::new(place);
    loop {
        let command = tokio::select! {
            command = commands.recv() => command,
            () = events.closed() => None,
        };
        match command {
            Some(Command::Watch) => {
                if watch(&place, &mut commands, &events).await.is_break() {
                    return;
                }
            }
            Some(Command::Rest) => {}
            None => return,
        }
    }
}

/// Watches until it is told to rest; breaks off when nobody is there any more.
async fn watch(
    place: &Arc<Place>,
    commands: &mut mpsc::Receiver<Command>,
    events: &mpsc::Sender<Event>,
) -> ControlFlow<()> {
    let mut probes = Probes::start(place);
    let mut answers = Answers::default();
    let mut told = None;
    let mut over = false;
    let limit = sleep(LIMIT);
    tokio::pin!(limit);
    loop {
        let desktop = answers.desktop();
        let is_news = (over || answers.are_complete()) && told != Some(desktop);
        tokio::select! {
            command = commands.recv() => match command {
                // Whoever asks again is told, whether it changed or not.
                Some(Command::Watch) => told = None,
                Some(Command::Rest) => return ControlFlow::Continue(()),
                None => return ControlFlow::Break(()),
            },
            Some(report) = probes.reports.recv() => answers.take(report),
            // It told all that it had to tell before: that is taken first.
            Some(Ok(watch)) = probes.tasks.join_next(), if probes.reports.is_empty() => {
                probes.ended(watch, &answers);
            }
            () = &mut limit, if !over => over = true,
            // Not sent at once: who takes nothing for a while is to be told how it is then, and must not hold up its own commands.
            permit = events.reserve(), if is_news => match permit {
                Ok(permit) => {
                    permit.send(Event::Seen(desktop));
                    told = Some(desktop);
                }
                Err(_) => return ControlFlow::Break(()),
            },
            () = events.closed() => return ControlFlow::Break(()),
        }
    }
}

/// Asks every source once, and says what each is and what it says; for somebody who wonders why there is no offer.
pub async fn look(place: Place) -> Vec<Probed> {
    let mut probes = Probes::start(&Arc::new(place));
    let mut answers = Answers::default();
    let all = async {
        while !answers.are_complete() {
            let Some(report) = probes.reports.recv().await else { break };
            answers.take(report);
        }
    };
    // Whoever has not answered by then is listed as such.
    let _ = timeout(LIMIT, all).await;
    answers.list()
}

/// Every source, asked and watched in a task of its own, until this is dropped.
struct Probes {
    place: Arc<Place>,
    reports: mpsc::Receiver<Report>,
    sender: mpsc::Sender<Report>,
    tasks: JoinSet<Watch>,
    /// Before each is begun again.
    pauses: [Backoff; Watch::ALL.len()],
}

/// What one task watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watch {
    PipeWire,
    PulseAudio,
    Microphones,
    Cameras,
    Windows,
    Session,
    Logind,
}

impl Watch {
    const ALL: [Self; 7] = [
        Self::PipeWire,
        Self::PulseAudio,
        Self::Microphones,
        Self::Cameras,
        Self::Windows,
        Self::Session,
        Self::Logind,
    ];

    const fn sources(self) -> &'static [Source] {
        match self {
            Self::PipeWire => &[Source::PipeWire],
            Self::PulseAudio => &[Source::PulseAudio],
            Self::Microphones => &[Source::Alsa],
            Self::Cameras => &[Source::Cameras],
            Self::Windows => &[Source::Windows],
            Self::Session => &[Source::Notifications, Source::GnomeSession, Source::Plasma],
            Self::Logind => &[Source::Logind],
        }
    }

    /// Tells until there is nothing more to tell.
    async fn run(self, place: Arc<Place>, reports: mpsc::Sender<Report>) {
        let teller = |source| Teller::new(source, reports.clone());
        match self {
            Self::PipeWire => pipewire::watch(&place, teller(Source::PipeWire)).await,
            Self::PulseAudio => pulse::watch(&place, &teller(Source::PulseAudio)).await,
            Self::Microphones => devices::microphone(place, teller(Source::Alsa)).await,
            Self::Cameras => devices::camera(place, teller(Source::Cameras)).await,
            Self::Windows => window::watch(place, teller(Source::Windows)).await,
            Self::Session => {
                let notifications = teller(Source::Notifications);
                let (gnome, plasma) = (teller(Source::GnomeSession), teller(Source::Plasma));
                session::watch(place, notifications, gnome, plasma).await;
            }
            Self::Logind => inhibited::logind(place, teller(Source::Logind)).await,
        }
    }
}

impl Probes {
    fn start(place: &Arc<Place>) -> Self {
        let (sender, reports) = mpsc::channel(REPORTS);
        let (place, tasks) = (Arc::clone(place), JoinSet::new());
        let pauses = [Backoff::new(LONGEST_PAUSE); Watch::ALL.len()];
        let mut probes = Self { place, reports, sender, tasks, pauses };
        for watch in Watch::ALL {
            probes.begin(watch, Duration::ZERO);
        }
        probes
    }

    fn begin(&mut self, watch: Watch, after: Duration) {
        let (place, reports) = (Arc::clone(&self.place), self.sender.clone());
        self.tasks.spawn(async move {
            sleep(after).await;
            watch.run(place, reports).await;
            watch
        });
    }

    /// A task ended: where its source is there and failed, it is begun again after a while, longer each time.
    fn ended(&mut self, watch: Watch, answers: &Answers) {
        if answers.have_failed(watch.sources()) {
            let pause = self.pauses[watch as usize].next_delay();
            self.begin(watch, pause);
        }
    }
}

/// One that fails again and again is left alone for this long.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How long a source may take: all were seen to answer within some 20 ms when well, and a moment between two things, at which an offer
/// is made, is over after a second.
const LIMIT: Duration = Duration::from_millis(500);

/// So many answers wait to be taken: every source may give all of its own at once.
const REPORTS: usize = 16;
