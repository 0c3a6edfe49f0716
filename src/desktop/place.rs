//! Where the parts of a desktop are found.

use std::env;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::path::Path;
use std::path::PathBuf;

use super::report::NoAnswer;
use crate::dbus::Bus;
use kindbeat_core::words::Message;

/// Where the parts of a desktop are found: of the desktop that the environment names, or, for a test, of one of its own.
#[derive(Clone, Debug)]
pub struct Place {
    pub session_bus: Bus,
    pub system_bus: Bus,
    /// The identifier of the session with logind; `None`: logind is asked.
    pub session_id: Option<String>,
    /// `XDG_RUNTIME_DIR`, where PipeWire and PulseAudio have their sockets.
    pub runtime: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, where the programs of a desktop have their settings.
    pub config: Option<PathBuf>,
    /// The socket of the Wayland compositor, if there is one.
    pub wayland: Option<PathBuf>,
    /// The X display, such as `:0`, if there is one. Not used where there is a compositor: the X server that one starts for
    /// older programs knows neither what is typed elsewhere nor all windows.
    pub x11: Option<String>,
    /// The folders in which programs are looked for.
    pub programs: Vec<PathBuf>,
    /// `/dev`.
    pub dev: PathBuf,
    /// `/proc`.
    pub proc: PathBuf,
}

impl Place {
    /// The desktop that the environment names, on these buses.
    #[must_use]
    pub fn from_environment(session_bus: Bus, system_bus: Bus) -> Self {
        let named = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let text = |name| named(name).and_then(|value| value.into_string().ok());
        let runtime = named("XDG_RUNTIME_DIR").map(PathBuf::from);
        let programs = named("PATH").unwrap_or_default();
        Self {
            session_bus,
            system_bus,
            session_id: text("XDG_SESSION_ID"),
            config: config(named("XDG_CONFIG_HOME"), named("HOME")),
            wayland: named("WAYLAND_DISPLAY").map(|display| socket(&display, runtime.as_deref())),
            runtime,
            x11: text("DISPLAY"),
            programs: env::split_paths(&programs).collect(),
            dev: PathBuf::from("/dev"),
            proc: PathBuf::from("/proc"),
        }
    }

    /// The path of this program; `None`: it is not installed.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        self.programs.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
    }

    /// The program that asks PipeWire, where both are there.
    pub(super) fn pipewire(&self) -> Result<PathBuf, NoAnswer> {
        self.client("pipewire-0", "pw-dump")
    }

    /// The program that asks PulseAudio, and the socket to ask at, where both are there.
    pub(super) fn pulse(&self) -> Result<(PathBuf, PathBuf), NoAnswer> {
        let program = self.client(PULSE, "pactl")?;
        Ok((program, self.runtime.clone().unwrap_or_default().join(PULSE)))
    }

    fn client(&self, socket: &str, program: &str) -> Result<PathBuf, NoAnswer> {
        let socket = self.runtime.as_ref().map(|runtime| runtime.join(socket));
        if !socket.is_some_and(|socket| socket.exists()) {
            return Err(NoAnswer::absent(Message::SourceNotRunning));
        }
        self.program(program).ok_or_else(|| NoAnswer::not_installed(program))
    }
}

/// By the XDG Base Directory Specification a relative path counts as unset.
fn config(xdg_config_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute =
        |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(xdg_config_home).or_else(|| Some(absolute(home)?.join(".config")))
}

/// Where the compositor listens: `WAYLAND_DISPLAY` is a name in `XDG_RUNTIME_DIR`, or a path.
pub(super) fn socket(display: &OsStr, runtime: Option<&Path>) -> PathBuf {
    runtime.unwrap_or_else(|| Path::new("")).join(display)
}

/// The socket of PulseAudio, in `XDG_RUNTIME_DIR`.
const PULSE: &str = "pulse/native";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wayland_display_is_a_name_or_a_path() {
        let runtime = Path::new("/run/user/1000");
        let at = |display: &str, runtime| socket(OsStr::new(display), runtime);
        assert_eq!(at("wayland-1", Some(runtime)), runtime.join("wayland-1"));
        assert_eq!(at("/tmp/way", Some(runtime)), Path::new("/tmp/way"));
        assert_eq!(at("/tmp/way", None), Path::new("/tmp/way"));
    }
}
