//! What happens on a page, and when it closes.

use jiff::SignedDuration;

use super::*;
use kindbeat_core::page::Feedback;
use kindbeat_core::page::Tense;

#[tokio::test]
async fn what_is_done_on_the_page_reaches_the_daemon() {
    let mut desk = Desk::new();
    let visitor = desk.visit().await;
    assert_eq!(visitor.does("do=begin&seen=first").await, 204);
    assert_eq!(desk.input().await, PageInput::Begin);
    assert_eq!(visitor.does("do=said&tense=7").await, 204);
    assert_eq!(
        desk.input().await,
        PageInput::Feedback(Feedback { tense: Tense::new(7), ..Feedback::default() })
    );
    assert_eq!(visitor.does("do=anchor&value=sound").await, 204);
    assert_eq!(desk.input().await, PageInput::Anchor(Anchor::Sound));
}

#[tokio::test]
async fn a_key_meant_for_a_step_that_has_passed_skips_none() {
    let mut desk = Desk::new();
    let visitor = desk.visit().await;
    for deed in ["begin", "next", "back"] {
        assert_eq!(visitor.does(&format!("do={deed}&seen=step-3")).await, 204);
        assert_eq!(visitor.does(&format!("do={deed}")).await, 204);
    }
    assert!(desk.inputs.try_recv().is_err());
    for (deed, input) in [("leave", PageInput::Leave), ("too-much", PageInput::TooMuch)] {
        assert_eq!(visitor.does(&format!("do={deed}&seen=step-3")).await, 204);
        assert_eq!(desk.input().await, input, "out is always out");
    }
}

#[tokio::test]
async fn nobody_listens_while_no_page_is_open() {
    let mut desk = Desk::new();
    let desk_port = |address: &Address| listening().contains(&port(address));
    let address = desk.open();
    assert!(desk_port(&address));
    let again = desk.open();
    assert_eq!(address.host, again.host, "one listener for all pages");
    desk.wait(60).await;
    assert!(!desk.server.is_open());
    eventually(|| !desk_port(&address)).await;
    assert!(TcpStream::connect(&address.host).await.is_err());
    assert_eq!(desk.input().await, PageInput::Closed);
    assert!(desk.inputs.try_recv().is_err(), "told once");
    let later = desk.open();
    assert!(desk_port(&later));
    Visitor::fetch(&later).await;
}

#[tokio::test]
async fn a_page_never_fetched_closes_after_a_minute() {
    let desk = Desk::new();
    let opened = desk.server.open().unwrap();
    desk.closes_after(60).await;
    assert!(opened.fetched.await.is_err());
}

#[tokio::test]
async fn whoever_opened_it_is_told_of_the_first_request() {
    let desk = Desk::new();
    let mut opened = desk.server.open().unwrap();
    let address = Address::new(&opened.url);
    get(&address.host, "/break?once=0.0", "").await;
    assert!(opened.fetched.try_recv().is_err(), "a wrong token is not a request to the page");
    Visitor::fetch(&address).await;
    assert_eq!(opened.fetched.await, Ok(()));
}

#[tokio::test]
async fn a_page_without_a_live_connection_closes_after_twenty_seconds() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    let mut desk = desk.closes_after(20).await;
    assert_eq!(desk.input().await, PageInput::Closed);
    assert!(TcpStream::connect(&visitor.host).await.is_err());
}

#[tokio::test]
async fn a_live_page_stays_and_goes_twenty_seconds_after_its_window() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    let mut live = visitor.live().await;
    live.until("event: view").await;
    desk.wait(3_600).await;
    assert!(desk.server.is_open());
    drop(live);
    eventually(|| desk.server.shared.open().pages.next_wakeup().is_some()).await;
    desk.closes_after(20).await;
}

#[tokio::test]
async fn a_live_connection_that_comes_back_in_time_keeps_the_page() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    for _ in 0..3 {
        let mut live = visitor.live().await;
        live.until("Self-compassion break").await;
        drop(live);
        eventually(|| desk.server.shared.open().pages.next_wakeup().is_some()).await;
        desk.wait(19).await;
    }
    assert_eq!(visitor.get("").await.status, 200);
}

#[tokio::test]
async fn a_page_with_nothing_more_to_come_closes_after_a_minute() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    let mut live = visitor.live().await;
    live.until("event: view").await;
    desk.view.send_replace(view(None, true));
    live.until("There is no break open").await;
    desk.closes_after(60).await;
    live.until("event: gone").await;
}

