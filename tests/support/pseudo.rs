//! English as languages might write it that are not there yet: longer and with accents, or from right to left.

use std::borrow::Cow;

use kindbeat_core::words::Words;

/// Longer by about two fifths, no letter as in English, and in brackets, so that words put together from parts are seen.
pub(crate) fn longer() -> Words {
    Words::altered("en-XA", |text| around(text, "[", "]", false))
}

/// The same length, but written from right to left, as its first sign says (U+200F) and the next one demands (U+202E).
pub(crate) fn mirrored() -> Words {
    Words::altered("ar-XB", |text| around(text, "\u{200f}\u{202e}", "\u{202c}", true))
}

/// The text without the blanks and line ends around it, which part it from the next one.
fn around<'t>(text: &'t str, before: &str, after: &str, flipped: bool) -> Cow<'t, str> {
    let core = text.trim();
    if !core.contains(char::is_alphabetic) {
        return text.into();
    }
    let new = fluent_pseudo::transform(core, flipped, !flipped);
    text.replacen(core, &format!("{before}{new}{after}"), 1).into()
}
