//! What a break says, in English, with the anchor that nobody chose.

use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// The first line of this message.
pub(crate) fn first(message: &str) -> String {
    words(message).lines().next().unwrap_or_default().to_owned()
}

/// The last line of this message.
pub(crate) fn last(message: &str) -> String {
    words(message).lines().last().unwrap_or_default().to_owned()
}

fn words(message: &str) -> String {
    // A practice's own lines depend on the anchor; the other messages do not take one.
    let is_listed = Message::ALL.iter().any(|listed| listed.id() == message);
    let anchor = [("anchor", "breath".into())];
    Words::new("en").text(message, if is_listed { &[] } else { &anchor })
}
