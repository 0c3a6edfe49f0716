//! Whether notifications are silenced, asked of whoever shows them; each does it in a way of its own.

use std::path::Path;

use tokio::process::Command;
use zbus::Connection;
use zbus::Message;
use zbus::OwnedVariant;

use super::bus;
use super::bus::connect;
use super::child::Running;
use super::facts::FactSource;
use super::place::Place;
use super::report::NoAnswer;
use super::report::Reporter;
use super::report::SourceName;
use crate::dbus;
use crate::dbus::DBUS;
use crate::dbus::Object;
use kindbeat_core::context::Fact;
use kindbeat_core::words;
use kindbeat_core::words::Sentence;

pub(super) const SOURCES: &[FactSource] = &[FactSource {
    name: SourceName::Words(words::Message::SourceNotifications),
    facts: &[Fact::DoNotDisturb],
    follow: |place, reporter| Box::pin(follow(place, reporter)),
}];

/// Who can tell whether it is silenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    Plasma,
    Gnome,
    Dunst,
    Xfce,
    SwayNc,
    Mako,
}

/// Reports, and begins anew whenever another server takes over.
async fn follow(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let bus = connect(&place.session_bus).await?;
    let mut owners = dbus::owner_changes(&bus, SERVER).await?;
    loop {
        let followed = async {
            if let Err(none) = server(&bus, place, reporter).await {
                reporter.report(Fact::DoNotDisturb, Err(none)).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            owner = owners.next() => if owner.is_none() {
                return Err(NoAnswer::bus_lost());
            },
            () = followed => {}
        }
    }
}

/// Reports what the present server says, for as long as it does.
async fn server(bus: &Connection, place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let (owner, server) = reporter.wait(Fact::DoNotDisturb, who(bus)).await?;
    let reporter = reporter.named(server.name());
    if server == Server::Gnome {
        return gnome(place, &reporter).await;
    }
    let signals = server.signals(&owner);
    let changes = dbus::signals(bus, |rule| {
        let sender = signals.service.to_owned();
        rule.sender(sender).interface(signals.interface.to_owned()).path(signals.path.to_owned())
    });
    let changes = changes.await?;
    let ask = || async { Ok(server.ask(bus, &owner).await?) };
    let concerns = |message: &Message| server.is_concerned(message);
    bus::follow(Fact::DoNotDisturb, &reporter, changes, concerns, ask).await
}

/// Who shows notifications: the name on the bus, and which of those that can tell.
async fn who(bus: &Connection) -> Result<(String, Server), NoAnswer> {
    let owner: String = match DBUS.call(bus, "GetNameOwner", &SERVER).await {
        Ok(owner) => owner,
        Err(error) => {
            return Err(match NoAnswer::from(error) {
                NoAnswer::Absent(_) => NoAnswer::absent(words::Message::SourceNoNotifications),
                broken @ NoAnswer::Failed(_) => broken,
            });
        }
    };
    let at = Object { service: &owner, path: PATH, interface: SERVER };
    let (name, _, _, _): (String, String, String, String) =
        at.call(bus, "GetServerInformation", &()).await?;
    match Server::of(&name) {
        Some(server) => Ok((owner, server)),
        None => Err(NoAnswer::Absent(
            Sentence::new(words::Message::SourceNoSilence).with("server", name),
        )),
    }
}

impl Server {
    /// Which it is, by the name that it gives itself.
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Plasma" => Self::Plasma,
            "gnome-shell" => Self::Gnome,
            "dunst" => Self::Dunst,
            "Xfce Notify Daemon" => Self::Xfce,
            "SwayNotificationCenter" => Self::SwayNc,
            "mako" => Self::Mako,
            _ => return None,
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Plasma => "Plasma",
            Self::Gnome => "GNOME",
            Self::Dunst => "dunst",
            Self::Xfce => "Xfce",
            Self::SwayNc => "swaync",
            Self::Mako => "mako",
        }
    }

    /// From where it says that something changed.
    fn signals(self, owner: &str) -> Object<'_> {
        match self {
            Self::Plasma | Self::Gnome | Self::Dunst => {
                Object { service: owner, path: PATH, interface: dbus::PROPERTIES }
            }
            Self::Xfce => XFCONF,
            Self::SwayNc => Object { service: owner, ..SWAYNC },
            Self::Mako => Object { service: owner, path: MAKO.path, interface: dbus::PROPERTIES },
        }
    }

    fn is_concerned(self, message: &Message) -> bool {
        let body = message.body();
        match self {
            Self::Xfce => {
                let changed = body.deserialize::<(&str, &str, OwnedVariant)>();
                let removed = body.deserialize::<(&str, &str)>();
                let what = changed.map(|(channel, name, _)| (channel, name)).or(removed);
                what.is_ok_and(|what| what == XFCE)
            }
            // It tells of every notification as well, and asking again costs next to nothing.
            _ => true,
        }
    }

    async fn ask(self, bus: &Connection, owner: &str) -> zbus::Result<bool> {
        let at = Object { service: owner, path: PATH, interface: SERVER };
        match self {
            Self::Plasma => at.property(bus, "Inhibited").await?.try_into(),
            Self::Dunst => {
                let dunst = Object { interface: DUNST, ..at };
                dunst.property(bus, "paused").await?.try_into()
            }
            Self::Xfce => match XFCONF.call::<_, OwnedVariant>(bus, "GetProperty", &XFCE).await {
                Ok(value) => Ok(bool::try_from(value)?),
                // Never set: it is not silenced.
                Err(zbus::Error::MethodError(name, ..)) if name.as_str() == XFCE_UNSET => Ok(false),
                Err(error) => Err(error),
            },
            Self::SwayNc => Object { service: owner, ..SWAYNC }.call(bus, "GetDnd", &()).await,
            Self::Mako => {
                let mako = Object { service: owner, ..MAKO };
                let modes: Vec<String> = mako.call(bus, "ListModes", &()).await?;
                Ok(modes.iter().any(|mode| SILENT_MODES.contains(&mode.as_str())))
            }
            Self::Gnome => Err(zbus::Error::Unsupported),
        }
    }
}

