//! A headless Chromium, driven over a pipe (the Chrome debugging protocol): nothing to install besides the browser.

use std::path::Path;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::process::Command;
use tokio::time::sleep;
use tokio::time::timeout;

/// The browser and the one tab that is looked at.
pub(crate) struct Browser {
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    calls: u64,
    target: String,
    session: String,
    /// Killed with the browser's owner.
    _process: Child,
    _profile: tempfile::TempDir,
}

/// The browser on this machine, if there is one.
pub(crate) fn find() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = std::env::var_os("PATH")?;
    let in_path = |name| std::env::split_paths(&path).map(move |folder| folder.join(name));
    names.into_iter().flat_map(in_path).find(|program| program.is_file())
}

impl Browser {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        // The browser reads requests from its third descriptor and answers on its fourth.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null", "sh"])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu"])
            // Containers give a browser no sandbox of its own, and little shared memory. It sees nothing but our page.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--disable-extensions"])
            .args(["--hide-scrollbars", "--force-color-profile=srgb", "--font-render-hinting=none"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let requests = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let (target, session) = (String::new(), String::new());
        Self { requests, answers, calls: 0, target, session, _process: process, _profile: profile }
    }

    /// Opens an address in a new tab, as a program would that was told to: it is the only entry of the tab's history.
    pub(crate) async fn open(&mut self, url: &str) {
        self.session.clear();
        let created = self.call("Target.createTarget", json!({ "url": url })).await;
        self.target = text(&created["targetId"]);
        let attach = json!({ "targetId": self.target, "flatten": true });
        self.session = text(&self.call("Target.attachToTarget", attach).await["sessionId"]);
        self.size(480, 720, 1).await;
        self.until("document.readyState === 'complete'").await;
    }

    /// Whether the tab that was opened last is still there.
    pub(crate) async fn is_open(&mut self) -> bool {
        let session = std::mem::take(&mut self.session);
        let targets = self.call("Target.getTargets", json!({})).await;
        self.session = session;
        let all = targets["targetInfos"].as_array().unwrap();
        all.iter().any(|target| target["targetId"] == self.target.as_str())
    }

    /// The size of the window in the page's own pixels, each `scale` real ones wide.
    pub(crate) async fn size(&mut self, width: u32, height: u32, scale: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// What the page is told of its owner's wishes: `("prefers-color-scheme", "dark")`.
    pub(crate) async fn prefer(&mut self, wishes: &[(&str, &str)]) {
        let features: Vec<_> =
            wishes.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Presses a key and lets go of it.
    pub(crate) async fn press(&mut self, key: &str) {
        let (code, number) = match key {
            " " => ("Space", 32),
            "Tab" => ("Tab", 9),
            "Enter" => ("Enter", 13),
            "Escape" => ("Escape", 27),
            "ArrowLeft" => ("ArrowLeft", 37),
            "ArrowRight" => ("ArrowRight", 39),
            "p" => ("KeyP", 80),
            "t" => ("KeyT", 84),
            other => panic!("unknown key {other}"),
        };
        let text = match key {
            "Enter" => "\r",
            key if key.len() == 1 => key,
            _ => "",
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event =
                json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            // The answer does not come if the key closed the tab.
            self.send("Input.dispatchKeyEvent", event).await;
        }
    }

    /// What an expression is worth on the page.
    pub(crate) async fn eval(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", asked).await;
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true on the page.
    #[track_caller]
    pub(crate) fn until<'a>(&'a mut self, expression: &'a str) -> impl Future<Output = ()> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let is = async {
                while self.eval(expression).await != json!(true) {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            if timeout(SOON, is).await.is_err() {
                let page = self.eval("document.body?.innerText").await;
                panic!("{expression} does not become true, {caller}; the page: {page}");
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
                while self.eval(&says).await != json!(true) {
                    sleep(Duration::from_millis(10)).await;
                }
            };
            if timeout(SOON, is).await.is_err() {
                let page = self.eval("document.body?.innerText").await;
                panic!("does not say {words:?}, {caller}; the page: {page}");
            }
        }
    }

    /// A picture of the window, as PNG in base 64.
    pub(crate) async fn picture(&mut self) -> String {
        // The shape at its widest, so that the same page gives the same picture; and that drawn.
        let still = "document.getAnimations().forEach((one) => { one.pause(); one.currentTime = 4500; }); \
                     new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))";
        self.eval(still).await;
        let asked = json!({ "format": "png" });
        text(&self.call("Page.captureScreenshot", asked).await["data"])
    }

    async fn send(&mut self, method: &str, params: Value) -> u64 {
        self.calls += 1;
        let mut request = json!({ "id": self.calls, "method": method, "params": params });
        if !self.session.is_empty() {
            request["sessionId"] = self.session.as_str().into();
        }
        let mut bytes = serde_json::to_vec(&request).unwrap();
        bytes.push(0);
        self.requests.write_all(&bytes).await.unwrap();
        self.calls
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        let answer = async {
            loop {
                let mut bytes = Vec::new();
                let count = self.answers.read_until(0, &mut bytes).await.unwrap();
                assert!(count > 0, "the browser ended");
                bytes.pop();
                let answer: Value = serde_json::from_slice(&bytes).unwrap();
                if answer["id"] == id {
                    return answer;
                }
            }
        };
        let answer = timeout(SOON, answer).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} is not answered"));
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Far longer than anything takes, a first start on a busy machine included.
const SOON: Duration = Duration::from_secs(60);
