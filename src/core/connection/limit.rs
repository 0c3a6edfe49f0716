//! How long anything may take. BlueZ answers in milliseconds when it is well; when it hangs, every call would block the 30 s
//! that the D-Bus library waits (measured with bluetoothd stopped).

use jiff::SignedDuration;

/// To reach the system bus, and to ask BlueZ what it knows: milliseconds when well, a second and a half to fail while
/// bluetoothd is being started.
pub(super) const ANSWER: SignedDuration = SignedDuration::from_secs(5);

/// How long one scan listens. A strap just put on advertises every 20 to 30 ms, later at least every 2.5 s (Heart Rate Profile
/// 1.0, section 5.1), of which a scan of 2 s hears most; a longer one would keep other devices from reconnecting.
pub(super) const SCAN: SignedDuration = SignedDuration::from_secs(2);

/// To connect to a strap that was just heard. A Polar H10 needs 15 to 20 s the first time; after 30 s the D-Bus library gives
/// up while BlueZ goes on.
pub(super) const CONNECT: SignedDuration = SignedDuration::from_secs(25);

/// To connect to a strap that may be back: two of the longest recommended advertising intervals of 2.5 s, and a second to
/// connect.
pub(super) const CONNECT_UNHEARD: SignedDuration = SignedDuration::from_secs(6);

/// To read the services of a strap and to subscribe, once the link is up: 0.3 to 2 s on real straps, several times that where the
/// link is poor and every packet is sent again.
pub(super) const SUBSCRIBE: SignedDuration = SignedDuration::from_secs(25);

/// To disconnect: 2.6 s measured on a strap that had died.
pub(super) const DISCONNECT: SignedDuration = SignedDuration::from_secs(5);

/// How much later than its limit a call is given up here, should its end never be reported: room for the call before it to
/// clean up.
pub(super) const GRACE: SignedDuration = SignedDuration::from_secs(5);

/// How long a computer that said it would sleep is waited for. Asleep it does not count; this is for a sleep that fell through.
pub(super) const SLEEP: SignedDuration = SignedDuration::from_secs(30);

/// From when on a strap that is gone is away: under ten minutes it is a walk for coffee.
pub(super) const AWAY: SignedDuration = SignedDuration::from_mins(10);

/// How long the known address is waited for before a device is taken that may be the same under a new one: what a Polar H10
/// needs to connect.
pub(super) const PATIENCE: SignedDuration = SignedDuration::from_secs(20);

/// After how many calls in a row that did not get through to BlueZ the connection to it is built anew: one can be a hiccup, two
/// a daemon that restarts.
pub(super) const FAULTS: u32 = 3;
