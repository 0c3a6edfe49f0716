//! Coming, going, and who else is there.

use kindbeat::interface;
use kindbeat::interface::Bus;
use kindbeat::interface::Client;
use kindbeat::interface::ClientError;
use kindbeat::interface::NAME;
use kindbeat::interface::ServeError;
use kindbeat_core::status::News;
use tokio::sync::mpsc;
use zbus::fdo::DBusProxy;

use super::bus::PrivateBus;
use super::stand::Stand;
use super::stand::english;
use super::stand::soon;
use super::stand::streaming;

fn client_error<T>(result: Result<T, ClientError>) -> anyhow::Result<ClientError> {
    match result {
        Ok(_) => anyhow::bail!("there was no error"),
        Err(error) => Ok(error),
    }
}

#[tokio::test]
async fn a_second_one_finds_the_name_taken_and_the_first_serves_on() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let first = Stand::start(&bus).await?;
    let (requests, mut asked) = mpsc::channel(1);
    let second = soon(interface::serve(&Bus::at(bus.address()), requests, english())).await?;
    assert!(matches!(second, Err(ServeError::NameTaken)), "{second:?}");
    let client = Client::connect(Bus::at(bus.address())).await?;
    assert_eq!(client.status().await?, streaming());
    // It has not queued for the name either.
    drop(first);
    let watcher = bus.connect().await?;
    let dbus = DBusProxy::new(&watcher).await?;
    let is_free = async {
        while dbus.name_has_owner(NAME.try_into()?).await? {
            tokio::task::yield_now().await;
        }
        anyhow::Ok(())
    };
    soon(is_free).await??;
    assert!(asked.recv().await.is_none());
    let _third = Stand::start(&bus).await?;
    Ok(())
}

#[tokio::test]
async fn without_a_bus_there_is_nothing_to_serve_and_nobody_to_ask() -> anyhow::Result<()> {
    let at = |address: &str| Bus::at(address.to_owned());
    for address in ["unix:path=/nonexistent/bus", "nonsense", ""] {
        let served = soon(interface::serve(&at(address), mpsc::channel(1).0, english())).await?;
        assert!(matches!(served, Err(ServeError::NoBus(_))), "{served:?}");
        let error = client_error(soon(Client::connect(at(address))).await?)?;
        assert!(matches!(error, ClientError::NoBus(_)), "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_daemon_a_client_says_so_at_once() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let error = client_error(Client::connect(Bus::at(bus.address())).await)?;
    assert!(matches!(error, ClientError::NoDaemon), "{error:?}");
    let stand = Stand::start(&bus).await?;
    let client = Client::connect(Bus::at(bus.address())).await?;
    client.resume().await?;
    drop(stand);
    let gone = async {
        loop {
            match client.status().await {
                // On its way out.
                Ok(_) => {}
                Err(ClientError::Refused { name, .. }) if name == "Ending" => {}
                Err(error) => return error,
            }
        }
    };
    let error = soon(gone).await?;
    assert!(matches!(error, ClientError::NoDaemon), "{error:?}");
    // The same client finds the next one.
    let _stand = Stand::start(&bus).await?;
    assert_eq!(client.status().await?, streaming());
    Ok(())
}

#[tokio::test]
async fn a_bus_that_goes_is_noticed_and_the_next_one_served() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::start(&bus).await?;
    let client = Client::connect(Bus::at(bus.address())).await?;
    bus.kill();
    soon(stand.served.gone()).await?;
    // Neither holds up the daemon, which may not have noticed.
    soon(stand.served.tell(&News::BreakEnded("left"))).await?;
    soon(stand.served.tell(&News::Changed(Box::new(streaming())))).await?;
    let error = client_error(soon(client.status()).await?)?;
    assert!(!matches!(error, ClientError::Refused { .. }), "{error:?}");
    let error = client_error(soon(Client::connect(Bus::at(bus.address()))).await?)?;
    assert!(matches!(error, ClientError::NoBus(_)), "{error:?}");
    bus.restart()?;
    let _stand = Stand::start(&bus).await?;
    let client = Client::connect(Bus::at(bus.address())).await?;
    assert_eq!(client.status().await?, streaming());
    Ok(())
}

#[tokio::test]
async fn a_refusal_keeps_its_name_and_its_words() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let stand = Stand::start(&bus).await?;
    let client = Client::connect(Bus::at(bus.address())).await?;
    stand.refuses(interface::Refusal::NoOffer);
    match client.answer_last("fine").await {
        Err(ClientError::Refused { name, says }) => {
            assert_eq!((name.as_str(), says), ("NoOffer", interface::Refusal::NoOffer.to_string()));
        }
        other => anyhow::bail!("{other:?}"),
    }
    client.end_break().await?;
    Ok(())
}
