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

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn status(offers_today: u32) -> Status {
        Status { offers_today, ..Status::default() }
    }

    #[test]
    fn a_change_that_found_no_room_is_told_when_there_is_some() {
        let (news, mut told) = mpsc::channel(1);
        let mut reporter = Reporter::new(news);
        reporter.tell(News::OfferNotShown);
        reporter.changed(status(1));
        assert_eq!(reporter.has_room().now_or_never(), None, "the channel is full");
        assert_eq!(told.try_recv(), Ok(News::OfferNotShown));
        assert_eq!(reporter.has_room().now_or_never(), Some(()));
        reporter.changed(status(1));
        assert_eq!(told.try_recv(), Ok(News::Changed(Box::new(status(1)))));
        assert_eq!(reporter.has_room().now_or_never(), None, "there is nothing more to tell");
        // What was taken back meanwhile is not told.
        reporter.tell(News::OfferNotShown);
        reporter.changed(status(2));
        reporter.changed(status(1));
        assert_eq!(told.try_recv(), Ok(News::OfferNotShown));
        assert_eq!(reporter.has_room().now_or_never(), None);
    }
}
