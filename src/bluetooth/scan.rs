//! Looking and listening for heart-rate monitors.

use std::time::Duration;

use futures_util::future::join;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tokio::time::sleep_until;
use tokio::time::timeout;
use tracing::debug;
use zbus::match_rule;

use super::bluez;
use super::bluez::BlueZ;
use super::bluez::Found;
use super::bluez::unless;
use super::bluez::within;
use super::error::BluetoothError;
use super::radio::Radio;
use super::report::Reporter;
use crate::clock;
use crate::dbus;
use crate::dbus::Signals;
use kindbeat_core::connection::Device;

/// Reports what BlueZ knows.
pub(super) async fn look(radio: &Radio, reporter: &Reporter) -> Result<(), BluetoothError> {
    reporter.found(known(&radio.bluez).await?).await;
    Ok(())
}

/// Scans, reporting at the end, and where it is `eager` at the start and whenever something turns up; `None`: it was cancelled.
pub(super) async fn scan(
    radio: &Radio,
    lasting: Duration,
    eager: bool,
    limit: Duration,
    reporter: &Reporter,
    cancelled: &mut oneshot::Receiver<()>,
) -> Option<Result<(), BluetoothError>> {
    let bluez = &radio.bluez;
    let mut started = Vec::new();
    let result = if eager {
        unless(cancelled, report(bluez, lasting, limit, reporter, &mut started)).await
    } else {
        unless(cancelled, report_last(radio, lasting, limit, reporter, &mut started)).await
    };
    // Whatever became of it: a scan left open keeps every other device from reconnecting.
    stop(bluez, &started).await;
    result
}

async fn report(
    bluez: &BlueZ,
    lasting: Duration,
    limit: Duration,
    reporter: &Reporter,
    started: &mut Vec<String>,
) -> Result<(), BluetoothError> {
    let mut scan = Scan::new(bluez, lasting, limit).await?;
    within(limit, "starting a scan", start(bluez, started)).await?;
    while let Some(found) = scan.next().await? {
        reporter.found(devices(found)).await;
    }
    Ok(())
}

/// The same without listening, and with as few questions as there can be, since each wakes the processor up twice: as BlueZ takes it, and
/// as it answers.
async fn report_last(
    radio: &Radio,
    lasting: Duration,
    limit: Duration,
    reporter: &Reporter,
    started: &mut Vec<String>,
) -> Result<(), BluetoothError> {
    let bluez = &radio.bluez;
    within(limit, "starting a scan", start_again(radio, started)).await?;
    clock::sleep(lasting).await;
    // Both at once: the bus keeps the order, and so it is asked while the signal strengths are known.
    let asked = within(limit, "listening", bluez.all());
    let (all, ()) = join(asked, stop(bluez, started)).await;
    started.clear();
    let all = all?;
    radio.keep_adapters(all.adapters_on());
    reporter.found(devices(all.devices())).await;
    Ok(())
}

/// Starts a scan on the adapters that were on at the end of the last one; if none of them is now, on those that are.
async fn start_again(radio: &Radio, started: &mut Vec<String>) -> Result<(), BluetoothError> {
    let before = radio.take_adapters();
    if !before.is_empty() && start_on(&radio.bluez, before, started).await.is_ok() {
        return Ok(());
    }
    start(&radio.bluez, started).await
}

/// Starts a scan on every adapter that is on; `started` holds each that was asked, whatever it said.
pub(super) async fn start(bluez: &BlueZ, started: &mut Vec<String>) -> Result<(), BluetoothError> {
    start_on(bluez, bluez.adapters_on().await?, started).await
}

async fn start_on(
    bluez: &BlueZ,
    adapters: Vec<String>,
    started: &mut Vec<String>,
) -> Result<(), BluetoothError> {
    let mut result = Ok(());
    let mut any = false;
    for adapter in adapters {
        started.push(adapter.clone());
        match bluez.start_scan(&adapter).await {
            Ok(()) => any = true,
            Err(error) => result = Err(error),
        }
    }
    if any { Ok(()) } else { result }
}

/// Stops what [`start`] started. What cannot be stopped ends with our connection to the bus at the latest.
pub(super) async fn stop(bluez: &BlueZ, started: &[String]) {
    for adapter in started {
        match timeout(STOP, bluez.stop_scan(adapter)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => debug!(error = error.without(None), "scan not stopped"),
            Err(_) => debug!("scan not stopped in time"),
        }
    }
}

/// A scan under way: what there is whenever something turns up, and at the end.
pub(super) struct Scan<'a> {
    bluez: &'a BlueZ,
    limit: Duration,
    added: Signals,
    changed: Signals,
    end: Instant,
    due: Instant,
}

impl<'a> Scan<'a> {
    /// Listens for as long as `lasting`; no answer may take longer than `limit`.
    pub(super) async fn new(
        bluez: &'a BlueZ,
        lasting: Duration,
        limit: Duration,
    ) -> Result<Self, BluetoothError> {
        let added = |rule: match_rule::Builder<'static>| {
            rule.sender(bluez::SERVICE).interface(bluez::OBJECTS)
        };
        let added = bluez.signals(added).await?;
        let changed = |rule: match_rule::Builder<'static>| {
            rule.sender(bluez::SERVICE).interface(dbus::PROPERTIES).arg(0, bluez::DEVICE)
        };
        let changed = bluez.signals(changed).await?;
        let end = Instant::now() + lasting;
        Ok(Self { bluez, limit, added, changed, end, due: end })
    }

    /// What there is now, once there is something new; `None`: the time is over.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Found>>, BluetoothError> {
        while self.due <= self.end {
            tokio::select! {
                // Advertisements come in bursts: what came is asked for once for each.
                Some(_) = self.added.next() => self.due = self.due.min(Instant::now() + BURST),
                Some(_) = self.changed.next() => self.due = self.due.min(Instant::now() + BURST),
                () = sleep_until(self.due) => {
                    let last = Instant::now() >= self.end;
                    self.due = if last { self.end + BURST } else { self.end };
                    // The signal strength is known only while the scan lasts.
                    let found = within(self.limit, "listening", self.bluez.devices()).await?;
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }
}

async fn known(bluez: &BlueZ) -> Result<Vec<Device>, BluetoothError> {
    Ok(devices(bluez.devices().await?))
}

fn devices(found: Vec<Found>) -> Vec<Device> {
    found.into_iter().map(|found| found.device).collect()
}

/// How long after the first sign of a device it is asked what there is.
const BURST: Duration = Duration::from_millis(100);

/// How long stopping may take.
const STOP: Duration = Duration::from_secs(2);
