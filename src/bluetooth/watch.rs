//! What the system bus says by itself: adapters that come, go and are switched, a Bluetooth service that starts or ends, a
//! computer that sleeps, a bus that breaks.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::timeout;
use tracing::debug;
use zbus::Message;
use zbus::ObjectPath;
use zbus::Variant;
use zbus::match_rule;

use super::Error;
use super::bluez;
use super::bluez::BlueZ;
use super::report::Report;
use super::report::Reporter;
use crate::dbus;
use crate::dbus::Signals;
use kindbeat_core::connection::Input;

/// The signals that tell of adapters and sleep.
pub(super) struct Watch {
    bluez: BlueZ,
    objects: Signals,
    adapters: Signals,
    service: Signals,
    sleep: Signals,
}

impl Watch {
    /// Listens from now on; what is said is kept until [`Self::run`].
    pub(super) async fn new(bluez: &BlueZ) -> Result<Self, Error> {
        let all = |rule: match_rule::Builder<'static>| {
            rule.sender(bluez::SERVICE).interface(bluez::OBJECTS)
        };
        let objects = bluez.signals(all).await?;
        let changed = |rule: match_rule::Builder<'static>| {
            rule.sender(bluez::SERVICE).interface(dbus::PROPERTIES).arg(0, bluez::ADAPTER)
        };
        let adapters = bluez.signals(changed).await?;
        let service = bluez.service_changes().await?;
        let prepare = |rule: match_rule::Builder<'static>| {
            rule.sender(LOGIN).interface("org.freedesktop.login1.Manager").member("PrepareForSleep")
        };
        let sleep = bluez.signals(prepare).await?;
        Ok(Self { bluez: bluez.clone(), objects, adapters, service, sleep })
    }

    /// Reports until the bus breaks.
    pub(super) async fn run(mut self, reporter: Reporter) {
        loop {
            let asleep = tokio::select! {
                message = self.objects.next() => match message {
                    Some(message) if is_of_adapter(&message) => None,
                    Some(_) => continue,
                    None => break,
                },
                message = self.adapters.next() => match message {
                    Some(message) if is_of_power(&message) => None,
                    Some(_) => continue,
                    None => break,
                },
                message = self.service.next() => match message {
                    Some(_) => None,
                    None => break,
                },
                message = self.sleep.next() => match message {
                    Some(message) => message.body().deserialize::<bool>().ok(),
                    None => break,
                },
            };
            match asleep {
                Some(true) => reporter.tell(Report::Input(Input::Suspending)).await,
                Some(false) => reporter.tell(Report::Input(Input::Resumed)).await,
                None => {}
            }
            // The signal says that something changed; what it is now is asked, so that no order of signals can mislead.
            match timeout(LIMIT, self.bluez.adapter()).await {
                Ok(Ok(adapter)) => reporter.tell(Report::Input(Input::Adapter(adapter))).await,
                Ok(Err(error)) => debug!(error = error.without(None), "no word of the adapter"),
                Err(_) => debug!("no word of the adapter in time"),
            }
        }
        reporter.tell(Report::Input(Input::BusLost)).await;
    }
}

/// Whether an object that came or went is an adapter; most are devices.
fn is_of_adapter(message: &Message) -> bool {
    let body = message.body();
    if let Ok((_, interfaces)) =
        body.deserialize::<(ObjectPath<'_>, HashMap<&str, HashMap<&str, Variant<'_>>>)>()
    {
        return interfaces.contains_key(bluez::ADAPTER);
    }
    body.deserialize::<(ObjectPath<'_>, Vec<&str>)>()
        .is_ok_and(|(_, interfaces)| interfaces.contains(&bluez::ADAPTER))
}

/// Whether an adapter was switched on or off; it tells of every scan, too.
fn is_of_power(message: &Message) -> bool {
    let body = message.body();
    body.deserialize::<(&str, HashMap<&str, Variant<'_>>, Vec<&str>)>()
        .is_ok_and(|(_, changed, _)| changed.contains_key("Powered"))
}

const LOGIN: &str = "org.freedesktop.login1";

/// How long BlueZ may take to say what adapter there is: milliseconds when well.
const LIMIT: Duration = Duration::from_secs(5);
