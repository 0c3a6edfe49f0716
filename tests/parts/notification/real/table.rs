//! The servers, one after the other.

use super::kind::FullScreen;
use super::kind::Hand::Command;
use super::kind::Hand::Missing;
use super::kind::Hand::Mouse;
use super::kind::Kind;
use super::kind::Seen;
use super::kind::Silence;
use super::kind::Stage;
use super::kind::Tried;
use super::kind::View;
use crate::compositor::CompositorKind;
use crate::debian::Debian;

/// What most have in common.
const PLAIN: Kind = Kind {
    name: "",
    versions: [None; 3],
    calls_itself: "",
    needs: &[],
    program: "",
    helpers: &[],
    variables: &[],
    misses_first: false,
    files: &[],
    services: &[],
    stage: Stage::Screen,
    tried: Tried::Always,
    view: View::Window(""),
    below: None,
    hover: None,
    token: false,
    start: Missing,
    later: Missing,
    fine: Missing,
    body: Missing,
    dismiss: Missing,
    silence: None,
    full_screen: None,
};

pub(crate) fn dunst(_: Debian) -> Kind {
    Kind {
        name: "dunst",
        versions: [Some("1.9.0"), Some("1.12.2"), Some("1.13.2")],
        calls_itself: "dunst",
        needs: &[("dunst", "dunst"), ("dunstctl", "dunst")],
        program: "dunst",
        view: View::Window("Dunst"),
        body: Mouse(160.0, 50.0, 2),
        dismiss: Mouse(160.0, 50.0, 1),
        silence: Some(Silence {
            on: "dunstctl set-paused true",
            off: "dunstctl set-paused false",
            seen: Seen::AtOnce,
        }),
        ..PLAIN
    }
}

pub(crate) fn xfce(_: Debian) -> Kind {
    Kind {
        name: "xfce4-notifyd",
        versions: [Some("0.7.3"), Some("0.9.7"), Some("0.9.7")],
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
            seen: Seen::AtOnce,
        }),
        ..PLAIN
    }
}

pub(crate) const XFCE_SERVICE: &str =
    "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service";

pub(crate) const XFCONF_SERVICE: &str = "/usr/share/dbus-1/services/org.xfce.Xfconf.service";

pub(crate) fn notification_daemon(_: Debian) -> Kind {
    Kind {
        name: "notification-daemon",
        versions: [Some("3.20.0"), Some("3.20.0"), Some("3.20.0")],
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
    }
}

pub(crate) fn mate(debian: Debian) -> Kind {
    Kind {
        name: "mate-notification-daemon",
        versions: [Some("1.26.0"), Some("1.26.1"), Some("1.26.1")],
        calls_itself: "Notification Daemon",
        needs: if debian == Debian::Twelve { &MATE_12 } else { &MATE_13 },
        program: if debian == Debian::Twelve { MATE_12[0].0 } else { MATE_13[0].0 },
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
            seen: Seen::AtOnce,
        }),
        ..PLAIN
    }
}

const MATE_12: [(&str, &str); 2] = [
    ("/usr/lib/mate-notification-daemon/mate-notification-daemon", "mate-notification-daemon"),
    ("gsettings", "libglib2.0-bin"),
];

const MATE_13: [(&str, &str); 2] = [
    ("/usr/libexec/mate-notification-daemon/mate-notification-daemon", "mate-notification-daemon"),
    ("gsettings", "libglib2.0-bin"),
];

