//! What the daemon holds after an hour in which something of Bluetooth fails every ten seconds, against what it held after five minutes.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use fastrand::Rng;
use kindbeat_core::simulation::SimulatedHeart;
use tokio::time::interval;

use crate::bus::Bus;
use crate::fake::Fake;
use crate::fake::StrapHabits;
use crate::process::Daemon;

/// Something that fails. What has an end of its own ends five seconds later, and the next begins after as long again.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// The link breaks, and the strap can be found at once.
    LinkLost,
    /// The link breaks, and BlueZ forgets the strap.
    Forgotten,
    /// Out of reach.
    Away,
    /// Nothing is sent, from one fault to the next.
    Silent,
    /// Packets that are no measurements.
    Malformed,
    /// The link breaks, and twice more as soon as it is up.
    HangsUp,
    /// Another program has the measurements for itself.
    Held,
    /// Another program listens too, so that each packet comes twice.
    Twice,
    /// Another monitor is in reach.
    Another,
    /// The level of the battery changes.
    Battery,
    /// The adapter is switched off.
    Off,
    /// Airplane mode.
    Blocked,
    /// The adapter is pulled out.
    Unplugged,
    /// bluetoothd answers nothing.
    Hangs,
    /// bluetoothd is killed.
    Killed,
    /// The system bus restarts, and bluetoothd with it.
    BusRestarts,
    /// The computer sleeps.
    Sleep,
    /// The computer says that it will sleep, and does not.
    SleepFallsThrough,
}

const ALL: [Fault; 18] = [
    Fault::LinkLost,
    Fault::Forgotten,
    Fault::Away,
    Fault::Silent,
    Fault::Malformed,
    Fault::HangsUp,
    Fault::Held,
    Fault::Twice,
    Fault::Another,
    Fault::Battery,
    Fault::Off,
    Fault::Blocked,
    Fault::Unplugged,
    Fault::Hangs,
    Fault::Killed,
    Fault::BusRestarts,
    Fault::Sleep,
    Fault::SleepFallsThrough,
];

/// The computer that all of it happens to.
struct Computer {
    system: Bus,
    bluez: Option<Fake>,
    silent: bool,
    malformed: bool,
    /// How often the daemon asked for measurements of a BlueZ that is gone.
    streamed: usize,
}

/// What the system says that the daemon holds.
struct Held {
    resident: f64,
    anonymous: f64,
    files: usize,
    threads: f64,
}

/// Measures for an hour, or for two minutes where that is too long.
pub(crate) async fn measure(
    session: &Bus,
    program: Option<&Path>,
    hour: bool,
) -> anyhow::Result<()> {
    let Some(system) = Bus::start().await? else { return Ok(()) };
    let bluez = Some(Fake::start(&system.address()).await?);
    let mut computer = Computer { system, bluez, silent: false, malformed: false, streamed: 0 };
    let daemon = match program {
        Some(program) => Daemon::start_other(program, &computer.system, session).await?,
        None => Daemon::start(&computer.system, session, "").await?,
    };
    let minutes = if hour { 60 } else { 2 };
    let mut heart = SimulatedHeart::new(1);
    let mut order = Rng::with_seed(5);
    let mut faults = Vec::new();
    let mut fault = None;
    let mut count = 0;
    let mut first = None;
    let mut clock = interval(Duration::from_secs(1));
    for second in 0..=minutes * 60 {
        clock.tick().await;
        match second % 10 {
            0 => {
                // Each as often as the others, in another order every time.
                if faults.is_empty() {
                    faults = ALL.to_vec();
                    order.shuffle(&mut faults);
                }
                computer.next_begins();
                fault = faults.pop();
                if let Some(fault) = fault {
                    computer.begins(fault, second).await?;
                    count += 1;
                }
            }
            5 => {
                if let Some(fault) = fault {
                    computer.ends(fault).await?;
                }
            }
            _ => {}
        }
        computer.sends(&heart.second(second, 66.0).encode()).await;
        if second > 0 && second % (minutes * 5) == 0 {
            let now = daemon.holds()?;
            println!(
                "{count} faults in {:.1} minutes: {:.2} MB resident, {:.2} MB anonymous, {} files, {} threads; measurements asked for {} times",
                f64::from(second) / 60.0,
                now.resident,
                now.anonymous,
                now.files,
                now.threads,
                computer.streams()
            );
            first.get_or_insert(now);
        }
    }
    ensure!(computer.streams() > count / 4, "it hardly ever streamed");
    if let (true, Some(first)) = (hour, first) {
        let last = daemon.holds()?;
        let grown = last.anonymous - first.anonymous;
        println!("  grown by {grown:.2} MB anonymous between 5 and 60 minutes (budget {GROWTH})");
        ensure!(grown <= GROWTH, "memory grows");
        ensure!(last.files <= first.files + SPARE_FILES, "open files grow");
        ensure!(last.threads <= first.threads, "threads grow");
    }
    Ok(())
}

