//! A stand-in for BlueZ: one adapter and one strap, as a tree of objects with properties, on a bus of our own.
//!
//! It does nothing by itself: the strap speaks when a test lets it speak. What it was asked to do is kept, so that a test can
//! wait for it, or show that it never was.

mod neighbours;
mod tree;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::time::Duration;

use anyhow::Context;
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio::time::interval;
use tokio::time::timeout;
use zbus::Connection;
use zbus::Message;
use zbus::MessageStream;
use zbus::ObjectPath;
use zbus::OwnedVariant;
use zbus::Variant;
use zbus::connection::Builder;
use zbus::message::Type;

pub(crate) use tree::Advertising;

use neighbours::Neighbours;
use tree::Change;
use tree::Tree;

/// The fake, until it is dropped or dies.
pub(crate) struct Fake {
    bus: Connection,
    world: Arc<World>,
    serving: JoinHandle<()>,
}

/// What the fake knows, and what it was asked.
struct World {
    state: Mutex<State>,
    calls: watch::Sender<Vec<String>>,
}

struct State {
    tree: Tree,
    /// Whether the strap can be heard and connected to.
    there: bool,
    /// Whether it answers nothing.
    hangs: bool,
    /// How often each packet is signalled: once for each program that asked.
    tells: usize,
    /// For how long it was searched so far, and since when it is.
    searched: Duration,
    searching: Option<Instant>,
    strap: StrapHabits,
    /// The program that answers for a pairing, and where.
    agent: Option<(String, String)>,
}

/// What a strap does that others do not.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each a habit of its own, in any combination")]
pub(crate) struct StrapHabits {
    /// How often more it ends the link as soon as it is up.
    pub(crate) hangs_up: u32,
    /// Whether it ends the link when it is asked for measurements.
    pub(crate) hangs_up_when_asked: bool,
    /// Whether it refuses measurements until it is paired.
    pub(crate) wants_bond: bool,
    /// Whether it has forgotten the bond that BlueZ has with it.
    pub(crate) forgot_bond: bool,
    /// Whether another program has its measurements for itself.
    pub(crate) held: bool,
    /// Whether BlueZ forgets it when it is first to be paired, as where connecting did not work.
    pub(crate) lost_in_pairing: bool,
    /// The number that it shows to be compared when it is paired; `None`: it has no display.
    pub(crate) shows: Option<u32>,
}

/// What a method call leads to: the changes, then the answer.
struct Answer {
    changes: Vec<Change>,
    body: Result<Body, (&'static str, &'static str)>,
}

enum Body {
    Nothing,
    Text(String),
    Value(OwnedVariant),
    Bytes(Vec<u8>),
    Properties(tree::Properties),
    Objects(tree::Objects),
}

impl Fake {
    /// A BlueZ with an adapter that is on and a strap that advertises.
    pub(crate) async fn start(address: &str) -> anyhow::Result<Self> {
        Self::with(address, Tree::with_adapter(true), true).await
    }

    /// A BlueZ with an adapter that is off.
    pub(crate) async fn switched_off(address: &str) -> anyhow::Result<Self> {
        Self::with(address, Tree::with_adapter(false), true).await
    }

    /// A BlueZ that is connected to the strap already, since before anybody asked: so it does not advertise.
    pub(crate) async fn connected(address: &str) -> anyhow::Result<Self> {
        let mut tree = Tree::with_adapter(true);
        tree.add_strap(None);
        tree.connect();
        Self::with(address, tree, true).await
    }

    /// A BlueZ with an adapter that is on and a strap that advertises in this way.
    pub(crate) async fn advertising(address: &str, how: Advertising) -> anyhow::Result<Self> {
        let mut tree = Tree::with_adapter(true);
        tree.advertises = how;
        Self::with(address, tree, true).await
    }

    /// A BlueZ with an adapter that is on and a strap that advertises, on a bus that has a logind of its own.
    pub(crate) async fn beside_logind(address: &str) -> anyhow::Result<Self> {
        Self::alone(address, Tree::with_adapter(true), true).await
    }

    /// With a logind, which says that the computer sleeps.
    async fn with(address: &str, tree: Tree, there: bool) -> anyhow::Result<Self> {
        let fake = Self::alone(address, tree, there).await?;
        fake.bus.request_name("org.freedesktop.login1").await?;
        Ok(fake)
    }

