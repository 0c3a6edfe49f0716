use proptest::prelude::*;

use super::*;

/// One page and what opens it.
struct One {
    pages: Pages,
    id: String,
    token: Secret,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn cookie() -> Cookie {
    Cookie { name: "c1".to_owned(), value: Secret::new([7; 24]) }
}

impl One {
    fn unfetched() -> Self {
        let (id, token) = (PageId::new([1; 8]), Secret::new([2; 24]));
        let mut pages = Pages::default();
        pages.open(id.clone(), token.clone(), Secret::new([3; 24]), at(0));
        Self { pages, id: id.as_str().to_owned(), token }
    }

    fn fetched() -> Self {
        let mut one = Self::unfetched();
        assert!(one.pages.redeem(&one.id, one.token.reveal(), cookie(), at(0)));
        one
    }

    fn live() -> Self {
        let mut one = Self::fetched();
        one.pages.connected(&one.id);
        one
    }

    fn opens(&self, name: &str, value: &str) -> bool {
        self.pages.opens(&self.id, [("other", "x"), (name, value)])
    }

    fn is_open_at(&mut self, second: i64) -> bool {
        self.pages.tick(at(second));
        self.pages.is_open(&self.id)
    }

    /// Open until just before that second, and closed then.
    #[track_caller]
    fn closes_at(mut self, second: i64) {
        assert_eq!(self.pages.next_wakeup(), Some(at(second)));
        assert!(self.is_open_at(second - 1), "closed too early");
        assert!(!self.is_open_at(second), "still open");
        assert!(self.pages.is_empty() && self.pages.next_wakeup().is_none());
        assert!(!self.opens("c1", cookie().value.reveal()), "the cookie outlived its page");
    }
}

#[test]
fn a_token_is_good_once() {
    let mut one = One::unfetched();
    let token = one.token.reveal().to_owned();
    assert!(!one.pages.redeem(&one.id, &"0".repeat(48), cookie(), at(0)));
    assert!(!one.pages.redeem(&one.id, "", cookie(), at(0)));
    assert!(!one.pages.redeem("another", &token, cookie(), at(0)));
    assert!(one.pages.redeem(&one.id, &token, cookie(), at(0)));
    let second = Cookie { name: "c2".to_owned(), value: Secret::new([8; 24]) };
    assert!(!one.pages.redeem(&one.id, &token, second.clone(), at(0)));
    assert!(!one.opens("c2", second.value.reveal()));
    assert!(one.opens("c1", cookie().value.reveal()));
}

#[test]
fn only_the_right_cookie_opens_a_page() {
    let one = One::fetched();
    let right = cookie().value;
    assert!(one.opens("c1", right.reveal()));
    assert!(!one.opens("c2", right.reveal()));
    assert!(!one.opens("c1", &right.reveal()[1..]));
    assert!(!one.opens("c1", one.token.reveal()));
    assert!(!one.pages.opens("another", [("c1", right.reveal())]));
    assert!(!One::unfetched().opens("c1", right.reveal()));
}

#[test]
fn a_page_never_fetched_closes_after_a_minute() {
    One::unfetched().closes_at(60);
}

#[test]
fn a_page_that_never_connects_closes_after_twenty_seconds() {
    One::fetched().closes_at(20);
}

#[test]
fn a_page_closes_twenty_seconds_after_its_last_connection() {
    let mut one = One::live();
    assert_eq!(one.pages.next_wakeup(), None);
    assert!(one.is_open_at(86_400));
    one.pages.disconnected(&one.id, at(86_400));
    one.closes_at(86_420);
}

#[test]
fn a_page_that_connects_again_in_time_stays() {
    let mut one = One::live();
    one.pages.disconnected(&one.id, at(10));
    assert!(one.is_open_at(29));
    one.pages.connected(&one.id);
    assert!(one.is_open_at(3_600));
}

#[test]
fn with_two_connections_the_last_one_counts() {
    let mut one = One::live();
    one.pages.connected(&one.id);
    one.pages.disconnected(&one.id, at(10));
    assert!(one.is_open_at(600));
    one.pages.disconnected(&one.id, at(600));
    one.closes_at(620);
}

#[test]
fn a_page_with_nothing_more_to_come_closes_after_a_minute() {
    let mut one = One::live();
    one.pages.over(at(100));
    one.pages.over(at(150));
    one.closes_at(160);
}

#[test]
fn another_break_keeps_a_page_that_was_over() {
    let mut one = One::live();
    one.pages.over(at(100));
    one.pages.not_over();
    assert!(one.is_open_at(1_000));
}

#[test]
fn a_break_moves_to_the_page_that_was_opened_last() {
    let mut one = One::live();
    let (waiting, last) = (PageId::new([4; 8]), PageId::new([5; 8]));
    for id in [&waiting, &last] {
        one.pages.open(id.clone(), one.token.clone(), Secret::new([3; 24]), at(0));
    }
    assert!(one.pages.redeem(last.as_str(), one.token.reveal(), cookie(), at(1)));
    assert!(!one.pages.has_moved(&one.id), "nobody sees the other");
    one.pages.connected(last.as_str());
    assert!(one.pages.has_moved(&one.id) && !one.pages.has_moved(last.as_str()));
    assert!(!one.pages.has_moved(waiting.as_str()), "it can still be fetched");
    // Loaded once more, the earlier one takes nothing back.
    one.pages.connected(&one.id);
    assert!(!one.pages.has_moved(last.as_str()));
    for _ in 0..2 {
        one.pages.disconnected(&one.id, at(2));
    }
    assert!(!one.is_open_at(2) && one.pages.is_open(last.as_str()));
}

#[test]
fn a_page_closes_when_it_says_so() {
    let mut one = One::live();
    assert!(one.pages.close(&one.id));
    assert!(!one.pages.close(&one.id));
    assert!(one.pages.is_empty());
}

#[test]
fn a_clock_set_back_keeps_no_page_for_long() {
    let mut one = One::unfetched();
    assert!(one.is_open_at(-7_200));
    one.closes_at(-7_140);
}

#[test]
fn a_secret_is_not_told_by_accident() {
    assert_eq!(format!("{:?}", cookie()), r#"Cookie { name: "c1", value: Secret }"#);
    assert_eq!(Secret::new([0xab; 24]).reveal(), "ab".repeat(24));
}

proptest! {
    #[test]
    fn whatever_happens_a_page_that_nobody_looks_at_goes(calls in prop::collection::vec((0_u8..5, 0_i64..30), 0..40)) {
        let mut one = One::fetched();
        let mut now = 0;
        for (call, seconds) in calls {
            now += seconds;
            match call {
                0 => one.pages.connected(&one.id),
                1 => one.pages.disconnected(&one.id, at(now)),
                2 => one.pages.over(at(now)),
                _ => { one.pages.tick(at(now)); }
            }
        }
        for _ in 0..50 {
            one.pages.disconnected(&one.id, at(now));
        }
        one.pages.tick(at(now + 21));
        prop_assert!(one.pages.is_empty());
    }
}
