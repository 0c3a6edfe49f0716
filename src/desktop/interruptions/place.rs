//! Where everything is that can be asked.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use super::report::Silence;
use crate::dbus::Bus;

/// Where everything is that can be asked: the desktop that the environment names, or, for a test, one of its own.
#[derive(Clone, Debug)]
pub struct Place {
    pub session: Bus,
    pub system: Bus,
    /// `XDG_RUNTIME_DIR`, where PipeWire and Wayland have their sockets.
    pub runtime: Option<PathBuf>,
    /// `WAYLAND_DISPLAY`.
    pub wayland: Option<OsString>,
    /// `DISPLAY`.
    pub display: Option<String>,
    /// The folders in which programs are looked for.
    pub programs: Vec<PathBuf>,
    /// `/dev`.
    pub dev: PathBuf,
    /// `/proc`.
    pub proc: PathBuf,
}

impl Place {
    /// The desktop of this session.
    #[must_use]
    pub fn from_environment(session: Bus, system: Bus) -> Self {
        let named = |name| env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let programs = named("PATH").unwrap_or_default();
        Self {
            session,
            system,
            runtime: named("XDG_RUNTIME_DIR").map(PathBuf::from),
            wayland: named("WAYLAND_DISPLAY"),
            display: named("DISPLAY").and_then(|display| display.into_string().ok()),
            programs: env::split_paths(&programs).collect(),
            dev: PathBuf::from("/dev"),
            proc: PathBuf::from("/proc"),
        }
    }

    /// This program, where it is installed.
    pub(super) fn program(&self, name: &str) -> Option<PathBuf> {
        self.programs.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
    }

    /// The program that tells what PipeWire does, where both are there.
    pub(super) fn pipewire(&self) -> Result<PathBuf, Silence> {
        self.teller("pipewire-0", "pw-dump")
    }

    /// The program that tells what PulseAudio does, and the socket to ask at, where both are there.
    pub(super) fn pulse(&self) -> Result<(PathBuf, PathBuf), Silence> {
        let program = self.teller(PULSE, "pactl")?;
        Ok((program, self.runtime.clone().unwrap_or_default().join(PULSE)))
    }

    fn teller(&self, socket: &str, program: &str) -> Result<PathBuf, Silence> {
        let socket = self.runtime.as_ref().map(|runtime| runtime.join(socket));
        if !socket.is_some_and(|socket| socket.exists()) {
            return Err(Silence::Absent("it does not run".to_owned()));
        }
        let found = self.program(program);
        found.ok_or_else(|| Silence::Absent(format!("{program} is not installed")))
    }
}

/// The socket of PulseAudio, in `XDG_RUNTIME_DIR`.
const PULSE: &str = "pulse/native";
