//! Where the desk is to be found.

use std::env;
use std::path::PathBuf;

use crate::dbus::Bus;

/// The buses and displays of somebody's session.
#[derive(Clone, Debug)]
pub struct Places {
    pub session_bus: Bus,
    pub system_bus: Bus,
    /// What logind calls the session; `None`: logind is asked.
    pub session: Option<String>,
    /// The socket of the Wayland compositor, if there is one.
    pub wayland: Option<PathBuf>,
    /// The X display, such as `:0`, if there is one. Not used where there is a compositor: the X server that one starts for
    /// older programs hears nothing of what is typed elsewhere.
    pub x11: Option<String>,
}

impl Places {
    /// What the environment of the program says.
    #[must_use]
    pub fn of_environment(session_bus: Bus, system_bus: Bus) -> Self {
        let text = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let folder = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
        Self {
            session_bus,
            system_bus,
            session: text("XDG_SESSION_ID"),
            wayland: text("WAYLAND_DISPLAY").map(|name| folder.unwrap_or_default().join(name)),
            x11: text("DISPLAY"),
        }
    }
}
