//! Lists of objects out of a stream of bytes, piece by piece.
//!
//! `pw-dump` says one JSON list after the other, with all that PipeWire knows of each object that changed. The formats that it can
//! have are most of that, lie deepest and are of no interest: below [`DEEPEST`] everything is left out, and what is in memory
//! stays small.

/// What is complete.
pub(super) enum Piece<'a> {
    /// An object, as JSON.
    Object(&'a [u8]),
    /// The end of a list.
    End,
}

/// Where in the stream we are.
#[derive(Debug, Default)]
pub(super) struct Objects {
    /// Of the object that is being read, what is of interest.
    object: Vec<u8>,
    /// How many brackets are open: 1 in a list, 2 in an object.
    depth: usize,
    text: Text,
}

/// Whether this is within quotes, where brackets mean nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// Why it cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No list of objects.
    Strange,
    /// More than anything is known to need.
    TooMuch,
}

impl Objects {
    /// Reads on; hands over what is complete.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(Piece<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        for &byte in bytes {
            match (self.text, byte) {
                (Text::Outside, b'{' | b'[') => self.open(byte)?,
                (Text::Outside, b'}' | b']') => self.close(byte, &mut take)?,
                (Text::Outside, b' ' | b'\n' | b'\r' | b'\t') => {}
                (Text::Outside, b',') if self.depth == 1 => {}
                _ if self.depth < 2 => return Err(Fault::Strange),
                (text, _) => {
                    self.text = match (text, byte) {
                        (Text::Outside, b'"') | (Text::Escaped, _) => Text::Inside,
                        (Text::Inside, b'\\') => Text::Escaped,
                        (Text::Inside, b'"') => Text::Outside,
                        (text, _) => text,
                    };
                    self.keep(byte, self.depth < DEEPEST)?;
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, byte: u8) -> Result<(), Fault> {
        if (self.depth == 0 && byte != b'[') || (self.depth == 1 && byte != b'{') {
            return Err(Fault::Strange);
        }
        self.depth += 1;
        self.keep(byte, (2..=DEEPEST).contains(&self.depth))
    }

    fn close(
        &mut self,
        byte: u8,
        take: &mut impl FnMut(Piece<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.keep(byte, (2..=DEEPEST).contains(&self.depth))?;
        self.depth = self.depth.checked_sub(1).ok_or(Fault::Strange)?;
        match self.depth {
            0 => take(Piece::End),
            1 => {
                take(Piece::Object(&self.object))?;
                self.object.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn keep(&mut self, byte: u8, is_of_interest: bool) -> Result<(), Fault> {
        if is_of_interest {
            if self.object.len() == LONGEST {
                return Err(Fault::TooMuch);
            }
            self.object.push(byte);
        }
        Ok(())
    }
}

/// List, object, `info`, `props`: of what lies within a property there are only the brackets.
const DEEPEST: usize = 5;

/// What is left of an object was seen to have 3 kB; names and titles in it are chosen by any program.
const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads all of it, in parts of this length.
    fn read(bytes: &[u8], part: usize) -> Result<Vec<String>, Fault> {
        let mut objects = Objects::default();
        let mut pieces = Vec::new();
        for part in bytes.chunks(part) {
            objects.read(part, |piece| {
                pieces.push(match piece {
                    Piece::Object(object) => String::from_utf8_lossy(object).into_owned(),
                    Piece::End => "end".to_owned(),
                });
                Ok(())
            })?;
        }
        Ok(pieces)
    }

    const TWO: &str = r#"[ { "id": 1, "name": "a ] \" }" }, {"id": 2} ]
[
  { "id": 3, "info": { "params": { "EnumFormat": [ { "x": "]" } ], "n": 1 } } }
]
"#;

    #[test]
    fn lists_are_read_object_by_object_without_what_lies_deep() {
        let pieces = read(TWO.as_bytes(), TWO.len()).unwrap();
        assert_eq!(
            pieces,
            [
                r#"{"id":1,"name":"a ] \" }"}"#,
                r#"{"id":2}"#,
                "end",
                r#"{"id":3,"info":{"params":{"EnumFormat":[],"n":1}}}"#,
                "end"
            ]
        );
    }

    #[test]
    fn what_is_not_a_list_of_objects_is_an_error() {
        for strange in ["{}", "[1]", "[\"a\"]", "[[]]", "]", "x", "[{}]]"] {
            assert_eq!(read(strange.as_bytes(), 8), Err(Fault::Strange), "{strange}");
        }
    }

    #[test]
    fn an_object_without_end_is_an_error_before_it_fills_the_memory() {
        let mut objects = Objects::default();
        let mut fed = objects.read(b"[{\"a\": \"", |_| Ok(()));
        for _ in 0..100 {
            fed = fed.and_then(|()| objects.read(&[b'a'; 1024], |_| Ok(())));
        }
        assert_eq!(fed, Err(Fault::TooMuch));
        assert!(objects.object.capacity() <= 2 * LONGEST);
    }

    #[test]
    fn what_lies_deep_may_be_of_any_length() {
        let mut objects = Objects::default();
        objects.read(br#"[{"info":{"params":{"EnumFormat":["#, |_| Ok(())).unwrap();
        for _ in 0..1_000 {
            objects.read(&[b'['; 1024], |_| Ok(())).unwrap();
        }
        assert!(objects.object.len() < 100);
    }

    proptest! {
        #[test]
        fn in_whatever_parts_it_comes_it_is_the_same(part in 1_usize..200) {
            prop_assert_eq!(read(TWO.as_bytes(), part), read(TWO.as_bytes(), TWO.len()));
        }

        #[test]
        fn nothing_is_too_strange_for_it(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = read(&bytes, 7);
        }

        #[test]
        fn nothing_like_it_is_too_strange_for_it(text in r#"[\[\]{}",:a1\\ ]{0,80}"#) {
            let _ = read(text.as_bytes(), 7);
        }
    }
}
