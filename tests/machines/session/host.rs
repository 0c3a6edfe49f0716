//! The machine, seen from outside: what it left.

use std::sync::LazyLock;

use anyhow::Context as _;
use jiff::Timestamp;
use kindbeat::clock;

use crate::machine;
use crate::machine::Machine;
use crate::machine::say;
use crate::session::account;
use crate::session::account::Entry;
use crate::session::account::Fact;
use crate::session::account::Moment;
use crate::session::account::Opened;
use crate::session::account::Properties;

/// What is left of a run of the machine.
pub(crate) struct Run {
    account: Vec<Entry>,
    /// What went wrong in it; the account ends there.
    fault: Option<String>,
}

/// The one run that all tests look at; `None` where something to run it with is missing.
pub(crate) fn run() -> anyhow::Result<Option<&'static Run>> {
    static RUN: LazyLock<Result<Option<Run>, String>> =
        LazyLock::new(|| Run::new().map_err(|error| format!("{error:#}")));
    RUN.as_ref().map(Option::as_ref).map_err(|error| anyhow::anyhow!("{error}"))
}

impl Run {
    fn new() -> anyhow::Result<Option<Self>> {
        if !MACHINE.can_run()? {
            return Ok(None);
        }
        let share = tempfile::tempdir()?;
        let _alone = machine::one_at_a_time();
        let began = clock::now();
        let fault = MACHINE.run(share.path())?;
        let lasted = clock::now().duration_since(began);
        let account = account::read(share.path())?;
        if let Some(first) = account.first() {
            let up = first.at.duration_since(began).as_secs();
            say(&format!(
                "from power on to a session: {up} s, to power off: {} s",
                lasted.as_secs()
            ));
        }
        Ok(Some(Self { account, fault }))
    }

    /// The first fact that `take` takes, and when it happened; what went wrong where there is none.
    pub(crate) fn first<'r, T>(
        &'r self,
        what: &str,
        take: impl Fn(&'r Fact) -> Option<T>,
    ) -> anyhow::Result<(Timestamp, T)> {
        let mut taken =
            self.account.iter().filter_map(|entry| Some((entry.at, take(&entry.fact)?)));
        taken.next().with_context(|| {
            let fault = self.fault.as_deref().unwrap_or("it went through to its end");
            format!("never in the machine: {what}; {fault}")
        })
    }

    /// When this happened.
    pub(crate) fn time(&self, fact: &Fact) -> anyhow::Result<Timestamp> {
        let what = format!("{fact:?}");
        Ok(self.first(&what, |other| (other == fact).then_some(()))?.0)
    }

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
    story: "session::the_session_from_inside",
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
