//! Nothing that a person reads is English in the code: every sentence stands in `config/words/en.ftl`.
//!
//! A text of the code counts as English where two of its words stand side by side. Not looked at are comments, attributes (the help of
//! the command line is one), what is logged, what only a bug of ours would say, and tests.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use proc_macro2::Delimiter;
use proc_macro2::TokenStream;
use proc_macro2::TokenTree;

/// What looks like English and is read by no person: the file or the folder, what its text begins with ("" is any), and who reads it.
const TECHNICAL: [(&str, &str, &str); 18] = [
    ("bluetooth/", "", "the log; the words of an error are those of `kindbeat devices`"),
    ("core/config/check.rs", "string values must be quoted", "the parser of TOML says it"),
    ("core/config/value.rs", "a ", "nobody: only what was expected is shown"),
    ("core/connection/device.rs", "an address is", "the log"),
    ("core/heart/measurement.rs", "", "the log"),
    ("core/monitor/id.rs", "a monitor is", "the log"),
    ("core/page/visit/mod.rs", "{figure} is above", "our own page, whose request is refused"),
    ("core/practice/fault.rs", "missing field", "the parser of TOML says it"),
    ("core/practice/fault.rs", "unknown ", "the parser of TOML says it"),
    ("desktop/capture/pulse.rs", " on source #", "pactl says it"),
    ("interface/serving.rs", "", "the log; that the name is taken has words of its own"),
    ("notification/layout.rs", "notification daemon", "a server calls itself so"),
    ("notification/link.rs", "an error", "the log"),
    ("notification/mod.rs", "", "the log"),
    ("page_server/html/mod.rs", "", "the browser: classes of style sheets"),
    ("speech/mod.rs", "", "the log; its words are those of the terminal and of `kindbeat doctor`"),
    ("store/", "INSERT ", "SQLite"),
    ("store/", "SELECT ", "SQLite"),
];

/// The macros whose text is logged, or said where a bug of ours ends the program.
const SILENT: [&str; 13] = [
    "error",
    "warn",
    "info",
    "debug",
    "trace",
    "panic",
    "unreachable",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
];

#[test]
fn no_sentence_that_a_person_reads_is_in_the_code() {
    let all = english_in(&sources());
    let is_of = |text: &Text, file: &str, begin: &str| {
        text.file.starts_with(file) && text.text.starts_with(begin)
    };
    let spoken: Vec<_> = all
        .iter()
        .filter(|text| !TECHNICAL.iter().any(|(file, begin, _)| is_of(text, file, begin)))
        .map(|text| format!("{}: {:?}", text.file, text.text))
        .collect();
    assert_eq!(spoken, [""; 0], "a sentence belongs into config/words/en.ftl");
    let unused = TECHNICAL
        .iter()
        .filter(|(file, begin, _)| !all.iter().any(|text| is_of(text, file, begin)));
    assert_eq!(unused.collect::<Vec<_>>(), [&("", "", ""); 0], "no longer in the code");
}

#[test]
fn english_in_the_code_is_found_and_what_is_no_english_is_not() {
    let source = r#"
        //! Not the comments of a file.
        /// Nor the help of the command line.
        #[arg(long, help = "how long to look")]
        fn f() -> String {
            let why = "it does not run";
            let raw = r"the bus is lost";
            let quoted = "the bus \"is\" lost";
            let long = "Neither HOME nor \
                        anything else is set";
            warn!(error = "not logged at all", "the bus is lost: {why}");
            tracing::debug!("nothing is logged");
            assert!(why.is_empty(), "what a bug would say");
            let all = [format!("{name} failed"), format!("{first}: {second}  {third:5}")];
            let keys = ["hold_in_calls", "org.freedesktop.login1", "--learn", "2 s", "RR", "a"];
            context("listening for signals")
        }
        #[derive(thiserror::Error)]
        #[error("the display is on another machine")]
        struct Elsewhere;
        #[cfg(test)]
        mod tests {
            fn g() { let text = "a text of a test"; }
        }
        #[cfg(test)]
        fn h() -> &'static str { "another text of a test" }
        const LAST: &str = "this one is seen again";
    "#;
    let found = english_in(&[("room/mod.rs".to_owned(), source.to_owned())]);
    let found: Vec<_> = found.iter().map(|text| text.text.as_str()).collect();
    assert_eq!(
        found,
        [
            "it does not run",
            "the bus is lost",
            "the bus \"is\" lost",
            "Neither HOME nor anything else is set",
            "{name} failed",
            "listening for signals",
            "the display is on another machine",
            "this one is seen again",
        ]
    );
}

