//! The messages that the program says by itself, one name each, by what they are about.
//!
//! Each file is a list; each list adds its own to those before it and hands them on, and [`messages`](super::naming) makes one type
//! of them all.

#[macro_use]
mod breaks;
#[macro_use]
mod reasons;
#[macro_use]
mod commands;
#[macro_use]
mod doctor;

breaks! { [reasons commands doctor messages] }

impl AsRef<str> for Message {
    fn as_ref(&self) -> &str {
        self.id()
    }
}
