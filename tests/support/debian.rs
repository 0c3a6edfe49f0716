//! The Debian that a test runs on: each has its own desktops.

use std::fs;

/// From the oldest to the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Debian {
    Twelve,
    Thirteen,
    /// It moves: what stands here of its versions is what it had when it was last looked at.
    Testing,
}

impl Debian {
    pub(crate) const ALL: [Self; 3] = [Self::Twelve, Self::Thirteen, Self::Testing];

    /// The one around this test. What is not known is taken for something new.
    pub(crate) fn here() -> anyhow::Result<Self> {
        let release = fs::read_to_string("/etc/os-release")?;
        let version = release.lines().find_map(|line| line.strip_prefix("VERSION_ID="));
        Ok(match version.map(|version| version.trim_matches('"')) {
            Some("12") => Self::Twelve,
            Some("13") => Self::Thirteen,
            _ => Self::Testing,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Twelve => "12",
            Self::Thirteen => "13",
            Self::Testing => "testing",
        }
    }
}
