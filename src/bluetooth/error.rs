//! Why Bluetooth failed.

use kindbeat_core::connection::Address;
use kindbeat_core::connection::CallFailure;

/// What failed, and why.
#[derive(Debug, thiserror::Error)]
pub enum BluetoothError {
    /// The system bus or BlueZ did not do it.
    #[error("{doing}")]
    BlueZ {
        doing: &'static str,
        #[source]
        source: zbus::Error,
    },
    /// The strap, or the library that speaks to it, did not do it.
    #[error("{doing}")]
    Strap {
        doing: &'static str,
        #[source]
        source: btleplug::Error,
    },
    /// No answer came in time.
    #[error("{doing}: no answer")]
    TimedOut { doing: &'static str },
    /// There is no such device, or not any more.
    #[error("the device is not known to Bluetooth")]
    Unknown,
    /// There is no adapter that is on.
    #[error("Bluetooth is switched off")]
    Off,
    /// There is no adapter whose radio may send: airplane mode, or a switch of the computer (rfkill).
    #[error("Bluetooth is blocked")]
    Blocked,
    /// There is no adapter.
    #[error("there is no Bluetooth adapter")]
    NoAdapter,
    /// There is no Bluetooth service.
    #[error("the Bluetooth service is not running")]
    NoService,
    /// The device has no Heart Rate Measurement characteristic (0x2A37).
    #[error("the device sends no heart rate")]
    NoHeartRate,
    /// The link went while it was needed.
    #[error("the link is lost")]
    LinkLost,
    /// The link came up and went before measurements came.
    #[error("the device ended the connection")]
    Dropped {
        /// Whether this computer was paired with it.
        bonded: bool,
        /// Whether measurements had been asked for.
        asked: bool,
    },
    /// Over a link that is up the device did not answer when its services were read, or measurements asked for.
    #[error("the device does not answer")]
    Unanswered {
        /// Whether this computer was paired with it.
        bonded: bool,
    },
    /// The device wants a link that is paired, and this one is not, or not any more.
    #[error("the device wants to be paired")]
    Unauthenticated {
        /// Whether this computer was paired with it.
        bonded: bool,
    },
}

impl BluetoothError {
    /// For [`Result::map_err`].
    pub(super) const fn bluez(doing: &'static str) -> impl FnOnce(zbus::Error) -> Self {
        move |source| Self::BlueZ { doing, source }
    }

    /// For [`Result::map_err`].
    pub(super) const fn strap(doing: &'static str) -> impl FnOnce(btleplug::Error) -> Self {
        move |source| Self::Strap { doing, source }
    }

    /// What kind of failure it is.
    pub(super) fn failure(&self) -> CallFailure {
        match self {
            // The name of a D-Bus error shows only in the debug form of both libraries.
            Self::BlueZ {
                source: zbus::Error::InputOutput(_) | zbus::Error::Address(_), ..
            }
            | Self::NoService => CallFailure::Bus,
            Self::BlueZ { source, .. } => kind(&format!("{source:?}")),
            Self::Strap { source: btleplug::Error::DeviceNotFound, .. } | Self::Unknown => {
                CallFailure::Unknown
            }
            Self::Strap { source, .. } => kind(&format!("{source:?}")),
            Self::TimedOut { .. } => CallFailure::TimedOut,
            Self::Off | Self::Blocked | Self::NoAdapter | Self::NoHeartRate | Self::LinkLost => {
                CallFailure::Refused
            }
            &Self::Dropped { bonded, asked } => CallFailure::Dropped { bonded, asked },
            &Self::Unanswered { bonded } => CallFailure::Unanswered { bonded },
            &Self::Unauthenticated { bonded } => CallFailure::Unauthenticated { bonded },
        }
    }

    /// Whether the device refused since the link is not encrypted: BlueZ's words for the ATT errors 0x05, 0x0c and 0x0f.
    pub(super) fn says_unpaired(&self) -> bool {
        match self {
            Self::Strap { source, .. } => {
                let text = format!("{source:?}");
                text.contains("Error.NotPermitted") && text.contains("Not paired")
                    || text.contains("Error.AuthenticationFailed")
            }
            _ => false,
        }
    }

    /// The error and its causes for the log, without the address of the device.
    pub(super) fn without(&self, address: Option<Address>) -> String {
        let mut text = format!("{self}");
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        match address.map(|address| address.to_string()) {
            Some(address) => {
                text.replace(&address, "DEVICE").replace(&address.replace(':', "_"), "DEVICE")
            }
            None => text,
        }
    }
}

/// The kind of failure that the debug text of a D-Bus error names.
fn kind(text: &str) -> CallFailure {
    let names_one_of = |names: &[&str]| names.iter().any(|name| text.contains(name));
    // AcquireNotify gives one program the measurements alone.
    if text.contains("Error.NotPermitted") && text.contains("Notify acquired") {
        CallFailure::Held
    } else if names_one_of(&["UnknownObject", "UnknownMethod", "UnknownInterface", "DoesNotExist"])
    {
        CallFailure::Unknown
    } else if names_one_of(&["NoReply", "TimedOut", "Timeout"]) {
        CallFailure::TimedOut
    } else if names_one_of(&[
        "ServiceUnknown",
        "NameHasNoOwner",
        "Error.Spawn",
        "Disconnected",
        "Failed to send message",
    ]) {
        CallFailure::Bus
    } else {
        CallFailure::Refused
    }
}

/// Whether the library's own connection to the system bus is dead, so that only a new one helps.
pub(super) fn is_dead(error: &btleplug::Error) -> bool {
    let text = format!("{error:?}");
    text.contains("Failed to send message") || text.contains("Error.Disconnected")
}

/// Whether nothing follows from a panic in this source file of a library.
///
/// bluez-async, which btleplug is made of, ends each of its streams of signals in a task of its own, and that task panics where the bus is
/// gone or does not answer. Such a stream ends whenever a connection is made, is given up or breaks, so no care of ours can rule it out as
/// the bus restarts; what was to be undone went with the bus.
#[must_use]
pub fn panics_harmlessly(file: &str) -> bool {
    file.contains("bluez-async") && file.ends_with("messagestream.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_bluez_are_sorted_by_kind() {
        let failure = |name: &str| kind(&format!("DbusError(D-Bus error: text ({name}))"));
        assert_eq!(failure("org.freedesktop.DBus.Error.UnknownObject"), CallFailure::Unknown);
        assert_eq!(failure("org.freedesktop.DBus.Error.NoReply"), CallFailure::TimedOut);
        assert_eq!(failure("org.freedesktop.DBus.Error.ServiceUnknown"), CallFailure::Bus);
        assert_eq!(failure("org.bluez.Error.InProgress"), CallFailure::Refused);
        assert_eq!(failure("org.bluez.Error.NotPermitted"), CallFailure::Refused);
        let held = "DbusError(D-Bus error: Notify acquired (org.bluez.Error.NotPermitted))";
        assert_eq!(kind(held), CallFailure::Held);
    }

    #[test]
    fn an_error_in_the_log_does_not_name_the_device() {
        let address = "F0:00:00:00:00:02".parse().unwrap();
        let text = "no /org/bluez/hci0/dev_F0_00_00_00_00_02";
        let source = zbus::Error::Failure(text.to_owned());
        let shown = BluetoothError::BlueZ { doing: "connecting", source }.without(Some(address));
        assert!(shown.contains("connecting") && shown.contains("dev_DEVICE"), "{shown}");
        assert!(!shown.contains("F0_00"), "{shown}");
    }
}