pub(crate) fn lxqt(debian: Debian) -> Kind {
    Kind {
        name: "lxqt-notificationd",
        versions: [Some("1.2.0"), Some("2.1.0"), Some("2.4.0")],
        calls_itself: "lxqt-notificationd",
        needs: &[("lxqt-notificationd", "lxqt-notificationd")],
        program: "lxqt-notificationd",
        files: &[("lxqt/notifications.conf", "[General]\ndoNotDisturb=false\n")],
        view: View::Window("lxqt-notificationd"),
        start: Mouse(90.0, 33.0, 1),
        later: Mouse(155.0, 33.0, 1),
        fine: Mouse(220.0, 33.0, 1),
        dismiss: if debian == Debian::Twelve {
            Mouse(278.0, 198.0, 1)
        } else {
            Mouse(280.0, 168.0, 1)
        },
        silence: Some(Silence {
            on: "cd $HOME/lxqt && sed s/false/true/ notifications.conf > new && mv new notifications.conf",
            off: "cd $HOME/lxqt && sed s/true/false/ notifications.conf > new && mv new notifications.conf",
            seen: Seen::AtOnce,
        }),
        ..PLAIN
    }
}

pub(crate) fn mako(debian: Debian) -> Kind {
    Kind {
        name: "mako",
        versions: [Some("1.7.1"), Some("1.10.0"), Some("1.11.0")],
        calls_itself: "mako",
        needs: &[("mako", "mako-notifier"), ("sway", "sway"), ("setpriv", "util-linux")],
        program: "mako",
        files: &[("mako/config", "[mode=do-not-disturb]\ninvisible=1\n")],
        stage: Stage::Compositor(CompositorKind::Sway),
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
            seen: if debian == Debian::Twelve { Seen::WhenAsked } else { Seen::AtOnce },
        }),
        ..PLAIN
    }
}

pub(crate) fn mako_on_labwc(debian: Debian) -> Kind {
    Kind {
        name: "mako on labwc",
        versions: [None, Some("1.10.0"), Some("1.11.0")],
        needs: &[
            ("mako", "mako-notifier"),
            ("labwc", "labwc"),
            ("wlr-randr", "wlr-randr"),
            ("swaybg", "swaybg"),
            ("setpriv", "util-linux"),
        ],
        stage: Stage::Compositor(CompositorKind::Labwc),
        ..mako(debian)
    }
}

pub(crate) fn swaync(debian: Debian) -> Kind {
    let is_new = debian > Debian::Twelve;
    Kind {
        name: "swaync",
        versions: [Some("0.7.3"), Some("0.11.0"), Some("0.12.6")],
        calls_itself: "SwayNotificationCenter",
        needs: &[
            ("swaync", "sway-notification-center"),
            ("sway", "sway"),
            ("setpriv", "util-linux"),
        ],
        program: "swaync",
        // Where nothing draws with a graphics card, GTK 4 maps its window and shows nothing.
        variables: &[("GSETTINGS_BACKEND", "keyfile"), ("GSK_RENDERER", "cairo")],
        stage: Stage::Compositor(CompositorKind::Sway),
        view: View::Area(490, 200, 310, 0),
        start: Mouse(392.0, 480.0, 1),
        later: Mouse(550.0, 480.0, 1),
        fine: Mouse(708.0, 480.0, 1),
        body: Mouse(500.0, 550.0, 1),
        dismiss: if is_new { Mouse(774.0, 572.0, 1) } else { Mouse(768.0, 576.0, 1) },
        token: is_new,
        silence: Some(Silence {
            on: "swaync-client --dnd-on",
            off: "swaync-client --dnd-off",
            seen: Seen::AtOnce,
        }),
        ..PLAIN
    }
}

pub(crate) fn fnott(_: Debian) -> Kind {
    Kind {
        name: "fnott",
        versions: [None, Some("1.7.1"), Some("1.8.0")],
        calls_itself: "fnott",
        needs: &[("fnott", "fnott"), ("sway", "sway"), ("setpriv", "util-linux")],
        program: "fnott",
        stage: Stage::Compositor(CompositorKind::Sway),
        view: View::Area(800, 200, 0, 0),
        token: true,
        body: Mouse(700.0, 560.0, 1),
        dismiss: Mouse(700.0, 560.0, 3),
        // 1.7 does it and says that it failed.
        silence: Some(Silence {
            on: "fnottctl pause || true",
            off: "fnottctl unpause || true",
            seen: Seen::Never,
        }),
        ..PLAIN
    }
}

