//! Text that came from elsewhere: over the air, from the bus, out of a file.

/// The text, harmless where it is shown: '?' for each character that moves the cursor, ends the line, or turns the direction of
/// writing (Unicode Standard Annex 9, section 2).
#[must_use]
pub fn harmless(text: &str) -> String {
    text.chars().map(|it| if turns(it) || it.is_control() { '?' } else { it }).collect()
}

/// The same, no longer than a name may be where it is shown: 64 characters, the last of them "…" where more came.
#[must_use]
pub fn short(text: &str) -> String {
    let is_long = text.chars().nth(LONGEST).is_some();
    let shown: String = text.chars().take(if is_long { LONGEST - 1 } else { LONGEST }).collect();
    harmless(&shown) + if is_long { "…" } else { "" }
}

const fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_from_elsewhere_are_short_and_harmless() {
        assert_eq!(short("Polar H10 ABCD"), "Polar H10 ABCD");
        assert_eq!(short("a\u{1b}[2Jb\n\u{202E}c\u{2069}"), "a?[2Jb??c?");
        assert_eq!(short(&"ä".repeat(64)), "ä".repeat(64));
        assert_eq!(short(&"ä".repeat(65)), "ä".repeat(63) + "…");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_text_made_short_stays_as_it_is(text in any::<String>()) {
            let once = short(&text);
            prop_assert_eq!(short(&once), once.clone());
            prop_assert!(once.chars().count() <= 64);
            prop_assert!(!once.chars().any(char::is_control));
        }
    }
}