    async fn alone(address: &str, tree: Tree, there: bool) -> anyhow::Result<Self> {
        let bus = Builder::address(address).build().await?;
        let world = Arc::new(World {
            state: Mutex::new(State {
                tree,
                there,
                hangs: false,
                tells: 1,
                searched: Duration::ZERO,
                searching: None,
                strap: StrapHabits::default(),
                agent: None,
            }),
            calls: watch::Sender::new(Vec::new()),
        });
        let calls = MessageStream::from(&bus);
        let serving = tokio::spawn(serve(bus.clone(), calls, Arc::clone(&world)));
        bus.request_name("org.bluez").await?;
        Ok(Self { bus, world, serving })
    }

    /// Ends as if killed: without a word.
    pub(crate) async fn die(self) -> anyhow::Result<()> {
        self.serving.abort();
        Ok(self.bus.close().await?)
    }

    /// Waits until it was asked `what` for the `times`th time.
    pub(crate) async fn was_asked(&self, what: &str, times: usize) -> anyhow::Result<()> {
        let mut calls = self.world.calls.subscribe();
        let enough =
            |calls: &Vec<String>| calls.iter().filter(|call| *call == what).count() >= times;
        let waited = timeout(LIMIT, calls.wait_for(enough)).await;
        let so_far = || format!("asked only for {:?}", *self.world.calls.borrow());
        waited.ok().with_context(so_far)?.map(drop).context("nobody asks")
    }

    /// How often it was asked `what` so far.
    pub(crate) fn times(&self, what: &str) -> usize {
        self.world.calls.borrow().iter().filter(|call| *call == what).count()
    }

    /// The strap sends a measurement, if anybody subscribed.
    pub(crate) async fn sends(&self, packet: &[u8]) -> anyhow::Result<()> {
        self.changes(|state| {
            let times = state.tells;
            let mut told =
                || state.tree.set(tree::RATE, tree::CHARACTERISTIC, "Value", packet.to_vec());
            (0..times).flat_map(|_| told()).collect()
        })
        .await
    }

    /// The strap counts steps from its next connection on.
    pub(crate) fn counts_steps(&self) {
        self.world.state().tree.counts_steps = true;
    }

    /// The strap sends how fast its wearer steps.
    pub(crate) async fn steps(&self, packet: &[u8]) -> anyhow::Result<()> {
        self.changes(|state| {
            state.tree.set(tree::STEPS, tree::CHARACTERISTIC, "Value", packet.to_vec())
        })
        .await
    }

    /// So many programs in all have asked for the measurements.
    pub(crate) fn has_listeners(&self, programs: usize) {
        self.world.state().tells = programs;
    }

    /// From now on the strap is such.
    pub(crate) fn strap_is(&self, habits: StrapHabits) {
        self.world.state().strap = habits;
    }

    /// A second heart-rate monitor advertises.
    pub(crate) async fn another_is_in_reach(&self) -> anyhow::Result<()> {
        self.changes(|state| vec![state.tree.add_other()]).await
    }

    /// So many devices of other people are in reach for as long as this goes on, which is until the bus goes.
    pub(crate) async fn is_among(&self, devices: u32) -> anyhow::Result<Infallible> {
        let mut neighbours = Neighbours::new(devices);
        let mut clock = interval(neighbours::OFTEN);
        loop {
            let now = clock.tick().await;
            self.changes(|state| neighbours.advertise(&mut state.tree, now)).await?;
        }
    }

