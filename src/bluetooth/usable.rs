//! Whether Bluetooth can be used at all, for someone who wonders why it is not.

use super::Error;
use super::bluez::BlueZ;
use crate::dbus::Bus;

/// Whether there is an adapter that is on; the error says what is missing. Scans for nothing, switches nothing on. Takes as long
/// as the system bus does to answer.
pub async fn usable() -> Result<(), Error> {
    BlueZ::on(&Bus::system()).await?.adapters_on().await.map(|_| ())
}
