//! The demonstration on a desktop: the daemon's own loop, with a simulated strap and without a memory.

use crate::config_file;
use std::env;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use jiff::SignedDuration;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use tokio::sync::watch;

use crate::browser::Opener;
use crate::clock;
use crate::command::asking;
use crate::command::terminal;
use crate::command::terminal::Meant;
use crate::command::terminal::Teller;
use crate::daemon;
use crate::daemon::Inlets;
use crate::daemon::Parts;
use crate::daemon::Service;
use crate::daemon::Watchdog;
use crate::dbus::Bus;
use crate::desktop::Place;
use crate::interface::LastAnswer;
use crate::interface::Request;
use crate::locale;
use crate::notification;
use crate::notification::Leftover;
use crate::page_server;
use crate::speech::PageReader;
use crate::tasks::Supervisor;
use kindbeat_core::config::Config;
use kindbeat_core::detection::Baseline;
use kindbeat_core::engine::Engine;
use kindbeat_core::engine::EngineMemory;
use kindbeat_core::offer::Answer;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::View;
use kindbeat_core::page::empty_page;
use kindbeat_core::practice::Habits;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Library;
use kindbeat_core::sitting::Earlier;
use kindbeat_core::status::News;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

use super::keyboard;
use super::strap;
use super::strap::Chapter;
use super::strap::DemoClock;

/// Runs until the break is over, or the offer was answered otherwise.
pub(super) fn run(words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let runtime = asking::runtime(words)?;
    let ended = runtime.block_on(play(out));
    runtime.shutdown_background();
    ended
}

/// The ends of the daemon's channels that the demonstration holds.
struct Stage<'a, W> {
    out: &'a mut W,
    time: DemoClock,
    requests: mpsc::Sender<Request>,
    page: mpsc::Sender<PageInput>,
    view: watch::Receiver<View>,
    chapters: watch::Sender<Chapter>,
    scene: Scene,
    words: Arc<Words>,
    teller: Teller,
    /// What is typed next answers how tense it is before the break.
    asks_before: bool,
    /// Nothing can be typed here.
    deaf: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    /// Nothing was offered yet.
    Waiting,
    /// An offer stands.
    Offered,
    /// A break is open in a browser.
    InBrowser,
    /// A break is open here.
    InTerminal,
    /// It is over.
    Over,
}