/// Its offers leave the screen as early as they do where nobody has changed a setting.
pub(crate) fn hasty_cinnamon(debian: Debian) -> Kind {
    Kind {
        files: &[("glib-2.0/settings/keyfile", "[org/cinnamon]\ndesktop-effects=false\n")],
        ..cinnamon(debian)
    }
}

/// What has Budgie's notifications silenced, and what has them shown again.
macro_rules! budgie_toggles {
    () => {
        "gdbus call --session --dest org.budgie_desktop.Notifications --object-path /org/budgie_desktop/Notifications \
         --method org.buddiesofbudgie.budgie.Dispatcher.ToggleDoNotDisturb"
    };
}

pub(crate) fn budgie(debian: Debian) -> Kind {
    let ten_nine = Kind {
        name: "Budgie",
        versions: [None, Some("10.9.2"), Some("10.10.3")],
        calls_itself: "Budgie Notification Server",
        needs: &[
            ("budgie-daemon", "budgie-core"),
            ("openbox", "openbox"),
            ("setpriv", "util-linux"),
            ("gdbus", "libglib2.0-bin"),
        ],
        program: "budgie-daemon",
        helpers: &["openbox"],
        variables: &[
            ("GSETTINGS_BACKEND", "keyfile"),
            ("XDG_CURRENT_DESKTOP", "Budgie:GNOME"),
            ("XDG_SESSION_TYPE", "x11"),
        ],
        // 10.10 has another program put a picture behind everything, which comes late.
        files: &[(
            "glib-2.0/settings/keyfile",
            "[org/gnome/desktop/background]\npicture-options='none'\n",
        )],
        stage: Stage::Desktop,
        tried: Tried::Rarely,
        view: View::Area(460, 240, 340, 0),
        start: Mouse(514.0, 458.0, 1),
        later: Mouse(600.0, 458.0, 1),
        fine: Mouse(685.0, 458.0, 1),
        body: Mouse(600.0, 528.0, 1),
        dismiss: Mouse(772.0, 533.0, 1),
        silence: Some(Silence {
            on: budgie_toggles!(),
            off: budgie_toggles!(),
            seen: Seen::AtOnce,
        }),
        full_screen: Some(FullScreen::Seen),
        ..PLAIN
    };
    if debian < Debian::Testing {
        return ten_nine;
    }
    // From 10.10 on it is there under Wayland alone.
    Kind {
        needs: &[
            ("budgie-daemon", "budgie-core"),
            ("sway", "sway"),
            ("setpriv", "util-linux"),
            ("gdbus", "libglib2.0-bin"),
        ],
        helpers: &[],
        variables: &[
            ("GDK_BACKEND", "wayland"),
            ("GSETTINGS_BACKEND", "keyfile"),
            ("XDG_CURRENT_DESKTOP", "Budgie"),
            ("XDG_SESSION_TYPE", "wayland"),
        ],
        misses_first: true,
        stage: Stage::Compositor(CompositorKind::Sway),
        ..ten_nine
    }
}

/// Its settings, written by this program, and what they say on the bus when they have written that key.
macro_rules! plasma_is_silenced {
    ($write:literal) => {
        Silence {
            on: concat!(
                $write,
                " --file plasmanotifyrc --group DoNotDisturb --key Until 2099,1,1,0,0,0; ",
                plasma_reads!()
            ),
            off: concat!(
                $write,
                " --file plasmanotifyrc --group DoNotDisturb --key Until --delete; ",
                plasma_reads!()
            ),
            seen: Seen::AtOnce,
        }
    };
}

macro_rules! plasma_reads {
    () => {
        "gdbus emit --session --object-path /plasmanotifyrc --signal org.kde.kconfig.notify.ConfigChanged \
         \"@a{saay} {'DoNotDisturb': [[0x55, 0x6e, 0x74, 0x69, 0x6c]]}\""
    };
}

