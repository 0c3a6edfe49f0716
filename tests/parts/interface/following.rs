//! What a bar shows, and whoever watches: one line for each change, whatever comes and goes.

use std::io;
use std::io::Write;
use std::time::Duration;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use kindbeat::clock;
use kindbeat::command::status;
use kindbeat::interface::Bus;
use kindbeat_core::status::Status;
use kindbeat_core::words::Words;
use tokio::sync::mpsc;

use super::bus::PrivateBus;
use super::stand::Stand;
use super::stand::soon;
use super::stand::streaming;

/// Takes what is written, line by line; broken when nobody reads.
struct Pipe {
    lines: mpsc::UnboundedSender<String>,
    unended: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unended.extend(bytes);
        while let Some(end) = self.unended.iter().position(|&byte| byte == b'\n') {
            let line: Vec<u8> = self.unended.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            self.lines.send(line).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The `class` of the next line for a bar.
async fn class(lines: &mut mpsc::UnboundedReceiver<String>) -> anyhow::Result<String> {
    let line = soon(lines.recv()).await?.context("it ended")?;
    let line: serde_json::Value = serde_json::from_str(&line)?;
    Ok(format!(
        "{} {}",
        line["class"].as_str().unwrap_or("?"),
        line["text"].as_str().unwrap_or("?")
    ))
}

#[tokio::test]
async fn a_bar_follows_a_daemon_that_comes_and_goes() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    let (lines, mut written) = mpsc::unbounded_channel();
    let at = Bus::at(bus.address());
    let bar = tokio::spawn(async move {
        let words = Words::new("en");
        let line = |status: Option<&Status>| match status {
            Some(status) => status::bar(status, clock::now(), &TimeZone::UTC, &words),
            None => status::offline(&words),
        };
        let mut pipe = Pipe { lines, unended: Vec::new() };
        status::follow(at, Duration::from_millis(5), "", line, &mut pipe).await
    });
    assert_eq!(class(&mut written).await?, "offline ♥ –");
    let stand = Stand::start(&bus).await?;
    assert_eq!(class(&mut written).await?, "streaming ♥ 72");
    stand.stands(Status { elevated_since: Some(clock::now()), ..streaming() });
    assert_eq!(class(&mut written).await?, "elevated ♥ 72");
    stand.stands(Status { state: "silent".to_owned(), heart_rate: None, ..streaming() });
    assert_eq!(class(&mut written).await?, "silent ♥ –");
    drop(stand);
    assert_eq!(class(&mut written).await?, "offline ♥ –");
    let _stand = Stand::start(&bus).await?;
    assert_eq!(class(&mut written).await?, "streaming ♥ 72");
    bus.kill();
    assert_eq!(class(&mut written).await?, "offline ♥ –");
    bus.restart()?;
    let stand = Stand::start(&bus).await?;
    assert_eq!(class(&mut written).await?, "streaming ♥ 72");
    // Nobody reads on: it ends with the next line, and says why.
    drop(written);
    stand.stands(Status { heart_rate: Some(73), ..streaming() });
    let ended = soon(bar).await??;
    let why = ended.err().context("it ended well")?;
    let why = why.downcast_ref::<io::Error>().map(io::Error::kind);
    assert_eq!(why, Some(io::ErrorKind::BrokenPipe));
    Ok(())
}