async fn play(out: &mut impl Write) -> anyhow::Result<()> {
    // How pages open and in which language is the owner's; thresholds and times are those of the program.
    let page = config_file::load(None).map(|config| config.page).unwrap_or_default();
    let config = Config { page, ..Config::default() };
    let start = clock::now().saturating_sub(BEFORE).unwrap_or(Timestamp::MIN);
    let time = DemoClock::starting(start);
    let locale = locale::of_messages();
    let help = HelpLines::built_in()?;

    let (events, monitor) = mpsc::channel(1);
    let chapters = watch::Sender::new(Chapter::Quiet);
    let beating = tokio::spawn(strap::run(time.clone(), events, chapters.clone()));
    let (offers, offer_commands) = mpsc::channel(QUEUE);
    let (offer_events, offered) = mpsc::channel(QUEUE);
    let session = Bus::session();
    let leftover = Leftover::none();
    let desktop =
        tokio::spawn(notification::run(session.clone(), leftover, offer_commands, offer_events));
    let (from_browser, mut browser) = mpsc::channel(QUEUE);
    let (page, page_inputs) = mpsc::channel(QUEUE);
    let (requests, requested) = mpsc::channel(QUEUE);
    let (news, mut newsreel) = mpsc::channel(QUEUE);
    let words = Arc::new(Words::new(config.language(&locale)));
    let spoken = watch::Sender::new(Arc::clone(&words));
    let view = watch::Sender::new(empty_page(&words, &locale, &help));
    let shown = view.subscribe();
    let clock: clock::SharedClock = Arc::new({
        let time = time.clone();
        move || time.now()
    });
    let settings = config.decisions();
    let baseline = Baseline::new(settings.detection.method);
    let tasks = Supervisor::new();
    let service = Service::new(
        Parts {
            stored: EngineMemory::default(),
            engine: Engine::new(settings, Library::built_in()?, baseline),
            web: page_server::PageServer::new(Arc::clone(&clock), view.subscribe(), from_browser),
            opener: if has_display() { Opener::from_environment() } else { Opener::none() },
            // Who tries it out has read what it is.
            earlier: Earlier {
                habits: Habits { welcomed: true, ..Habits::default() },
                past: Vec::new(),
            },
            reader: PageReader::none(),
            // Nothing to remember, and no other program to be told.
            store: None,
            monitor: mpsc::channel(1).0,
            battery_told: None,
            // What is simulated is offered whatever happens at the desk.
            desktop: None,
            place: Place::from_environment(session, Bus::system()),
            clock,
            locale,
            config,
            offers,
            view,
            news,
            tasks: tasks.spawner(),
        },
        spoken,
        help,
    );
    let inlets = Inlets {
        monitor,
        offers: offered,
        desktop: mpsc::channel(1).1,
        page: page_inputs,
        requests: requested,
        configs: mpsc::channel(1).1,
        practices: mpsc::channel(1).1,
        voice: mpsc::channel(1).1,
        reports: mpsc::unbounded_channel().1,
        tasks,
        watchdog: Watchdog::none(),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(daemon::run(service, inlets, async {
        let _ = stopped.await;
    }));
    let mut typed = keyboard::lines();

    let scene = Scene::Waiting;
    let mut stage = Stage {
        out,
        time,
        requests,
        page,
        view: shown,
        chapters,
        scene,
        words,
        teller: Teller::default(),
        asks_before: false,
        deaf: false,
    };
    stage.run(&mut newsreel, &mut browser, &mut typed).await?;
    let _ = stop.send(());
    if let Ok(stopped) = running.await {
        drop(stopped.service.close());
    }
    beating.abort();
    // The offer is taken off the screen.
    let _ = desktop.await;
    Ok(())
}

impl<W: Write> Stage<'_, W> {
    /// Tells what happens until it is over.
    async fn run(
        &mut self,
        newsreel: &mut mpsc::Receiver<News>,
        browser: &mut mpsc::Receiver<PageInput>,
        typed: &mut mpsc::Receiver<String>,
    ) -> anyhow::Result<()> {
        self.message(Message::DemoDesk)?;
        self.message(Message::DemoLearns)?;
        let mut chapter = self.chapters.subscribe();
        let patience = tokio::time::sleep(LONGEST);
        tokio::pin!(patience);
        while self.scene != Scene::Over {
            tokio::select! {
                Some(happened) = newsreel.recv() => self.news(happened).await?,
                Some(input) = browser.recv() => self.browser(input).await?,
                line = typed.recv(), if !self.deaf => match line {
                    Some(line) => self.typed(&line).await?,
                    None => self.deaf = true,
                },
                Ok(()) = self.view.changed() => self.show()?,
                Ok(()) = chapter.changed() => {
                    if *chapter.borrow_and_update() == Chapter::Hard {
                        self.message(Message::DemoRises)?;
                    }
                }
                () = &mut patience => {
                    self.message(Message::WhyExpired)?;
                    self.end()?;
                }
                _ = tokio::signal::ctrl_c() => break,
            }
            self.out.flush()?;
        }
        Ok(())
    }

    async fn news(&mut self, news: News) -> anyhow::Result<()> {
        match news {
            News::OfferMade(reason) => {
                self.time.slow_down();
                self.scene = Scene::Offered;
                self.message(Message::DemoOffered)?;
                self.say(&format!("  {reason}"))?;
                if let Some(why) = self.why().await {
                    let why = [("why", why.into())];
                    self.say(&self.words.text(Message::DemoFigures, &why))?;
                }
                self.message(Message::DemoKeys)?;
            }
            News::OfferNotShown if self.deaf => {
                bail!(self.words.text(Message::DemoNoServer, &[]));
            }
            News::OfferNotShown => {
                self.message(Message::DemoShownHere)?;
            }
            News::BreakStarted(_) => {
                self.chapters.send_replace(Chapter::Calming);
                if has_display() {
                    self.scene = Scene::InBrowser;
                    self.message(Message::DemoWindow)?;
                } else {
                    self.scene = Scene::InTerminal;
                    self.show()?;
                }
            }
            News::PageNotOpened(_) if self.scene == Scene::InBrowser => {
                self.message(Message::DemoNoBrowser)?;
                self.scene = Scene::InTerminal;
                self.show()?;
            }
            News::BreakEnded(_) if self.scene == Scene::InBrowser => {
                self.message(Message::DemoOver)?;
            }
            News::Changed(status) if self.scene == Scene::InBrowser && !status.page_open => {
                self.end()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Something was done in the browser; that its page was never fetched ends nothing here. A browser that was slow takes the break
    /// over again.
    async fn browser(&mut self, input: PageInput) -> anyhow::Result<()> {
        if self.scene == Scene::InTerminal && input != PageInput::Closed {
            self.scene = Scene::InBrowser;
            self.message(Message::DemoWindow)?;
        }
        if self.scene == Scene::InBrowser {
            // The daemon is ending where it is not taken.
            let _ = self.page.send(input).await;
        }
        Ok(())
    }

    async fn typed(&mut self, line: &str) -> anyhow::Result<()> {
        match (self.scene, line.trim()) {
            (Scene::Offered, "") => self.answer(Answer::Start).await,
            (Scene::Offered, "l") => {
                self.answer(Answer::Later).await;
                self.message(Message::DemoLater)?;
                self.end()?;
            }
            (Scene::Offered, "f") => {
                self.answer(Answer::Fine).await;
                self.message(Message::DemoFine)?;
                self.end()?;
            }
            (Scene::Waiting | Scene::Offered, "q") | (Scene::InBrowser, _) => self.end()?,
            (Scene::InTerminal, line) if self.asks_before => match terminal::meant_before(line) {
                Some(input) => {
                    self.asks_before = false;
                    let _ = self.page.send(input).await;
                }
                None => self.ask_before()?,
            },
            (Scene::InTerminal, line) => {
                let meant = terminal::meant(&self.view.borrow(), line, &self.words);
                match meant {
                    Some(Meant::Input(input)) => {
                        let _ = self.page.send(input).await;
                    }
                    Some(Meant::Answer(tense)) => {
                        let said = Feedback { tense, ..Feedback::default() };
                        let _ = self.page.send(PageInput::Feedback(said)).await;
                    }
                    Some(Meant::SayBefore) => {
                        self.asks_before = true;
                        self.ask_before()?;
                    }
                    Some(Meant::Say(line)) => self.block(&[line])?,
                    None => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn ask_before(&mut self) -> anyhow::Result<()> {
        let question = terminal::question_before(&self.view.borrow(), &self.words);
        self.block(&[question])
    }

    /// Shows the break in the terminal, where it is.
    fn show(&mut self) -> anyhow::Result<()> {
        if self.scene != Scene::InTerminal {
            return Ok(());
        }
        let view = self.view.borrow_and_update().clone();
        let lines = self.teller.tell(&view, &self.words);
        self.block(&lines)?;
        if matches!(view.screen, kindbeat_core::page::Screen::Farewell { .. }) {
            self.end()?;
        }
        Ok(())
    }

    async fn answer(&self, answer: Answer) {
        let (reply, _) = oneshot::channel();
        let answer = LastAnswer::Given(answer);
        let _ = self.requests.send(Request::AnswerLast { answer, reply }).await;
    }

    /// The figures of the offer, in words.
    async fn why(&self) -> Option<String> {
        let (reply, said) = oneshot::channel();
        self.requests.send(Request::Why { reply }).await.ok()?;
        said.await.ok()?.lines().next().map(str::to_owned)
    }

    fn end(&mut self) -> anyhow::Result<()> {
        self.scene = Scene::Over;
        self.message(Message::DemoEnd)
    }

    fn block(&mut self, lines: &[String]) -> anyhow::Result<()> {
        Ok(terminal::write(lines, self.out)?)
    }

    fn message(&mut self, message: Message) -> anyhow::Result<()> {
        self.say(&self.words.text(message, &[]))
    }

    fn say(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.out, "{line}")?)
    }
}

fn has_display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The quiet quarter of an hour and the rise lie before now, so that the offer is made about now.
const BEFORE: SignedDuration = SignedDuration::from_mins(20);
/// An offer stands for ten minutes, and a break with its pauses takes some more; then nobody is there.
const LONGEST: Duration = Duration::from_secs(45 * 60);
const QUEUE: usize = 64;