    /// For how long it was searched so far.
    pub(crate) fn searched(&self) -> Duration {
        let state = self.world.state();
        state.searched + state.searching.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// The battery's level changes.
    pub(crate) async fn battery_is(&self, level: u8) -> anyhow::Result<()> {
        self.changes(|state| {
            state.tree.set(tree::LEVEL, tree::CHARACTERISTIC, "Value", vec![level])
        })
        .await
    }

    /// The link breaks; `there`: whether the strap can be found again.
    pub(crate) async fn loses_link(&self, there: bool) -> anyhow::Result<()> {
        self.changes(|state| {
            state.there = there;
            state.tree.disconnect()
        })
        .await
    }

    /// BlueZ forgets the strap, as it does half a minute after it let it go.
    pub(crate) async fn forgets_strap(&self) -> anyhow::Result<()> {
        self.changes(|state| state.tree.remove_below(tree::STRAP)).await
    }

    /// The strap can be found again.
    pub(crate) fn strap_is_back(&self) {
        self.world.state().there = true;
    }

    /// It answers nothing any more, or again.
    pub(crate) fn hangs(&self, hangs: bool) {
        self.world.state().hangs = hangs;
    }

    /// The owner switches the adapter on or off.
    pub(crate) async fn power(&self, on: bool) -> anyhow::Result<()> {
        self.changes(|state| {
            let mut changes = if on { Vec::new() } else { state.tree.disconnect() };
            changes.extend(state.tree.set(tree::HCI, tree::ADAPTER, "Powered", on));
            changes
        })
        .await
    }

    /// Airplane mode begins or ends.
    pub(crate) async fn blocks(&self, blocked: bool) -> anyhow::Result<()> {
        self.changes(|state| {
            let mut changes = if blocked { state.tree.disconnect() } else { Vec::new() };
            // In this order, and one by one (5.82 and 5.87).
            changes.extend(state.tree.set(tree::HCI, tree::ADAPTER, "Powered", !blocked));
            let power = if blocked { "off-blocked" } else { "on" };
            changes.extend(state.tree.set(tree::HCI, tree::ADAPTER, "PowerState", power));
            changes
        })
        .await
    }

    /// The adapter is pulled out, and everything below it goes.
    pub(crate) async fn unplug(&self) -> anyhow::Result<()> {
        self.changes(|state| state.tree.remove_below(tree::HCI)).await
    }

    /// The adapter is plugged in again, switched on.
    pub(crate) async fn plug_in(&self) -> anyhow::Result<()> {
        self.changes(|state| vec![state.tree.add_adapter(true)]).await
    }

    /// The computer is about to sleep, or woke up.
    pub(crate) async fn sleeps(&self, begins: bool) -> anyhow::Result<()> {
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        let nobody = None::<&str>;
        Ok(self.bus.emit_signal(nobody, path, interface, "PrepareForSleep", &(begins,)).await?)
    }

    async fn changes(&self, change: impl FnOnce(&mut State) -> Vec<Change>) -> anyhow::Result<()> {
        let changes = change(&mut self.world.state());
        emit(&self.bus, changes).await
    }
}

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn note(&self, call: &str) {
        self.calls.send_modify(|calls| calls.push(call.to_owned()));
    }
}

async fn serve(bus: Connection, mut messages: MessageStream, world: Arc<World>) {
    while let Some(Ok(message)) = messages.next().await {
        if message.message_type() == Type::MethodCall && !world.state().hangs {
            // Whoever asked may be gone already.
            let _ = answer(&bus, &message, &world).await;
        }
    }
}

async fn answer(bus: &Connection, call: &Message, world: &World) -> anyhow::Result<()> {
    let header = call.header();
    let path = header.path().context("no path")?.to_string();
    let interface = header.interface().context("no interface")?.to_string();
    let member = header.member().context("no member")?.to_string();
    if (interface.as_str(), member.as_str()) == (tree::DEVICE, "Pair")
        && let Err((name, text)) = pair(bus, world).await
    {
        return Ok(bus.reply_error(&header, name, &(text,)).await?);
    }
    let Answer { changes, body } = handle(call, &path, &interface, &member, world)?;
    emit(bus, changes).await?;
    match body {
        Ok(Body::Nothing) => bus.reply(&header, &()).await?,
        Ok(Body::Text(text)) => bus.reply(&header, &(text,)).await?,
        Ok(Body::Value(value)) => bus.reply(&header, &(value,)).await?,
        Ok(Body::Bytes(bytes)) => bus.reply(&header, &(bytes,)).await?,
        Ok(Body::Properties(properties)) => bus.reply(&header, &(properties,)).await?,
        Ok(Body::Objects(objects)) => bus.reply(&header, &(objects,)).await?,
        Err((name, text)) => bus.reply_error(&header, name, &(text,)).await?,
    }
    Ok(())
}

/// Asks the agent what has to be asked; an error: BlueZ's answer to whoever wants to pair.
async fn pair(bus: &Connection, world: &World) -> Result<(), (&'static str, &'static str)> {
    let (agent, shows) = {
        let state = world.state();
        (state.agent.clone(), state.strap.shows)
    };
    let failed = ("org.bluez.Error.AuthenticationFailed", "Authentication Failed");
    let (name, at) = agent.ok_or(failed)?;
    let device = ObjectPath::from_static_str_unchecked(tree::STRAP);
    let (name, at, agent) = (name.as_str(), at.as_str(), Some("org.bluez.Agent1"));
    let agreed = match shows {
        Some(number) => {
            let body = (device, number);
            bus.call_method(Some(name), at, agent, "RequestConfirmation", &body).await
        }
        None => bus.call_method(Some(name), at, agent, "RequestAuthorization", &(device,)).await,
    };
    agreed.map(drop).map_err(|_| failed)
}

