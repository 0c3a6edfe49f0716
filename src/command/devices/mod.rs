//! `kindbeat devices`: the heart-rate monitors in reach.
//!
//! It scans and connects to nothing, so it knows what a monitor tells everybody: its name, its address, its signal. The
//! battery level is known where the system already is connected, or was lately; whether a monitor sends RR intervals only once
//! it has streamed, so that is never known here and stands as "?" (in JSON `null`).

mod choose;
mod pair;

use std::io::Write;
use std::time::Duration;

use serde::Serialize;

use super::asking;
use crate::bluetooth;
use crate::bluetooth::BluetoothError;
use crate::bluetooth::Nearby;
use kindbeat_core::monitor::Model;
use kindbeat_core::monitor::Models;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

pub use choose::choose;
pub use pair::pair;

/// Looks for `seconds`, at least one (usual: [`SECONDS`]), and lists what is there, the strongest signal first; none is no error.
///
/// `everything`: other devices, too, since not every monitor says that it is one. `json`: one line, a list of objects with `name` (text or null), `address`, `signal` (dBm or null), `battery` (percent or
/// null), `rr` (always null) and `connected`.
pub fn run(
    seconds: u64,
    everything: bool,
    json: bool,
    words: &Words,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let nearby = looked(bluetooth::nearby(lasting(seconds)), words)?;
    let (listed, others): (Vec<_>, Vec<_>) =
        nearby.into_iter().partition(|nearby| everything || nearby.device.heart_rate);
    if json {
        return as_json(&listed, out);
    }
    as_text(&listed, words, out)?;
    advise(&listed, &others, &Models::built_in()?, words, out)
}

fn lasting(seconds: u64) -> Duration {
    Duration::from_secs(seconds.max(1))
}

/// What a look at Bluetooth gives, or why it cannot be had, in words.
fn looked<T>(
    look: impl Future<Output = Result<T, BluetoothError>>,
    words: &Words,
) -> anyhow::Result<T> {
    let seen = asking::runtime(words)?.block_on(look);
    seen.map_err(|error| with_remedy(&error, in_words(&error), words))
}

/// The error with what to do about it, and what the system said of it.
fn with_remedy(
    error: &(dyn std::error::Error + 'static),
    says: [Message; 2],
    words: &Words,
) -> anyhow::Error {
    let text = says.map(|message| words.text(message, &[])).join("; ");
    // The innermost alone: what we did when it happened is for the log.
    let innermost = std::iter::successors(error.source(), |cause| cause.source()).last();
    match innermost {
        Some(cause) => anyhow::anyhow!("{text}: {cause}"),
        None => anyhow::anyhow!(text),
    }
}

/// What is wrong with Bluetooth, and what to do about it.
pub(super) const fn in_words(error: &BluetoothError) -> [Message; 2] {
    match error {
        BluetoothError::NoService => [Message::BluetoothStopped, Message::BluetoothStart],
        BluetoothError::NoAdapter => [Message::BluetoothNoAdapter, Message::BluetoothPlugIn],
        BluetoothError::Off => [Message::BluetoothOff, Message::BluetoothSwitchOn],
        BluetoothError::Blocked => [Message::BluetoothBlocked, Message::BluetoothUnblock],
        BluetoothError::BlueZ {
            source: zbus::Error::Connection(..) | zbus::Error::Address(_),
            ..
        } => [Message::BluetoothNoBus, Message::BluetoothSeeBus],
        _ => [Message::BluetoothSilent, Message::BluetoothSeeService],
    }
}

/// One monitor, as scripts read it.
#[derive(Serialize)]
struct Line<'a> {
    name: Option<&'a str>,
    address: String,
    signal: Option<i16>,
    battery: Option<u8>,
    rr: Option<bool>,
    connected: bool,
}

fn as_json(nearby: &[Nearby], out: &mut impl Write) -> anyhow::Result<()> {
    let lines: Vec<_> = nearby
        .iter()
        .map(|Nearby { device, battery }| Line {
            name: device.name.as_deref(),
            address: device.address.to_string(),
            signal: device.signal,
            battery: *battery,
            rr: None,
            connected: device.connected,
        })
        .collect();
    serde_json::to_writer(&mut *out, &lines)?;
    writeln!(out)?;
    Ok(())
}

