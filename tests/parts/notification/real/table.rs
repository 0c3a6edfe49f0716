//! The servers, one after the other.

use super::kind::Hand::Command;
use super::kind::Hand::Missing;
use super::kind::Hand::Mouse;
use super::kind::Kind;
use super::kind::Silence;
use super::kind::Stage;
use super::kind::View;

/// What most have in common.
const PLAIN: Kind = Kind {
    name: "",
    version: "",
    calls_itself: "",
    needs: &[],
    program: "",
    variables: &[],
    files: &[],
    services: &[],
    stage: Stage::Screen,
    is_large: false,
    view: View::Window(""),
    hover: None,
    token: false,
    start: Missing,
    later: Missing,
    fine: Missing,
    body: Missing,
    dismiss: Missing,
    silence: None,
};

pub(crate) const DUNST: Kind = Kind {
    name: "dunst",
    version: "1.9.0",
    calls_itself: "dunst",
    needs: &[("dunst", "dunst"), ("dunstctl", "dunst")],
    program: "dunst",
    view: View::Window("Dunst"),
    body: Mouse(160.0, 50.0, 2),
    dismiss: Mouse(160.0, 50.0, 1),
    silence: Some(Silence { on: "dunstctl set-paused true", off: "dunstctl set-paused false" }),
    ..PLAIN
};

pub(crate) const XFCE: Kind = Kind {
    name: "xfce4-notifyd",
    version: "0.7.3",
    calls_itself: "Xfce Notify Daemon",
    needs: &[(XFCE_SERVICE, "xfce4-notifyd"), (XFCONF_SERVICE, "xfconf")],
    program: XFCE_SERVICE,
    services: &[XFCONF_SERVICE],
    view: View::Window("xfce4-notifyd"),
    start: Mouse(60.0, 30.0, 1),
    later: Mouse(148.0, 30.0, 1),
    fine: Mouse(240.0, 30.0, 1),
    dismiss: Mouse(148.0, 100.0, 1),
    silence: Some(Silence {
        on: "xfconf-query -c xfce4-notifyd -p /do-not-disturb -n -t bool -s true",
        off: "xfconf-query -c xfce4-notifyd -p /do-not-disturb -n -t bool -s false",
    }),
    ..PLAIN
};

pub(crate) const XFCE_SERVICE: &str =
    "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service";

pub(crate) const XFCONF_SERVICE: &str = "/usr/share/dbus-1/services/org.xfce.Xfconf.service";

pub(crate) const NOTIFICATION_DAEMON: Kind = Kind {
    name: "notification-daemon",
    version: "3.20.0",
    calls_itself: "Notification Daemon",
    needs: &[("/usr/lib/notification-daemon/notification-daemon", "notification-daemon")],
    program: "/usr/lib/notification-daemon/notification-daemon",
    view: View::Window("Notification"),
    start: Mouse(196.0, 40.0, 1),
    later: Mouse(247.0, 40.0, 1),
    fine: Mouse(311.0, 40.0, 1),
    body: Mouse(150.0, 110.0, 1),
    dismiss: Mouse(376.0, 141.0, 1),
    ..PLAIN
};

pub(crate) const MATE: Kind = Kind {
    name: "mate-notification-daemon",
    version: "1.26.0",
    calls_itself: "Notification Daemon",
    needs: &[
        ("/usr/lib/mate-notification-daemon/mate-notification-daemon", "mate-notification-daemon"),
        ("gsettings", "libglib2.0-bin"),
    ],
    program: "/usr/lib/mate-notification-daemon/mate-notification-daemon",
    variables: &[("GSETTINGS_BACKEND", "keyfile")],
    view: View::Window("Notification"),
    start: Mouse(276.0, 28.0, 1),
    later: Mouse(327.0, 28.0, 1),
    fine: Mouse(391.0, 28.0, 1),
    body: Mouse(200.0, 60.0, 1),
    dismiss: Mouse(431.0, 110.0, 1),
    silence: Some(Silence {
        on: "gsettings set org.mate.NotificationDaemon do-not-disturb true",
        off: "gsettings set org.mate.NotificationDaemon do-not-disturb false",
    }),
    ..PLAIN
};

pub(crate) const LXQT: Kind = Kind {
    name: "lxqt-notificationd",
    version: "1.2.0",
    calls_itself: "lxqt-notificationd",
    needs: &[("lxqt-notificationd", "lxqt-notificationd")],
    program: "lxqt-notificationd",
    files: &[("lxqt/notifications.conf", "[General]\ndoNotDisturb=false\n")],
    view: View::Window("lxqt-notificationd"),
    start: Mouse(90.0, 33.0, 1),
    later: Mouse(155.0, 33.0, 1),
    fine: Mouse(220.0, 33.0, 1),
    dismiss: Mouse(278.0, 198.0, 1),
    silence: Some(Silence {
        on: "cd $HOME/lxqt && sed s/false/true/ notifications.conf > new && mv new notifications.conf",
        off: "cd $HOME/lxqt && sed s/true/false/ notifications.conf > new && mv new notifications.conf",
    }),
    ..PLAIN
};

pub(crate) const MAKO: Kind = Kind {
    name: "mako",
    version: "1.7.1",
    calls_itself: "mako",
    needs: &[("mako", "mako-notifier"), ("sway", "sway"), ("setpriv", "util-linux")],
    program: "mako",
    files: &[("mako/config", "[mode=do-not-disturb]\ninvisible=1\n")],
    stage: Stage::Sway,
    view: View::Area(320, 220, 480, 0),
    token: true,
    start: Command("makoctl invoke start"),
    later: Command("makoctl invoke later"),
    fine: Command("makoctl invoke fine"),
    body: Mouse(600.0, 540.0, 1),
    dismiss: Mouse(600.0, 540.0, 3),
    silence: Some(Silence {
        on: "makoctl mode -a do-not-disturb",
        off: "makoctl mode -r do-not-disturb",
    }),
    ..PLAIN
};

