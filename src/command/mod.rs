//! The commands, one file each: what they print and how they end.
//!
//! The convention they share: a command writes what was asked for to the writer it is given, in the words it is given, and returns
//! `Ok`; what went wrong it returns, [`text`] says it, and [`exit_code`] says how the process ends.

mod asking;
pub mod breaks;
pub mod config;
pub mod daemon;
pub mod demo;
pub mod devices;
pub mod doctor;
pub mod fine;
pub mod here;
pub mod history;
pub mod practices;
pub mod replay;
pub mod snooze;
pub mod status;
mod terminal;
mod voice;
pub mod when;
pub mod why;

use std::error::Error;

use crate::daemon::AlreadyRunning;
use crate::daemon::DesktopElsewhere;
use crate::daemon::FaultyConfig;
use crate::interface::ClientError;
use crate::recording::RecordingError;
use crate::store::StoreError;
use crate::tasks::Failure;
use kindbeat_core::config::ConfigError;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::practice::ScriptError;
use kindbeat_core::practice::UnknownPractice;
use kindbeat_core::words::Sentence;
use kindbeat_core::words::Words;

/// The exit code for an error: 78 where the configuration is to blame (`EX_CONFIG` of `sysexits.h`), 2 where the command line is,
/// else 1.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.chain().any(|cause| cause.is::<ConfigError>() || cause.is::<FaultyConfig>()) {
        78
    } else if error.is::<DesktopElsewhere>() {
        75
    } else if error.is::<Usage>() {
        2
    } else {
        1
    }
}

/// What a person reads of an error, in one line unless it shows lines of a file: our own sentences, and behind them what another
/// program or a library says of it, in its own words.
#[must_use]
pub fn text(error: &anyhow::Error, words: &Words) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let next = own_text(cause, words).unwrap_or_else(|| cause.to_string());
        // Some libraries say their cause in their own text, too.
        if text.is_empty() {
            text = next;
        } else if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
    }
    text
}

/// The text of an error of ours; `None` where it is none, or one that holds its words already.
fn own_text(cause: &(dyn Error + 'static), words: &Words) -> Option<String> {
    macro_rules! text_of {
        ($($error:ty),+) => {
            $(if let Some(error) = cause.downcast_ref::<$error>() {
                return Some(error.text(words));
            })+
        };
    }
    text_of!(ConfigError, OwnFault, ScriptError, UnknownPractice, RecordingError);
    text_of!(
        StoreError,
        ClientError,
        Sentence,
        AlreadyRunning,
        DesktopElsewhere,
        FaultyConfig,
        Failure
    );
    None
}

/// The command line says something that means nothing; the text, in the language of its reader, says what would.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

#[cfg(test)]
mod tests;
