//! Requests of every kind from whoever knows no secret of the page.

use futures_util::FutureExt;
use proptest::prelude::*;

use super::*;

/// Nearly a request, or nothing of the kind.
fn any_request() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "GET /p/{id}/ HTTP/1.1\r\n",
        "GET /page.css HTTP/1.1\r\n",
        "GET /break?once={id}.0 HTTP/1.1\r\n",
        "POST /p/{id}/do HTTP/1.1\r\n",
        "GET ",
        "POST ",
        "/p/{id}/",
        "/../",
        "%2e",
        "?once=",
        " HTTP/1.1\r\n",
        "Host: {host}\r\n",
        "Host: {host}\r\n",
        "Host: localhost\r\n",
        "Origin: http://{host}\r\n",
        "Cookie: a=b; {id}=\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Length: 7\r\n",
        "Transfer-Encoding: chunked\r\n",
        "7\r\n",
        "do=next",
        "\r\n",
        "\r\n",
        "\0",
        "\u{202e}",
    ]);
    prop_oneof![
        4 => prop::collection::vec(pieces, 1..20).prop_map(|pieces| pieces.concat().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// All that comes back for a request, and what the program hears of it.
async fn asked(request: &[u8]) -> (String, Vec<PageInput>) {
    let mut desk = Desk::new();
    let door = desk.server.door(([127, 0, 0, 1], 40_123).into());
    let address = desk.open();
    let id = address.page.trim_start_matches("/p/").trim_end_matches('/');
    let request = String::from_utf8_lossy(request);
    let request = request.replace("{id}", id).replace("{host}", &address.host);
    let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
    ours.write_all(request.as_bytes()).await.unwrap();
    let mut reading = std::pin::pin!(async {
        let (mut answer, mut idle) = (Vec::new(), 0);
        while idle < 20 {
            match ours.read_buf(&mut answer).now_or_never() {
                Some(Ok(1..)) => idle = 0,
                Some(_) => break,
                None => idle += 1,
            }
            tokio::task::yield_now().await;
        }
        String::from_utf8(answer).unwrap()
    });
    let served = door.serve(theirs);
    let answer = tokio::select! {
        biased;
        () = served => reading.await,
        answer = &mut reading => answer,
    };
    let heard = std::iter::from_fn(|| desk.inputs.try_recv().ok()).collect();
    (answer, heard)
}

#[tokio::test]
async fn a_connection_that_is_handed_over_is_answered() {
    let (answer, _) = asked(b"GET /page.css HTTP/1.1\r\nHost: {host}\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("text/css"), "{answer}");
    let (answer, _) = asked(b"GET /p/{id}/ HTTP/1.1\r\nHost: {host}\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_knows_no_secret_gets_the_style_sheet_or_nothing(request in any_request()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (answer, heard) = runtime.block_on(asked(&request));
        let said = |what: &str| answer.matches(what).count();
        prop_assert_eq!(said("HTTP/1.1 200"), said("content-type: text/css"), "{}", answer);
        let other = said("HTTP/1.1 2") - said("HTTP/1.1 200") + said("HTTP/1.1 3");
        prop_assert_eq!(other + said("HTTP/1.1 5") + said("set-cookie"), 0, "{}", answer);
        prop_assert!(heard.iter().all(|input| *input == PageInput::Watched), "{:?}", heard);
    }
}
