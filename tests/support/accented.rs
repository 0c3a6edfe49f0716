//! English as if it were another language, to see what is said past [`Words`].

use kindbeat_core::words::Words;

/// Words without a consonant of English in them, but for what is filled in.
pub(crate) fn words() -> Words {
    Words::altered("en-XA", |text| fluent_pseudo::transform(text, false, false))
}

/// The lines that hold consonants of English, besides those in `known`: what is filled in, and is nobody's language.
pub(crate) fn untranslated(said: &str, known: &[&str]) -> Vec<String> {
    let strange = |line: &&str| {
        let rest = known.iter().fold((*line).to_owned(), |rest, known| rest.replace(known, ""));
        rest.contains(|letter: char| letter.is_ascii_alphabetic() && !"aeiouAEIOU".contains(letter))
    };
    said.lines().filter(strange).map(str::to_owned).collect()
}
