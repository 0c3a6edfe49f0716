//! Decodes bytes to keys and lines. Pure.

use super::TerminalEvent;

/// Holds bytes that don't make a whole key or line yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Decoder {
    by_key: bool,
    pending: Vec<u8>,
}

impl Decoder {
    pub(super) fn by_key() -> Self {
        Self { by_key: true, pending: Vec::new() }
    }

    pub(super) const fn is_by_key(&self) -> bool {
        self.by_key
    }

    /// Whether an Esc waits that may be a key by itself.
    pub(super) fn is_undecided(&self) -> bool {
        self.by_key && self.pending.first() == Some(&ESC)
    }

    /// The keys or lines that are complete with these bytes.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Vec<TerminalEvent> {
        if self.by_key { self.keys(bytes) } else { self.lines(bytes) }
    }

    /// Nothing follows, for now or at all: the rest is complete as it is.
    pub(super) fn finish(&mut self) -> Option<TerminalEvent> {
        let pending = std::mem::take(&mut self.pending);
        match (self.by_key, pending.first()) {
            (true, Some(&ESC)) => Some(TerminalEvent::Escape),
            (false, Some(_)) => Some(TerminalEvent::Line(text(&pending))),
            _ => None,
        }
    }

    fn lines(&mut self, bytes: &[u8]) -> Vec<TerminalEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            if byte == b'\n' {
                events.push(TerminalEvent::Line(text(&std::mem::take(&mut self.pending))));
            } else if self.pending.len() < LONGEST_LINE {
                self.pending.push(byte);
            }
        }
        events
    }

    fn keys(&mut self, bytes: &[u8]) -> Vec<TerminalEvent> {
        self.pending.extend_from_slice(bytes);
        let mut events = Vec::new();
        let mut rest = self.pending.as_slice();
        while let Some((length, event)) = key(rest) {
            events.extend(event);
            rest = &rest[length..];
        }
        self.pending = rest.to_vec();
        events
    }
}

/// The length of the first key in bytes, and its event; `None` when bytes are missing. Keys without a character (arrows and
/// the like) have no event.
fn key(bytes: &[u8]) -> Option<(usize, Option<TerminalEvent>)> {
    let &first = bytes.first()?;
    if first == ESC {
        return match bytes.get(1)? {
            // ECMA-48: parameters, then one final byte. The linux console sends ESC [ [ and a letter for the first F keys.
            b'[' => {
                let begin = if bytes.get(2) == Some(&b'[') { 3 } else { 2 };
                let is_final = |byte: &u8| (0x40..=0x7e).contains(byte);
                let length = bytes.iter().skip(begin).position(is_final);
                // No key is so long: better to lose one key than all that follow.
                let length = length.map(|length| begin + length + 1);
                let overlong = bytes.len() > LONGEST_KEY;
                length.or_else(|| overlong.then_some(bytes.len())).map(|it| (it, None))
            }
            b'O' => bytes.get(2).map(|_| (3, None)),
            _ => Some((1, Some(TerminalEvent::Escape))),
        };
    }
    let length = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let whole = bytes.get(..length)?;
    let character = std::str::from_utf8(whole).ok().and_then(|text| text.chars().next());
    let event = character
        .map(|character| TerminalEvent::Key(if character == '\r' { '\n' } else { character }));
    // Invalid UTF-8 is dropped byte by byte.
    Some((if event.is_some() { length } else { 1 }, event))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.strip_suffix(b"\r").unwrap_or(bytes)).into_owned()
}

/// In bytes: the longest line of a terminal (`man 3 termios`).
pub(super) const LONGEST_LINE: usize = 4_096;
const LONGEST_KEY: usize = 32;
const ESC: u8 = 0x1b;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The keys of the pieces, `~` for Esc, and whether an Esc waits at the end.
    fn keys(pieces: &[&[u8]]) -> (String, bool) {
        let mut decoder = Decoder::by_key();
        let events = pieces.iter().flat_map(|piece| decoder.feed(piece)).collect::<Vec<_>>();
        let told = events.into_iter().map(|event| match event {
            TerminalEvent::Key(key) => key,
            _ => '~',
        });
        (told.collect(), decoder.is_undecided())
    }

    #[test]
    fn keys_come_one_by_one_whole_whatever_the_pieces() {
        assert_eq!(keys(&[b"b p\r"]), ("b p\n".to_owned(), false));
        assert_eq!(keys(&["ä".as_bytes(), "€".as_bytes()]), ("ä€".to_owned(), false));
        assert_eq!(keys(&[&[0xc3], &[0xa4], b"x"]), ("äx".to_owned(), false));
        assert_eq!(keys(&[b"\xff\xfex"]), ("x".to_owned(), false));
    }

    #[test]
    fn esc_is_a_key_and_the_begin_of_others() {
        assert_eq!(keys(&[b"\x1b"]), (String::new(), true));
        assert_eq!(keys(&[b"\x1b[A\x1b[1;5C\x1bOPx"]), ("x".to_owned(), false));
        assert_eq!(keys(&[b"\x1b", b"[", b"B", b"x"]), ("x".to_owned(), false));
        assert_eq!(keys(&[b"\x1b[[Ax"]), ("x".to_owned(), false));
        assert_eq!(keys(&[b"\x1bq"]), ("~q".to_owned(), false));
        let mut decoder = Decoder::by_key();
        assert_eq!(decoder.feed(b"\x1b"), []);
        assert_eq!(decoder.finish(), Some(TerminalEvent::Escape));
        assert_eq!(decoder.feed(b"b"), [TerminalEvent::Key('b')]);
    }

    #[test]
    fn lines_come_whole_and_the_last_one_without_an_end() {
        let mut decoder = Decoder::default();
        let line = |text: &str| TerminalEvent::Line(text.to_owned());
        assert_eq!(decoder.feed(b"\nb\r\n7"), [line(""), line("b")]);
        assert_eq!(decoder.finish(), Some(line("7")));
        assert_eq!(decoder.finish(), None);
        assert_eq!(decoder.feed(b"\xff\n"), [line("\u{fffd}")]);
    }

    #[test]
    fn a_line_without_end_is_cut_off() {
        let mut decoder = Decoder::default();
        for _ in 0..1_000 {
            assert_eq!(decoder.feed(&[b'x'; 512]), []);
        }
        let Some(TerminalEvent::Line(line)) = decoder.feed(b"\n").pop() else { panic!("no line") };
        assert_eq!(line.len(), LONGEST_LINE);
        let mut decoder = Decoder::by_key();
        for _ in 0..1_000 {
            decoder.feed(b"\x1b[0000000000000000000000000000000000000000");
            assert!(decoder.pending.len() < 100);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_keys_or_nothing(pieces in prop::collection::vec(any::<Vec<u8>>(), 0..20)) {
            let mut decoder = Decoder::by_key();
            for piece in pieces {
                decoder.feed(&piece);
            }
            prop_assert!(decoder.pending.len() <= LONGEST_KEY + 100);
        }
    }
}
