//! Which pages are open, for how long, and who may see them.
//!
//! A page opens with a token, which is good for one request. Whoever brings it gets a cookie in return, and from then on the
//! cookie opens the page. The page is closed, and both are dead,
//!
//! - when it says so,
//! - when it was not fetched within [`Pages::UNFETCHED`],
//! - when its live connection has been gone for [`Pages::GONE`]: long enough for a reload,
//! - [`Pages::OVER`] after the question was answered or skipped,
//! - when a page that was opened later is seen: a break is in one window.
//!
//! A clock set back makes nothing last longer than twice its time.

use std::fmt;

use jiff::SignedDuration;
use jiff::Timestamp;

/// The pages that are open.
#[derive(Debug, Default)]
pub struct Pages {
    pages: Vec<Page>,
}

/// The name of a page in its address. It is no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageId(String);

/// Something only the right one knows: 192 bits, in hexadecimal digits.
#[derive(Clone)]
pub struct Secret(String);

/// What a browser shows from its second request on.
#[derive(Clone, Debug)]
pub struct Cookie {
    /// Its name, made anew for each page.
    pub name: String,
    /// Its value.
    pub value: Secret,
}

#[derive(Debug)]
struct Page {
    id: PageId,
    key: Key,
    proof: Secret,
    life: Life,
    /// When everything on it was said and answered.
    over: Option<Timestamp>,
    /// A page that was opened later shows the break.
    moved: bool,
}

/// What opens a page.
#[derive(Debug)]
enum Key {
    Token(Secret),
    Cookie(Cookie),
}

/// Whether anybody looks at a page.
#[derive(Clone, Copy, Debug)]
enum Life {
    Unfetched { since: Timestamp },
    Live { connections: usize },
    Gone { since: Timestamp },
}

impl Pages {
    /// How long a page may wait to be fetched.
    pub const UNFETCHED: SignedDuration = SignedDuration::from_secs(60);
    /// How long the live connection of a page may be gone.
    pub const GONE: SignedDuration = SignedDuration::from_secs(20);
    /// How long a page stays once nothing more is to come.
    pub const OVER: SignedDuration = SignedDuration::from_secs(60);

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// A new page, opened by `token`. It believes only a live connection that begins with `proof`.
    pub fn open(&mut self, id: PageId, token: Secret, proof: Secret, now: Timestamp) {
        let life = Life::Unfetched { since: now };
        self.pages.push(Page { id, key: Key::Token(token), proof, life, over: None, moved: false });
    }

    /// What the live connection of a page has to begin with. It is in the page, and no browser ever sends it: who listens on our port
    /// after us does not know it. `None`: the page is not open.
    #[must_use]
    pub fn proof(&self, id: &str) -> Option<&Secret> {
        self.pages.iter().find(|page| page.id.0 == id).map(|page| &page.proof)
    }

    /// Takes the token of a page in exchange for a cookie; `false` when it is not its token, or was taken before.
    #[must_use]
    pub fn redeem(&mut self, id: &str, token: &str, cookie: Cookie, now: Timestamp) -> bool {
        let Some(page) = self.get(id) else { return false };
        let right = matches!(&page.key, Key::Token(right) if right.is(token));
        if right {
            page.key = Key::Cookie(cookie);
            page.life = Life::Gone { since: now };
        }
        right
    }

    /// Whether one of the cookies of a request, as name and value, opens this page.
    #[must_use]
    pub fn opens<'a>(
        &self,
        id: &str,
        cookies: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> bool {
        let page = self.pages.iter().find(|page| page.id.0 == id);
        let Some(Key::Cookie(right)) = page.map(|page| &page.key) else { return false };
        cookies.into_iter().any(|(name, value)| name == right.name && right.value.is(value))
    }

    /// Whether the page is still open.
    #[must_use]
    pub fn is_open(&self, id: &str) -> bool {
        self.pages.iter().any(|page| page.id.0 == id)
    }

