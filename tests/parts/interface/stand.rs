//! A stand-in for the daemon: answers what is asked as a test tells it to.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::Context as _;
use kindbeat::desktop::DesktopReport;
use kindbeat::interface;
use kindbeat::interface::Bus;
use kindbeat::interface::Refusal;
use kindbeat::interface::Request;
use kindbeat::interface::Served;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::UnknownPractice;
use kindbeat_core::status::News;
use kindbeat_core::status::Quality;
use kindbeat_core::status::SensorStatus;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::bus::PrivateBus;

/// A daemon on the bus; it ends with this value.
pub(crate) struct Stand {
    pub(crate) served: Served,
    mind: Arc<Mutex<Mind>>,
    answering: JoinHandle<()>,
}

#[derive(Default)]
struct Mind {
    status: Status,
    /// What it refuses the next request with that can be refused.
    refusal: Option<Refusal>,
    /// Whether it has a question for whoever looks at the status.
    question: bool,
    /// What it sees, as JSON.
    seen: String,
    /// What it was asked, but for how things stand.
    asked: Vec<String>,
}

impl Stand {
    pub(crate) async fn start(bus: &PrivateBus) -> anyhow::Result<Self> {
        Self::speaking(bus, english()).await
    }

    /// One that refuses in these words.
    pub(crate) async fn speaking(
        bus: &PrivateBus,
        words: watch::Receiver<Arc<Words>>,
    ) -> anyhow::Result<Self> {
        let (requests, asked) = mpsc::channel(4);
        let served = soon(async {
            loop {
                match interface::serve(&Bus::at(bus.address()), requests.clone(), words.clone())
                    .await
                {
                    // The one before is on its way out.
                    Err(interface::ServeError::NameTaken) => tokio::task::yield_now().await,
                    served => return served,
                }
            }
        });
        let served = served.await??;
        let mind = Arc::new(Mutex::new(Mind { status: streaming(), ..Mind::default() }));
        let answering = tokio::spawn(answer(Arc::clone(&mind), asked));
        Ok(Self { served, mind, answering })
    }

    /// How things stand from now on, which nobody is told.
    pub(crate) fn stands(&self, status: Status) {
        self.mind().status = status;
    }

    /// How things stand from now on.
    pub(crate) async fn changes(&self, status: Status) {
        self.stands(status.clone());
        self.served.tell(&News::Changed(Box::new(status))).await;
    }

    /// Has whoever looks at the status next asked whether the thresholds fit.
    pub(crate) fn has_a_question(&self) {
        self.mind().question = true;
    }

    /// What it sees of the desk from now on.
    pub(crate) fn sees(&self, seen: &DesktopReport) -> anyhow::Result<()> {
        self.mind().seen = serde_json::to_string(seen)?;
        Ok(())
    }

    pub(crate) fn refuses(&self, refusal: Refusal) {
        self.mind().refusal = Some(refusal);
    }

    /// What it was asked since this was last asked, but for how things stand.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.mind().asked)
    }

    fn mind(&self) -> MutexGuard<'_, Mind> {
        self.mind.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

/// The words of a daemon that speaks English.
pub(crate) fn english() -> watch::Receiver<Arc<Words>> {
    spoken(Words::new("en"))
}

pub(crate) fn spoken(words: Words) -> watch::Receiver<Arc<Words>> {
    watch::channel(Arc::new(words)).1
}

async fn answer(mind: Arc<Mutex<Mind>>, mut asked: mpsc::Receiver<Request>) {
    while let Some(request) = asked.recv().await {
        let mut mind = mind.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever asked may be gone by now.
        match request {
            Request::Status { reply } => {
                let _ = reply.send(mind.status.clone());
            }
            Request::Why { reply } => {
                mind.asked.push("why".to_owned());
                let _ =
                    reply.send("No break has been offered today.\nIt is near usual.".to_owned());
            }
            Request::StartBreak { practice, length, reply } => {
                let length = length.map(Length::as_str);
                mind.asked.push(format!("start {practice:?} {length:?}"));
                let _ = reply.send(refused(&mut mind).map(|()| URL.to_owned()));
            }
            Request::EndBreak { reply } => {
                mind.asked.push("end".to_owned());
                let _ = reply.send(refused(&mut mind));
            }
            Request::Snooze { until, reply } => {
                mind.asked.push(format!("snooze {until}"));
                let _ = reply.send(refused(&mut mind));
            }
            Request::Resume { reply } => {
                mind.asked.push("resume".to_owned());
                let _ = reply.send("The snooze is over.\nBreaks may be offered again.".to_owned());
            }
            Request::AnswerLast { answer, reply } => {
                mind.asked.push(format!("answer {answer:?}"));
                let _ = reply.send(refused(&mut mind));
            }
            Request::UseMonitor { monitor, reply } => {
                mind.asked.push(format!("use {} {:?}", monitor.id, monitor.name));
                let _ = reply.send(refused(&mut mind));
            }
            Request::TakeQuestion { reply } => {
                let _ = reply.send(std::mem::take(&mut mind.question));
            }
            Request::Look { reply } => {
                let _ = reply.send(mind.seen.clone());
            }
            Request::BreakHere { practice, length, reply } => {
                let length = length.map(Length::as_str);
                mind.asked.push(format!("here {practice:?} {length:?}"));
                let _ = reply.send(Err(mind.refusal.take().unwrap_or(Refusal::NoBreak)));
            }
            Request::Window { reply, .. } => {
                let _ = reply.send(());
            }
            Request::WindowClosed(_) => {}
        }
    }
}

fn refused(mind: &mut Mind) -> Result<(), Refusal> {
    mind.refusal.take().map_or(Ok(()), Err)
}

/// A strap that streams, at a desk where little is known yet.
pub(crate) fn streaming() -> Status {
    Status {
        state: "streaming".to_owned(),
        heart_rate: Some(72),
        usual: Some(66.25),
        spread: Some(4.5),
        quality: Some(Quality::Good),
        sensor: Some(SensorStatus {
            name: Some("Polar H10".to_owned()),
            address: "A0:9E:1A:00:00:00".to_owned(),
            battery: Some(87),
        }),
        learned_hours: 17.125,
        offers_today: 1,
        ..Status::default()
    }
}

/// As the daemon refuses a name that is none.
pub(crate) fn no_such_practice() -> Refusal {
    let (asked, nearest) = ("kind-hat".to_owned(), "kind-hand".to_owned());
    Refusal::NoSuchPractice(UnknownPractice { asked, nearest })
}

/// What has to happen, within a time that only a fault takes.
pub(crate) async fn soon<F: Future>(future: F) -> anyhow::Result<F::Output> {
    tokio::time::timeout(Duration::from_secs(20), future).await.context("nothing happened")
}

pub(crate) const URL: &str = "http://127.0.0.1:40123/break?once=1.2";
