//! One file of words, and where in it each message begins.

use std::borrow::Cow;

use fluent_bundle::FluentArgs;
use fluent_bundle::FluentBundle;
use fluent_bundle::FluentError;
use fluent_bundle::FluentResource;
use fluent_bundle::resolver::ResolverError;
use fluent_bundle::resolver::errors::ReferenceKind;
use unic_langid::LanguageIdentifier;

pub(super) struct Language {
    tag: LanguageIdentifier,
    file: &'static str,
    /// The place in `file` of each message or term, in the order of their names; of two of one name the first. Half as large as a
    /// `usize`: there are more than a thousand.
    begins: Box<[u32]>,
    change: Option<fn(&str) -> Cow<'_, str>>,
}

/// What a message says.
pub(super) struct Text {
    pub(super) text: String,
    /// Whether everything could be filled in.
    pub(super) is_whole: bool,
}

impl Language {
    /// The words in `file`, a Fluent file; a faulty message in it counts as none.
    pub(super) fn new(tag: &str, file: &'static str) -> Self {
        let lines = file.split_inclusive('\n').scan(0, |at, line| {
            let begin = *at;
            *at += line.len();
            Some((begin, line))
        });
        let entries = lines.filter(|(_, line)| begins_entry(line));
        let mut entries: Vec<_> = entries.map(|(begin, line)| (name(line), begin)).collect();
        // Stable, so that the first of a name stays.
        entries.sort_by_key(|(name, _)| *name);
        entries.dedup_by_key(|(name, _)| *name);
        // Anew, so that the names' memory goes.
        let begins = entries.iter().filter_map(|&(_, begin)| u32::try_from(begin).ok()).collect();
        Self { tag: tag.parse().unwrap_or_default(), file, begins, change: None }
    }

    /// The same with every text that stands in a message changed, and what is filled in left as it is.
    pub(super) fn altered(self, change: fn(&str) -> Cow<'_, str>) -> Self {
        Self { change: Some(change), ..self }
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.entry(id).is_some()
    }

    /// What the message `id` says; `None` where there is none, or it is faulty.
    pub(super) fn text(&self, id: &str, args: &FluentArgs<'_>) -> Option<Text> {
        let mut bundle = FluentBundle::new(vec![self.tag.clone()]);
        bundle.set_use_isolating(false);
        bundle.set_transform(self.change);
        let mut missing = vec![id.to_owned()];
        loop {
            let mut is_more = false;
            for entry in missing.iter().filter_map(|id| self.entry(id)) {
                // A faulty message is left out, and one that is there already is an error: nothing is added then.
                let resource = FluentResource::try_new(entry.to_owned());
                is_more |= resource.is_ok_and(|resource| bundle.add_resource(resource).is_ok());
            }
            let pattern = bundle.get_message(id)?.value()?;
            let mut faults = Vec::new();
            let text = bundle.format_pattern(pattern, Some(args), &mut faults);
            // What the message refers to is found by the references that fail.
            missing = faults.iter().filter_map(reference).collect();
            if missing.is_empty() || !is_more {
                return Some(Text { text: text.into_owned(), is_whole: faults.is_empty() });
            }
        }
    }

    /// The file from a place on.
    fn from(&self, begin: u32) -> &'static str {
        usize::try_from(begin).ok().and_then(|begin| self.file.get(begin..)).unwrap_or_default()
    }

    /// The message or term of this name as it is written.
    fn entry(&self, id: &str) -> Option<&'static str> {
        let found = self.begins.binary_search_by_key(&id, |&begin| name(self.from(begin)));
        let entry = self.from(*self.begins.get(found.ok()?)?);
        let mut end = 0;
        for (number, line) in entry.split_inclusive('\n').enumerate() {
            if number > 0 && (begins_entry(line) || line.starts_with('#')) {
                break;
            }
            end += line.len();
        }
        Some(&entry[..end])
    }
}

/// Whether a message or a term begins with this line: what goes on with one is indented or in braces.
fn begins_entry(line: &str) -> bool {
    line.as_bytes().first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'-')
}

/// The name of the message or, with its dash, of the term that `entry` begins with.
fn name(entry: &str) -> &str {
    let is_name = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
    let end = entry.bytes().position(|letter| !is_name(letter));
    &entry[..end.unwrap_or(entry.len())]
}

/// The message or term that is referred to and not there.
fn reference(fault: &FluentError) -> Option<String> {
    match fault {
        FluentError::ResolverError(ResolverError::Reference(missing)) => match missing {
            ReferenceKind::Message { id, attribute: None } => Some(id.clone()),
            ReferenceKind::Term { id, attribute: None } => Some(format!("-{id}")),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn text(file: &'static str, id: &str) -> Option<String> {
        Language::new("en", file).text(id, &FluentArgs::new()).map(|text| text.text)
    }

    #[test]
    fn what_a_message_refers_to_is_found_wherever_it_stands() {
        let file = "a = { b } and { -t }\n# said of b\nb =\n    { c }\n    { c }\n\n-t = { a-b }\na-b = t\nc = see\n";
        assert_eq!(text(file, "a").unwrap(), "see\nsee and t");
    }

    #[test]
    fn a_reference_to_nothing_or_to_itself_ends() {
        assert_eq!(text("a = { b } { -t }", "a").unwrap(), "{b} {-t}");
        assert!(text("a = { b }\nb = { a }", "a").is_some());
        assert_eq!(text("a = x", "b"), None);
    }

    #[test]
    fn a_faulty_message_counts_as_none_and_the_others_stay() {
        let file = "a = { \nb = well\nb = not this one\nc\n";
        assert_eq!(text(file, "a"), None);
        assert_eq!(text(file, "c"), None);
        assert_eq!(text(file, "b").unwrap(), "well");
    }

    #[test]
    fn an_attribute_and_a_choice_belong_to_their_message() {
        let file = "a = { $n ->\n[one] x\n*[other] y\n}\n    .label = z\nb = v";
        assert_eq!(text(file, "a").unwrap(), "y");
        assert_eq!(text(file, "b").unwrap(), "v");
    }
}
