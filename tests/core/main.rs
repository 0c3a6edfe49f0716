//! Decisions in virtual time: days of scenarios, the gates, random sequences, breath, words.
//!
//! Nothing here touches the world: the program needs the pure crate alone, and runs after every edit of it.

mod agreement;
mod breathing;
mod clocks;
mod code;
#[path = "../support/day.rs"]
mod day;
mod earlier;
mod gates;
mod random;
mod remembering;
mod scenarios;
mod words;

/// How many cases a test draws: `all` where `KINDBEAT_ALL` asks for everything, else `quick`.
fn cases<N>(quick: N, all: N) -> N {
    if std::env::var_os("KINDBEAT_ALL").is_some() { all } else { quick }
}

/// How many where a change is checked, and how many in the quick loop, which is to take seconds.
fn cases_in_ci<N>(quick: N, ci: N) -> N {
    if std::env::var_os("CI").is_some() { ci } else { quick }
}
