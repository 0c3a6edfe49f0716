//! Plain notices on the desktop: of what the owner may want to mend.

use tokio::sync::oneshot;
use tracing::debug;

use crate::notification::notice;
use crate::tasks::Spawner;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

/// Something that the owner is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice<'a> {
    /// The configuration has this fault; the last good one stays in force.
    ConfigKept(&'a str),
    /// The history cannot be written, for this reason.
    StoreFailing(&'a str),
    /// Nothing is remembered, for this reason.
    NoStore(&'a str),
    /// The history was deleted or replaced while it was in use, and a new one is begun.
    StoreAnew,
    /// The history could not be used, for this reason, and is kept aside under this path.
    StoreAside(&'a str, &'a str),
    /// The battery of the monitor that calls itself so is at so many percent.
    Battery(Option<&'a str>, u8),
    /// No browser has opened the page of the break yet, which has this address.
    PageAddress(&'a str),
    /// The page of the break cannot be served.
    NoPage,
}

impl Notice<'_> {
    /// Shows it, as soon as that can be done.
    pub(super) fn show(self, words: &Words, tasks: &Spawner) {
        let (title, body) = self.text(words);
        tasks.spawn("notice", async move {
            if let Err(error) = notice(&title, &body).await {
                debug!(%error, "a notice is not on the screen");
            }
        });
    }

    /// Shows it until the other half of `until` is dropped.
    pub(super) fn show_until(self, words: &Words, tasks: &Spawner, until: oneshot::Receiver<()>) {
        let (title, body) = self.text(words);
        tasks.spawn("notice", async move {
            match notice(&title, &body).await {
                Ok(shown) => {
                    // Nothing is sent: the end of the other half is the end of the notice.
                    let _ = until.await;
                    shown.close().await;
                }
                Err(error) => debug!(%error, "a notice is not on the screen"),
            }
        });
    }

    fn text(self, words: &Words) -> (String, String) {
        let say = |message, args: &[_]| words.text(message, args);
        let (title, body) = match self {
            Self::ConfigKept(problem) => (
                Message::NoticeConfigTitle,
                say(Message::NoticeConfigKept, &[("problem", problem.into())]),
            ),
            Self::StoreFailing(problem) => (
                Message::NoticeStoreTitle,
                say(Message::NoticeStoreFailing, &[("problem", problem.into())]),
            ),
            Self::NoStore(problem) => (
                Message::NoticeStoreTitle,
                say(Message::NoticeStoreNone, &[("problem", problem.into())]),
            ),
            Self::StoreAnew => (Message::NoticeStoreTitle, say(Message::NoticeStoreAnew, &[])),
            Self::StoreAside(problem, path) => {
                let args = [("problem", problem.into()), ("path", path.into())];
                (Message::NoticeStoreTitle, say(Message::NoticeStoreAside, &args))
            }
            Self::Battery(name, level) => {
                let name = name.map_or_else(|| say(Message::StrapUnnamed, &[]), harmless);
                let args = [("name", name.into()), ("level", level.into())];
                (Message::NoticeBatteryTitle, say(Message::NoticeBattery, &args))
            }
            Self::PageAddress(url) => {
                (Message::NoticePageTitle, say(Message::NoticePageAddress, &[("url", url.into())]))
            }
            Self::NoPage => (Message::NoticePageTitle, say(Message::NoticePageNone, &[])),
        };
        (say(title, &[]), body)
    }
}
