//! Requests to the page of a break as a connection brings them, from whoever knows its secrets and from others.
#![no_main]

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use jiff::Timestamp;
use kindbeat::page_server::PageServer;
use kindbeat_core::page::PageInput;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Sound;
use kindbeat_core::page::View;
use kindbeat_core::page::Visit;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Session;
use kindbeat_core::words::Words;
use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::yield_now;

thread_local! {
    static DESK: (Runtime, watch::Sender<View>) = (
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
        watch::Sender::new(view()),
    );
}

fn view() -> View {
    let (words, help) = (Words::new("en"), HelpLines::built_in().expect("help lines"));
    let library = Library::built_in().expect("practices");
    let (practice, length) = library.resolve(Library::DEFAULT, Length::OneMinute).expect("one");
    let now = Timestamp::UNIX_EPOCH;
    let session =
        Session::start(Arc::clone(practice), length, Arc::clone(library.grounding()), now);
    let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
    view_of(&Scene::new(now, Some(&session), &visit, &words, "", &help))
}

/// All that comes back until nothing more does.
async fn asked(server: &PageServer, address: SocketAddr, request: &[u8]) -> Vec<u8> {
    let (mut ours, theirs) = tokio::io::duplex(16 * 1024);
    let mut serving = pin!(server.serve(theirs, address));
    let (mut answer, mut sent, mut idle) = (Vec::new(), 0, 0);
    while idle < 8 {
        let ended = futures_util::poll!(serving.as_mut()).is_ready();
        idle += 1;
        if sent < request.len()
            && let Some(Ok(count)) = ours.write(&request[sent..]).now_or_never()
        {
            (sent, idle) = (sent + count, 0);
        }
        match ours.read_buf(&mut answer).now_or_never() {
            Some(Ok(0) | Err(_)) => break,
            Some(Ok(_)) => idle = 0,
            None => {}
        }
        if ended {
            // What is left of the answer is read before.
            while let Some(Ok(1..)) = ours.read_buf(&mut answer).now_or_never() {}
            break;
        }
        yield_now().await;
    }
    answer
}

/// The request with what only the server and its visitor know.
fn filled(bytes: &[u8], secrets: &[(&str, &str)]) -> Vec<u8> {
    let mut request = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        match secrets.iter().find(|(name, _)| rest.starts_with(name.as_bytes())) {
            Some((name, value)) => {
                request.extend_from_slice(value.as_bytes());
                rest = &rest[name.len()..];
            }
            None => {
                request.push(*first);
                rest = &rest[1..];
            }
        }
    }
    request
}

async fn tried(view: &watch::Sender<View>, has_entered: bool, bytes: &[u8]) {
    let (send, mut inputs) = mpsc::channel(64);
    let clock = || Timestamp::UNIX_EPOCH;
    let server = PageServer::new(Arc::new(clock), view.subscribe(), send);
    let url = server.open().expect("a page").url;
    let (host, path) = url["http://".len()..].split_once('/').expect("a path");
    let (id, token) = path["break?once=".len()..].split_once('.').expect("a token");
    let address = host.parse().expect("an address");
    let mut cookie = String::new();
    if has_entered {
        let enter = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let entered = asked(&server, address, enter.as_bytes()).await;
        let entered = String::from_utf8(entered).expect("text");
        let (_, set) = entered.split_once("set-cookie: ").expect("a cookie");
        cookie.push_str(set.split(';').next().unwrap_or_default());
    }
    let secrets =
        [("{host}", host), ("{id}", id), ("{token}", token), ("{cookie}", cookie.as_str())];
    let request = filled(bytes, &secrets);
    let answer = asked(&server, address, &request).await;
    let text = String::from_utf8_lossy(&answer).replace("HTTP/1.0 ", "HTTP/1.1 ");
    assert!(text.is_empty() || text.starts_with("HTTP/1.1 "), "{text}");
    let said = |what: &str| text.matches(what).count();
    assert_eq!(said("HTTP/1.1 50"), 0, "{text}");
    let is_in = |secret: &str| {
        let mut windows = request.windows(secret.len().max(1));
        !secret.is_empty() && windows.any(|window| window == secret.as_bytes())
    };
    let knows = is_in(&cookie) || is_in(token);
    if !knows {
        // To everybody else there is a style sheet, and nothing.
        assert_eq!(said("HTTP/1.1 200"), said("content-type: text/css"), "{text}");
        assert_eq!(said("HTTP/1.1 2"), said("HTTP/1.1 200"), "{text}");
        assert_eq!(said("HTTP/1.1 3") + said("set-cookie"), 0, "{text}");
    }
    while let Ok(input) = inputs.try_recv() {
        match input {
            PageInput::Watched | PageInput::Closed => {}
            PageInput::Feedback(feedback) => {
                assert!(knows && feedback.note.is_none_or(|note| note.chars().count() <= 200));
            }
            _ => assert!(knows, "{input:?}"),
        }
    }
    server.close();
    // The listener goes.
    for _ in 0..4 {
        yield_now().await;
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, request)) = bytes.split_first() else { return };
    DESK.with(|(runtime, view)| runtime.block_on(tried(view, first & 1 == 1, request)));
});
