//! What is asked on a bus and asked again at every signal that it changed.

use std::io::ErrorKind;

use zbus::Connection;
use zbus::Message;
use zbus::fdo;
use zbus::match_rule;

use super::report::Silence;
use super::report::Teller;
use crate::dbus;
use crate::dbus::Bus;
use crate::dbus::Signals;
use kindbeat_core::context::Fact;

/// Connects to a bus.
pub(super) async fn connect(bus: &Bus) -> Result<Connection, Silence> {
    bus.connection().await.map_err(|error| match error {
        zbus::Error::Connection(error, _) if error.kind() == ErrorKind::NotFound => {
            Silence::Absent("there is no bus to ask on".to_owned())
        }
        error => Silence::Broken(format!("the bus cannot be reached: {error}")),
    })
}

/// The signals that a rule is for.
pub(super) async fn signals(
    connection: &Connection,
    rule: impl FnOnce(match_rule::Builder<'static>) -> match_rule::Builder<'static>,
) -> Result<Signals, Silence> {
    Ok(dbus::signals(connection, rule).await?)
}

impl From<zbus::Error> for Silence {
    fn from(error: zbus::Error) -> Self {
        if dbus::is_absent(&error) {
            return Self::Absent("it does not run".to_owned());
        }
        if let zbus::Error::FDO(fault) = &error
            && let fdo::Error::UnknownObject(_)
            | fdo::Error::UnknownInterface(_)
            | fdo::Error::UnknownMethod(_)
            | fdo::Error::UnknownProperty(_) = **fault
        {
            // Another program of that name, or an older one.
            return Self::Absent("it knows nothing of that".to_owned());
        }
        Self::Broken(format!("it answers with an error: {error}"))
    }
}

/// Tells what `ask` says, now and after every signal that `concerns` it, until the bus is gone. The signals only say that something
/// changed: what it is now is asked, so that no order of them can mislead.
pub(super) async fn follow<F>(
    fact: Fact,
    teller: &Teller,
    mut changes: Signals,
    concerns: impl Fn(&Message) -> bool,
    ask: impl Fn() -> F,
) where
    F: Future<Output = Result<bool, Silence>>,
{
    loop {
        let answer = teller.ask(fact, ask());
        tokio::pin!(answer);
        let (mut answered, mut again) = (false, false);
        // Signals are taken while the answer is on its way, too: it may come behind them.
        while !(answered && again) {
            tokio::select! {
                () = &mut answer, if !answered => answered = true,
                change = changes.next() => {
                    let Some(message) = change else {
                        teller.tell(fact, Err(Silence::broken("the bus is gone"))).await;
                        return;
                    };
                    again |= concerns(&message);
                }
            }
        }
    }
}
