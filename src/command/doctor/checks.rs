//! What follows from what was seen. Pure.

use super::Check;
use super::State;
use super::look::OwnPractices;
use super::look::Seen;
use super::look::Stored;
use crate::command::asking;
use crate::command::devices;
use crate::edge::bus::ClientError;
use crate::edge::notification::Presence;
use crate::edge::store::FILE;
use crate::edge::systemd::Unit;
use crate::edge::systemd::UnitState;
use crate::status::Quality;
use crate::status::Sensor;
use crate::status::Status;

/// Every check, in the order in which one thing needs the other.
pub(super) fn all(seen: &Seen) -> Vec<Check> {
    let found = [
        ("bluetooth", bluetooth(seen)),
        ("strap", strap(seen)),
        ("notifications", notifications(seen)),
        ("page", page(seen)),
        ("service", service(seen)),
        ("config", config(seen)),
        ("practices", practices(seen)),
        ("store", store(seen)),
    ];
    let checks = found.into_iter().map(|(check, found)| {
        let Found { state, says, remedy } = found;
        Check { check, state, says, remedy }
    });
    checks.collect()
}

struct Found {
    state: State,
    says: String,
    remedy: Option<String>,
}

fn fine(says: impl Into<String>) -> Found {
    Found { state: State::Ok, says: says.into(), remedy: None }
}

fn look(says: impl Into<String>, remedy: impl Into<String>) -> Found {
    Found { state: State::Look, says: says.into(), remedy: Some(remedy.into()) }
}

fn fault(says: impl Into<String>, remedy: impl Into<String>) -> Found {
    Found { state: State::Fault, says: says.into(), remedy: Some(remedy.into()) }
}

fn bluetooth(seen: &Seen) -> Found {
    match &seen.bluetooth {
        Some(Ok(())) => fine("an adapter is there and switched on"),
        Some(Err(error)) => {
            let [says, remedy] = devices::in_words(error);
            fault(says, remedy)
        }
        None => {
            fault("Bluetooth does not answer", "\"systemctl status bluetooth.service\" may say why")
        }
    }
}

fn strap(seen: &Seen) -> Found {
    let knows_one = matches!(&seen.store, Some(Ok(Stored { knows_monitor: true, .. })));
    match &seen.service {
        Some(Ok(status)) => worn(status),
        _ if knows_one => look(
            "one is known from before; whether it can be reached, the running service tells",
            asking::START,
        ),
        _ => look("none is known yet", FIND),
    }
}

fn worn(status: &Status) -> Found {
    let sensor = status.sensor.as_ref();
    let name = sensor.and_then(|sensor| sensor.name.as_deref()).unwrap_or("the strap");
    match status.state.as_str() {
        "streaming" => streams(name, sensor, status.quality),
        "connecting" => fine(format!("{name} is being connected")),
        "released" => fine(format!("{name} is let go, so that another device can have it")),
        "silent" => look(format!("{name} is connected, but it sends nothing"), SKIN),
        "adapter_off" | "no_bluetooth" => look(
            format!("{name} cannot be reached without Bluetooth"),
            "see the line \"bluetooth\"",
        ),
        _ if sensor.is_some() => look(
            format!("{name} is out of reach, and looked for"),
            "put it on; where a watch or a phone is connected to it, let go of it there",
        ),
        _ => look("none was found yet", FIND),
    }
}

fn streams(name: &str, sensor: Option<&Sensor>, quality: Option<Quality>) -> Found {
    let battery = sensor.and_then(|sensor| sensor.battery);
    let level = battery.map(|level| format!("; battery {level} %")).unwrap_or_default();
    match (quality, battery) {
        (Some(Quality::OffBody), _) => look(format!("{name} feels no skin{level}"), SKIN),
        (Some(Quality::Poor), _) => look(format!("{name} streams, with many gaps{level}"), SKIN),
        (_, Some(..=LOW)) => look(format!("{name} streams{level}"), "it needs a new battery soon"),
        _ => fine(format!("{name} streams{level}")),
    }
}

fn notifications(seen: &Seen) -> Found {
    match &seen.notifications {
        Some(Ok(Presence::Running(server))) => {
            let name = format!("{} {}", server.name, server.version);
            let name = name.trim();
            let name = if name.is_empty() { "a program without a name" } else { name };
            if server.can("actions") {
                fine(format!("{name} shows them"))
            } else {
                fine(format!(
                    "{name} shows them, without buttons: offers then say to run \"kindbeat break\""
                ))
            }
        }
        Some(Ok(Presence::Startable)) => {
            fine("a program that shows them is started with the first one")
        }
        Some(Ok(Presence::Missing)) => fault(
            "no program shows them, so offers cannot be seen",
            "install and start one, such as dunst or mako; \"kindbeat break\" works without",
        ),
        Some(Err(_)) => fault("the session bus cannot be reached", SESSION),
        None => fault("the program that shows them does not answer", "restart that program"),
    }
}

fn page(seen: &Seen) -> Found {
    if let Err(error) = &seen.listening {
        return fault(
            format!("no page can be served on 127.0.0.1 ({error})"),
            "see what a sandbox or the limits of this machine forbid",
        );
    }
    let open_with = match &seen.config {
        Some(Ok(configured)) => configured.config.page.open_with.first(),
        Some(Err(_)) | None => None,
    };
    let found = seen.browsers.iter().find(|(_, is_there)| *is_there);
    match (found, open_with) {
        (Some((program, _)), Some(wanted))
            if seen.browsers.first().is_some_and(|first| !first.1) =>
        {
            look(
                format!("page.open_with names {wanted}, which is not there; opens with {program}"),
                "install it, or name another program in the configuration",
            )
        }
        (Some((program, _)), _) => fine(format!("opens with {program}")),
        (None, _) => fault(
            "no program is there to open it with",
            "install a browser such as chromium, or name one as page.open_with in the configuration",
        ),
    }
}

