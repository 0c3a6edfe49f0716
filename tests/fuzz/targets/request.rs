//! Requests to the page of a break as a connection brings them, from whoever knows its secrets and from others.
#![no_main]

use std::cell::RefCell;
use std::pin::pin;
use std::sync::Arc;

use futures_util::FutureExt;
use jiff::Timestamp;
use kindbeat::page_server::Door;
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
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio::sync::watch;
use tokio::task::unconstrained;

/// Made once: it takes longer than most requests do.
struct Desk {
    server: PageServer,
    door: Door,
    inputs: mpsc::Receiver<PageInput>,
    _view: watch::Sender<View>,
}

thread_local! {
    static RUNTIME: Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    static DESK: RefCell<Desk> = RefCell::new(Desk::new());
}

impl Desk {
    fn new() -> Self {
        let view = watch::Sender::new(view());
        let (send, inputs) = mpsc::channel(64);
        let clock = || Timestamp::UNIX_EPOCH;
        let server = PageServer::new(Arc::new(clock), view.subscribe(), send);
        let door = server.door(([127, 0, 0, 1], 40_123).into());
        Self { server, door, inputs, _view: view }
    }
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
async fn asked(door: &Door, request: &[u8]) -> Vec<u8> {
    let (mut ours, theirs) = tokio::io::duplex(16 * 1024);
    let mut serving = pin!(door.serve(theirs));
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

/// Begins with a page of its own, and closes it at the end: no request meets what another left.
async fn tried(desk: &mut Desk, has_entered: bool, bytes: &[u8]) {
    let Desk { server, door, inputs, .. } = desk;
    let url = server.open().expect("a page").url;
    let (host, path) = url["http://".len()..].split_once('/').expect("a path");
    let (id, token) = path["break?once=".len()..].split_once('.').expect("a token");
    let mut cookie = String::new();
    if has_entered {
        let enter = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let entered = asked(door, enter.as_bytes()).await;
        let entered = String::from_utf8(entered).expect("text");
        let (_, set) = entered.split_once("set-cookie: ").expect("a cookie");
        cookie.push_str(set.split(';').next().unwrap_or_default());
    }
    let secrets =
        [("{host}", host), ("{id}", id), ("{token}", token), ("{cookie}", cookie.as_str())];
    let request = filled(bytes, &secrets);
    let answer = asked(door, &request).await;
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
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, request)) = bytes.split_first() else { return };
    RUNTIME.with(|runtime| {
        DESK.with_borrow_mut(|desk| {
            // Nothing here waits for the runtime, and so nothing has to take turns.
            runtime.block_on(unconstrained(tried(desk, first & 1 == 1, request)));
        });
    });
});
