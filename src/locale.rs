//! The locale of the desktop.

use std::env;

/// The locale of messages, such as `de_AT.UTF-8`, by POSIX: `LC_ALL`, else `LC_MESSAGES`, else `LANG`; empty where none is set.
#[must_use]
pub fn of_messages() -> String {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default()
}
