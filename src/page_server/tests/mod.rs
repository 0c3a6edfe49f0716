//! The server over real sockets, with a clock that the test moves.

mod access;
mod life;
mod requests;

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Sound;
use kindbeat_core::page::Visit;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Session;
use kindbeat_core::words::Words;

/// A server whose clock stands still until it is moved, and both ends of its channels.
struct Desk {
    server: PageServer,
    seconds: Arc<AtomicI64>,
    view: watch::Sender<View>,
    inputs: mpsc::Receiver<PageInput>,
}

/// What a server answered.
#[derive(Debug, Default)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// An address, in parts.
struct Address {
    host: String,
    /// `/p/ID/`
    page: String,
    /// `/break?once=ID.TOKEN`
    path: String,
}

/// A page that was fetched.
struct Visitor {
    host: String,
    page: String,
    cookie: String,
}

fn view(heart: Option<f64>, over: bool) -> View {
    let (words, help) = (Words::new("en"), HelpLines::built_in().unwrap());
    let library = Library::built_in().unwrap();
    let (practice, length) = library.resolve(Library::DEFAULT, Length::OneMinute).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let grounding = Arc::clone(library.grounding());
    let session = Session::start(Arc::clone(practice), length, grounding, now);
    let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
    let session = (!over).then_some(&session);
    let scene = Scene::new(now, session, &visit, &words, "", &help);
    view_of(&Scene { heart, show_heart: true, ..scene })
}

impl Desk {
    fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(1_800_000_000));
        let told = Arc::clone(&seconds);
        let clock = move || Timestamp::from_second(told.load(Ordering::Relaxed)).unwrap();
        let (view, seen) = watch::channel(view(None, false));
        let (send, inputs) = mpsc::channel(16);
        Self { server: PageServer::new(Arc::new(clock), seen, send), seconds, view, inputs }
    }

    fn open(&self) -> Address {
        Address::new(&self.server.open().unwrap().url)
    }

    async fn visit(&self) -> Visitor {
        Visitor::fetch(&self.open()).await
    }

    /// Moves the clock and lets the server look at it.
    async fn wait(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
        self.server.tick();
        settle().await;
    }

    /// Moves the clock to the last second before the page goes, and past it.
    #[track_caller]
    fn closes_after(self, seconds: i64) -> impl Future<Output = Self> {
        let caller = std::panic::Location::caller();
        async move {
            self.wait(seconds - 1).await;
            assert!(self.server.is_open(), "closed too early, {caller}");
            self.wait(1).await;
            assert!(!self.server.is_open(), "still open, {caller}");
            self
        }
    }

    async fn input(&mut self) -> PageInput {
        timeout(SOON, self.inputs.recv()).await.unwrap().unwrap()
    }
}

impl Address {
    fn new(url: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_at(rest.find('/').unwrap());
        let (id, _) = path.strip_prefix("/break?once=").unwrap().split_once('.').unwrap();
        let page = format!("/p/{id}/");
        Self { host: host.to_owned(), page, path: path.to_owned() }
    }
}

impl Visitor {
    async fn fetch(address: &Address) -> Self {
        let answer = get(&address.host, &address.path, "").await;
        assert_eq!(answer.status, 303, "{answer:?}");
        assert_eq!(answer.header("location"), Some(address.page.as_str()));
        let set = answer.header("set-cookie").unwrap();
        let (cookie, attributes) = set.split_once("; ").unwrap();
        assert_eq!(attributes, format!("Path={}; HttpOnly; SameSite=Strict", address.page));
        let cookie = format!("Cookie: {cookie}\r\n");
        Self { host: address.host.clone(), page: address.page.clone(), cookie }
    }

    async fn get(&self, file: &str) -> Answer {
        get(&self.host, &format!("{}{file}", self.page), &self.cookie).await
    }

    async fn post(&self, file: &str, headers: &str, body: &str) -> Answer {
        let request = format!(
            "POST {}{file} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            self.page,
            self.host,
            body.len()
        );
        ask(&self.host, request.as_bytes()).await
    }

    /// As the page itself does it.
    async fn does(&self, body: &str) -> u16 {
        let headers = format!("{}Origin: http://{}\r\n", self.cookie, self.host);
        self.post("do", &headers, body).await.status
    }

    async fn live(&self) -> Live {
        let mut stream = TcpStream::connect(&self.host).await.unwrap();
        let request =
            format!("GET {}live HTTP/1.1\r\nHost: {}\r\n{}\r\n", self.page, self.host, self.cookie);
        stream.write_all(request.as_bytes()).await.unwrap();
        Live { stream, read: String::new() }
    }
}

/// A live connection and what came of it.
struct Live {
    stream: TcpStream,
    read: String,
}

impl Live {
    /// Reads until these words have come, and forgets all up to them; the part before them.
    async fn until(&mut self, words: &str) -> String {
        let read = async {
            while !self.read.contains(words) {
                let mut bytes = [0; 4096];
                let count = self.stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "ended without {words:?}: {}", self.read);
                self.read.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
        };
        timeout(SOON, read).await.unwrap();
        let (before, after) = self.read.split_once(words).unwrap();
        let (before, after) = (before.to_owned(), after.to_owned());
        self.read = after;
        before
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(named, _)| named.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

async fn get(host: &str, path: &str, headers: &str) -> Answer {
    get_as(host, host, path, headers).await
}

async fn get_as(address: &str, host: &str, path: &str, headers: &str) -> Answer {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    ask(address, request.as_bytes()).await
}

async fn ask(address: &str, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server may stop to read what it has no use for.
    let _ = stream.write_all(request).await;
    let mut bytes = Vec::new();
    let _ = timeout(SOON, stream.read_to_end(&mut bytes)).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// Lets everything that is ready happen.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Waits for what another task does, without a fixed time.
async fn eventually(mut is: impl FnMut() -> bool) {
    let wait = async {
        while !is() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    timeout(SOON, wait).await.unwrap();
}

/// Far longer than anything takes, so that a fault is told and does not hang.
const SOON: Duration = Duration::from_secs(20);

/// The ports on which this very process listens on the loopback.
fn listening() -> Vec<u16> {
    let ours = |entry: std::fs::DirEntry| {
        let link = std::fs::read_link(entry.path()).ok()?.into_os_string().into_string().ok()?;
        Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
    };
    let inodes: Vec<_> =
        std::fs::read_dir("/proc/self/fd").unwrap().flatten().filter_map(ours).collect();
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let listening = table.lines().skip(1).filter_map(|line| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let listens = fields[3] == "0A" && inodes.iter().any(|inode| inode == fields[9]);
        let port = fields[1].split(':').nth(1)?;
        listens.then(|| u16::from_str_radix(port, 16).unwrap())
    });
    listening.collect()
}

fn port(address: &Address) -> u16 {
    address.host.parse::<SocketAddr>().unwrap().port()
}
