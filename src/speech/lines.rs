//! Text on its way to speech-dispatcher and back, where each line is a command or an answer. Pure.

/// Safe to show and to log.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(LONGEST).collect()
}

/// The lines of SSIP's data block: a line that begins with a point gets another, since a lone point ends the block.
#[must_use]
pub fn data(text: &str) -> Vec<String> {
    let clean = |line: &str| line.chars().filter(|character| !character.is_control()).collect();
    let stuffed = |line: String| if line.starts_with('.') { format!(".{line}") } else { line };
    text.lines().map(clean).map(stuffed).collect()
}

/// Whether it's a language tag, and nothing that could be another command.
#[must_use]
pub fn is_tag(language: &str) -> bool {
    (1..=35).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// In characters: more than a server sends by itself.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_cannot_end_themselves_or_become_commands() {
        assert_eq!(data("Hello.\n.\n..b\r\nQUIT"), ["Hello.", "..", "...b", "QUIT"]);
        assert_eq!(data(""), [""; 0]);
        assert_eq!(data("a\u{1b}[2Jb"), ["a[2Jb"]);
        assert_eq!(data("a\rQUIT\r\n"), ["aQUIT"]);
        assert_eq!(data("\r.\nb"), ["..", "b"], "a point behind what is not sent");
    }

    #[test]
    fn a_language_is_a_tag() {
        for tag in ["en", "de-AT", "sr-Latn"] {
            assert!(is_tag(tag), "{tag}");
        }
        for other in ["", "en\r\nQUIT", "en_GB", "e n", &"e".repeat(100)] {
            assert!(!is_tag(other), "{other:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_said_no_line_of_it_ends_the_block(text: String) {
            for line in data(&text) {
                prop_assert!(line != "." && !line.contains(char::is_control), "{line:?}");
                prop_assert!(!line.starts_with('.') || line.starts_with(".."), "{line:?}");
            }
            let shown = shown(&text);
            prop_assert!(shown.chars().count() <= LONGEST && !shown.contains(char::is_control));
        }
    }
}