fn as_text(nearby: &[Nearby], words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let say = |message| words.text(message, &[]);
    if nearby.is_empty() {
        writeln!(out, "{}", say(Message::DevicesNone))?;
        return Ok(());
    }
    let heads = [
        say(Message::DevicesName),
        say(Message::DevicesAddress),
        say(Message::DevicesSignal),
        say(Message::DevicesBattery),
        // The field's own sign for the intervals between beats.
        "RR".to_owned(),
    ];
    let mut rows = vec![heads];
    rows.extend(nearby.iter().map(|nearby| {
        let Nearby { device, battery } = nearby;
        let signal = match device.signal {
            _ if device.connected => say(Message::DevicesInUse),
            Some(signal) => format!("{signal} dBm"),
            None => "?".to_owned(),
        };
        let battery = battery.map_or_else(|| "?".to_owned(), |level| format!("{level} %"));
        [name(nearby), device.address.to_string(), signal, battery, "?".to_owned()]
    }));
    let width = |column: usize, least: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0).max(least)
    };
    let [first, second, third, fourth] = [width(0, 4), width(1, 17), width(2, 8), width(3, 7)];
    for [name, address, signal, battery, rr] in &rows {
        writeln!(
            out,
            "{name:first$}  {address:second$}  {signal:>third$}  {battery:>fourth$}  {rr}"
        )?;
    }
    Ok(())
}

/// What is to be done with those in reach that are known to need something before they are monitors; with none in reach, with each that is
/// known of.
fn advise(
    listed: &[Nearby],
    others: &[Nearby],
    models: &Models,
    words: &Words,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut known: Vec<&Model> = Vec::new();
    let mut names = Vec::new();
    for nearby in others {
        let Some(model) = nearby.device.name.as_deref().and_then(|name| models.of(name)) else {
            continue;
        };
        names.push(name(nearby));
        if !known.contains(&model) {
            known.push(model);
        }
    }
    if !known.is_empty() {
        let names = [("names", names.join(", ").into())];
        writeln!(out, "\n{}", words.text(Message::DevicesSilent, &names))?;
    } else if listed.is_empty() {
        known = models.monitors.iter().collect();
        writeln!(out)?;
    }
    for model in known {
        writeln!(out, "  {}", words.text(model.advice_id(), &[]))?;
    }
    Ok(())
}

/// The name, harmless on a terminal: it came over the air.
fn name(nearby: &Nearby) -> String {
    harmless(nearby.device.name.as_deref().unwrap_or("?"))
}

