//! Chromium, driven over a pipe (the Chrome debugging protocol): nothing to install besides the browser.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncBufReadExt;
use tokio::io::AsyncWriteExt;
use tokio::io::BufReader;
use tokio::process::Child;
use tokio::process::ChildStdin;
use tokio::process::ChildStdout;
use tokio::process::Command;
use tokio::time::timeout;

use super::SOON;
use super::Tab;
use super::text;

/// The browser and the one tab that is looked at.
pub(crate) struct Chromium {
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What was read of an answer that is not waited for any more.
    part: Vec<u8>,
    calls: u64,
    tab: Tab,
    /// Killed with the browser's owner.
    process: Child,
    _profile: tempfile::TempDir,
}

impl Chromium {
    pub(super) fn start(program: &Path) -> Self {
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
        let tab = Tab { id: String::new(), session: String::new() };
        Self { requests, answers, part: Vec::new(), calls: 0, tab, process, _profile: profile }
    }

    pub(super) async fn open(&mut self, url: &str) {
        self.tab.session.clear();
        let created = self.call("Target.createTarget", json!({ "url": url })).await;
        let id = text(&created["targetId"]);
        let attach = json!({ "targetId": id, "flatten": true });
        let session = text(&self.call("Target.attachToTarget", attach).await["sessionId"]);
        self.tab = Tab { id, session };
    }

    pub(super) async fn is_open(&mut self) -> bool {
        let session = std::mem::take(&mut self.tab.session);
        let targets = self.call("Target.getTargets", json!({})).await;
        self.tab.session = session;
        let all = targets["targetInfos"].as_array().unwrap();
        all.iter().any(|target| target["targetId"] == self.tab.id.as_str())
    }

    pub(super) fn tab(&self) -> Tab {
        self.tab.clone()
    }

    pub(super) async fn turn_to(&mut self, tab: &Tab) {
        self.tab = tab.clone();
        // One that is closed has no front.
        let _ = self.answer("Page.bringToFront", json!({})).await;
    }

    pub(super) async fn size(&mut self, width: u32, height: u32, scale: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    pub(super) async fn prefer(&mut self, wishes: &[(&str, &str)]) {
        let features: Vec<_> =
            wishes.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.call("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    pub(super) async fn press(&mut self, key: &str) {
        let (code, number) = match key {
            " " => ("Space".to_owned(), 32),
            "Tab" => (key.to_owned(), 9),
            "Enter" => (key.to_owned(), 13),
            "Escape" => (key.to_owned(), 27),
            "ArrowLeft" => (key.to_owned(), 37),
            "ArrowRight" => (key.to_owned(), 39),
            "ArrowDown" => (key.to_owned(), 40),
            key => {
                let letter = key.chars().next().unwrap().to_ascii_uppercase();
                let kind = if letter.is_ascii_digit() { "Digit" } else { "Key" };
                (format!("{kind}{letter}"), u32::from(letter))
            }
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

    pub(super) async fn ask(&mut self, expression: &str) -> Result<Value, String> {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.answer("Runtime.evaluate", asked).await?;
        match answer.get("exceptionDetails") {
            Some(fault) => Err(fault.to_string()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    pub(super) async fn picture(&mut self) -> String {
        let asked = json!({ "format": "png" });
        text(&self.call("Page.captureScreenshot", asked).await["data"])
    }

    pub(super) fn process(&self) -> Option<u32> {
        self.process.id()
    }

    async fn send(&mut self, method: &str, params: Value) -> u64 {
        self.calls += 1;
        let mut request = json!({ "id": self.calls, "method": method, "params": params });
        if !self.tab.session.is_empty() {
            request["sessionId"] = self.tab.session.as_str().into();
        }
        let mut bytes = serde_json::to_vec(&request).unwrap();
        bytes.push(0);
        self.requests.write_all(&bytes).await.unwrap();
        self.calls
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params).await;
        answer.unwrap_or_else(|fault| panic!("{method}: {fault}"))
    }

    async fn answer(&mut self, method: &str, params: Value) -> Result<Value, String> {
        let id = self.send(method, params).await;
        let answer = async {
            loop {
                let count = self.answers.read_until(0, &mut self.part).await.unwrap();
                assert!(count > 0, "the browser ended");
                let mut bytes = std::mem::take(&mut self.part);
                bytes.pop();
                let answer: Value = serde_json::from_slice(&bytes).unwrap();
                if answer["id"] == id {
                    return answer;
                }
            }
        };
        let answer = timeout(SOON, answer).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} is not answered"));
        match answer.get("error") {
            Some(fault) => Err(fault.to_string()),
            None => Ok(answer["result"].clone()),
        }
    }
}
