//! Another program on the port of a daemon that was killed.

use std::sync::Arc;
use std::sync::Mutex;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::net::TcpStream;

/// Answers as the daemon would, with a page of its own; ended with the test.
pub(crate) struct StandIn {
    asked: Arc<Mutex<Vec<String>>>,
}

impl StandIn {
    /// Takes the port of this address as soon as it is free, and says this on the live connection.
    pub(crate) async fn take(url: &str, says: &'static str) -> Self {
        let address = url.split('/').nth(2).unwrap().to_owned();
        let listener = loop {
            match TcpListener::bind(&address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let notes = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, says, Arc::clone(&notes)));
            }
        });
        Self { asked }
    }

    /// The requests that came, as they came: head and body.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until the page asks for its live connection.
    pub(crate) async fn is_asked_for_live(&self) {
        let asked = async {
            while !self.asked().iter().any(|request| request.contains("/live ")) {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(crate::browser::SOON, asked).await.unwrap();
    }
}

async fn answer(mut stream: TcpStream, says: &'static str, asked: Arc<Mutex<Vec<String>>>) {
    let mut request = vec![0; 16 * 1024];
    let length = stream.read(&mut request).await.unwrap_or_default();
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let is_live = request.contains("/live ");
    asked.lock().unwrap().push(request);
    let (head, body) = if is_live { (LIVE, says) } else { ("HTTP/1.1 204 No Content\r\n\r\n", "") };
    let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    // The live connection stays.
    let _ = stream.read(&mut [0; 1]).await;
}

const LIVE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

pub(crate) const NOTHING: &str = "";

pub(crate) const ITS_OWN_PAGE: &str = "event: proof\ndata: 0\n\n\
    event: view\ndata: <main id=\"page\" class=\"step\" data-moment=\"step-0\"><h1 id=\"title\">Yours</h1><div id=\"shape\"></div>\
    <div id=\"words\">Tell me more<img src=\"stolen.png\"></div><div id=\"choices\"></div><div id=\"dots\"></div>\
    <div id=\"controls\"></div><div id=\"others\"></div><div id=\"out\"></div><div id=\"anchors\"></div><div id=\"sound\"></div>\
    <div id=\"more\"></div></main>\n\n\
    event: heart\ndata: Tell me more\n\n";
