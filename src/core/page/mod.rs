//! The page of a break: what it shows, what the person can do on it, and for how long it is open.
//!
//! PURE: time is an argument, and nothing here knows of HTTP. [`view_of`] says what stands on the page, as words; [`Visit`]
//! keeps what a page adds to a [`Session`](crate::practice::Session), which knows nothing of cautions and questions; [`Pages`]
//! decides which pages are open and who may see them. [`Follower`] is the heart as it goes along with the breath. A
//! [`Sitting`](crate::sitting::Sitting) joins them for one break.

mod follower;
mod following;
mod help;
mod pages;
mod scene;
mod view;
mod visit;

pub use follower::Follower;
pub use following::Following;
pub use help::Help;
pub use help::HelpGroup;
pub use help::HelpNumber;
pub use pages::Cookie;
pub use pages::PageId;
pub use pages::Pages;
pub use pages::Secret;
pub use scene::Scene;
pub use scene::empty_page;
pub use scene::view_of;
pub use view::Anchors;
pub use view::ChoiceView;
pub use view::Closing;
pub use view::Course;
pub use view::Direction;
pub use view::FirstView;
pub use view::Guide;
pub use view::Labels;
pub use view::LengthView;
pub use view::LineView;
pub use view::OtherView;
pub use view::Screen;
pub use view::StepView;
pub use view::View;
pub use view::WelcomeView;
pub use visit::Feedback;
pub use visit::PageInput;
pub use visit::Sound;
pub use visit::Tense;
pub use visit::Visit;
pub use visit::Wish;
