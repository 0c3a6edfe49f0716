//! What devices in reach tell of themselves, one a line with tabs between its fields, and which of them is connected to.
#![no_main]

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat_core::connection::Action;
use kindbeat_core::connection::Adapter;
use kindbeat_core::connection::Call;
use kindbeat_core::connection::Connection;
use kindbeat_core::connection::ConnectionInput;
use kindbeat_core::connection::Device;
use kindbeat_core::connection::DeviceProperties;
use kindbeat_core::connection::Ticket;
use kindbeat_core::monitor::MonitorSettings;
use kindbeat_fuzz as _;
use libfuzzer_sys::fuzz_target;

/// Fields: flags, address, type of address, alias, name, services, services with data; words in the last two.
fn properties(line: &str) -> DeviceProperties {
    let mut fields = line.split('\t');
    let flags = fields.next().and_then(|field| field.bytes().next()).unwrap_or_default();
    let mut text = || fields.next().filter(|field| !field.is_empty()).map(str::to_owned);
    let (address, address_type, alias, name) = (text().unwrap_or_default(), text(), text(), text());
    let words = |text: Option<String>| -> Vec<String> {
        text.unwrap_or_default().split(' ').map(str::to_owned).collect()
    };
    DeviceProperties {
        address,
        address_type,
        alias,
        name,
        services: words(text()),
        service_data: words(text()),
        signal: (flags & 1 == 0).then_some(i16::from(flags) - 100),
        connected: flags & 2 != 0,
        bonded: flags & 4 != 0,
    }
}

/// What is to be done, and the last call of it.
fn call(actions: Vec<Action>) -> Option<(Ticket, Call)> {
    let calls = actions.into_iter().filter_map(|action| match action {
        Action::Do { ticket, call, .. } => Some((ticket, call)),
        Action::Announce(_) | Action::Stranger(_) => None,
    });
    calls.last()
}

/// Looks and scans for a minute in which these devices are all there is, and nothing can be connected to.
fn searched(wanted: &str, devices: &[Device]) {
    let named = wanted != "any";
    let settings = MonitorSettings { device: wanted.to_owned(), ..MonitorSettings::default() };
    let mut now = Timestamp::UNIX_EPOCH;
    let mut machine = Connection::new(settings, None, 1, now);
    let mut made = call(machine.handle(now, ConnectionInput::Tick));
    for _ in 0..40 {
        now += SignedDuration::from_millis(1_500);
        let input = match made.take() {
            Some((ticket, Call::Rebuild)) => {
                machine.handle(now, ConnectionInput::Adapter(Adapter::On));
                ConnectionInput::Finished(ticket, Ok(()))
            }
            Some((ticket, Call::Look | Call::Scan { .. })) => {
                made = call(machine.handle(now, ConnectionInput::Found(devices.to_vec())));
                if made.is_some() {
                    continue;
                }
                ConnectionInput::Finished(ticket, Ok(()))
            }
            Some((ticket, Call::Connect { address, .. })) => {
                let device = devices.iter().find(|device| device.address == address);
                let device = device.expect("one that there is");
                assert!(named || device.in_reach() && device.heart_rate);
                assert!(!named || device.is_called(wanted));
                ConnectionInput::Finished(
                    ticket,
                    Err(kindbeat_core::connection::CallFailure::Refused),
                )
            }
            Some((ticket, Call::Disconnect { .. })) => ConnectionInput::Finished(ticket, Ok(())),
            None => ConnectionInput::Tick,
        };
        made = call(machine.handle(now, input));
        assert!(machine.next_wakeup().is_none_or(|next| next >= now));
    }
}

fuzz_target!(|text: &str| {
    let devices: Vec<_> =
        text.lines().take(16).filter_map(|line| properties(line).device()).collect();
    for device in &devices {
        let name = device.name.as_deref().unwrap_or_default();
        assert!(name.chars().count() <= 64 && !name.chars().any(char::is_control));
        assert_eq!(device.address.to_string().parse(), Ok(device.address));
    }
    let mut once = devices;
    once.sort_by_key(|device| device.address);
    once.dedup_by_key(|device| device.address);
    searched("any", &once);
    if let Some(name) = once.first().and_then(|device| device.name.clone()) {
        // As it would be in the settings.
        if once[0].is_called(&name) && !name.is_empty() && name != "any" {
            searched(&name, &once);
        }
    }
});
