//! A heart-rate strap: a GATT server on one of the virtual controllers, by way of the Bluetooth service itself.
//!
//! It advertises the Heart Rate Service and the Battery Service, and while somebody is subscribed it sends a measurement a
//! second: the contact, the rate, one interval. No two intervals within a minute are the same, so that each can be told from the
//! others wherever it turns up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use tokio::task::JoinSet;
use zbus::Connection;
use zbus::Message;
use zbus::MessageStream;
use zbus::ObjectPath;
use zbus::Variant;
use zbus::message::Flags;
use zbus::message::Type;

use crate::bluetooth::account::Fact;
use crate::bluetooth::account::Teller;
use crate::machine::say;

/// The properties of one object, by name.
type Properties = HashMap<&'static str, Variant<'static>>;

/// The strap, until it is dropped.
pub(crate) struct Strap {
    heart: Arc<Mutex<Heart>>,
    _tasks: JoinSet<()>,
}

struct Heart {
    rate: u8,
    beats: u16,
    /// Whether somebody is subscribed to the measurements.
    heard: bool,
}

impl Strap {
    /// Puts a strap on the adapter at this path; `teller` is told whatever it sends.
    pub(crate) async fn put_on(
        bus: &Connection,
        adapter: &str,
        rate: u8,
        teller: Teller,
    ) -> anyhow::Result<Self> {
        let heart = Arc::new(Mutex::new(Heart { rate, beats: 0, heard: false }));
        let mut tasks = JoinSet::new();
        let calls = MessageStream::from(bus);
        tasks.spawn(answer_all(bus.clone(), calls, Arc::clone(&heart), teller.clone()));
        tasks.spawn(beat(bus.clone(), Arc::clone(&heart), teller));
        let strap = Self { heart, _tasks: tasks };
        let (gatt, advertising) = ("org.bluez.GattManager1", "org.bluez.LEAdvertisingManager1");
        for (interface, method, path) in [
            (gatt, "RegisterApplication", ROOT),
            (advertising, "RegisterAdvertisement", ADVERTISEMENTS[0]),
            (advertising, "RegisterAdvertisement", ADVERTISEMENTS[1]),
        ] {
            let body = (ObjectPath::try_from(path)?, HashMap::<&str, Variant<'_>>::new());
            bus.call_method(Some("org.bluez"), adapter, Some(interface), method, &body)
                .await
                .context(method)?;
        }
        Ok(strap)
    }

    /// From now on the heart beats so often a minute.
    pub(crate) fn beats_at(&self, rate: u8) {
        locked(&self.heart).rate = rate;
    }
}

impl Heart {
    /// The next measurement (Heart Rate Service 1.0, section 3.1): contact known and there, intervals present.
    fn next(&mut self) -> (u8, u16) {
        self.beats = self.beats.wrapping_add(1);
        // As with breath, by up to four percent; by steps that come back to the same place only after 61 beats.
        let swing = i32::from(self.beats % 61) * 23 % 61 - 30;
        let rr = 60 * 1024 / i32::from(self.rate) + swing;
        (self.rate, u16::try_from(rr).unwrap_or_default())
    }
}

fn locked(heart: &Mutex<Heart>) -> std::sync::MutexGuard<'_, Heart> {
    heart.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The seconds of the strap.
async fn beat(bus: Connection, heart: Arc<Mutex<Heart>>, teller: Teller) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        let (rate, rr) = {
            let mut heart = locked(&heart);
            if !heart.heard {
                continue;
            }
            heart.next()
        };
        let [low, high] = rr.to_le_bytes();
        let packet = vec![0x16, rate, low, high];
        // Told first: it may have arrived before the sending of it returns.
        teller.tell(Fact::Sent { rate, rr });
        let changed = Properties::from([("Value", Variant::from(packet))]);
        let body = (CHARACTERISTIC, changed, Vec::<&str>::new());
        let sent = bus.emit_signal(None::<&str>, RATE, PROPERTIES, "PropertiesChanged", &body);
        if sent.await.is_err() {
            return;
        }
    }
}

async fn answer_all(
    bus: Connection,
    mut messages: MessageStream,
    heart: Arc<Mutex<Heart>>,
    teller: Teller,
) {
    while let Some(Ok(message)) = messages.next().await {
        if message.message_type() == Type::MethodCall
            && let Err(error) = answer(&bus, &message, &heart, &teller).await
        {
            say(&format!("the strap: {error:#}"));
        }
    }
}