impl Daemon {
    fn holds(&self) -> anyhow::Result<Held> {
        Ok(Held {
            resident: self.rollup("Rss")?,
            anonymous: self.rollup("Anonymous")?,
            files: self.open_files()?,
            threads: self.status("Threads")?,
        })
    }
}

impl Computer {
    /// How often the daemon asked for measurements.
    fn streams(&self) -> usize {
        self.streamed + self.bluez.as_ref().map_or(0, |bluez| bluez.times("StartNotify rate"))
    }

    /// The strap sends what it has, where anybody can hear it.
    async fn sends(&self, packet: &[u8]) {
        if let Some(bluez) = self.bluez.as_ref().filter(|_| !self.silent) {
            let packet = if self.malformed { &[0x00, 0x46, 0x00, 0x00] } else { packet };
            // The bus may just have gone.
            let _ = bluez.sends(packet).await;
        }
    }

    /// What lasts until the next fault is over.
    fn next_begins(&mut self) {
        self.silent = false;
        self.malformed = false;
    }

    async fn begins(&mut self, fault: Fault, second: u32) -> anyhow::Result<()> {
        if let Fault::Killed | Fault::BusRestarts = fault {
            if let Some(bluez) = self.bluez.take() {
                self.streamed += bluez.times("StartNotify rate");
                bluez.die().await?;
            }
            if let Fault::BusRestarts = fault {
                self.system.restart().await?;
            }
            return Ok(());
        }
        let Some(bluez) = &self.bluez else { return Ok(()) };
        match fault {
            Fault::LinkLost => bluez.loses_link(true).await?,
            Fault::Forgotten => {
                bluez.loses_link(true).await?;
                bluez.forgets_strap().await?;
            }
            Fault::Away => bluez.loses_link(false).await?,
            Fault::Silent => self.silent = true,
            Fault::Malformed => self.malformed = true,
            Fault::HangsUp => {
                bluez.strap_is(StrapHabits { hangs_up: 2, ..StrapHabits::default() });
                bluez.loses_link(true).await?;
            }
            Fault::Held => {
                bluez.strap_is(StrapHabits { held: true, ..StrapHabits::default() });
                bluez.loses_link(true).await?;
            }
            Fault::Twice => bluez.has_listeners(2),
            Fault::Another => bluez.another_is_in_reach().await?,
            Fault::Battery => bluez.battery_is(u8::try_from(second % 100)?).await?,
            Fault::Off => bluez.power(false).await?,
            Fault::Blocked => bluez.blocks(true).await?,
            Fault::Unplugged => bluez.unplug().await?,
            Fault::Hangs => bluez.hangs(true),
            Fault::Sleep | Fault::SleepFallsThrough => bluez.sleeps(true).await?,
            Fault::Killed | Fault::BusRestarts => {}
        }
        Ok(())
    }

    async fn ends(&mut self, fault: Fault) -> anyhow::Result<()> {
        let Some(bluez) = &self.bluez else {
            self.bluez = Some(Fake::start(&self.system.address()).await?);
            return Ok(());
        };
        match fault {
            Fault::Away => bluez.strap_is_back(),
            Fault::HangsUp | Fault::Held => bluez.strap_is(StrapHabits::default()),
            Fault::Twice => bluez.has_listeners(1),
            Fault::Off => bluez.power(true).await?,
            Fault::Blocked => bluez.blocks(false).await?,
            Fault::Unplugged => bluez.plug_in().await?,
            Fault::Hangs => bluez.hangs(false),
            Fault::Sleep => bluez.sleeps(false).await?,
            _ => {}
        }
        Ok(())
    }
}

/// In megabytes: what the allocator may keep of the largest moment that came after the first five minutes.
const GROWTH: f64 = 0.3;

/// A connection more than at the first look, where that came as the link was down.
const SPARE_FILES: usize = 2;