pub(crate) const SWAYNC: Kind = Kind {
    name: "swaync",
    version: "0.7.3",
    calls_itself: "SwayNotificationCenter",
    needs: &[("swaync", "sway-notification-center"), ("sway", "sway"), ("setpriv", "util-linux")],
    program: "swaync",
    variables: &[("GSETTINGS_BACKEND", "keyfile")],
    stage: Stage::Sway,
    view: View::Area(490, 200, 310, 0),
    start: Mouse(392.0, 460.0, 1),
    later: Mouse(550.0, 460.0, 1),
    fine: Mouse(708.0, 460.0, 1),
    body: Mouse(500.0, 550.0, 1),
    dismiss: Mouse(768.0, 576.0, 1),
    silence: Some(Silence { on: "swaync-client --dnd-on", off: "swaync-client --dnd-off" }),
    ..PLAIN
};

/// What the settings of Plasma say on the bus when they have written this key.
macro_rules! plasma_reads {
    () => {
        "gdbus emit --session --object-path /plasmanotifyrc --signal org.kde.kconfig.notify.ConfigChanged \
         \"@a{saay} {'DoNotDisturb': [[0x55, 0x6e, 0x74, 0x69, 0x6c]]}\""
    };
}

pub(crate) const PLASMA: Kind = Kind {
    name: "KDE Plasma",
    version: "5.27.5",
    calls_itself: "Plasma",
    needs: &[
        ("plasmashell", "plasma-workspace"),
        ("/usr/share/plasma/shells/org.kde.plasma.desktop", "plasma-desktop"),
        (ACTIVITIES_SERVICE, "kactivitymanagerd"),
        (SHORTCUTS_SERVICE, "libkf5globalaccel-data"),
        ("kwriteconfig5", "libkf5config-bin"),
        ("gdbus", "libglib2.0-bin"),
    ],
    program: "plasmashell",
    variables: &[
        ("KDE_FULL_SESSION", "true"),
        ("QT_QUICK_BACKEND", "software"),
        ("XDG_CURRENT_DESKTOP", "KDE"),
    ],
    services: &[ACTIVITIES_SERVICE, SHORTCUTS_SERVICE],
    is_large: true,
    view: View::Window("Plasma"),
    token: true,
    start: Mouse(224.0, 21.0, 1),
    later: Mouse(275.0, 21.0, 1),
    fine: Mouse(334.0, 21.0, 1),
    body: Mouse(60.0, 82.0, 1),
    dismiss: Mouse(357.0, 137.0, 1),
    silence: Some(Silence {
        on: concat!(
            "kwriteconfig5 --file plasmanotifyrc --group DoNotDisturb --key Until 2099,1,1,0,0,0; ",
            plasma_reads!()
        ),
        off: concat!(
            "kwriteconfig5 --file plasmanotifyrc --group DoNotDisturb --key Until --delete; ",
            plasma_reads!()
        ),
    }),
    ..PLAIN
};

const ACTIVITIES_SERVICE: &str = "/usr/share/dbus-1/services/org.kde.ActivityManager.service";

const SHORTCUTS_SERVICE: &str = "/usr/share/dbus-1/services/org.kde.kglobalaccel.service";

pub(crate) const GNOME: Kind = Kind {
    name: "GNOME Shell",
    version: "43.9",
    calls_itself: "gnome-shell",
    needs: &[
        ("gnome-shell", "gnome-shell"),
        ("setpriv", "util-linux"),
        ("gjs", "gjs"),
        ("gsettings", "libglib2.0-bin"),
        (SHELL_SERVICE, "gnome-shell"),
    ],
    program: "gnome-shell --nested --wayland",
    variables: &[
        ("GSETTINGS_BACKEND", "keyfile"),
        ("LIBGL_ALWAYS_SOFTWARE", "1"),
        ("MUTTER_DEBUG_DUMMY_MODE_SPECS", "800x600"),
        ("XDG_CURRENT_DESKTOP", "GNOME"),
    ],
    files: &[
        // It would tell that it cannot lock the screen.
        ("gnome-shell/lock-warning-shown", ""),
        (
            "glib-2.0/settings/keyfile",
            "[org/gnome/desktop/interface]\nenable-animations=false\n\
             [org/gnome/shell]\nwelcome-dialog-last-shown-version='99'\n",
        ),
    ],
    services: &[SHELL_SERVICE],
    stage: Stage::Desktop,
    is_large: true,
    view: View::Area(500, 180, 150, 32),
    hover: Some((400.0, 530.0)),
    start: Mouse(230.0, 420.0, 1),
    later: Mouse(390.0, 420.0, 1),
    fine: Mouse(560.0, 420.0, 1),
    body: Mouse(400.0, 530.0, 1),
    dismiss: Mouse(626.0, 541.0, 1),
    silence: Some(Silence {
        on: "gsettings set org.gnome.desktop.notifications show-banners false",
        off: "gsettings set org.gnome.desktop.notifications show-banners true",
    }),
    ..PLAIN
};

const SHELL_SERVICE: &str = "/usr/share/dbus-1/services/org.gnome.Shell.Notifications.service";

/// All of them, in the order of the README.
pub(crate) const ALL: [&Kind; 9] =
    [&GNOME, &PLASMA, &XFCE, &MATE, &LXQT, &NOTIFICATION_DAEMON, &DUNST, &MAKO, &SWAYNC];