    /// Whether a window shows any of them at this moment.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.pages.iter().any(|page| matches!(page.life, Life::Live { .. }))
    }

    /// Whether the break has moved to a page that was opened later.
    #[must_use]
    pub fn has_moved(&self, id: &str) -> bool {
        self.pages.iter().any(|page| page.id.0 == id && page.moved)
    }

    /// A live connection to the page began: the break moves here from those that were opened before.
    pub fn connected(&mut self, id: &str) {
        if let Some(index) = self.pages.iter().position(|page| page.id.0 == id) {
            let fetched = |page: &&mut Page| !matches!(page.life, Life::Unfetched { .. });
            self.pages[..index].iter_mut().filter(fetched).for_each(|page| page.moved = true);
        }
        if let Some(page) = self.get(id) {
            page.life = match page.life {
                Life::Live { connections } => Life::Live { connections: connections + 1 },
                Life::Unfetched { .. } | Life::Gone { .. } => Life::Live { connections: 1 },
            };
        }
    }

    /// A live connection to the page ended.
    pub fn disconnected(&mut self, id: &str, now: Timestamp) {
        if let Some(page) = self.get(id)
            && let Life::Live { connections } = page.life
        {
            page.life = match connections.saturating_sub(1) {
                0 => Life::Gone { since: now },
                connections => Life::Live { connections },
            };
        }
    }

    /// Nothing more is to come on any of them: they go after [`Self::OVER`]. Feedback again, it changes nothing.
    pub fn over(&mut self, now: Timestamp) {
        for page in &mut self.pages {
            page.over.get_or_insert(now);
        }
    }

    /// There is something to come again: another break began while a page of the last one stood open.
    pub fn not_over(&mut self) {
        for page in &mut self.pages {
            page.over = None;
        }
    }

    /// The page says that it is closed; `true` when it was open.
    pub fn close(&mut self, id: &str) -> bool {
        let before = self.pages.len();
        self.pages.retain(|page| page.id.0 != id);
        self.pages.len() < before
    }

    /// Lets time pass; `true` when a page was closed.
    pub fn tick(&mut self, now: Timestamp) -> bool {
        let before = self.pages.len();
        for page in &mut self.pages {
            page.settle(now);
        }
        self.pages.retain(|page| page.due().is_none_or(|due| now < due));
        self.pages.len() < before
    }

    /// When [`Self::tick`] has something to do, if nothing else happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.pages.iter().filter_map(Page::due).min()
    }

    fn get(&mut self, id: &str) -> Option<&mut Page> {
        self.pages.iter_mut().find(|page| page.id.0 == id)
    }
}

impl Page {
    fn due(&self) -> Option<Timestamp> {
        let unseen = match self.life {
            Life::Unfetched { since } => Some(later(since, Pages::UNFETCHED)),
            Life::Gone { since } if self.moved => Some(since),
            Life::Gone { since } => Some(later(since, Pages::GONE)),
            Life::Live { .. } => None,
        };
        let over = self.over.map(|since| later(since, Pages::OVER));
        [unseen, over].into_iter().flatten().min()
    }

    /// After a clock set back, what began in the future begins now.
    fn settle(&mut self, now: Timestamp) {
        if let Life::Unfetched { since } | Life::Gone { since } = &mut self.life {
            *since = now.min(*since);
        }
        self.over = self.over.map(|since| since.min(now));
    }
}

impl PageId {
    /// From bytes that are not used for another page.
    #[must_use]
    pub fn new(bytes: [u8; 8]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// As it stands in the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Secret {
    /// From bytes that nobody can guess.
    #[must_use]
    pub fn new(bytes: [u8; 24]) -> Self {
        Self(hexadecimal(&bytes))
    }

    /// The digits, for the address or the cookie; for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not tell how much of a guess is right.
    fn is(&self, guess: &str) -> bool {
        let differs = |(a, b): (u8, u8)| a ^ b;
        self.0.len() == guess.len()
            && self.0.bytes().zip(guess.bytes()).map(differs).fold(0, |all, one| all | one) == 0
    }
}

/// Never the secret itself: it could end up in a log.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
