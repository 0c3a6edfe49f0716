use std::io;

use insta::assert_snapshot;

use super::*;
use crate::accented;
use crate::bluetooth;
use crate::command::doctor::as_text;
use crate::command::doctor::look::Configured;
use crate::command::doctor::look::OwnPractices;
use crate::desktop::Autostart;
use crate::desktop::FactReport;
use crate::desktop::IdleSource;
use crate::desktop::PresenceReport;
use crate::notification::ServerInfo;
use crate::speech;
use crate::store;
use kindbeat_core::config::Config;
use kindbeat_core::context;
use kindbeat_core::context::InputActivity;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::words::Sentence;

mod desk;
mod kept;

/// A desk where all is well.
fn well() -> Seen {
    let server = ServerInfo {
        name: "dunst".to_owned(),
        vendor: "knopwob".to_owned(),
        version: "1.9.0".to_owned(),
        capabilities: vec!["actions".to_owned(), "body".to_owned()],
    };
    Seen {
        bluetooth: Some(Ok(())),
        notifications: Some(Ok(ServerPresence::Running(server))),
        presence: Some(PresenceReport {
            source: Some(IdleSource::X11),
            awake_is_use: false,
            silent: vec![(IdleSource::Mutter, None)],
            hands: InputActivity::Busy,
            lock: vec!["org.freedesktop.login1".into()],
            locked: false,
            sleep: true,
        }),
        desktop: Fact::ALL
            .map(|fact| FactReport {
                fact,
                source: Sentence::detail("PipeWire"),
                seen: context::Probe::No,
                why: None,
            })
            .into(),
        told_by_service: true,
        voice: None,
        service: Some(Ok(streaming())),
        unit: Some(Unit::Installed {
            enabled: true,
            with_session: true,
            state: UnitState::Running,
        }),
        autostart: Some(Autostart { starts_entries: false, has_entry: false }),
        config: Some(Ok(configured(Config::default()))),
        practices: Some(OwnPractices::default()),
        store: Some(Ok(Stored {
            folder: Some("/home/a/.local/state/kindbeat".into()),
            bytes: Some(1_234_567),
            aside: Vec::new(),
            knows_monitor: true,
        })),
        browsers: vec![("chromium".to_owned(), true), ("xdg-open".to_owned(), true)],
        listening: Ok(()),
    }
}

fn streaming() -> Status {
    let sensor = SensorStatus {
        name: Some("Polar H10".to_owned()),
        address: "A0:9E:1A:00:00:00".to_owned(),
        battery: Some(87),
    };
    Status {
        state: "streaming".to_owned(),
        heart_rate: Some(72),
        quality: Some(Quality::Good),
        sensor: Some(sensor),
        ..Status::default()
    }
}

fn configured(config: Config) -> Configured {
    Configured { path: "/home/a/.config/kindbeat/config.toml".into(), is_there: true, config }
}

/// All that is told of this desk; in another language nothing of it is told in English.
#[track_caller]
fn told(seen: &Seen) -> String {
    let [told, other] =
        [Words::new("en"), accented::words()].map(|words| as_text(&all(seen, &words), &words));
    assert_eq!(accented::untranslated(&other, &FILLED_IN), [""; 0]);
    told
}

/// What is filled in on the desks of these tests: names, places, and what the system or a file is told to be.
const FILLED_IN: [&str; 37] = [
    "Venu 3",
    "TICKR 4F2A",
    "Other HR",
    "[monitor]",
    "/home/a/.config/kindbeat/config.toml",
    "/home/a/.config/kindbeat/practices/a.toml",
    "/home/a/.local/state/kindbeat/kindbeat.db",
    "Polar H10",
    "dunst 1.9.0",
    "chromium",
    "firefox",
    "firefux",
    "flatpak",
    "falkon",
    "--private-window",
    "xdg-open",
    "espeak-ng",
    "permission denied",
    "oom-kill",
    "config.toml:2:1: unknown key",
    "graphical-session.target",
    "config.toml:2:1",
    "`cooldown`",
    "`cool_down`",
    "[offer]",
    "disk I/O error",
    "Query is not read-only",
    "X11",
    "ext-idle-notify-v1",
    "hold_in_calls",
    "Mutter",
    "PipeWire",
    "ALSA",
    "org.freedesktop.login1",
    "org.gnome.ScreenSaver",
    "pw-dump",
    "No such file or directory (os error 2)",
];