pub(crate) fn plasma(debian: Debian) -> Kind {
    let five = Kind {
        name: "KDE Plasma",
        versions: [Some("5.27.5"), Some("6.3.6"), Some("6.7.4")],
        calls_itself: "Plasma",
        needs: &PLASMA_5,
        program: "plasmashell",
        variables: &[
            ("KDE_FULL_SESSION", "true"),
            ("QT_QUICK_BACKEND", "software"),
            ("XDG_CURRENT_DESKTOP", "KDE"),
        ],
        services: &[ACTIVITIES_SERVICE, SHORTCUTS_SERVICE],
        tried: Tried::OneClick,
        view: View::Window("Plasma"),
        token: true,
        start: Mouse(184.0, 20.0, 1),
        later: Mouse(236.0, 20.0, 1),
        fine: Mouse(297.0, 20.0, 1),
        body: Mouse(60.0, 82.0, 1),
        dismiss: Mouse(321.0, 137.0, 1),
        silence: Some(plasma_is_silenced!("kwriteconfig5")),
        ..PLAIN
    };
    if debian == Debian::Twelve {
        return five;
    }
    Kind {
        needs: &PLASMA_6,
        program: "plasmashell --no-respawn",
        helpers: &[ACTIVITIES, SHORTCUTS],
        variables: &[
            ("KDE_FULL_SESSION", "true"),
            ("KDE_SESSION_VERSION", "6"),
            ("QT_QPA_PLATFORM", "wayland"),
            ("QT_QUICK_BACKEND", "software"),
            ("XDG_CURRENT_DESKTOP", "KDE"),
            ("XDG_SESSION_TYPE", "wayland"),
        ],
        services: &[],
        stage: Stage::Kwin,
        view: View::Area(380, 220, 420, 300),
        // Its panel, and the picture behind that, which comes later.
        below: Some(("200x60+300+530", 100)),
        start: Mouse(623.0, 111.0, 1),
        later: Mouse(671.0, 111.0, 1),
        fine: Mouse(729.0, 111.0, 1),
        body: Mouse(520.0, 170.0, 1),
        dismiss: Mouse(749.0, 227.0, 1),
        silence: Some(plasma_is_silenced!("kwriteconfig6")),
        full_screen: Some(if debian == Debian::Thirteen {
            FullScreen::Never
        } else {
            FullScreen::AsSilence
        }),
        ..five
    }
}

const PLASMA_5: [(&str, &str); 6] = [
    ("plasmashell", "plasma-workspace"),
    ("/usr/share/plasma/shells/org.kde.plasma.desktop", "plasma-desktop"),
    (ACTIVITIES_SERVICE, "kactivitymanagerd"),
    (SHORTCUTS_SERVICE, "libkf5globalaccel-data"),
    ("kwriteconfig5", "libkf5config-bin"),
    ("gdbus", "libglib2.0-bin"),
];

const PLASMA_6: [(&str, &str); 8] = [
    ("plasmashell", "plasma-workspace"),
    ("/usr/share/plasma/shells/org.kde.plasma.desktop", "plasma-desktop"),
    ("kwin_wayland", "kwin-wayland"),
    ("setpriv", "util-linux"),
    (ACTIVITIES, "kactivitymanagerd"),
    (SHORTCUTS, "kglobalacceld"),
    ("kwriteconfig6", "libkf6config-bin"),
    ("gdbus", "libglib2.0-bin"),
];

const ACTIVITIES: &str = "/usr/lib/x86_64-linux-gnu/libexec/kactivitymanagerd";

const SHORTCUTS: &str = "/usr/lib/x86_64-linux-gnu/libexec/kglobalacceld";

const ACTIVITIES_SERVICE: &str = "/usr/share/dbus-1/services/org.kde.ActivityManager.service";

const SHORTCUTS_SERVICE: &str = "/usr/share/dbus-1/services/org.kde.kglobalaccel.service";

