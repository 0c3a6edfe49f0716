//! Whether a program keeps the session from going idle: a film, a talk, a game.

use serde::Deserialize;
use zbus::Message;
use zbus::Type;

use super::bus::connect;
use super::bus::follow;
use super::facts::FactSource;
use super::place::Place;
use super::report::NoAnswer;
use super::report::Reporter;
use super::report::SourceName;
use crate::dbus;
use crate::dbus::Object;
use kindbeat_core::context::Fact;
use kindbeat_core::words;

pub(super) const SOURCES: &[FactSource] = &[
    FactSource {
        name: SourceName::Words(words::Message::SourceGnomeSession),
        facts: &[Fact::Inhibited],
        follow: |place, reporter| Box::pin(gnome(place, reporter)),
    },
    FactSource {
        name: SourceName::Words(words::Message::SourcePlasma),
        facts: &[Fact::Inhibited],
        follow: |place, reporter| Box::pin(plasma(place, reporter)),
    },
    FactSource {
        name: SourceName::Own("logind"),
        facts: &[Fact::Inhibited],
        follow: |place, reporter| Box::pin(logind(place, reporter)),
    },
];

/// Follows the session manager of GNOME, which MATE and others have as well.
async fn gnome(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let bus = connect(&place.session_bus).await?;
    let changes =
        dbus::signals(&bus, |rule| rule.sender(GNOME.service).interface(GNOME.interface)).await?;
    let ask = || async { Ok(GNOME.call(&bus, "IsInhibited", &IDLE).await?) };
    let concerns = |message: &Message| is_member(message, &["InhibitorAdded", "InhibitorRemoved"]);
    follow(Fact::Inhibited, reporter, changes, concerns, ask).await
}

/// Follows the power management of Plasma.
async fn plasma(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let bus = connect(&place.session_bus).await?;
    let changes =
        dbus::signals(&bus, |rule| rule.sender(PLASMA.service).interface(PLASMA.interface)).await?;
    let ask = || async { Ok(PLASMA.call(&bus, "HasInhibition", &SCREEN).await?) };
    let concerns = |message: &Message| is_member(message, &["InhibitionsChanged"]);
    follow(Fact::Inhibited, reporter, changes, concerns, ask).await
}

/// Follows logind, whatever the desktop.
async fn logind(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let bus = connect(&place.system_bus).await?;
    let changes = dbus::signals(&bus, |rule| {
        rule.sender(LOGIND.service).interface(dbus::PROPERTIES).arg(0, LOGIND.interface)
    });
    let changes = changes.await?;
    let own = rustix::process::getuid().as_raw();
    let ask = || async {
        let all: Vec<Inhibitor> = LOGIND.call(&bus, "ListInhibitors", &()).await?;
        Ok(all.iter().any(|inhibitor| inhibitor.keeps_awake(own)))
    };
    follow(Fact::Inhibited, reporter, changes, is_of_inhibitors, ask).await
}

fn is_member(message: &Message, members: &[&str]) -> bool {
    message.header().member().is_some_and(|member| members.contains(&member.as_str()))
}

/// Whether logind tells of what is inhibited; it tells of much else, such as every change of idleness.
fn is_of_inhibitors(message: &Message) -> bool {
    type Changed<'a> =
        (&'a str, std::collections::HashMap<&'a str, zbus::Variant<'a>>, Vec<&'a str>);
    let body = message.body();
    body.deserialize::<Changed<'_>>().is_ok_and(|(_, changed, invalidated)| {
        changed.contains_key("BlockInhibited") || invalidated.contains(&"BlockInhibited")
    })
}

/// Something that logind keeps for a program.
#[derive(Debug, Deserialize, Type)]
struct Inhibitor {
    /// What is not to happen: words with a colon between them.
    what: String,
    _who: String,
    _why: String,
    mode: String,
    user: u32,
    _process: u32,
}

impl Inhibitor {
    /// Whether it is one of this user's that keeps the session from going idle. Desktops always have some against other things,
    /// such as sleep without a locked screen.
    fn keeps_awake(&self, user: u32) -> bool {
        let is_against_idle = self.what.split(':').any(|what| what == "idle");
        is_against_idle && self.mode == "block" && self.user == user
    }
}

const GNOME: Object<'_> = Object {
    service: "org.gnome.SessionManager",
    path: "/org/gnome/SessionManager",
    interface: "org.gnome.SessionManager",
};

/// Marking the session as idle, among what can be inhibited there.
const IDLE: u32 = 8;

const PLASMA: Object<'_> = Object {
    service: "org.kde.Solid.PowerManagement.PolicyAgent",
    path: "/org/kde/Solid/PowerManagement/PolicyAgent",
    interface: "org.kde.Solid.PowerManagement.PolicyAgent",
};

/// Changing the screen, among what can be inhibited there: the rest is against sleep, as a download is.
const SCREEN: u32 = 4;

const LOGIND: Object<'_> = Object {
    service: "org.freedesktop.login1",
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};

#[cfg(test)]
mod tests {
    use super::*;

    fn inhibitor(what: &str, mode: &str, user: u32) -> Inhibitor {
        let (what, mode) = (what.to_owned(), mode.to_owned());
        Inhibitor { what, _who: String::new(), _why: String::new(), mode, user, _process: 1 }
    }

    #[test]
    fn only_what_keeps_this_session_awake_counts() {
        assert!(inhibitor("idle", "block", 1000).keeps_awake(1000));
        assert!(inhibitor("sleep:idle", "block", 1000).keeps_awake(1000));
        assert!(!inhibitor("idle", "delay", 1000).keeps_awake(1000));
        assert!(!inhibitor("idle", "block", 1001).keeps_awake(1000));
        for always in ["sleep", "handle-lid-switch", "shutdown:sleep", "handle-power-key:idler"] {
            assert!(!inhibitor(always, "block", 1000).keeps_awake(1000), "{always}");
        }
    }
}