#[derive(Debug)]
struct Text {
    file: String,
    text: String,
}

/// The texts of these files that read like English, in their order.
fn english_in(sources: &[(String, String)]) -> Vec<Text> {
    let mut found = Vec::new();
    for (file, code) in sources {
        let mut texts = Vec::new();
        collect(code.parse().unwrap(), &mut texts);
        let english = texts.into_iter().filter(|text| is_english(text));
        found.extend(english.map(|text| Text { file: file.clone(), text }));
    }
    found
}

/// Every text in this code that may be meant for a person.
fn collect(code: TokenStream, texts: &mut Vec<String>) {
    let tokens: Vec<_> = code.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = &tokens[at + 1..];
        at += 1;
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let inner = usize::from(rest.first().is_some_and(|next| is(next, '!')));
                let Some(TokenTree::Group(attribute)) = rest.get(inner) else { continue };
                at += inner + 1;
                let attribute: Vec<_> = attribute.stream().into_iter().collect();
                let Some(TokenTree::Ident(name)) = attribute.first() else { continue };
                if name == "error" {
                    collect(attribute.into_iter().skip(1).collect(), texts);
                } else if name == "cfg" && attribute[1].to_string() == "(test)" {
                    at += length_of_item(&tokens[at..]);
                }
            }
            TokenTree::Ident(name) if is_silent(&name.to_string(), rest) => at += 2,
            TokenTree::Group(group) => collect(group.stream(), texts),
            TokenTree::Literal(literal) => texts.extend(text_of(&literal.to_string())),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// Whether this name is followed by what a silent macro is given.
fn is_silent(name: &str, rest: &[TokenTree]) -> bool {
    let [TokenTree::Punct(sign), TokenTree::Group(_), ..] = rest else { return false };
    SILENT.contains(&name) && sign.as_char() == '!'
}

fn is(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// How many tokens the next item has: up to its braces or its semicolon.
fn length_of_item(tokens: &[TokenTree]) -> usize {
    let is_last = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        token => is(token, ';'),
    };
    tokens.iter().position(is_last).map_or(tokens.len(), |last| last + 1)
}

/// What stands in a literal of text; `None` where it is another one.
fn text_of(literal: &str) -> Option<String> {
    let (kind, text) = literal.split_once('"')?;
    let (text, _) = text.rsplit_once('"')?;
    if kind.contains('\'') {
        return None;
    }
    if kind.contains('r') {
        return Some(text.to_owned());
    }
    // What stands behind the end of a line that goes on is indented.
    let mut lines = text.split("\\\n");
    let first = lines.next().unwrap_or_default().to_owned();
    let text = lines.fold(first, |text, line| text + line.trim_start());
    Some(text.replace("\\n", "\n").replace("\\\"", "\""))
}

/// Whether two words stand side by side: of two letters or more, all of them small; or one of three beside something filled in.
fn is_english(text: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0;
    for letter in text.chars() {
        match letter {
            '{' => depth += 1,
            '}' => {
                depth -= 1;
                plain.push(FILLED_IN);
            }
            letter if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    let words: Vec<_> = plain.split([' ', '\n']).collect();
    words.windows(2).any(|pair| match [length(pair[0]), length(pair[1])] {
        // A label with a colon is a name in the program or in a file.
        _ if pair[0].ends_with(':') => false,
        [Some(0), Some(word)] | [Some(word), Some(0)] => word >= 3,
        [Some(_), Some(_)] => true,
        _ => false,
    })
}

/// How many letters a word has; 0: it is filled in; `None`: it is no word.
fn length(word: &str) -> Option<usize> {
    if word == FILLED_IN.to_string() {
        return Some(0);
    }
    let word = word.trim_matches(['"', '(', ')', ',', '.', ';', '!', '?', '\'', ':']);
    let is_word = word.len() >= 2 && word.bytes().all(|letter| letter.is_ascii_lowercase());
    is_word.then_some(word.len())
}

/// In place of what is filled in.
const FILLED_IN: char = '\u{1}';

/// Every file of the program and of its core that is no test.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let (mut files, mut folders) = (BTreeSet::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            let is_test = path.file_stem().is_some_and(|name| name == "tests");
            if path.is_dir() && !is_test {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
                files.insert(path);
            }
        }
    }
    assert!(files.len() > 100, "the sources were not found");
    let read = |path: PathBuf| {
        let file = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        (file, fs::read_to_string(path).unwrap())
    };
    files.into_iter().map(read).collect()
}
