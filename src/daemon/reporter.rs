//! What other programs hear by themselves: news, and every change of the status.

use tokio::sync::mpsc;

use kindbeat_core::status::News;
use kindbeat_core::status::Status;

pub(super) struct Reporter {
    news: mpsc::Sender<News>,
    /// As it was told last.
    status: Status,
}

impl Reporter {
    pub(super) fn new(news: mpsc::Sender<News>) -> Self {
        Self { news, status: Status::default() }
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
        if !same {
            self.status = status.clone();
            self.tell(News::Changed(Box::new(status)));
        }
    }
}
