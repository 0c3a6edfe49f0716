//! Firefox, driven over a web socket of its own (`WebDriver` `BiDi`): nothing to install besides the browser.

use std::path::Path;
use std::process::Stdio;

use futures_util::SinkExt as _;
use futures_util::StreamExt as _;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::timeout;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::SOON;
use super::Tab;
use super::text;

/// The browser and the one tab that is looked at.
pub(crate) struct Firefox {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    calls: u64,
    tab: String,
    /// The browser's own window, from which its settings can be changed.
    window: String,
    /// Killed with the browser's owner.
    process: Child,
    _profile: tempfile::TempDir,
}

impl Firefox {
    pub(super) async fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(program)
            .args(["--headless", "--no-remote", "--remote-debugging-port=0"])
            .args(["--remote-allow-system-access", "--profile"])
            .arg(profile.path())
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = async {
            while let Some(line) = said.next_line().await.unwrap() {
                if let Some((_, address)) = line.split_once("WebDriver BiDi listening on ") {
                    return address.trim().to_owned();
                }
            }
            panic!("Firefox ended")
        };
        let address = timeout(SOON, address).await.unwrap();
        // Whatever else it says is not to fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
        let (socket, _) = connect_async(format!("{address}/session")).await.unwrap();
        let (tab, window) = (String::new(), String::new());
        let mut browser = Self { socket, calls: 0, tab, window, process, _profile: profile };
        browser.call("session.new", json!({ "capabilities": {} })).await;
        let windows =
            browser.call("browsingContext.getTree", json!({ "moz:scope": "chrome" })).await;
        browser.window = text(&windows["contexts"][0]["context"]);
        browser
    }

    pub(super) async fn open(&mut self, url: &str) {
        let created = self.call("browsingContext.create", json!({ "type": "tab" })).await;
        self.tab = text(&created["context"]);
        let to = json!({ "context": self.tab, "url": url, "wait": "complete" });
        self.call("browsingContext.navigate", to).await;
    }

    pub(super) async fn is_open(&mut self) -> bool {
        let tree = self.call("browsingContext.getTree", json!({})).await;
        let all = tree["contexts"].as_array().unwrap();
        all.iter().any(|tab| tab["context"] == self.tab.as_str())
    }

    pub(super) fn tab(&self) -> Tab {
        Tab { id: self.tab.clone(), session: String::new() }
    }

    pub(super) async fn turn_to(&mut self, tab: &Tab) {
        self.tab.clone_from(&tab.id);
        let tab = json!({ "context": self.tab });
        // One that is closed has no front.
        let _ = self.answer("browsingContext.activate", tab).await;
    }

    pub(super) async fn size(&mut self, width: u32, height: u32, scale: u32) {
        let size = json!({ "context": self.tab, "viewport": { "width": width, "height": height },
                           "devicePixelRatio": scale });
        self.call("browsingContext.setViewport", size).await;
    }

    pub(super) async fn prefer(&mut self, wishes: &[(&str, &str)]) {
        let wish = |name| wishes.iter().find(|(wish, _)| *wish == name).map(|(_, value)| *value);
        let scheme = match wish("prefers-color-scheme") {
            Some("dark") => 0,
            Some("light") => 1,
            _ => 2,
        };
        let still = u8::from(wish("prefers-reduced-motion") == Some("reduce"));
        let set = format!(
            "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', {scheme}); \
             Services.prefs.setIntPref('ui.prefersReducedMotion', {still});"
        );
        let window = self.window.clone();
        self.evaluate(&window, &set).await.unwrap();
    }

    pub(super) async fn press(&mut self, key: &str) {
        let value = match key {
            "Tab" => "\u{e004}",
            "Enter" => "\u{e007}",
            "Escape" => "\u{e00c}",
            "ArrowLeft" => "\u{e012}",
            "ArrowRight" => "\u{e014}",
            "ArrowDown" => "\u{e015}",
            key => key,
        };
        let strokes = ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": value }));
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": strokes });
        // An error comes if the key closed the tab.
        let _ = self
            .answer("input.performActions", json!({ "context": self.tab, "actions": [keyboard] }))
            .await;
    }

    pub(super) async fn ask(&mut self, expression: &str) -> Result<Value, String> {
        let tab = self.tab.clone();
        self.evaluate(&tab, expression).await
    }

    async fn evaluate(&mut self, context: &str, expression: &str) -> Result<Value, String> {
        let asked = json!({ "expression": expression, "target": { "context": context },
                            "awaitPromise": true });
        let answer = self.answer("script.evaluate", asked).await?;
        match answer.get("exceptionDetails") {
            Some(fault) => Err(fault.to_string()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    pub(super) async fn picture(&mut self) -> String {
        let asked = json!({ "context": self.tab });
        text(&self.call("browsingContext.captureScreenshot", asked).await["data"])
    }

    pub(super) fn process(&self) -> Option<u32> {
        self.process.id()
    }

    async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params).await;
        answer.unwrap_or_else(|fault| panic!("{method}: {fault}"))
    }

    async fn answer(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.calls += 1;
        let id = self.calls;
        let request = json!({ "id": id, "method": method, "params": params });
        self.socket.send(Message::text(request.to_string())).await.unwrap();
        let answer = async {
            loop {
                let message = self.socket.next().await.unwrap().unwrap();
                let Message::Text(message) = message else { continue };
                let answer: Value = serde_json::from_str(&message).unwrap();
                if answer["id"] == id {
                    return answer;
                }
            }
        };
        let answer = timeout(SOON, answer).await;
        let answer = answer.unwrap_or_else(|_| panic!("{method} is not answered"));
        if answer["type"] == "error" {
            return Err(format!("{}: {}", answer["error"], answer["message"]));
        }
        Ok(answer["result"].clone())
    }
}
