//! Pairing with one device, for someone who sits in front of it.
//!
//! The daemon never pairs: it has nobody to ask. What is asked here is asked by an agent of our own, which BlueZ knows of only while it
//! is needed, so that the agent of the desktop stays the one for everything else.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::sync::oneshot;
use zbus::ObjectPath;

use super::bluez;
use super::bluez::BlueZ;
use super::bluez::Found;
use super::bluez::within;
use super::error::BluetoothError;
use super::nearby;
use super::nearby::Nearby;
use crate::clock;
use crate::dbus::Bus;

/// Who answers what has to be asked. Nothing else goes on while an answer is waited for.
pub trait PairingDialog {
    /// Whether to go on.
    fn agrees(&mut self, question: PairingQuestion<'_>) -> bool;
    /// The number that the device shows, 0 to 999999; `None`: there is none.
    fn number(&mut self) -> Option<u32>;
    /// Shows a number that has to be entered at the device.
    fn show(&mut self, number: u32);
}

/// What may have to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PairingQuestion<'a> {
    /// Whether to pair with this device.
    Pair(&'a Nearby),
    /// Whether to give up the pairing that there is with this device, and to pair anew.
    PairAnew(&'a Nearby),
    /// Whether the device shows this number, of six digits.
    Shows(u32),
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    Paired,
    /// The answer was no, and nothing was changed.
    Declined,
    /// No device of that name or address was in reach.
    NotFound,
}

/// Pairs with the device that has this name or address, looking for it for as long as `lasting`.
///
/// The error says why it could not be done; a pairing that was given up before stays given up.
pub async fn pair(
    wanted: &str,
    lasting: Duration,
    dialog: &mut impl PairingDialog,
) -> Result<Pairing, BluetoothError> {
    let system = Bus::system();
    let bluez = within(ANSWER, "connecting to the system bus", BlueZ::on(&system)).await?;
    let Some(mut found) = nearby::first(&bluez, wanted, lasting).await? else {
        return Ok(Pairing::NotFound);
    };
    let nearby = Nearby { device: found.device.clone(), battery: found.battery };
    let was_paired = nearby.device.bonded;
    let question = if was_paired { PairingQuestion::PairAnew } else { PairingQuestion::Pair };
    if !dialog.agrees(question(&nearby)) {
        return Ok(Pairing::Declined);
    }
    if was_paired {
        within(ANSWER, "giving up the old pairing", bluez.remove(&found.path)).await?;
        match again(&bluez, wanted, lasting).await? {
            Some(again) => found = again,
            None => return Ok(Pairing::NotFound),
        }
    }
    let mut answers = Answers { dialog, declined: false };
    let mut attempts = 0;
    loop {
        attempts += 1;
        let (ask, mut asked) = mpsc::channel(1);
        bluez.serve_agent(Agent { path: found.path.clone(), ask }).await?;
        let pairing = answers.to(bluez.pair(&found.path), &mut asked);
        let paired = within(PAIRING, "pairing", pairing).await;
        bluez.dismiss_agent().await;
        match paired {
            Ok(()) => break,
            // The daemon, or BlueZ by itself, may be about to connect; and where that does not work, BlueZ may forget the device.
            Err(BluetoothError::BlueZ { .. }) if attempts < ATTEMPTS && !answers.declined => {
                clock::sleep(BETWEEN).await;
                match again(&bluez, wanted, lasting).await? {
                    Some(again) => found = again,
                    None => return Ok(Pairing::NotFound),
                }
            }
            Err(error) => return Err(error),
        }
    }
    within(ANSWER, "trusting the device", bluez.trust(&found.path)).await?;
    Ok(Pairing::Paired)
}

/// The device once it is heard anew. Where another search is under way, a device that BlueZ has just forgotten may not be told of before
/// the next one.
async fn again(
    bluez: &BlueZ,
    wanted: &str,
    lasting: Duration,
) -> Result<Option<Found>, BluetoothError> {
    for _ in 0..SEARCHES {
        if let Some(found) = nearby::first(bluez, wanted, lasting).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The answers of somebody, and whether a no was among them.
struct Answers<'a, D> {
    dialog: &'a mut D,
    declined: bool,
}

impl<D: PairingDialog> Answers<'_, D> {
    /// Does the work, and answers meanwhile what BlueZ asks.
    async fn to<T>(
        &mut self,
        work: impl Future<Output = T>,
        asked: &mut mpsc::Receiver<Asked>,
    ) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                // Whoever no longer waits for the answer needs none.
                Some(asked) = asked.recv() => match asked {
                    Asked::Shows(number, reply) => {
                        let agrees = self.dialog.agrees(PairingQuestion::Shows(number));
                        self.declined |= !agrees;
                        let _ = reply.send(agrees);
                    }
                    Asked::Number(reply) => {
                        let number = self.dialog.number();
                        self.declined |= number.is_none();
                        let _ = reply.send(number);
                    }
                    Asked::Show(number) => self.dialog.show(number),
                },
            }
        }
    }
}

/// What BlueZ asks of the agent.
enum Asked {
    Shows(u32, oneshot::Sender<bool>),
    Number(oneshot::Sender<Option<u32>>),
    Show(u32),
}