pub(crate) fn gnome(debian: Debian) -> Kind {
    Kind {
        name: "GNOME Shell",
        versions: [Some("43.9"), Some("48.7"), Some("50.5")],
        calls_itself: "gnome-shell",
        needs: &[
            ("gnome-shell", "gnome-shell"),
            ("setpriv", "util-linux"),
            ("gjs", "gjs"),
            ("gsettings", "libglib2.0-bin"),
            (SHELL_SERVICE, "gnome-shell"),
        ],
        program: if debian == Debian::Twelve {
            "gnome-shell --nested --wayland"
        } else {
            "gnome-shell --headless --unsafe-mode --virtual-monitor 800x600 --wayland-display wayland-9"
        },
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
                "[org/gnome/desktop/interface]\nenable-animations=false\nenable-hot-corners=false\n\
                 [org/gnome/shell]\nwelcome-dialog-last-shown-version='99'\n",
            ),
        ],
        helpers: &[],
        misses_first: false,
        services: &[SHELL_SERVICE],
        stage: if debian == Debian::Twelve { Stage::Desktop } else { Stage::Shell },
        token: debian > Debian::Twelve,
        tried: Tried::Large,
        view: View::Area(500, 180, 150, 32),
        // What there is to start.
        below: Some(("200x60+300+530", 8)),
        hover: Some((400.0, 530.0)),
        start: Mouse(230.0, 420.0, 1),
        later: Mouse(390.0, 420.0, 1),
        fine: Mouse(560.0, 420.0, 1),
        body: Mouse(400.0, 530.0, 1),
        dismiss: Mouse(626.0, 541.0, 1),
        silence: Some(Silence {
            on: "gsettings set org.gnome.desktop.notifications show-banners false",
            off: "gsettings set org.gnome.desktop.notifications show-banners true",
            seen: Seen::AtOnce,
        }),
        full_screen: (debian > Debian::Twelve).then_some(FullScreen::Never),
    }
}

pub(crate) fn cinnamon(_: Debian) -> Kind {
    Kind {
        name: "Cinnamon",
        versions: [None, Some("6.4.10"), Some("6.6.9")],
        calls_itself: "cinnamon",
        needs: &[
            ("cinnamon", "cinnamon"),
            ("setpriv", "util-linux"),
            ("gsettings", "libglib2.0-bin"),
        ],
        program: "cinnamon --sync",
        variables: &[
            ("GSETTINGS_BACKEND", "keyfile"),
            ("LIBGL_ALWAYS_SOFTWARE", "1"),
            ("XDG_CURRENT_DESKTOP", "X-Cinnamon"),
            ("XDG_SESSION_TYPE", "x11"),
        ],
        // It's 4 s otherwise, which a busy machine needs for a picture alone.
        files: &[(
            "glib-2.0/settings/keyfile",
            "[org/cinnamon]\ndesktop-effects=false\n\
             [org/cinnamon/desktop/notifications]\nnotification-duration=30\n",
        )],
        stage: Stage::Desktop,
        tried: Tried::OneClick,
        view: View::Area(460, 200, 340, 0),
        // The left of its panel; it is dark at first.
        below: Some(("140x40+0+560", 300)),
        start: Mouse(557.0, 432.0, 1),
        later: Mouse(628.0, 432.0, 1),
        fine: Mouse(708.0, 432.0, 1),
        body: Mouse(640.0, 510.0, 1),
        dismiss: Mouse(758.0, 569.0, 1),
        silence: Some(Silence {
            on: "gsettings set org.cinnamon.desktop.notifications display-notifications false",
            off: "gsettings set org.cinnamon.desktop.notifications display-notifications true",
            seen: Seen::AtOnce,
        }),
        full_screen: Some(FullScreen::Seen),
        ..PLAIN
    }
}

const SHELL_SERVICE: &str = "/usr/share/dbus-1/services/org.gnome.Shell.Notifications.service";

/// All of them, in the order of the README.
pub(crate) const ALL: [fn(Debian) -> Kind; 13] = [
    gnome,
    plasma,
    cinnamon,
    budgie,
    xfce,
    mate,
    lxqt,
    notification_daemon,
    dunst,
    mako,
    mako_on_labwc,
    swaync,
    fnott,
];