/// The lines of one check, for each of these desks.
#[track_caller]
fn lines(check: &str, desks: &[Seen]) -> String {
    let mut lines = String::new();
    for seen in desks {
        let mut of_it = false;
        for line in told(seen).lines() {
            if let Some((_, line)) = line.split_once("  ").filter(|_| !line.starts_with(' ')) {
                of_it = line.trim_start().starts_with(&format!("{check} "));
            }
            if of_it {
                lines = format!("{lines}{line}\n");
            }
        }
    }
    lines
}

#[test]
fn where_all_is_well_each_has_one_line() {
    let told = told(&well());
    let is_fact =
        |line: &&str| line.ends_with(" does not speak against an offer (told by PipeWire)");
    let (facts, others): (Vec<_>, Vec<_>) = told.lines().partition(is_fact);
    assert_eq!(facts.len(), Fact::ALL.len(), "{told}");
    assert_snapshot!(others.join("\n"), @r#"
    ok     bluetooth      an adapter is there and switched on
    ok     strap          Polar H10 streams; battery 87 %
    ok     notifications  dunst 1.9.0 shows them
    ok     presence       X11 tells of keyboard and pointer, org.freedesktop.login1 of the lock
    ok     page           opens with chromium
    ok     voice          off
    ok     service        running, and it starts with your session
    ok     config         /home/a/.config/kindbeat/config.toml: fine
    ok     practices      those of kindbeat, and none of your own
    ok     store          /home/a/.local/state/kindbeat/kindbeat.db: 1.2 MB
    "#);
}

#[test]
fn bluetooth_that_cannot_be_used_has_a_remedy() {
    let without = |bluetooth| Seen { bluetooth, ..well() };
    let desks = [
        without(Some(Err(bluetooth::BluetoothError::NoService))),
        without(Some(Err(bluetooth::BluetoothError::NoAdapter))),
        without(Some(Err(bluetooth::BluetoothError::Off))),
        without(Some(Err(bluetooth::BluetoothError::Blocked))),
        without(Some(Err(bluetooth::BluetoothError::TimedOut { doing: "asking" }))),
        without(None),
    ];
    assert_snapshot!(lines("bluetooth", &desks), @r#"
    fault  bluetooth      the Bluetooth service is not running
                          start it with "systemctl start bluetooth.service" (package bluez)
    fault  bluetooth      there is no Bluetooth adapter
                          plug one in, or see whether "rfkill" lists one as blocked
    fault  bluetooth      Bluetooth is switched off
                          switch it on in the settings of your desktop or with "bluetoothctl power on"
    fault  bluetooth      Bluetooth is blocked: airplane mode is on, or a switch of the computer
                          switch airplane mode off in the settings of your desktop, or run "rfkill unblock bluetooth"; some laptops have a key for it
    fault  bluetooth      Bluetooth does not answer
                          "systemctl status bluetooth.service" may say why
    fault  bluetooth      Bluetooth does not answer
                          "systemctl status bluetooth.service" may say why
    "#);
}

#[test]
fn a_strap_is_told_by_the_service_or_from_before() {
    let with = |status| Seen { service: Some(Ok(status)), ..well() };
    let in_state = |state: &str| with(Status { state: state.to_owned(), ..streaming() });
    let stopped = || Seen { service: Some(Err(ClientError::NoDaemon)), ..well() };
    let strap = |name: &str| {
        let name = Some(name.to_owned());
        streaming().sensor.map(|sensor| SensorStatus { name, ..sensor })
    };
    let named = Config::default().with(&["monitor.device=Amazfit Band 5"]).unwrap();
    let low = streaming().sensor.map(|sensor| SensorStatus { battery: Some(15), ..sensor });
    let desks = vec![
        in_state("connecting"),
        in_state("released"),
        in_state("silent"),
        in_state("adapter_off"),
        in_state("away"),
        with(Status { state: "away".to_owned(), sensor: strap("TICKR 4F2A"), ..streaming() }),
        with(Status { state: "away".to_owned(), sensor: strap("Venu 3"), ..streaming() }),
        in_state("service_ends"),
        in_state("in_use"),
        in_state("needs_pairing"),
        in_state("bond_lost"),
        in_state("hangs_up"),
        with(Status {
            state: "away".to_owned(),
            other_sensor: Some(SensorStatus {
                name: Some("Other HR".to_owned()),
                address: String::new(),
                battery: None,
            }),
            ..streaming()
        }),
        with(Status { state: "searching".to_owned(), sensor: None, ..streaming() }),
        Seen {
            config: Some(Ok(configured(named))),
            ..with(Status { state: "searching".to_owned(), sensor: None, ..streaming() })
        },
        with(Status { quality: Some(Quality::OffBody), ..streaming() }),
        with(Status { quality: Some(Quality::Poor), ..streaming() }),
        with(Status { quality: Some(Quality::RateOnly), ..streaming() }),
        with(Status { sensor: low, ..streaming() }),
        stopped(),
        Seen { store: Some(Ok(Stored::default())), ..stopped() },
    ];
    assert_snapshot!(lines("strap", &desks), @r#"
    ok     strap          Polar H10 is being connected
    ok     strap          Polar H10 is free for other devices while you are not at this desktop
    look   strap          Polar H10 is connected, but it sends nothing
                          most straps need moist skin contact; see that it sits close
    look   strap          Polar H10 cannot be reached without Bluetooth
                          see the line "bluetooth"
    look   strap          Polar H10 is out of reach, and looked for
                          put it on; where a watch or a phone is connected to it, let go of it there. Polar H10: it serves one device at a time, until you allow two Bluetooth connections in Polar Flow, in the settings of the sensor.
    look   strap          TICKR 4F2A is out of reach, and looked for
                          put it on; where a watch or a phone is connected to it, let go of it there
    look   strap          Venu 3 is out of reach, and looked for
                          put it on; where a watch or a phone is connected to it, let go of it there. Garmin watch: switch on "Broadcast Heart Rate" in its settings, under "Wrist Heart Rate". Not every model sends it over Bluetooth.
    look   strap          the Bluetooth service ended while kindbeat was looking for Polar H10
                          see "journalctl -u bluetooth.service"; a newer version of bluez may mend it. kindbeat leaves the service alone for a while, then tries again
    look   strap          Polar H10 is in use by another program on this computer
                          kindbeat takes it when that program lets it go
    look   strap          Polar H10 is in reach, but it seems that it has to be paired first
                          pair it with "kindbeat devices --pair NAME"; "kindbeat devices" lists its name
    look   strap          Polar H10 is in reach, but seems to have forgotten that it was paired with this computer
                          pair it with "kindbeat devices --pair NAME"; "kindbeat devices" lists its name
    look   strap          Polar H10 is in reach, but ends the connection each time
                          bring it closer, and put it on anew; some do this until they are paired: "kindbeat devices --pair NAME"
    look   strap          Polar H10 is not in reach, but another is: Other HR
                          if that one is yours, choose it with "kindbeat devices --use NAME"; where the settings name a monitor, change "device" in their section [monitor]
    look   strap          none was found yet
                          put one on, then see whether "kindbeat devices" lists it
    look   strap          none was found yet
                          put one on, then see whether "kindbeat devices" lists it. Amazfit watch or Mi Band: switch on "Discoverable" and "Activity heart rate sharing" in the Zepp app, then start a workout on it.
    look   strap          Polar H10 feels no skin; battery 87 %
                          most straps need moist skin contact; see that it sits close
    look   strap          Polar H10 streams, with many gaps; battery 87 %
                          most straps need moist skin contact; see that it sits close
    ok     strap          Polar H10 streams; battery 87 %
    look   strap          Polar H10 streams; battery 15 %
                          it needs a new battery soon
    look   strap          one is known from before; whether it can be reached, the running service tells
                          start it with "systemctl --user start kindbeat", or in a terminal of its own with "kindbeat daemon"
    look   strap          none is known yet
                          put one on, then see whether "kindbeat devices" lists it
    "#);
}

#[test]
fn notifications_need_somebody_who_shows_them() {
    let with = |presence| Seen { notifications: Some(Ok(presence)), ..well() };
    let desks = [
        with(ServerPresence::Running(ServerInfo::default())),
        with(ServerPresence::Startable),
        with(ServerPresence::Missing),
        Seen { notifications: None, ..well() },
    ];
    assert_snapshot!(lines("notifications", &desks), @r#"
    ok     notifications  a program without a name shows them, without buttons: offers then say to run "kindbeat break"
    ok     notifications  a program that shows them is started with the first one
    fault  notifications  no program shows them, so offers cannot be seen
                          install and start one, such as dunst or mako; "kindbeat break" works without
    fault  notifications  the program that shows them does not answer
                          restart that program
    "#);
}

#[test]
fn a_page_needs_a_browser_and_a_place_to_be_served() {
    let wanted = |open_with: &str| {
        let config = Config::default().with(&[format!("page.open_with=[{open_with}]")]);
        Some(Ok(configured(config.unwrap())))
    };
    let browsers = |list: &[(&str, bool)]| -> Vec<_> {
        list.iter().map(|&(name, is_there)| (name.to_owned(), is_there)).collect()
    };
    let desks = vec![
        Seen { browsers: browsers(&[("firefox", true), ("xdg-open", true)]), ..well() },
        Seen { browsers: browsers(&[("xdg-open", true)]), ..well() },
        Seen {
            config: wanted("'firefox'"),
            browsers: browsers(&[("firefox", true), ("xdg-open", true)]),
            ..well()
        },
        Seen {
            config: wanted("'firefox', '--private-window'"),
            browsers: browsers(&[("firefox", true)]),
            ..well()
        },
        Seen {
            config: wanted("'flatpak', 'run', 'org.mozilla.firefox'"),
            browsers: browsers(&[("flatpak", true)]),
            ..well()
        },
        Seen { config: wanted("'xdg-open'"), browsers: browsers(&[("xdg-open", true)]), ..well() },
        Seen { config: wanted("'falkon'"), browsers: browsers(&[("falkon", true)]), ..well() },
        Seen {
            config: wanted("'firefux'"),
            browsers: browsers(&[("firefux", false), ("xdg-open", true)]),
            ..well()
        },
        Seen { config: wanted("'firefux'"), browsers: browsers(&[("firefux", false)]), ..well() },
        Seen { browsers: Vec::new(), ..well() },
        Seen { listening: Err(io::ErrorKind::PermissionDenied.into()), ..well() },
    ];
    assert_snapshot!(lines("page", &desks), @r#"
    ok     page           opens with firefox, in a private window of the size that firefox chooses
    ok     page           opens with xdg-open; the browser that it chooses keeps breaks in its history
    look   page           opens with firefox, as page.open_with says, which keeps breaks in its history
                          add "--private-window" to page.open_with, and it opens a private window
    ok     page           opens with firefox
    look   page           opens with flatpak, as page.open_with says, which keeps breaks in its history
                          add "--private-window" to page.open_with, and it opens a private window
    ok     page           opens with xdg-open; the browser that it chooses keeps breaks in its history
    ok     page           opens with falkon
    look   page           page.open_with names firefux, which is not there; opens with xdg-open
                          install it, or name another program in the configuration
    fault  page           no program is there to open it with
                          install a browser such as chromium, or name one as page.open_with in the configuration
    fault  page           no program is there to open it with
                          install a browser such as chromium, or name one as page.open_with in the configuration
    fault  page           no page can be served on 127.0.0.1 (permission denied)
                          see what a sandbox or the limits of this machine forbid
    "#);
}

#[test]
fn a_voice_is_looked_for_only_where_it_is_wanted() {
    let aloud = || Config::default().with(&["practice.voice=true"]).unwrap();
    let wanted = |voice| Seen { config: Some(Ok(configured(aloud()))), voice, ..well() };
    let failed = |error| wanted(Some(Err(error)));
    let gone = || speech::SpeechError::Unreachable(io::ErrorKind::NotFound.into());
    let refused = speech::SpeechError::Refused { code: 300, message: "INTERNAL".to_owned() };
    let desks = [
        well(),
        Seen { config: None, ..well() },
        wanted(Some(Ok(Some("espeak-ng".to_owned())))),
        wanted(Some(Ok(None))),
        failed(speech::SpeechError::NoAddress),
        failed(gone()),
        failed(speech::SpeechError::NoReply),
        failed(speech::SpeechError::Malformed),
        failed(refused),
        wanted(None),
        Seen { browsers: Vec::new(), ..failed(gone()) },
        Seen { listening: Err(io::ErrorKind::PermissionDenied.into()), ..failed(gone()) },
    ];
    assert_snapshot!(lines("voice", &desks), @r#"
    ok     voice          off
    look   voice          not known, since the configuration cannot be used
                          see the line "config"
    ok     voice          speech-dispatcher answers, and reads with espeak-ng
    ok     voice          speech-dispatcher answers
    look   voice          no speech-dispatcher can be found: neither SPEECHD_ADDRESS nor XDG_RUNTIME_DIR names a place on this machine; the page reads in its place, where the browser has a voice
                          run this within your desktop session; SPEECHD_ADDRESS, where it is set, has to name a unix_socket
    look   voice          speech-dispatcher is not running; the page reads in its place, where the browser has a voice
                          install it (package speech-dispatcher); "spd-say hello" then starts it and lets you hear it
    look   voice          speech-dispatcher does not answer; the page reads in its place, where the browser has a voice
                          end it; "spd-say hello" then starts it anew and lets you hear it
    look   voice          speech-dispatcher hung up, or what answers is something else; the page reads in its place, where the browser has a voice
                          end it; "spd-say hello" then starts it anew and lets you hear it
    look   voice          speech-dispatcher does not do what it is asked to; the page reads in its place, where the browser has a voice
                          end it; "spd-say hello" then starts it anew and lets you hear it
    look   voice          speech-dispatcher does not answer; the page reads in its place, where the browser has a voice
                          end it; "spd-say hello" then starts it anew and lets you hear it
    fault  voice          speech-dispatcher is not running, and there is no page that could read in its place
                          install it (package speech-dispatcher); "spd-say hello" then starts it and lets you hear it
    fault  voice          speech-dispatcher is not running, and there is no page that could read in its place
                          install it (package speech-dispatcher); "spd-say hello" then starts it and lets you hear it
    "#);
}

#[test]
fn the_service_is_to_run_and_to_start_by_itself() {
    let running = |unit| Seen { unit, ..well() };
    let by_entry = |entry: Option<(bool, bool)>| Seen {
        unit: Some(Unit::Installed {
            enabled: true,
            with_session: false,
            state: UnitState::Running,
        }),
        autostart: entry.map(|(starts_entries, has_entry)| Autostart { starts_entries, has_entry }),
        ..well()
    };
    let stopped = |unit| Seen { service: Some(Err(ClientError::NoDaemon)), unit, ..well() };
    let installed = |state| Some(Unit::Installed { enabled: true, with_session: true, state });
    let failed = |why: &str| installed(UnitState::Failed(why.to_owned()));
    let desks = vec![
        running(Some(Unit::NoManager)),
        running(Some(Unit::NotInstalled)),
        running(Some(Unit::Installed {
            enabled: false,
            with_session: true,
            state: UnitState::Running,
        })),
        by_entry(Some((true, true))),
        by_entry(Some((true, false))),
        by_entry(Some((false, true))),
        by_entry(None),
        running(None),
        stopped(Some(Unit::NoManager)),
        stopped(Some(Unit::NotInstalled)),
        stopped(installed(UnitState::Stopped)),
        stopped(failed("78")),
        stopped(failed("oom-kill")),
        stopped(None),
        Seen { service: Some(Err(ClientError::Silent)), ..well() },
        Seen { service: None, ..well() },
    ];
    assert_snapshot!(lines("service", &desks), @r#"
    look   service        running; systemd does not say whether it starts when you log in
                          without systemd, have your desktop run "kindbeat daemon" when it starts
    look   service        running, but it does not start with your session
                          copy systemd/kindbeat.service to ~/.config/systemd/user, then "systemctl --user enable --now kindbeat"
    look   service        running, but it does not start with your session
                          "systemctl --user enable kindbeat"
    ok     service        running, and your desktop starts it when you log in, by its autostart entry
    look   service        running, but it does not start when you log in: your desktop does not start graphical-session.target, and there is no autostart entry
                          copy config/desktop/org.kindbeat.Kindbeat.autostart.desktop to ~/.config/autostart/org.kindbeat.Kindbeat.desktop
    look   service        running; whether your desktop starts it when you log in cannot be seen
                          the README has a line for the configuration of your compositor or window manager, and for a desktop an autostart entry
    look   service        running; whether your desktop starts it when you log in cannot be seen
                          the README has a line for the configuration of your compositor or window manager, and for a desktop an autostart entry
    look   service        running; systemd does not say whether it starts when you log in
                          without systemd, have your desktop run "kindbeat daemon" when it starts
    fault  service        not running
                          start it with "kindbeat daemon", best along with your desktop
    fault  service        not running, and not installed
                          copy systemd/kindbeat.service to ~/.config/systemd/user, then "systemctl --user enable --now kindbeat"
    fault  service        not running
                          "systemctl --user enable --now kindbeat"
    fault  service        it ended, since the configuration has a fault
                          "kindbeat config check" shows where; then "systemctl --user restart kindbeat"
    fault  service        it ended with a fault (oom-kill)
                          "journalctl --user --unit kindbeat" says which; then "systemctl --user restart kindbeat"
    fault  service        not running
                          start it with "kindbeat daemon", best along with your desktop
    fault  service        running, but it does not answer
                          "systemctl --user restart kindbeat"
    fault  service        running, but it does not answer
                          "systemctl --user restart kindbeat"
    "#);
}
