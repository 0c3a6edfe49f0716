//! Whether notifications are silenced, asked of whoever shows them; each does it in a way of its own, a row of [`SERVERS`].

mod file;
mod settings;

use tokio::time::sleep;
use zbus::Connection;
use zbus::Message;
use zbus::OwnedVariant;

use self::file::FileKey;
use self::settings::Setting;
use super::bus;
use super::bus::connect;
use super::facts::FactSource;
use super::place::Place;
use super::report::NoAnswer;
use super::report::Reporter;
use super::report::SETTLED_BY;
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

/// A server, and how it is asked whether it is silenced.
struct Server {
    /// The name that it gives itself, and its vendor where another has the same name.
    itself: (&'static str, Option<&'static str>),
    name: &'static str,
    asked: Asked,
}

/// Who or what is asked.
enum Asked {
    /// The bus.
    Bus(Question),
    /// The settings of the desktop.
    Setting(Setting),
    /// A file of the owner's.
    File(FileKey),
    /// Nobody: this is why.
    Nobody(words::Message),
}

/// A question on the session bus.
enum Question {
    /// A property of the server.
    Property { interface: &'static str, name: &'static str },
    /// A method of this object that says yes or no.
    Method(Object<'static>, &'static str),
    /// The settings of Xfce.
    Xfconf,
    /// The modes of mako.
    Modes,
}

const SERVERS: [Server; 11] = [
    Server {
        itself: ("Plasma", None),
        name: "Plasma",
        asked: Asked::Bus(Question::Property { interface: SERVER, name: "Inhibited" }),
    },
    Server {
        itself: ("gnome-shell", None),
        name: "GNOME",
        asked: Asked::Setting(Setting {
            schema: "org.gnome.desktop.notifications",
            key: "show-banners",
            silenced: false,
        }),
    },
    Server {
        itself: ("dunst", None),
        name: "dunst",
        asked: Asked::Bus(Question::Property {
            interface: "org.dunstproject.cmd0",
            name: "paused",
        }),
    },
    Server {
        itself: ("Xfce Notify Daemon", None),
        name: "Xfce",
        asked: Asked::Bus(Question::Xfconf),
    },
    Server {
        itself: ("SwayNotificationCenter", None),
        name: "swaync",
        asked: Asked::Bus(Question::Method(SWAYNC, "GetDnd")),
    },
    Server { itself: ("mako", None), name: "mako", asked: Asked::Bus(Question::Modes) },
    Server {
        itself: ("cinnamon", None),
        name: "Cinnamon",
        asked: Asked::Setting(Setting {
            schema: "org.cinnamon.desktop.notifications",
            key: "display-notifications",
            silenced: false,
        }),
    },
    Server {
        itself: ("Notification Daemon", Some("MATE")),
        name: "MATE",
        asked: Asked::Setting(Setting {
            schema: "org.mate.NotificationDaemon",
            key: "do-not-disturb",
            silenced: true,
        }),
    },
    Server {
        itself: ("Budgie Notification Server", None),
        name: "Budgie",
        asked: Asked::Bus(Question::Method(BUDGIE, "GetDoNotDisturb")),
    },
    Server {
        itself: ("lxqt-notificationd", None),
        name: "LXQt",
        asked: Asked::File(FileKey {
            file: "lxqt/notifications.conf",
            section: "General",
            key: "doNotDisturb",
        }),
    },
    Server {
        itself: ("fnott", None),
        name: "fnott",
        asked: Asked::Nobody(words::Message::SourceNoPaused),
    },
];