#[tokio::test]
async fn a_page_closes_when_it_says_so_and_its_cookie_is_dead() {
    let mut desk = Desk::new();
    let (one, two) = (desk.visit().await, desk.visit().await);
    let headers = |of: &Visitor| format!("{}Origin: http://{}\r\n", of.cookie, of.host);
    assert_eq!(one.post("close", &headers(&one), "").await.status, 204);
    assert_eq!(one.get("").await.status, 403);
    assert_eq!(two.get("").await.status, 200, "the other page stays");
    assert!(desk.inputs.try_recv().is_err());
    assert_eq!(two.post("close", &headers(&two), "").await.status, 204, "answered to the last");
    assert_eq!(desk.input().await, PageInput::Closed);
    assert!(!listening().contains(&two.host.parse::<SocketAddr>().unwrap().port()));
    // The same port again would not help: the cookie belongs to a page that is no more.
    let next = desk.visit().await;
    let answer = get(&next.host, &two.page, &two.cookie).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn the_page_is_sent_what_changes_and_the_heart_apart() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    let mut live = visitor.live().await;
    let head = live.until("event: view").await;
    assert!(
        head.contains("content-type: text/event-stream") && head.contains("no-store"),
        "{head}"
    );
    desk.view.send_replace(view(Some(71.0), false));
    let before = live.until("event: heart\ndata: Your heart: 71 beats a minute").await;
    assert!(!before.contains("event: view"), "the page itself did not change: {before}");
    desk.view.send_replace(view(None, false));
    live.until("event: heart\ndata:  \n").await;
    desk.view.send_replace(view(None, true));
    live.until("event: view").await;
}

#[tokio::test]
async fn a_live_connection_begins_with_a_secret_of_its_page() {
    let desk = Desk::new();
    let mut proofs = Vec::new();
    for visitor in [desk.visit().await, desk.visit().await] {
        let page = visitor.get("").await.body;
        let (_, proof) = page.split_once("data-proof=\"").unwrap();
        let proof = &proof[..48];
        for _ in 0..2 {
            let mut live = visitor.live().await;
            let head = live.until(&format!("event: proof\ndata: {proof}\n\n")).await;
            assert!(!head.contains("event: "), "it comes first: {head}");
            live.until("event: view").await;
        }
        assert!(!visitor.cookie.contains(proof) && !visitor.page.contains(proof));
        proofs.push(proof.to_owned());
    }
    assert_ne!(proofs[0], proofs[1]);
}

#[tokio::test]
async fn a_break_is_in_one_window_the_one_opened_last() {
    let mut desk = Desk::new();
    let first = desk.visit().await;
    let mut live = first.live().await;
    live.until("event: view").await;
    let second = desk.visit().await;
    assert_eq!(first.get("").await.status, 200, "until the other is seen");
    let mut last = second.live().await;
    last.until("event: view").await;
    live.until("event: moved").await;
    eventually(|| !desk.server.shared.open().pages.is_open(first.page.split('/').nth(2).unwrap()))
        .await;
    assert_eq!((first.get("").await.status, second.get("").await.status), (403, 200));
    while let Ok(input) = desk.inputs.try_recv() {
        assert_ne!(input, PageInput::Closed);
    }
    desk.server.close();
    last.until("event: gone").await;
}

#[tokio::test]
async fn the_page_is_told_when_the_daemon_goes() {
    let desk = Desk::new();
    let mut live = desk.visit().await.live().await;
    live.until("event: view").await;
    desk.server.close();
    live.until("event: gone").await;
    let desk = Desk::new();
    let mut live = desk.visit().await.live().await;
    live.until("event: view").await;
    drop(desk.view);
    live.until("event: gone").await;
}

#[tokio::test]
async fn connections_that_say_nothing_keep_no_browser_out() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    let mut live = visitor.live().await;
    live.until("event: view").await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(TcpStream::connect(&visitor.host).await.unwrap());
        settle().await;
    }
    assert_eq!(visitor.get("").await.status, 200);
    let closed = timeout(SOON, idle[0].read(&mut [0; 1])).await.unwrap();
    assert!(closed.is_err() || closed.is_ok_and(|read| read == 0), "the oldest one goes");
    let last = timeout(Duration::from_millis(50), idle[99].read(&mut [0; 1])).await;
    assert!(last.is_err(), "the last one stays");
    desk.view.send_replace(view(Some(71.0), false));
    live.until("event: heart").await;
    let mut windows = Vec::new();
    for _ in 0..40 {
        windows.push(visitor.live().await);
        windows.last_mut().unwrap().until("event: view").await;
    }
    assert_eq!(visitor.get("").await.status, 200, "nor do windows");
}

#[tokio::test]
async fn whoever_is_refused_keeps_no_connection() {
    let desk = Desk::new();
    let visitor = desk.visit().await;
    for (path, cookie) in [(visitor.page.as_str(), ""), ("/", visitor.cookie.as_str())] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\n{cookie}\r\n", visitor.host);
        // The end of the answer is the end of the connection.
        let answer = ask(&visitor.host, request.as_bytes()).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
    }
}

#[test]
fn times_are_those_of_the_design() {
    let seconds = [Pages::UNFETCHED, Pages::GONE, Pages::OVER].map(|time| time.as_secs());
    assert_eq!(seconds, [60, 20, 60]);
    assert!(Pages::GONE > SignedDuration::from_secs(6), "the page gives up before the server does");
}
