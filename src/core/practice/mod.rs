//! Practices, the library that holds them, and the session that runs one. Pure; doesn't know why a break began.
//!
//! A built-in practice holds the ids of messages, so that it can be translated; the owner's own practice holds words.

mod choosing;
mod fault;
mod file;
mod habits;
mod help;
mod library;
mod own;
mod script;
mod session;
mod settings;

pub use choosing::Occasion;
pub use choosing::others;
pub use fault::ScriptError;
pub use file::Origin;
pub use habits::ChosenAnchor;
pub use habits::Habits;
pub use habits::Liking;
pub use habits::PastBreak;
pub use help::AsOf;
pub use help::HelpLine;
pub use help::HelpLines;
pub use library::Library;
pub use library::UnknownPractice;
pub use own::OwnFault;
pub use script::Breath;
pub use script::Choice;
pub use script::Element;
pub use script::PartOfDay;
pub use script::Practice;
pub use script::Step;
pub use script::Text;
pub use session::Ending;
pub use session::Session;
pub use session::SessionCommand;
pub use session::SessionPlace;
pub use session::SessionState;
pub use settings::Anchor;
pub use settings::Focus;
pub use settings::Length;
pub use settings::PracticeSettings;