async fn answer(
    bus: &Connection,
    call: &Message,
    heart: &Mutex<Heart>,
    teller: &Teller,
) -> anyhow::Result<()> {
    let header = call.header();
    let path = header.path().context("no path")?.as_str();
    let member = header.member().context("no member")?.as_str();
    match (path, member) {
        (ROOT, "GetManagedObjects") => {
            let objects: HashMap<_, _> = objects()?
                .into_iter()
                .map(|(path, interface, properties)| {
                    Ok((ObjectPath::try_from(path)?, HashMap::from([(interface, properties)])))
                })
                .collect::<anyhow::Result<_>>()?;
            bus.reply(&header, &(objects,)).await?;
        }
        (_, "GetAll") if ADVERTISEMENTS.contains(&path) => {
            bus.reply(&header, &(advertisement(),)).await?;
        }
        (RATE, "StartNotify") => {
            teller.tell(Fact::Subscribed);
            locked(heart).heard = true;
        }
        (RATE, "StopNotify") => locked(heart).heard = false,
        // Nothing else has to be done for whoever wants no answer; the battery does not change.
        _ if header.primary().flags().contains(Flags::NO_REPLY_EXPECTED) => {}
        (LEVEL, "ReadValue") => bus.reply(&header, &(vec![BATTERY],)).await?,
        (PLACE, "ReadValue") => bus.reply(&header, &(vec![CHEST],)).await?,
        _ => {
            let name = "org.freedesktop.DBus.Error.UnknownMethod";
            bus.reply_error(&header, name, &"no such method").await?;
        }
    }
    Ok(())
}

/// What the strap consists of: where, as what, and with which properties.
fn objects() -> anyhow::Result<Vec<(&'static str, &'static str, Properties)>> {
    let service = |short| {
        Properties::from([("UUID", Variant::from(uuid(short))), ("Primary", Variant::from(true))])
    };
    let characteristic = |short, service, flags: &[&'static str]| {
        anyhow::Ok(Properties::from([
            ("UUID", Variant::from(uuid(short))),
            ("Service", Variant::from(ObjectPath::try_from(service)?)),
            ("Flags", Variant::from(flags.to_vec())),
        ]))
    };
    Ok(vec![
        (HEART, SERVICE, service("180d")),
        (RATE, CHARACTERISTIC, characteristic("2a37", HEART, &["notify"])?),
        (PLACE, CHARACTERISTIC, characteristic("2a38", HEART, &["read"])?),
        (POWER, SERVICE, service("180f")),
        (LEVEL, CHARACTERISTIC, characteristic("2a19", POWER, &["read", "notify"])?),
    ])
}

fn advertisement() -> Properties {
    Properties::from([
        ("Type", Variant::from("peripheral")),
        ("ServiceUUIDs", Variant::from(vec![uuid("180d")])),
        ("LocalName", Variant::from(NAME)),
        ("Discoverable", Variant::from(true)),
        ("Duration", Variant::from(TURN_S)),
    ])
}

fn uuid(short: &str) -> String {
    format!("0000{short}-0000-1000-8000-00805f9b34fb")
}

/// The name that it advertises.
pub(crate) const NAME: &str = "Chest strap";
/// How full its battery is, in percent.
pub(crate) const BATTERY: u8 = 77;
/// How long each advertisement has its turn, in seconds.
const TURN_S: u16 = 1;
/// Body Sensor Location (Heart Rate Service 1.0, section 3.2).
const CHEST: u8 = 1;

const ROOT: &str = "/strap";
const HEART: &str = "/strap/heart";
const RATE: &str = "/strap/heart/rate";
const PLACE: &str = "/strap/heart/place";
const POWER: &str = "/strap/power";
const LEVEL: &str = "/strap/power/level";
/// Two that say the same. One alone would be heard once at the beginning of each scan and never again, for that is all these
/// controllers do of themselves; two take turns, and each is heard when its turn begins.
const ADVERTISEMENTS: [&str; 2] = ["/strap/advertisement/1", "/strap/advertisement/2"];

const SERVICE: &str = "org.bluez.GattService1";
const CHARACTERISTIC: &str = "org.bluez.GattCharacteristic1";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
