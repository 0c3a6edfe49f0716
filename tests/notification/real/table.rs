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
    view: View::Window(""),
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
    needs: &[("mako", "mako-notifier"), ("sway", "sway"), ("swaymsg", "sway")],
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
    needs: &[("swaync", "sway-notification-center"), ("sway", "sway"), ("swaymsg", "sway")],
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

/// All of them, in the order of the README.
pub(crate) const ALL: [&Kind; 7] =
    [&DUNST, &XFCE, &NOTIFICATION_DAEMON, &MATE, &LXQT, &MAKO, &SWAYNC];
