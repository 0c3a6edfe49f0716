//! What other programs hear by themselves: news, and every change of the status.

use tokio::sync::mpsc;

use kindbeat_core::status::News;
use kindbeat_core::status::Status;

pub(super) struct Reporter {
    news: mpsc::Sender<News>,
    /// As it was told last.
    status: Status,
    /// There was no room for a change of the status.
    is_behind: bool,
}

impl Reporter {
    pub(super) fn new(news: mpsc::Sender<News>) -> Self {
        Self { news, status: Status::default(), is_behind: false }
    }

    pub(super) fn tell(&self, news: News) {
        // Whoever does not listen misses it.
        let _ = self.news.try_send(news);
    }

    /// Tells of a change of anything but the rate and the hours learned, which change all the time.
    pub(super) fn changed(&mut self, status: Status) {
        let same = Status {
            heart_rate: self.status.heart_rate,
            learned_hours: self.status.learned_hours,
            ..status.clone()
        } == self.status;
        let news = (!same).then(|| News::Changed(Box::new(status.clone())));
        self.is_behind = news.is_some_and(|news| self.news.try_send(news).is_err());
        if !(same || self.is_behind) {
            self.status = status;
        }
    }

    /// Waits until a change of the status that found no room can be told; for ever where there is none.
    pub(super) async fn has_room(&self) {
        // Where nobody takes the news any more, the program is ending.
        if !self.is_behind || self.news.reserve().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
