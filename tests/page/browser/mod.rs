//! A browser without a screen, and the one tab of it that is looked at: Chromium, or, where `KINDBEAT_BROWSER` says so, Firefox.

mod chromium;
mod firefox;

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::time::sleep;
use tokio::time::timeout;

use self::chromium::Chromium;
use self::firefox::Firefox;

/// A browser that runs; killed with this value.
pub(crate) enum Browser {
    Chromium(Box<Chromium>),
    Firefox(Box<Firefox>),
}

/// A browser on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Chromium(PathBuf),
    Firefox(PathBuf),
}

/// The browser that is asked for, if it is on this machine.
pub(crate) fn find() -> Option<Program> {
    if is_firefox() {
        return first_of(&["firefox-esr", "firefox"]).map(Program::Firefox);
    }
    first_of(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
        .map(Program::Chromium)
}

/// Whether Firefox is asked for.
pub(crate) fn is_firefox() -> bool {
    std::env::var_os("KINDBEAT_BROWSER").is_some_and(|name| name == "firefox")
}

fn first_of(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let in_path = |name| std::env::split_paths(&path).map(move |folder| folder.join(name));
    names.iter().flat_map(in_path).find(|program| program.is_file())
}

impl Browser {
    pub(crate) async fn start(program: &Program) -> Self {
        match program {
            Program::Chromium(program) => Self::Chromium(Box::new(Chromium::start(program))),
            Program::Firefox(program) => Self::Firefox(Box::new(Firefox::start(program).await)),
        }
    }

    /// Opens an address in a new tab, as a program would that was told to: it is the only entry of the tab's history.
    pub(crate) async fn open(&mut self, url: &str) {
        match self {
            Self::Chromium(browser) => browser.open(url).await,
            Self::Firefox(browser) => browser.open(url).await,
        }
        let complete = async {
            // What is asked of a tab that is just about to change its process may never be answered.
            let ask = async |browser: &mut Self| {
                let asked = browser.ask("document.readyState === 'complete'");
                timeout(AGAIN, asked).await == Ok(Ok(json!(true)))
            };
            while !ask(self).await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(SOON, complete).await.unwrap();
        self.size(480, 720, 1).await;
    }

    /// Whether the tab that was opened last is still there.
    pub(crate) async fn is_open(&mut self) -> bool {
        match self {
            Self::Chromium(browser) => browser.is_open().await,
            Self::Firefox(browser) => browser.is_open().await,
        }
    }

    /// The tab that is looked at, to be turned to again.
    pub(crate) fn tab(&self) -> Tab {
        match self {
            Self::Chromium(browser) => browser.tab(),
            Self::Firefox(browser) => browser.tab(),
        }
    }

    /// Looks at another tab.
    pub(crate) async fn turn_to(&mut self, tab: &Tab) {
        match self {
            Self::Chromium(browser) => browser.turn_to(tab).await,
            Self::Firefox(browser) => browser.turn_to(tab).await,
        }
    }

    /// The size of the window in the page's own pixels, each `scale` real ones wide.
    pub(crate) async fn size(&mut self, width: u32, height: u32, scale: u32) {
        match self {
            Self::Chromium(browser) => browser.size(width, height, scale).await,
            Self::Firefox(browser) => browser.size(width, height, scale).await,
        }
    }

    /// What the page is told of its owner's wishes: `("prefers-color-scheme", "dark")`; of others it is told nothing.
    pub(crate) async fn prefer(&mut self, wishes: &[(&str, &str)]) {
        match self {
            Self::Chromium(browser) => browser.prefer(wishes).await,
            Self::Firefox(browser) => browser.prefer(wishes).await,
        }
    }

    /// Presses a key and lets go of it.
    pub(crate) async fn press(&mut self, key: &str) {
        match self {
            Self::Chromium(browser) => browser.press(key).await,
            Self::Firefox(browser) => browser.press(key).await,
        }
    }

    /// What an expression is worth on the page; an error where it fails, or while there is no page to ask.
    async fn ask(&mut self, expression: &str) -> Result<Value, String> {
        match self {
            Self::Chromium(browser) => browser.ask(expression).await,
            Self::Firefox(browser) => browser.ask(expression).await,
        }
    }

    /// What an expression is worth on the page.
    #[track_caller]
    pub(crate) fn eval<'a>(&'a mut self, expression: &'a str) -> impl Future<Output = Value> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.ask(expression).await;
            answer.unwrap_or_else(|fault| panic!("{expression}, {caller}: {fault}"))
        }
    }

    /// What an expression is worth on the page, as text.
    #[track_caller]
    pub(crate) fn text<'a>(&'a mut self, expression: &'a str) -> impl Future<Output = String> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.ask(expression).await.unwrap_or_else(Value::from);
            let text =
                answer.as_str().unwrap_or_else(|| panic!("{expression}, {caller}: {answer}"));
            text.to_owned()
        }
    }

    /// Waits until an expression is true on the page.
    #[track_caller]
    pub(crate) fn until<'a>(&'a mut self, expression: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let is = async {
                while self.ask(expression).await != Ok(json!(true)) {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            if timeout(SOON, is).await.is_err() {
                let fault = self.ask(expression).await;
                let page = self.ask("document.body?.innerText").await;
                panic!(
                    "{expression} does not become true, {caller}; {fault:?}; the page: {page:?}"
                );
            }
        }
    }

    /// Waits until these words stand on the page.
    #[track_caller]
    pub(crate) fn until_it_says<'a>(&'a mut self, words: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let says = format!("!!document.body?.innerText.includes({})", json!(words));
            let is = async {
                while self.ask(&says).await != Ok(json!(true)) {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            if timeout(SOON, is).await.is_err() {
                let page = self.ask("document.body?.innerText").await;
                panic!("does not say {words:?}, {caller}; the page: {page:?}");
            }
        }
    }

    /// A picture of the window, as PNG in base 64.
    pub(crate) async fn picture(&mut self) -> String {
        // The shape at its widest, so that the same page gives the same picture; and that drawn.
        let still = "document.getAnimations().forEach((one) => { one.pause(); one.currentTime = 4500; \
                     Object.defineProperty(one, 'currentTime', { get: () => 4500, set() {}, configurable: true }); }); \
                     new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))";
        self.eval(still).await;
        match self {
            Self::Chromium(browser) => browser.picture().await,
            Self::Firefox(browser) => browser.picture().await,
        }
    }

    /// The process that the browser began with.
    pub(crate) fn process(&self) -> Option<u32> {
        match self {
            Self::Chromium(browser) => browser.process(),
            Self::Firefox(browser) => browser.process(),
        }
    }
}

/// A tab, open or closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tab {
    /// As the browser calls it.
    id: String,
    /// What Chromium asks to be told along with everything.
    session: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Far longer than anything takes, a first start on a busy machine included.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Longer than an answer takes, but on the busiest machine.
const AGAIN: Duration = Duration::from_secs(3);
