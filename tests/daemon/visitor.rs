//! What a browser does with the address of a page, in a few requests.

use anyhow::Context as _;
use anyhow::ensure;
use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::soon;

/// A page that was fetched.
pub(crate) struct Visitor {
    /// `127.0.0.1:40123`
    host: String,
    /// `/p/ID/`
    page: String,
    cookie: String,
    /// Where the page hears what changes, for as long as it is open.
    live: Option<TcpStream>,
    /// All that it heard there.
    heard: String,
}

impl Visitor {
    /// Opens the page, as nobody can for a second time.
    pub(crate) async fn fetch(url: &str) -> anyhow::Result<Self> {
        let rest = url.strip_prefix("http://").context("an address")?;
        let (host, path) = rest.split_at(rest.find('/').context("with a path")?);
        let answer = ask(host, &format!("GET {path} HTTP/1.1"), "", "").await?;
        ensure!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
        let page = answer.lines().find_map(|line| line.strip_prefix("location: "));
        let page = page.context("a page")?.to_owned();
        let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("a cookie")?;
        let cookie = cookie.to_owned();
        let mut visitor =
            Self { host: host.to_owned(), page, cookie, live: None, heard: String::new() };
        visitor.sees().await?;
        visitor.stays().await?;
        Ok(visitor)
    }

    /// Opens the live connection; without one the page would be closed soon.
    async fn stays(&mut self) -> anyhow::Result<()> {
        let head = head(&self.host, &format!("GET {}live HTTP/1.1", self.page), &self.cookie, "");
        let mut live = TcpStream::connect(&self.host).await?;
        live.write_all(head.as_bytes()).await?;
        let mut begin = [0; 12];
        soon(live.read_exact(&mut begin)).await??;
        ensure!(&begin == b"HTTP/1.1 200", "{}", String::from_utf8_lossy(&begin));
        self.live = Some(live);
        Ok(())
    }

    /// Waits until it hears this on its live connection.
    pub(crate) async fn hears_of(&mut self, what: &str) -> anyhow::Result<()> {
        let live = self.live.as_mut().context("a live connection")?;
        let mut part = [0; 4096];
        while !self.heard.contains(what) {
            let length = soon(live.read(&mut part)).await.with_context(|| what.to_owned())??;
            ensure!(length > 0, "the connection ended before: {what}");
            self.heard.push_str(&String::from_utf8_lossy(&part[..length]));
        }
        Ok(())
    }

    /// All that it heard there so far.
    pub(crate) fn heard(&self) -> &str {
        &self.heard
    }

    /// All that the page is told until nothing more comes.
    pub(crate) async fn hears(&mut self) -> anyhow::Result<String> {
        let mut heard = String::new();
        let live = self.live.as_mut().context("it stays")?;
        soon(live.read_to_string(&mut heard)).await??;
        Ok(heard)
    }

    /// What stands on it now.
    pub(crate) async fn sees(&self) -> anyhow::Result<String> {
        let answer = self.ask(&format!("GET {} HTTP/1.1", self.page), "").await?;
        ensure!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        Ok(answer)
    }

    /// Presses a button, having seen what stands there now.
    pub(crate) async fn does(&self, deed: &str) -> anyhow::Result<()> {
        let page = self.sees().await?;
        let seen = page.split_once("data-moment=\"").and_then(|(_, rest)| rest.split_once('"'));
        let (seen, _) = seen.context("a moment")?;
        self.posts("do", &format!("do={deed}&seen={seen}")).await
    }

    /// Closes the window.
    pub(crate) async fn closes(&self) -> anyhow::Result<()> {
        self.posts("close", "").await
    }

    async fn posts(&self, to: &str, body: &str) -> anyhow::Result<()> {
        let answer = self.ask(&format!("POST {}{to} HTTP/1.1", self.page), body).await?;
        ensure!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
        Ok(())
    }

    async fn ask(&self, line: &str, body: &str) -> anyhow::Result<String> {
        ask(&self.host, line, &self.cookie, body).await
    }
}

async fn ask(host: &str, line: &str, cookie: &str, body: &str) -> anyhow::Result<String> {
    let request = head(host, line, cookie, body);
    let answered = async {
        let mut stream = TcpStream::connect(host).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        anyhow::Ok(answer)
    };
    soon(answered).await.context("waiting for an answer of the page")?
}

fn head(host: &str, line: &str, cookie: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{line}\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