fn handle(
    call: &Message,
    path: &str,
    interface: &str,
    member: &str,
    world: &World,
) -> anyhow::Result<Answer> {
    let mut guard = world.state();
    let state = &mut *guard;
    let tree = &mut state.tree;
    let mut changes = Vec::new();
    let body = match (interface, member) {
        ("org.freedesktop.DBus.ObjectManager", "GetManagedObjects") => {
            Ok(Body::Objects(tree.objects()))
        }
        ("org.freedesktop.DBus.Introspectable", "Introspect") => {
            Ok(Body::Text(tree.introspect(path)))
        }
        (MANAGER, _) => return of_agents(call, member, state, world),
        _ if !tree.has(path) => Err((NO_OBJECT, "no such object")),
        ("org.freedesktop.DBus.Properties", "GetAll") => {
            let of: String = call.body().deserialize()?;
            tree.properties(path, &of).map(Body::Properties).ok_or((NO_OBJECT, "no such interface"))
        }
        ("org.freedesktop.DBus.Properties", "Get") => {
            let (of, name): (String, String) = call.body().deserialize()?;
            let value = tree.properties(path, &of).and_then(|mut all| all.remove(&name));
            value.map(Body::Value).ok_or((NO_OBJECT, "no such property"))
        }
        ("org.freedesktop.DBus.Properties", "Set") => {
            let body = call.body();
            let (of, name, value): (String, String, Variant<'_>) = body.deserialize()?;
            world.note(&format!("Set {name}"));
            changes = tree.set(path, &of, &name, value);
            Ok(Body::Nothing)
        }
        (tree::ADAPTER, _) => return of_adapter(call, path, member, state, world),
        (tree::DEVICE, _) => return Ok(of_device(path, member, state, world)),
        (tree::CHARACTERISTIC, _) => return Ok(of_characteristic(path, member, state, world)),
        _ => Err(NO_METHOD),
    };
    Ok(Answer { changes, body })
}

/// Whoever answers for pairings comes and goes.
fn of_agents(
    call: &Message,
    member: &str,
    state: &mut State,
    world: &World,
) -> anyhow::Result<Answer> {
    let agent = &mut state.agent;
    let body = match member {
        "RegisterAgent" => {
            world.note(member);
            let body = call.body();
            let (at, _): (ObjectPath<'_>, &str) = body.deserialize()?;
            let sender = call.header().sender().map(ToString::to_string);
            *agent = Some((sender.context("no sender")?, at.to_string()));
            Ok(Body::Nothing)
        }
        "UnregisterAgent" => {
            world.note(member);
            *agent = None;
            Ok(Body::Nothing)
        }
        _ => Err(NO_METHOD),
    };
    Ok(Answer { changes: Vec::new(), body })
}

fn of_adapter(
    call: &Message,
    path: &str,
    member: &str,
    State { tree, there, strap, searched, searching, .. }: &mut State,
    world: &World,
) -> anyhow::Result<Answer> {
    let mut changes = Vec::new();
    let body = match member {
        "SetDiscoveryFilter" => {
            let body = call.body();
            let filter: BTreeMap<&str, Variant<'_>> = body.deserialize()?;
            world.note(&format!("SetDiscoveryFilter {:?}", filter.keys()));
            Ok(Body::Nothing)
        }
        "StartDiscovery" => {
            world.note(member);
            if tree.is_true(path, tree::ADAPTER, "Powered") {
                searching.get_or_insert_with(Instant::now);
                changes = tree.set(path, tree::ADAPTER, "Discovering", true);
                if *there {
                    changes.extend(tree.hear_strap());
                }
                Ok(Body::Nothing)
            } else {
                Err(("org.bluez.Error.NotReady", "Resource Not Ready"))
            }
        }
        "StopDiscovery" => {
            world.note(member);
            if tree.is_true(path, tree::ADAPTER, "Discovering") {
                *searched += searching.take().map_or(Duration::ZERO, |since| since.elapsed());
                changes = tree.set(path, tree::ADAPTER, "Discovering", false);
                changes.extend(tree.silence());
                Ok(Body::Nothing)
            } else {
                Err(("org.bluez.Error.Failed", "No discovery started"))
            }
        }
        "RemoveDevice" => {
            world.note(member);
            strap.forgot_bond = false;
            changes = tree.remove_below(tree::STRAP);
            if tree.is_true(tree::HCI, tree::ADAPTER, "Discovering") && *there {
                changes.extend(tree.hear_strap());
            }
            Ok(Body::Nothing)
        }
        _ => Err(NO_METHOD),
    };
    Ok(Answer { changes, body })
}

fn of_device(
    path: &str,
    member: &str,
    State { tree, there, strap, .. }: &mut State,
    world: &World,
) -> Answer {
    let mut changes = Vec::new();
    let body = match member {
        "Pair" if strap.lost_in_pairing => {
            world.note("Pair lost");
            strap.lost_in_pairing = false;
            changes = tree.remove_below(tree::STRAP);
            Err((NO_OBJECT, "no such object"))
        }
        "Pair" => {
            world.note(member);
            strap.wants_bond = false;
            strap.forgot_bond = false;
            changes = tree.set(tree::STRAP, tree::DEVICE, "Paired", true);
            changes.extend(tree.set(tree::STRAP, tree::DEVICE, "Bonded", true));
            Ok(Body::Nothing)
        }
        "Connect"
            if *there
                && (strap.hangs_up > 0
                    || strap.forgot_bond && tree.is_true(path, tree::DEVICE, "Paired")) =>
        {
            world.note(member);
            strap.hangs_up = strap.hangs_up.saturating_sub(1);
            // BlueZ says that it is connected, and takes that back a moment later.
            changes = tree.set(path, tree::DEVICE, "Connected", true);
            changes.extend(tree.set(path, tree::DEVICE, "Connected", false));
            Ok(Body::Nothing)
        }
        "Connect" => {
            world.note(member);
            if *there {
                changes = tree.connect();
                Ok(Body::Nothing)
            } else {
                Err(("org.bluez.Error.Failed", "le-connection-abort-by-local"))
            }
        }
        "Disconnect" => {
            world.note(member);
            if tree.is_true(path, tree::DEVICE, "Connected") {
                changes = tree.disconnect();
                Ok(Body::Nothing)
            } else {
                Err(("org.bluez.Error.NotConnected", "Not Connected"))
            }
        }
        _ => Err(NO_METHOD),
    };
    Answer { changes, body }
}

fn of_characteristic(
    path: &str,
    member: &str,
    State { tree, strap, .. }: &mut State,
    world: &World,
) -> Answer {
    let mut changes = Vec::new();
    let body = match member {
        "StartNotify" if path == tree::RATE && strap.held => {
            world.note("StartNotify held");
            Err(("org.bluez.Error.NotPermitted", "Notify acquired"))
        }
        "StartNotify" if path == tree::RATE && strap.wants_bond => {
            world.note("StartNotify unpaired");
            Err(("org.bluez.Error.NotPermitted", "Not paired"))
        }
        "StartNotify" if path == tree::RATE && strap.hangs_up_when_asked => {
            world.note("StartNotify hung up");
            changes = tree.disconnect();
            Err(("org.bluez.Error.Failed", "Not connected"))
        }
        "StartNotify" | "StopNotify" => {
            let which = match path {
                tree::RATE => "rate",
                tree::STEPS => "steps",
                _ => "battery",
            };
            world.note(&format!("{member} {which}"));
            Ok(Body::Nothing)
        }
        "ReadValue" if path == tree::LEVEL => {
            Ok(Body::Bytes(tree.bytes(path, tree::CHARACTERISTIC, "Value")))
        }
        "ReadValue" => Err(("org.bluez.Error.NotPermitted", "Read not permitted")),
        _ => Err(NO_METHOD),
    };
    Answer { changes, body }
}

async fn emit(bus: &Connection, changes: Vec<Change>) -> anyhow::Result<()> {
    let nobody = None::<&str>;
    for change in changes {
        match change {
            Change::Property { path, interface, name, value } => {
                let interface_of = "org.freedesktop.DBus.Properties";
                let (set, unset) = match value {
                    Some(value) => (tree::Properties::from([(name, value)]), Vec::new()),
                    None => (tree::Properties::new(), vec![name]),
                };
                let body = (interface, set, unset);
                bus.emit_signal(nobody, path, interface_of, "PropertiesChanged", &body).await?;
            }
            Change::Added { path, object } => {
                let interface = "org.freedesktop.DBus.ObjectManager";
                bus.emit_signal(nobody, "/", interface, "InterfacesAdded", &(path, object)).await?;
            }
            Change::Removed { path, interfaces } => {
                let interface = "org.freedesktop.DBus.ObjectManager";
                let body = (path, interfaces);
                bus.emit_signal(nobody, "/", interface, "InterfacesRemoved", &body).await?;
            }
        }
    }
    Ok(())
}

const MANAGER: &str = "org.bluez.AgentManager1";
const NO_METHOD: (&str, &str) = ("org.freedesktop.DBus.Error.UnknownMethod", "no such method");
const NO_OBJECT: &str = "org.freedesktop.DBus.Error.UnknownObject";

/// How long a test waits for something that is to happen; seconds when all is well.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);
