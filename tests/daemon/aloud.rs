//! The steps read aloud while they stand on the page, by a stand-in for speech-dispatcher.

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::net::UnixListener;
use tokio::sync::mpsc;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::EAGER;

/// Listens, and tells what it is asked to say, and when to stop.
fn speech(listener: UnixListener) -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel(64);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut lines = BufReader::new(stream).lines();
            let mut spoken = None;
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match (line.as_str(), spoken.take()) {
                    (".", Some(text)) => {
                        let _ = tell.send(text).await;
                        "225-1\r\n225 OK MESSAGE QUEUED\r\n"
                    }
                    (line, Some(text)) => {
                        spoken = Some(format!("{text}{line}\n"));
                        continue;
                    }
                    ("SPEAK", None) => {
                        spoken = Some(String::new());
                        "230 OK RECEIVING DATA\r\n"
                    }
                    ("QUIT", None) => {
                        let _ = tell.send("stopped".to_owned()).await;
                        "231 HAPPY HACKING\r\n"
                    }
                    ("CANCEL self", None) => "213 OK CANCELED\r\n",
                    (line, None) if line.contains(" LANGUAGE ") => "201 OK LANGUAGE SET\r\n",
                    (line, None) if line.contains(" VOLUME ") => "218 OK VOLUME SET\r\n",
                    _ => "208 OK CLIENT NAME SET\r\n",
                };
                if lines.get_mut().write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    told
}

#[test]
fn steps_are_read_aloud_and_stop_at_once() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::new().await?;
        let path = alone::folder()?.join("speech");
        let mut told = speech(UnixListener::bind(&path)?);
        desk.speech = Some(path);
        desk.start(&EAGER.replace("length = '1m'", "length = '1m'\nvoice = true"))?;
        let served = desk.serve().await?;
        let client =
            kindbeat::interface::Client::connect(kindbeat::interface::Bus::session()).await?;
        client.start_break(Some("self-compassion-break"), None).await?;
        let page = desk.visit().await?;
        let mut says = async |words: &str| -> anyhow::Result<()> {
            let said = soon(told.recv()).await?.context("something is said")?;
            ensure!(said.starts_with(words), "{said:?} in place of {words:?}");
            Ok(())
        };
        let words = |message: &str| {
            // A practice's own lines depend on the anchor; the other messages do not take one.
            let is_listed = Message::ALL.iter().any(|listed| listed.id() == message);
            let anchor = [("anchor", "breath".into())];
            let said = Words::new("en").text(message, if is_listed { &[] } else { &anchor });
            said.lines().next().unwrap_or_default().to_owned()
        };
        page.does("begin").await?;
        says(&words("break-notice")).await?;
        page.does("pause").await?;
        says("stopped").await?;
        page.does("resume").await?;
        says(&words("break-notice")).await?;
        page.does("next").await?;
        says(&words("break-allow")).await?;
        page.does("too-much").await?;
        says(&words("too-much-met")).await?;
        // The window is closed.
        drop(page);
        says("stopped").await?;
        drop(served);
        desk.stop().await.map(drop)
    })
}