/// Reports what GNOME's settings say, which only its own program can read.
async fn gnome(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let program = place.program(GSETTINGS);
    let program = program.ok_or_else(|| NoAnswer::not_installed(GSETTINGS))?;
    // Before the question, so that no change falls in between.
    let mut changes = gsettings(&program, place, "monitor")?;
    let mut line = [0; 256];
    loop {
        let ask = || async {
            // It is one word.
            is_silenced(&gsettings(&program, place, "get")?.output(64).await?)
        };
        reporter.ask(Fact::DoNotDisturb, ask()).await;
        if changes.read(&mut line).await? == 0 {
            return Err(NoAnswer::program(words::Message::SourceProgramEnded, GSETTINGS));
        }
    }
}

fn gsettings(program: &Path, place: &Place, what: &str) -> Result<Running, NoAnswer> {
    let mut command = Command::new(program);
    command.args([what, "org.gnome.desktop.notifications", "show-banners"]);
    command.envs(place.session_bus.address().map(|address| ("DBUS_SESSION_BUS_ADDRESS", address)));
    Running::start(GSETTINGS, &mut command)
}

/// What it says is whether banners are shown.
fn is_silenced(said: &str) -> Result<bool, NoAnswer> {
    match said.trim() {
        "true" => Ok(false),
        "false" => Ok(true),
        _ => Err(NoAnswer::program(words::Message::SourceProgramStrange, GSETTINGS)),
    }
}

/// The program that reads the settings of GNOME.
const GSETTINGS: &str = "gsettings";

const SERVER: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

const DUNST: &str = "org.dunstproject.cmd0";

const XFCONF: Object<'_> =
    Object { service: "org.xfce.Xfconf", path: "/org/xfce/Xfconf", interface: "org.xfce.Xfconf" };

/// The channel and the property.
const XFCE: (&str, &str) = ("xfce4-notifyd", "/do-not-disturb");

const XFCE_UNSET: &str = "org.xfce.Xfconf.Error.PropertyNotFound";

const SWAYNC: Object<'_> = Object {
    service: "org.erikreider.swaync.cc",
    path: "/org/erikreider/swaync/cc",
    interface: "org.erikreider.swaync.cc",
};

const MAKO: Object<'_> =
    Object { service: SERVER, path: "/fr/emersion/Mako", interface: "fr.emersion.Mako" };

/// Its modes have the names that their owner gives them: these are the one of its manual, and the usual short one. Before 1.10 it says
/// to nobody that the mode changed.
const SILENT_MODES: [&str; 2] = ["do-not-disturb", "dnd"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gsettings_says_whether_banners_are_shown() {
        assert_eq!(is_silenced("true\n"), Ok(false));
        assert_eq!(is_silenced("false\n"), Ok(true));
        assert!(matches!(is_silenced(""), Err(NoAnswer::Failed(_))));
        assert!(matches!(is_silenced("No such schema"), Err(NoAnswer::Failed(_))));
    }

    #[test]
    fn a_server_that_is_not_known_cannot_tell() {
        assert_eq!(Server::of("Notification Daemon"), None);
        assert_eq!(Server::of("dunst").map(Server::name), Some("dunst"));
    }
}
