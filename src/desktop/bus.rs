//! Services of a desktop on a message bus: asked, and asked again at every signal that something changed.

use std::io::ErrorKind;
use std::pin::pin;

use tokio::time::sleep;
use zbus::Connection;

use super::report::NoAnswer;
use super::report::Reporter;
use super::report::SETTLED_BY;
use crate::dbus::Bus;
use crate::dbus::Signals;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

/// The connection to a bus; where there is no bus, whoever would be asked is absent.
pub(super) async fn connect(bus: &Bus) -> Result<Connection, NoAnswer> {
    bus.connection().await.map_err(|error| match error {
        zbus::Error::Connection(error, _) if error.kind() == ErrorKind::NotFound => {
            NoAnswer::absent(Message::SourceNoBus)
        }
        error => NoAnswer::no_bus(&error),
    })
}

/// The reply of a service that may not be there; `None` where the service is not there, or does not know the question.
pub(super) fn reply<T>(reply: zbus::Result<T>) -> Result<Option<T>, NoAnswer> {
    match reply {
        Ok(reply) => Ok(Some(reply)),
        Err(zbus::Error::MethodError(..) | zbus::Error::FDO(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reports the answer of `ask`, now and after every signal that `concerns` it, until the bus is lost. The signals only say that something
/// changed: what it is now is asked, so that no order of them can mislead. Once more it is asked after [`SETTLED_BY`]: a service may have its name
/// before it knows the question (swaync 0.12), and does not say when it does.
pub(super) async fn follow<F>(
    fact: Fact,
    reporter: &Reporter,
    mut changes: Signals,
    concerns: impl Fn(&zbus::Message) -> bool,
    ask: impl Fn() -> F,
) -> Result<(), NoAnswer>
where
    F: Future<Output = Result<bool, NoAnswer>>,
{
    let mut settled = pin!(sleep(SETTLED_BY));
    let mut has_settled = false;
    loop {
        let answer = reporter.ask(fact, ask());
        tokio::pin!(answer);
        let (mut answered, mut again) = (false, false);
        // Signals are taken while the answer is on its way, too: it may come behind them.
        while !(answered && again) {
            tokio::select! {
                () = &mut answer, if !answered => answered = true,
                change = changes.next() => {
                    again |= concerns(&change.ok_or_else(NoAnswer::bus_lost)?);
                }
                () = &mut settled, if !has_settled => (has_settled, again) = (true, true),
            }
        }
    }
}