/// Reports, and begins anew whenever another server takes over.
async fn follow(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let bus = connect(&place.session_bus).await?;
    let mut owners = dbus::owner_changes(&bus, SERVER).await?;
    loop {
        let followed = async {
            // A server may have its name before it answers, and does not say when it does.
            for _ in 0..2 {
                if let Err(none) = server(&bus, place, reporter).await {
                    reporter.report(Fact::DoNotDisturb, Err(none)).await;
                }
                sleep(SETTLED_BY).await;
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
    let reporter = reporter.named(server.name);
    match &server.asked {
        Asked::Bus(question) => question.follow(bus, &owner, &reporter).await,
        Asked::Setting(setting) => setting.follow(place, &reporter).await,
        Asked::File(key) => {
            let ended = key.follow(place, &reporter).await;
            let nowhere = || no_silence(words::Message::SourceNoSilence, server.name);
            Err(ended.unwrap_or_else(nowhere))
        }
        Asked::Nobody(why) => Err(no_silence(*why, server.name)),
    }
}

fn no_silence(why: words::Message, server: &str) -> NoAnswer {
    NoAnswer::Absent(Sentence::new(why).with("server", server.to_owned()))
}

/// Who shows notifications: the name on the bus, and which of those that are known.
async fn who(bus: &Connection) -> Result<(String, &'static Server), NoAnswer> {
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
    let (name, vendor, _, _): (String, String, String, String) =
        at.call(bus, "GetServerInformation", &()).await?;
    match Server::of(&name, &vendor) {
        Some(server) => Ok((owner, server)),
        None => Err(no_silence(words::Message::SourceNoSilence, &name)),
    }
}

impl Server {
    /// Which it is, by what it says of itself.
    fn of(name: &str, vendor: &str) -> Option<&'static Self> {
        static KNOWN: [Server; SERVERS.len()] = SERVERS;
        KNOWN.iter().find(|server| {
            let (itself, its_vendor) = server.itself;
            itself == name && its_vendor.is_none_or(|its_vendor| its_vendor == vendor)
        })
    }
}

impl Question {
    async fn follow(
        &self,
        bus: &Connection,
        owner: &str,
        reporter: &Reporter,
    ) -> Result<(), NoAnswer> {
        let signals = self.signals(owner);
        let changes = dbus::signals(bus, |rule| {
            let sender = signals.service.to_owned();
            rule.sender(sender)
                .interface(signals.interface.to_owned())
                .path(signals.path.to_owned())
        });
        let changes = changes.await?;
        let ask = || async { Ok(self.ask(bus, owner).await?) };
        let concerns = |message: &Message| self.is_concerned(message);
        bus::follow(Fact::DoNotDisturb, reporter, changes, concerns, ask).await
    }

    /// From where it says that something changed.
    fn signals<'a>(&self, owner: &'a str) -> Object<'a> {
        match self {
            Self::Property { .. } => {
                Object { service: owner, path: PATH, interface: dbus::PROPERTIES }
            }
            Self::Method(at, _) => of(owner, at),
            Self::Xfconf => XFCONF,
            Self::Modes => Object { service: owner, path: MAKO.path, interface: dbus::PROPERTIES },
        }
    }

    fn is_concerned(&self, message: &Message) -> bool {
        let body = message.body();
        match self {
            Self::Xfconf => {
                let changed = body.deserialize::<(&str, &str, OwnedVariant)>();
                let removed = body.deserialize::<(&str, &str)>();
                let what = changed.map(|(channel, name, _)| (channel, name)).or(removed);
                what.is_ok_and(|what| what == XFCE)
            }
            // Some tell of every notification as well, and asking again costs next to nothing.
            Self::Property { .. } | Self::Method(..) | Self::Modes => true,
        }
    }

    async fn ask(&self, bus: &Connection, owner: &str) -> zbus::Result<bool> {
        match self {
            Self::Property { interface, name } => {
                let at = Object { service: owner, path: PATH, interface };
                at.property(bus, name).await?.try_into()
            }
            Self::Method(at, method) => of(owner, at).call(bus, method, &()).await,
            Self::Xfconf => {
                match XFCONF.call::<_, OwnedVariant>(bus, "GetProperty", &XFCE).await {
                    Ok(value) => Ok(bool::try_from(value)?),
                    // Never set: it is not silenced.
                    Err(zbus::Error::MethodError(name, ..)) if name.as_str() == XFCE_UNSET => {
                        Ok(false)
                    }
                    Err(error) => Err(error),
                }
            }
            Self::Modes => {
                let mako = Object { service: owner, ..MAKO };
                let modes: Vec<String> = mako.call(bus, "ListModes", &()).await?;
                Ok(modes.iter().any(|mode| SILENT_MODES.contains(&mode.as_str())))
            }
        }
    }
}

/// The object, of the server's owner where it goes by the server's name.
fn of<'a>(owner: &'a str, at: &Object<'static>) -> Object<'a> {
    let service = if at.service == SERVER { owner } else { at.service };
    Object { service, ..*at }
}

const SERVER: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

const XFCONF: Object<'_> =
    Object { service: "org.xfce.Xfconf", path: "/org/xfce/Xfconf", interface: "org.xfce.Xfconf" };

/// The channel and the property.
const XFCE: (&str, &str) = ("xfce4-notifyd", "/do-not-disturb");

const XFCE_UNSET: &str = "org.xfce.Xfconf.Error.PropertyNotFound";

const SWAYNC: Object<'_> = Object {
    service: SERVER,
    path: "/org/erikreider/swaync/cc",
    interface: "org.erikreider.swaync.cc",
};

/// Of the program that shows notifications, under another name of its own.
const BUDGIE: Object<'_> = Object {
    service: "org.budgie_desktop.Notifications",
    path: "/org/budgie_desktop/Notifications",
    interface: "org.buddiesofbudgie.budgie.Dispatcher",
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
    fn a_server_is_known_by_its_name_and_vendor() {
        let name = |name, vendor| Server::of(name, vendor).map(|server| server.name);
        assert_eq!(name("Notification Daemon", "GNOME"), None);
        assert_eq!(name("Notification Daemon", "MATE"), Some("MATE"));
        assert_eq!(name("dunst", "knopwob"), Some("dunst"));
        assert_eq!(name("Budgie Notification Server", "Budgie Desktop Developers"), Some("Budgie"));
    }
}
