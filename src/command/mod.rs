//! The commands that do more than ask the daemon: one file each.

pub mod practices;
