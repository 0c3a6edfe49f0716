//! A browser that takes its time, or never comes.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use kindbeat::interface;
use kindbeat_core::status::News;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::io::BufReader;
use tokio::io::Lines;
use tokio::process::ChildStdout;
use tokio::sync::oneshot;

use crate::alone;
use crate::client::pass;
use crate::client::soon;
use crate::desk::Desk;
use crate::program::Desktop;
use crate::visitor::Visitor;

#[test]
fn the_address_is_told_after_12_s_and_until_the_page_is_fetched() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        for id in [1, 2] {
            let (reply, answer) = oneshot::channel();
            desk.asks(interface::Request::StartBreak { practice: None, length: None, reply })
                .await?;
            let url = soon(answer).await???;
            // It was started, ended well, and fetches nothing: that may still come.
            desk.browser.started().await?;
            pass(SOON_ENOUGH).await;
            desk.status().await?;
            assert!(!desk.heard_of(|news| matches!(news, News::PageNotOpened(_)))?);
            pass(A_SECOND).await;
            desk.hears_of(|news| *news == News::PageNotOpened(url.clone())).await?;
            let notice = desk.screen.asked_to_show().await?;
            desk.screen.name(&notice, id).await?;
            assert!(notice.body.contains(&url), "{}", notice.body);

            let page = Visitor::fetch(&url).await?;
            assert_eq!(desk.screen.asked_to_close().await?, id, "it has served");
            desk.screen.done().await?;
            page.does("begin").await?;
            page.does("leave").await?;
            desk.break_ends().await?;
            page.closes().await?;
        }
        desk.stop().await
    })
}

#[tokio::test]
async fn a_late_page_takes_the_break_back_from_the_demo() -> anyhow::Result<()> {
    let Some(desktop) = Desktop::new()? else { return Ok(()) };
    // A browser that gives its address away and no page.
    let (browser, told) = (desktop.folder().join("browser"), desktop.folder().join("told"));
    fs::write(&browser, format!("echo \"$1\" > '{}'\nexit 1\n", told.display()))?;
    let open_with = format!("open_with = ['/bin/sh', '{}', '{{url}}']", browser.display());
    desktop.configure(&format!("[page]\n{open_with}\n"))?;
    let mut demo = desktop
        .kindbeat(&["demo"])
        .env("DISPLAY", ":0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut keyboard = demo.stdin.take().context("piped")?;
    let mut lines = BufReader::new(demo.stdout.take().context("piped")?).lines();
    until(&mut lines, "Enter starts").await?;
    keyboard.write_all(b"\n").await?;
    until(&mut lines, "so it goes on here").await?;
    until(&mut lines, "Enter: Begin").await?;

    let mut page = Visitor::fetch(fs::read_to_string(&told)?.trim()).await?;
    until(&mut lines, "opens in a window of its own").await?;
    page.does("begin").await?;
    page.hears_of("data-moment=\"step-0\"").await?;
    page.does("leave").await?;
    page.closes().await?;
    until(&mut lines, "That was the demonstration").await?;
    ensure!(soon(demo.wait()).await??.success());
    Ok(())
}

/// Reads on until it says this.
async fn until(lines: &mut Lines<BufReader<ChildStdout>>, words: &str) -> anyhow::Result<()> {
    let said = async {
        while let Some(line) = lines.next_line().await? {
            if line.contains(words) {
                return Ok(());
            }
        }
        anyhow::bail!("it ended")
    };
    soon(said).await.and_then(|said| said).with_context(|| format!("waiting for {words:?}"))
}

/// Not 12 s yet.
const SOON_ENOUGH: Duration = Duration::from_secs(11);
const A_SECOND: Duration = Duration::from_secs(1);
