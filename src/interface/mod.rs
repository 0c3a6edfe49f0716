//! kindbeat on the session bus: what other programs may ask of the daemon, and the client that the commands ask with.
//!
//! The interface is the contract in `service`: nothing is decided there. Every call becomes a [`Request`] with the way back for
//! its answer, and what the daemon has to tell goes out as a [`News`](kindbeat_core::status::News).

pub mod asked;
mod client;
mod refused;
mod request;
mod service;
mod serving;
mod window;

pub use self::client::Client;
pub use self::client::ClientError;
pub use self::request::LastAnswer;
pub use self::request::Refusal;
pub use self::request::Request;
pub use self::request::WindowTicket;
pub use self::serving::ServeError;
pub use self::serving::Served;
pub use self::serving::serve;
pub use self::window::BreakWindow;
pub use crate::dbus::Bus;

/// The name on the bus.
pub const NAME: &str = "org.kindbeat.Kindbeat1";

/// The one object.
pub const PATH: &str = "/org/kindbeat/Kindbeat1";

/// What the name of every refusal begins with.
const ERRORS: &str = "org.kindbeat.Error.";