impl BlueZ {
    async fn serve_agent(&self, agent: Agent) -> Result<(), BluetoothError> {
        let doing = "offering to answer for the pairing";
        self.bus.object_server().at(AGENT, agent).await.map_err(BluetoothError::bluez(doing))?;
        let body = (ObjectPath::from_static_str_unchecked(AGENT), CAPABILITY);
        let registered = self.call(MANAGER_PATH, MANAGER, "RegisterAgent", &body).await;
        registered.map_err(BluetoothError::bluez(doing))
    }

    /// Ends with our connection at the latest, whatever comes of it.
    async fn dismiss_agent(&self) {
        let body = (ObjectPath::from_static_str_unchecked(AGENT),);
        let dismissed: Result<(), _> =
            self.call(MANAGER_PATH, MANAGER, "UnregisterAgent", &body).await;
        let _ = dismissed;
        let _ = self.bus.object_server().remove::<Agent, _>(AGENT).await;
    }

    async fn pair(&self, path: &str) -> Result<(), BluetoothError> {
        let paired: Result<(), zbus::Error> = self.call(path, bluez::DEVICE, "Pair", &()).await;
        match paired {
            Err(zbus::Error::MethodError(name, ..)) if name.as_str() == ALREADY => Ok(()),
            other => other.map_err(BluetoothError::bluez("pairing")),
        }
    }

    /// So that BlueZ lets it connect by itself, and encrypts the link, without asking anybody.
    async fn trust(&self, path: &str) -> Result<(), BluetoothError> {
        let body = (bluez::DEVICE, "Trusted", zbus::Variant::from(true));
        let set = self.call(path, crate::dbus::PROPERTIES, "Set", &body).await;
        set.map_err(BluetoothError::bluez("trusting the device"))
    }

    async fn remove(&self, path: &str) -> Result<(), BluetoothError> {
        let doing = "giving up the old pairing";
        let adapter = path.rsplit_once('/').map_or(path, |(adapter, _)| adapter);
        let body =
            (ObjectPath::try_from(path).map_err(|error| BluetoothError::bluez(doing)(error))?,);
        let removed = self.call(adapter, bluez::ADAPTER, "RemoveDevice", &body).await;
        removed.map_err(BluetoothError::bluez(doing))
    }
}

/// Hands on what BlueZ asks about the device at this path, and refuses for any other.
struct Agent {
    path: String,
    ask: mpsc::Sender<Asked>,
}

impl Agent {
    fn is_for(&self, device: &ObjectPath<'_>) -> Result<(), AgentError> {
        if device.as_str() == self.path { Ok(()) } else { Err(AgentError::rejected()) }
    }
}

#[zbus::interface(name = "org.bluez.Agent1")]
impl Agent {
    #[expect(clippy::unused_self, reason = "BlueZ calls it; nothing is left to be done")]
    fn release(&self) {}

    #[expect(clippy::unused_self, reason = "BlueZ calls it; the pairing itself fails, too")]
    fn cancel(&self) {}

    /// That the two are to be paired was asked before.
    #[expect(clippy::needless_pass_by_value, reason = "the macro hands it on by value")]
    fn request_authorization(&self, device: ObjectPath<'_>) -> Result<(), AgentError> {
        self.is_for(&device)
    }

    async fn request_confirmation(
        &self,
        device: ObjectPath<'_>,
        passkey: u32,
    ) -> Result<(), AgentError> {
        self.is_for(&device)?;
        let (reply, answer) = oneshot::channel();
        let _ = self.ask.send(Asked::Shows(passkey, reply)).await;
        if answer.await == Ok(true) { Ok(()) } else { Err(AgentError::rejected()) }
    }

    async fn request_passkey(&self, device: ObjectPath<'_>) -> Result<u32, AgentError> {
        self.is_for(&device)?;
        let (reply, answer) = oneshot::channel();
        let _ = self.ask.send(Asked::Number(reply)).await;
        answer.await.ok().flatten().ok_or_else(AgentError::rejected)
    }

    /// Told again for each digit that was entered, which is said once.
    async fn display_passkey(
        &self,
        device: ObjectPath<'_>,
        passkey: u32,
        entered: u16,
    ) -> Result<(), AgentError> {
        self.is_for(&device)?;
        if entered == 0 {
            let _ = self.ask.send(Asked::Show(passkey)).await;
        }
        Ok(())
    }
}

/// What BlueZ takes for a no.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.bluez.Error")]
enum AgentError {
    #[zbus(error)]
    ZBus(zbus::Error),
    Rejected(String),
}

impl AgentError {
    fn rejected() -> Self {
        Self::Rejected("not agreed to".to_owned())
    }
}

const AGENT: &str = "/org/kindbeat/Agent";
const MANAGER_PATH: &str = "/org/bluez";
const MANAGER: &str = "org.bluez.AgentManager1";
const ALREADY: &str = "org.bluez.Error.AlreadyExists";

/// We can show a number, and one can be typed here.
const CAPABILITY: &str = "KeyboardDisplay";

/// How long BlueZ may take to answer: milliseconds when well.
const ANSWER: Duration = Duration::from_secs(5);

/// How long pairing may take, with somebody who reads a number off a watch: BlueZ itself gives up an agent's answer after 60 s.
const PAIRING: Duration = Duration::from_secs(90);

/// How often pairing is tried where it does not work, and how long after.
const ATTEMPTS: u32 = 3;
const BETWEEN: Duration = Duration::from_secs(5);

/// How many searches a device gets that was forgotten on purpose.
const SEARCHES: u32 = 3;
