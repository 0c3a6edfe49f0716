//! A browser without a screen: opens the page of a break and asks of it what the page's own script would ask.

use std::io::Write as _;
use std::os::unix::net::UnixStream;

use anyhow::Context as _;
use anyhow::bail;
use anyhow::ensure;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::net::TcpStream;

use crate::account::soon;
use crate::bluetooth::account::Entry;
use crate::bluetooth::account::Fact;
use crate::bluetooth::desktop::SOCKET;

/// Opens the page named in the environment, goes through the break to its end, and tells of it.
pub(crate) async fn run() -> anyhow::Result<()> {
    let mut tell = UnixStream::connect(SOCKET).context(SOCKET)?;
    let ended = browse(&mut tell).await;
    if let Err(error) = &ended {
        writeln!(tell, "{error:#}")?;
    }
    ended
}

async fn browse(tell: &mut UnixStream) -> anyhow::Result<()> {
    let mut tell = |fact| {
        let line = serde_json::to_string(&Entry::of(fact))?;
        anyhow::Ok(writeln!(tell, "{line}")?)
    };
    let url = std::env::var("KINDBEAT_PAGE").context("which page?")?;
    tell(Fact::Opened { token: std::env::var("XDG_ACTIVATION_TOKEN").ok() })?;
    let (page, html) = Page::open(&url).await?;
    let mut live = page.live().await?;
    let mut moment = moment(&html).context("a page without a moment")?;
    // The first time there is something to read before the first page.
    while moment.starts_with("welcome") {
        page.send("next", &moment, None).await?;
        let before = moment.clone();
        while moment == before {
            let (_, data) = live.event().await?;
            moment = self::moment(&data).unwrap_or(moment);
        }
    }
    tell(Fact::Moment(moment.clone()))?;
    page.send("begin", &moment, None).await?;
    loop {
        let (event, data) = live.event().await?;
        match event.as_str() {
            "view" => {
                let shown = self::moment(&data).context("a view without a moment")?;
                if shown != moment {
                    moment = shown;
                    tell(Fact::Moment(moment.clone()))?;
                    if data.contains("class=\"question\"") {
                        page.post("do", &format!("do=said&tense={TENSION}")).await?;
                    }
                }
                if data.contains("data-closing=") {
                    page.post("close", "").await?;
                }
            }
            "gone" => return tell(Fact::Closed),
            _ => {}
        }
    }
}

/// The moment of the break that a page shows.
fn moment(html: &str) -> Option<String> {
    let (_, rest) = html.split_once("data-moment=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// A page that was opened: whom to ask, for what, and as whom.
struct Page {
    host: String,
    path: String,
    cookie: String,
}

/// What a server answered.
struct Answer {
    head: String,
    body: String,
}

impl Page {
    /// Spends the token in the address, and fetches the page behind it.
    async fn open(url: &str) -> anyhow::Result<(Self, String)> {
        let rest = url.strip_prefix("http://").context("another kind of address")?;
        let (host, path) = rest.split_once('/').context("an address without a path")?;
        let answer = ask(host, &format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")).await?;
        let (Some(path), Some(cookie)) = (answer.header("location"), answer.header("set-cookie"))
        else {
            bail!("no page: {}", answer.head)
        };
        let cookie = cookie.split(';').next().unwrap_or_default();
        let page = Self { host: host.to_owned(), path: path.to_owned(), cookie: cookie.to_owned() };
        let html = ask(host, &page.get("")).await?;
        ensure!(html.head.contains(" 200 "), "no page: {}", html.head);
        Ok((page, html.body))
    }

    async fn live(&self) -> anyhow::Result<Live> {
        let mut stream = TcpStream::connect(&self.host).await?;
        stream.write_all(self.get("live").as_bytes()).await?;
        let mut live = Live { lines: BufReader::new(stream).lines() };
        while !live.line().await?.is_empty() {}
        Ok(live)
    }

    async fn send(&self, deed: &str, seen: &str, value: Option<&str>) -> anyhow::Result<()> {
        let value = value.map(|value| format!("&value={value}")).unwrap_or_default();
        self.post("do", &format!("do={deed}&seen={seen}{value}")).await
    }

    async fn post(&self, file: &str, body: &str) -> anyhow::Result<()> {
        let Self { host, path, cookie } = self;
        let length = body.len();
        let request = format!(
            "POST {path}{file} HTTP/1.0\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let answer = ask(host, &request).await?;
        ensure!(answer.head.contains(" 204 "), "{file}: {}", answer.head);
        Ok(())
    }

    /// HTTP/1.0: whatever is answered lasts until the connection is closed, and comes as it is.
    fn get(&self, file: &str) -> String {
        let Self { host, path, cookie } = self;
        format!("GET {path}{file} HTTP/1.0\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n")
    }
}

/// The live connection of a page.
struct Live {
    lines: Lines<BufReader<TcpStream>>,
}

impl Live {
    /// The next event: its name and its data.
    async fn event(&mut self) -> anyhow::Result<(String, String)> {
        let (mut name, mut data) = (String::new(), String::new());
        loop {
            let line = self.line().await?;
            if let Some(event) = line.strip_prefix("event: ") {
                event.clone_into(&mut name);
            } else if let Some(more) = line.strip_prefix("data: ") {
                data.push_str(more);
            } else if line.is_empty() && !name.is_empty() {
                return Ok((name, data));
            }
        }
    }

    async fn line(&mut self) -> anyhow::Result<String> {
        let line = soon("the page to change", self.lines.next_line()).await??;
        line.context("the live connection ended")
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(named, _)| named.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

async fn ask(host: &str, request: &str) -> anyhow::Result<Answer> {
    let answered = async {
        let mut stream = TcpStream::connect(host).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        let (head, body) = text.split_once("\r\n\r\n").context("an answer without an end")?;
        anyhow::Ok(Answer { head: head.to_owned(), body: body.to_owned() })
    };
    soon("an answer of the page", answered).await?
}

/// What is answered when the page asks how tense it feels.
pub(crate) const TENSION: u8 = 3;
