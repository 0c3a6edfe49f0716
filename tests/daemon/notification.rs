//! The screens that real servers are tried on, under the names that they have among the tests of the parts.

#[path = "../parts/notification/screen.rs"]
pub(crate) mod screen;
#[path = "../parts/notification/shell.rs"]
pub(crate) mod shell;

pub(crate) use crate::client;
