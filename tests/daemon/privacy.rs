//! What never leaves the service: figures and names in its log, and a socket that nobody needs.

use std::fs;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;

use kindbeat_core::config::Config;
use kindbeat_core::monitor::MonitorEvent;
use kindbeat_core::monitor::MonitorId;
use kindbeat_core::monitor::MonitorInfo;
use kindbeat_core::monitor::MonitorKind;
use kindbeat_core::status::News;
use tracing_subscriber::filter::LevelFilter;

use crate::alone;
use crate::client::soon;
use crate::desk::Desk;
use crate::desk::USUAL;
use crate::desk::folder;
use crate::stored;
use crate::visitor::Visitor;

#[test]
fn the_log_of_a_day_names_no_figure_device_or_address() -> anyhow::Result<()> {
    alone::run(async || {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::INFO)
            .with_ansi(false)
            .with_target(false)
            .without_time()
            .with_writer(move || writer.clone())
            .init();
        let mut desk = Desk::eager().await?;
        let (name, address) = ("Strap of Ada", "A0:9E:1A:11:22:33");
        desk.strap(MonitorEvent::Connected(MonitorInfo {
            name: Some(name.to_owned()),
            id: MonitorId::new(MonitorKind::Bluetooth, address),
            battery: Some(93),
        }))
        .await?;
        let sensor = desk.status().await?.sensor;
        assert_eq!(sensor.map(|sensor| sensor.address).as_deref(), Some(address));
        desk.settles().await?;
        let notify = desk.offered(1).await?;
        desk.click(&notify, 1, "start", "token-of-the-click").await?;
        let started = desk.browser.started().await?;
        let page = Visitor::fetch(&started.url).await?;
        page.does("begin").await?;
        // The break passes, and its question is answered.
        desk.seconds(90, USUAL).await?;
        desk.hears_of(|news| *news == News::BreakEnded("completed")).await?;
        page.does("said&tense=7&note=a+walk").await?;
        page.closes().await?;
        let faulty = "[practice]\nfocus = 'after trauma of my own'\n";
        desk.configure(Config::parse("config.toml", faulty)).await?;
        desk.stop().await?;

        let taken = stored::breaks(&folder()?)?;
        let tension = taken[0].answers.as_ref().and_then(|said| said.tension);
        assert_eq!(tension, Some(7), "the answer is in the store, and there alone");
        let log = log.text();
        for said in ["a break begins", "the break is over", "has a fault"] {
            assert!(log.contains(said), "the log was heard: {log}");
        }
        let secrets = [
            name,
            address,
            &started.url,
            "token-of-the-click",
            "127.0.0.1",
            "/p/",
            "once=",
            "walk",
            "trauma",
        ];
        for secret in secrets {
            assert!(!log.contains(secret), "{secret}: {log}");
        }
        let log = log.replace("config.toml:2:9", "");
        assert!(!log.contains(|letter: char| letter.is_ascii_digit()), "no other figure: {log}");
        Ok(())
    })
}

#[test]
fn there_is_a_listener_only_while_a_page_is_open() -> anyhow::Result<()> {
    alone::run(async || {
        let mut desk = Desk::eager().await?;
        desk.settles().await?;
        let notify = desk.offered(1).await?;
        assert_eq!(listeners()?, 0, "an offer needs none");
        desk.click(&notify, 1, "start", "t").await?;
        let page = desk.visit().await?;
        assert_eq!(listeners()?, 1);
        page.does("leave").await?;
        page.closes().await?;
        let gone = async {
            while listeners()? > 0 {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        soon(gone).await??;
        assert!(!desk.status().await?.page_open);
        desk.seconds(5, USUAL).await?;
        assert_eq!(listeners()?, 0);
        Ok(())
    })
}

/// How many TCP sockets of this process listen.
fn listeners() -> anyhow::Result<usize> {
    let mut own = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        // The one that lists them is gone by now.
        let Ok(target) = fs::read_link(entry?.path()) else { continue };
        let socket = target.to_string_lossy().into_owned();
        own.extend(socket.strip_prefix("socket:[").map(|inode| inode.replace(']', "")));
    }
    let mut listening = 0;
    for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        // Without IPv6 there is no second one.
        let Ok(sockets) = fs::read_to_string(table) else { continue };
        listening += sockets
            .lines()
            .map(|line| line.split_ascii_whitespace().collect::<Vec<_>>())
            .filter(|socket| socket.get(3) == Some(&LISTEN))
            .filter(|socket| socket.get(9).is_some_and(|inode| own.iter().any(|own| own == inode)))
            .count();
    }
    Ok(listening)
}

const LISTEN: &str = "0A";

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