fn service(seen: &Seen) -> Found {
    match (&seen.service, &seen.unit) {
        (Some(Ok(_)), Some(Unit::NotInstalled)) => {
            look("running, but it does not start with your session", INSTALL)
        }
        (Some(Ok(_)), Some(Unit::Installed { enabled: false, .. })) => look(
            "running, but it does not start with your session",
            "\"systemctl --user enable kindbeat\"",
        ),
        (Some(Ok(_)), Some(Unit::Installed { enabled: true, .. })) => {
            fine("running, and it starts with your session")
        }
        (Some(Ok(_)), Some(Unit::NoManager) | None) => fine("running"),
        (Some(Err(ClientError::NoDaemon)), unit) => stopped(unit.as_ref()),
        (Some(Err(ClientError::NoBus(_))), _) => {
            fault("the session bus cannot be reached, so it cannot be found", SESSION)
        }
        (Some(Err(_)) | None, _) => {
            fault("running, but it does not answer", "\"systemctl --user restart kindbeat\"")
        }
    }
}

fn stopped(unit: Option<&Unit>) -> Found {
    match unit {
        Some(Unit::Installed { state: UnitState::Failed(why), .. }) if why == "78" => fault(
            "it ended, since the configuration has a fault",
            "\"kindbeat config check\" shows where; then \"systemctl --user restart kindbeat\"",
        ),
        Some(Unit::Installed { state: UnitState::Failed(why), .. }) => fault(
            format!("it ended with a fault ({why})"),
            "\"journalctl --user --unit kindbeat\" says which; then \"systemctl --user restart kindbeat\"",
        ),
        Some(Unit::Installed { .. }) => {
            fault("not running", "\"systemctl --user enable --now kindbeat\"")
        }
        Some(Unit::NotInstalled) => fault("not running, and not installed", INSTALL),
        Some(Unit::NoManager) | None => {
            fault("not running", "start it with \"kindbeat daemon\", best along with your desktop")
        }
    }
}

fn config(seen: &Seen) -> Found {
    let configured = match &seen.config {
        Some(Ok(configured)) => configured,
        Some(Err(error)) => {
            return fault(error.summary(), "\"kindbeat config check\" shows the place");
        }
        None => return fault("the file cannot be read: the disk does not answer", DISK),
    };
    let path = configured.path.display();
    let most = configured.config.offer.at_most_per_day.value();
    if most > MANY {
        return look(
            format!("{path}: up to {most} offers a day"),
            format!("fewer are kinder: think about offer.at_most_per_day = {MANY} or less"),
        );
    }
    if let Some(Ok(Status { config_error: Some(error), .. })) = &seen.service {
        return look(
            format!("{path}: fine, but the running service still sees a fault: {error}"),
            "\"systemctl --user reload kindbeat\"",
        );
    }
    if configured.is_there {
        fine(format!("{path}: fine"))
    } else {
        fine(format!("{path}: not there; the defaults apply"))
    }
}

fn practices(seen: &Seen) -> Found {
    let Some(OwnPractices { count, faults }) = &seen.practices else {
        return fault("files of your own cannot be read: the disk does not answer", DISK);
    };
    let Some(first) = faults.first() else {
        return fine(match count {
            0 => "those of kindbeat, and none of your own".to_owned(),
            1 => "those of kindbeat, and one of your own".to_owned(),
            count => format!("those of kindbeat, and {count} of your own"),
        });
    };
    let says = format!("{} of your own cannot be used: {first}", files(faults.len()));
    look(says, "\"kindbeat practices list\" names each with its fault")
}

fn files(count: usize) -> String {
    if count == 1 { "one file".to_owned() } else { format!("{count} files") }
}

fn store(seen: &Seen) -> Found {
    let stored = match &seen.store {
        Some(Ok(stored)) => stored,
        Some(Err(error)) => {
            let text = error.to_string();
            let (says, remedy) = text.split_once("; ").unwrap_or((&text, DISK));
            return fault(says, remedy);
        }
        None => return fault("what is stored cannot be read: the disk does not answer", DISK),
    };
    let Some(folder) = &stored.folder else {
        return fault(
            "neither XDG_STATE_HOME nor HOME says where it belongs",
            "set HOME to your home, as an absolute path",
        );
    };
    let path = folder.join(FILE);
    match stored.bytes {
        Some(bytes) => fine(format!("{}: {}", path.display(), size(bytes))),
        None => fine(format!("{}: nothing is stored yet", path.display())),
    }
}

/// As people say it.
fn size(bytes: u64) -> String {
    let kilo = bytes.div_ceil(1000);
    if kilo < 1000 { format!("{kilo} kB") } else { format!("{:.1} MB", kilo as f64 / 1000.0) }
}

const FIND: &str = "put one on, then see whether \"kindbeat devices\" lists it";
const SKIN: &str = "most straps need moist skin contact; see that it sits close";
const SESSION: &str = "run this within your desktop session";
const DISK: &str = "see whether the disk is there and healthy";
const INSTALL: &str = "copy systemd/kindbeat.service to ~/.config/systemd/user, then \"systemctl --user enable --now kindbeat\"";

/// In percent: some days of wear, as straps count.
const LOW: u8 = 15;

/// More offers a day than this are more than the default twice over, and get in the way.
const MANY: u32 = 6;

#[cfg(test)]
mod tests;
