//! The machine, seen from outside: what it left.

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::machine;
use crate::machine::Machine;
use crate::machine::OnlyRun;
use crate::machine::Story;
use crate::session::account::Fact;
use crate::session::account::Moment;
use crate::session::account::Opened;
use crate::session::account::Properties;

/// What is left of the run of this machine.
pub(crate) type Run = machine::Run<Fact, ()>;

pub(crate) fn run() -> anyhow::Result<Option<&'static Run>> {
    static RUN: OnlyRun<Fact, ()> = LazyLock::new(|| Run::new(&MACHINE, |_| Ok(())));
    machine::of(&RUN)
}

impl Run {
    /// How the service stood then.
    pub(crate) fn unit(&self, wanted: Moment) -> anyhow::Result<(Timestamp, &Properties)> {
        self.first(&format!("the unit, {wanted:?}"), |fact| match fact {
            Fact::Unit(moment, unit) if *moment == wanted => Some(unit),
            _ => None,
        })
    }

    /// What a browser noted of itself.
    pub(crate) fn browser(&self, wanted: Opened) -> anyhow::Result<&Properties> {
        let browser = self.first(&format!("a browser, {wanted:?}"), |fact| match fact {
            Fact::Browser(opened, noted) if *opened == wanted => Some(noted),
            _ => None,
        });
        Ok(browser?.1)
    }

    /// All that held an offer back, in order.
    pub(crate) fn held(&self) -> Vec<&str> {
        let held = self.account.iter().filter_map(|entry| match &entry.fact {
            Fact::Held(gate) => Some(gate.as_str()),
            _ => None,
        });
        held.collect()
    }
}

const MACHINE: Machine = Machine {
    what: "a real session",
    inside: "machines/session/inside.sh",
    story: Story::Test("session::the_session_from_inside"),
    kernel: machine::KERNEL,
    root: None,
    disk: false,
    radio: false,
    waits: false,
    needs: &[
        ("/lib/systemd/systemd-logind", "systemd"),
        ("/lib/x86_64-linux-gnu/security/pam_systemd.so", "libpam-systemd"),
        ("/usr/lib/systemd/user/dbus.socket", "dbus-user-session"),
        ("/usr/lib/polkit-1/polkitd", "polkitd"),
        ("/etc/dbus-1/system.d/bluetooth.conf", "bluez"),
        ("gsettings", "libglib2.0-bin"),
        (
            "/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml",
            "gsettings-desktop-schemas",
        ),
        ("pipewire", "pipewire"),
        ("pw-record", "pipewire-bin"),
        ("wireplumber", "wireplumber"),
        ("gst-launch-1.0", "gstreamer1.0-tools"),
        ("/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstpipewire.so", "gstreamer1.0-pipewire"),
        (
            "/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstvideotestsrc.so",
            "gstreamer1.0-plugins-base",
        ),
        ("Xvfb", "xvfb"),
        ("openbox", "openbox"),
        ("xmessage", "x11-utils"),
        ("wmctrl", "wmctrl"),
    ],
    log: "session.log",
};