/// How long to look unless told otherwise: a strap that has been on for a while advertises every 2.5 s at the slowest (Heart Rate
/// Profile 1.0, section 5.1), so that it is heard several times over.
pub const SECONDS: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accented;
    use kindbeat_core::connection::Address;
    use kindbeat_core::connection::Device;

    fn monitors() -> Vec<Nearby> {
        let device = |name: Option<&str>, last, signal, connected| Device {
            name: name.map(str::to_owned),
            connected,
            heart_rate: true,
            ..Device::heard(Address::new([0xF0, 0, 0, 0, 0, last]), signal)
        };
        vec![
            Nearby { device: device(Some("Polar\x1b H10"), 1, Some(-52), false), battery: None },
            Nearby { device: device(None, 2, None, true), battery: Some(87) },
        ]
    }

    fn written(
        nearby: &[Nearby],
        write: impl FnOnce(&[Nearby], &mut Vec<u8>) -> anyhow::Result<()>,
    ) -> String {
        let mut out = Vec::new();
        write(nearby, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn monitors_are_listed_as_a_table() {
        insta::assert_snapshot!(written(&monitors(), |nearby, out| as_text(nearby, &Words::new("en"), out)), @r"
        Name        Address              Signal  Battery  RR
        Polar? H10  F0:00:00:00:00:01   -52 dBm        ?  ?
        ?           F0:00:00:00:00:02    in use     87 %  ?
        ");
    }

    #[test]
    fn a_list_of_monitors_holds_no_english() {
        let other = accented::words();
        for nearby in [&monitors()[..], &[]] {
            let said = written(nearby, |nearby, out| as_text(nearby, &other, out));
            assert_eq!(accented::untranslated(&said, &["Polar? H10", "F0", "RR", "dBm"]), [""; 0]);
        }
        let source = zbus::Error::Failure("0815".to_owned());
        let errors = [
            BluetoothError::NoService,
            BluetoothError::NoAdapter,
            BluetoothError::Off,
            BluetoothError::Blocked,
            BluetoothError::Unknown,
            BluetoothError::NoHeartRate,
            BluetoothError::TimedOut { doing: "asking" },
            BluetoothError::BlueZ { doing: "asking", source },
        ];
        for error in errors {
            let said = with_remedy(&error, in_words(&error), &other).to_string();
            assert_eq!(accented::untranslated(&said, &[]), [""; 0], "{error:?}");
        }
    }

    #[test]
    fn monitors_are_listed_for_scripts() {
        let json = written(&monitors(), as_json);
        let lines: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(lines[0]["signal"], -52);
        assert_eq!(lines[1]["battery"], 87);
        assert!(lines[1]["rr"].is_null());
        assert_eq!(written(&[], as_json), "[]\n");
    }

    #[test]
    fn that_there_is_none_comes_with_what_to_try() {
        let models = Models::built_in().unwrap();
        let said = written(&[], |nearby, out| {
            as_text(nearby, &Words::new("en"), out)?;
            advise(nearby, &[], &models, &Words::new("en"), out)
        });
        insta::assert_snapshot!(said, @r#"
        No heart-rate monitor in reach. Put the strap on: most are silent without skin contact.
        A watch has to broadcast its heart rate; a monitor that another device holds does not show.

          Garmin watch: switch on "Broadcast Heart Rate" in its settings, under "Wrist Heart Rate". Not every model sends it over Bluetooth.
          Amazfit watch or Mi Band: switch on "Discoverable" and "Activity heart rate sharing" in the Zepp app, then start a workout on it.
          Fitbit Charge 6: swipe down on it and tap "HR on equipment", then "Share" when it asks. It ends with the exercise.
          WHOOP: switch on heart rate broadcast in its app. Some do not say that they are monitors: "kindbeat devices --all" lists them.
          Apple Watch: it cannot send to a computer itself, but an app on the iPhone can pass its heart rate on (HeartCast is one).
          Wear OS watch: an app on it can send its heart rate as a strap does (HeartRate_Strap_Emulator is one).
          Polar H10: it serves one device at a time, until you allow two Bluetooth connections in Polar Flow, in the settings of the sensor.
        "#);
    }

    #[test]
    fn what_is_in_reach_and_no_monitor_yet_comes_with_what_it_needs() {
        let device = |name: &str, last| Nearby {
            device: Device {
                name: Some(name.to_owned()),
                ..Device::heard(Address::new([0xF0, 0, 0, 0, 0, last]), Some(-60))
            },
            battery: None,
        };
        let others =
            [device("Forerunner 245", 3), device("A lamp", 4), device("Forerunner 945", 5)];
        let models = Models::built_in().unwrap();
        let said = written(&monitors(), |nearby, out| {
            advise(nearby, &others, &models, &Words::new("en"), out)
        });
        insta::assert_snapshot!(said, @r#"

        In reach, and not sending a heart rate yet: Forerunner 245, Forerunner 945
          Garmin watch: switch on "Broadcast Heart Rate" in its settings, under "Wrist Heart Rate". Not every model sends it over Bluetooth.
        "#);
        let lamp = [device("A lamp", 4)];
        let said = written(&monitors(), |nearby, out| {
            advise(nearby, &lamp, &models, &Words::new("en"), out)
        });
        assert_eq!(said, "");
        let other = accented::words();
        for others in [&others[..], &[]] {
            let said = written(&[], |nearby, out| advise(nearby, others, &models, &other, out));
            let names = ["HeartRate_Strap_Emulator", "Forerunner"];
            assert_eq!(accented::untranslated(&said, &names), [""; 0]);
        }
    }
}
