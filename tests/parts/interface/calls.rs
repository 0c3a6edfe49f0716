//! The interface as other programs see it: properties, methods, errors.

use std::collections::HashMap;

use anyhow::Context as _;
use kindbeat::clock;
use kindbeat::interface::NAME;
use kindbeat::interface::PATH;
use kindbeat::interface::Refusal;
use kindbeat_core::status::SensorStatus;
use kindbeat_core::status::Status;
use serde::Serialize;
use zbus::Connection;
use zbus::DBusError as _;
use zbus::DynamicType;
use zbus::Message;
use zbus::OwnedVariant;

use super::bus::PrivateBus;
use super::stand;
use super::stand::Stand;
use super::stand::URL;
use super::stand::soon;
use super::stand::streaming;

/// Another program, which knows the name, the path and D-Bus.
struct Caller {
    connection: Connection,
}

impl Caller {
    async fn new(bus: &PrivateBus) -> anyhow::Result<Self> {
        Ok(Self { connection: bus.connect().await? })
    }

    async fn call<B>(&self, interface: &str, method: &str, body: &B) -> anyhow::Result<Message>
    where
        B: Serialize + DynamicType,
    {
        let call = self.connection.call_method(Some(NAME), PATH, Some(interface), method, body);
        Ok(soon(call).await??)
    }

    async fn ask<B: Serialize + DynamicType>(
        &self,
        method: &str,
        body: &B,
    ) -> anyhow::Result<String> {
        Ok(self.call(NAME, method, body).await?.body().deserialize::<String>()?)
    }

    async fn order<B: Serialize + DynamicType>(
        &self,
        method: &str,
        body: &B,
    ) -> anyhow::Result<()> {
        Ok(self.call(NAME, method, body).await?.body().deserialize::<()>()?)
    }

    /// The name and the text of the error that a call ends with.
    async fn fails<B>(&self, method: &str, body: &B) -> anyhow::Result<(String, String)>
    where
        B: Serialize + DynamicType,
    {
        let call = self.connection.call_method(Some(NAME), PATH, Some(NAME), method, body);
        match soon(call).await? {
            Ok(_) => anyhow::bail!("{method} did not fail"),
            Err(zbus::Error::MethodError(name, text, _)) => {
                Ok((name.to_string(), text.unwrap_or_default()))
            }
            Err(zbus::Error::FDO(error)) => Ok((error.name().to_string(), error.to_string())),
            Err(error) => Err(error.into()),
        }
    }

    async fn properties(&self) -> anyhow::Result<HashMap<String, OwnedVariant>> {
        let all = self.call("org.freedesktop.DBus.Properties", "GetAll", &NAME).await?;
        Ok(all.body().deserialize()?)
    }

    async fn property<T>(&self, name: &str) -> anyhow::Result<T>
    where
        T: TryFrom<OwnedVariant>,
        T::Error: std::error::Error + Send + Sync + 'static,
    {
        let got = self.call("org.freedesktop.DBus.Properties", "Get", &(NAME, name)).await?;
        Ok(got.body().deserialize::<OwnedVariant>()?.try_into()?)
    }
}

#[tokio::test]
async fn every_property_says_how_things_stand() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    assert_eq!(caller.property::<String>("State").await?, "streaming");
    assert_eq!(caller.property::<u16>("HeartRate").await?, 72);
    assert_eq!(caller.property::<f64>("Usual").await?.to_bits(), 66.25_f64.to_bits());
    assert_eq!(caller.property::<String>("SensorName").await?, "Polar H10");
    assert_eq!(caller.property::<u8>("Battery").await?, 87);
    assert_eq!(caller.property::<i64>("SnoozedUntil").await?, 0);
    assert!(!caller.property::<bool>("Elevated").await?);
    daemon.stands(Status {
        snoozed_until: Some("2030-05-07T14:00:00.9Z".parse()?),
        elevated_since: Some("2030-05-07T13:00:00Z".parse()?),
        ..streaming()
    });
    assert_eq!(caller.property::<i64>("SnoozedUntil").await?, 1_904_392_800);
    assert!(caller.property::<bool>("Elevated").await?);
    assert_eq!(caller.properties().await?.len(), 7);
    Ok(())
}

#[tokio::test]
async fn what_is_not_known_has_a_value_that_says_so() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    let address = "A0:9E:1A:00:00:00".to_owned();
    for sensor in [None, Some(SensorStatus { name: None, address, battery: None })] {
        daemon.stands(Status { state: "searching".to_owned(), sensor, ..Status::default() });
        assert_eq!(caller.property::<u16>("HeartRate").await?, 0);
        assert_eq!(caller.property::<f64>("Usual").await?.to_bits(), 0.0_f64.to_bits());
        assert_eq!(caller.property::<String>("SensorName").await?, "");
        assert_eq!(caller.property::<u8>("Battery").await?, 255);
    }
    Ok(())
}

#[tokio::test]
async fn every_method_asks_the_daemon() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    assert_eq!(caller.ask("StartBreak", &("", 0_u32)).await?, URL);
    assert_eq!(caller.ask("StartBreak", &("kind-hand", 20_u32)).await?, URL);
    caller.order("EndBreak", &()).await?;
    let until = clock::now().as_second() + 3_600;
    caller.order("Snooze", &until).await?;
    caller.order("Resume", &()).await?;
    assert!(caller.ask("EndQuiet", &()).await?.contains("snooze is over"));
    for answer in ["start", "later", "fine", "moving", "excited", "undo"] {
        caller.order("AnswerLast", &answer).await?;
    }
    caller.order("UseMonitor", &("a0:9e:1a:00:00:01", "OtherHR")).await?;
    caller.order("UseMonitor", &("A0:9E:1A:00:00:01", "")).await?;
    assert!(caller.ask("Why", &()).await?.contains("near usual"));
    let snoozed = jiff::Timestamp::from_second(until)?;
    insta::assert_snapshot!(daemon.asked().join("\n").replace(&snoozed.to_string(), "UNTIL"), @r#"
    start None None
    start Some("kind-hand") Some("20s")
    end
    snooze UNTIL
    resume
    resume
    answer Given(Start)
    answer Given(Later)
    answer Given(Fine)
    answer Given(Moving)
    answer Given(Excited)
    answer Undo
    use bluetooth:A0:9E:1A:00:00:01 Some("OtherHR")
    use bluetooth:A0:9E:1A:00:00:01 None
    why
    "#);
    Ok(())
}

#[tokio::test]
async fn the_status_is_the_json_of_the_command() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _stand = Stand::start(&bus).await?;
    let json = Caller::new(&bus).await?.ask("Status", &()).await?;
    assert_eq!(serde_json::from_str::<Status>(&json)?, streaming());
    insta::assert_snapshot!(json, @r#"{"state":"streaming","heart_rate":72,"usual":66.25,"spread":4.5,"elevated_since":null,"quality":"good","frozen_since":null,"sensor":{"name":"Polar H10","address":"A0:9E:1A:00:00:00","battery":87},"other_sensor":null,"learned_hours":17.125,"snoozed_until":null,"postponed_until":null,"resting_until":null,"held_by":null,"hands_rest":false,"hands_unsure":false,"offers_today":1,"offer_not_shown":false,"page_open":false,"config_error":null,"history_error":null,"other_session":false}"#);
    Ok(())
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_what_would() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    let now = clock::now().as_second();
    let mut said = Vec::new();
    said.push(caller.fails("StartBreak", &("", 61_u32)).await?);
    said.push(caller.fails("AnswerLast", &"Fine").await?);
    said.push(caller.fails("UseMonitor", &("A0:9E", "")).await?);
    for until in [i64::MIN, -1, 0, now - 1, now + 400 * 86_400, i64::MAX] {
        let (name, text) = caller.fails("Snooze", &until).await?;
        assert_eq!(name, "org.kindbeat.Error.InvalidTime", "{until}: {text}");
    }
    // None of it reached the daemon.
    assert_eq!(daemon.asked(), [""; 0]);
    for refusal in [stand::no_such_practice(), Refusal::NoPage("no port".to_owned())] {
        daemon.refuses(refusal);
        said.push(caller.fails("StartBreak", &("x", 0_u32)).await?);
    }
    daemon.refuses(Refusal::NoBreak);
    said.push(caller.fails("EndBreak", &()).await?);
    daemon.refuses(Refusal::NoOffer);
    said.push(caller.fails("AnswerLast", &"fine").await?);
    let said: Vec<_> = said.into_iter().map(|(name, text)| format!("{name}: {text}")).collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    org.kindbeat.Error.InvalidLength: A break does not last 61 s; it lasts 20, 60, 180 or 300 seconds, and 0 means the length that is set.
    org.kindbeat.Error.InvalidAnswer: "Fine" is no answer; answer with start, later, fine, moving, excited or undo.
    org.kindbeat.Error.InvalidMonitor: "A0:9E" is no address of a heart-rate monitor; give one as A0:9E:1A:00:00:00, which "kindbeat devices" lists.
    org.kindbeat.Error.NoSuchPractice: No practice is called "kind-hat"; the nearest is "kind-hand", and "kindbeat practices" lists them all.
    org.kindbeat.Error.NoPage: The page of the break cannot be opened (no port); "kindbeat break --here" takes the break in the terminal.
    org.kindbeat.Error.NoBreak: There is no break open just now; "kindbeat break" starts one.
    org.kindbeat.Error.NoOffer: There is no offer to answer just now; "kindbeat break" starts a break at any time.
    "#);
    Ok(())
}

#[tokio::test]
async fn wrong_arguments_are_refused_and_the_service_lives_on() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    caller.fails("StartBreak", &()).await?;
    caller.fails("StartBreak", &(3_u32, "")).await?;
    caller.fails("StartBreak", &("", -1_i32)).await?;
    caller.fails("Snooze", &"1h").await?;
    caller.fails("AnswerLast", &vec![1_u8; 100_000]).await?;
    caller.fails("NoSuchMethod", &()).await?;
    let set = (NAME, "HeartRate", zbus::Variant::from(1_u16));
    assert!(caller.call("org.freedesktop.DBus.Properties", "Set", &set).await.is_err());
    assert!(caller.property::<u16>("NoSuchProperty").await.is_err());
    assert_eq!(daemon.asked(), [""; 0]);
    assert_eq!(caller.property::<u16>("HeartRate").await?, 72);
    assert_eq!(caller.ask("StartBreak", &("", 0_u32)).await?, URL);
    Ok(())
}

#[tokio::test]
async fn a_long_word_is_answered_by_a_short_sentence() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    let long = "fine\u{202E}".repeat(100_000);
    let (_, text) = caller.fails("AnswerLast", &long).await?;
    assert!(text.chars().count() < 200 && !text.contains('\u{202E}'), "{text}");
    caller.ask("StartBreak", &(&long, 0_u32)).await?;
    assert!(daemon.asked().iter().all(|asked| asked.chars().count() < 100), "{:?}", daemon.asked());
    Ok(())
}

#[tokio::test]
async fn a_program_can_find_out_what_there_is_to_ask() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _stand = Stand::start(&bus).await?;
    let caller = Caller::new(&bus).await?;
    let told = caller.call("org.freedesktop.DBus.Introspectable", "Introspect", &()).await?;
    let xml: String = told.body().deserialize()?;
    let begin = xml.find(&format!("<interface name=\"{NAME}\">")).context("no interface")?;
    let own = &xml[begin..];
    let own = &own[..own.find("</interface>").context("no end")?];
    let (mut documented, mut shapes) = (0, Vec::new());
    for line in own.lines().map(str::trim) {
        if line == "-->" {
            documented += 1;
        } else if line.starts_with('<') && !line.starts_with("<!--") {
            shapes.push(line);
        }
    }
    insta::assert_snapshot!(shapes.join("\n"), @r#"
    <interface name="org.kindbeat.Kindbeat1">
    <method name="StartBreak">
    <arg name="practice" type="s" direction="in"/>
    <arg name="length_s" type="u" direction="in"/>
    <arg name="url" type="s" direction="out"/>
    </method>
    <method name="EndBreak">
    </method>
    <method name="Snooze">
    <arg name="until" type="x" direction="in"/>
    </method>
    <method name="Resume">
    </method>
    <method name="EndQuiet">
    <arg name="says" type="s" direction="out"/>
    </method>
    <method name="UseMonitor">
    <arg name="address" type="s" direction="in"/>
    <arg name="name" type="s" direction="in"/>
    </method>
    <method name="AnswerLast">
    <arg name="answer" type="s" direction="in"/>
    </method>
    <method name="TakeQuestion">
    <arg name="asks" type="b" direction="out"/>
    </method>
    <method name="Look">
    <arg name="seen" type="s" direction="out"/>
    </method>
    <method name="BreakHere">
    <arg name="practice" type="s" direction="in"/>
    <arg name="length_s" type="u" direction="in"/>
    <arg name="window" type="h" direction="out"/>
    </method>
    <method name="Why">
    <arg name="why" type="s" direction="out"/>
    </method>
    <method name="Status">
    <arg name="status" type="s" direction="out"/>
    </method>
    <signal name="OfferMade">
    <arg name="reason" type="s"/>
    </signal>
    <signal name="OfferHeld">
    <arg name="gate" type="s"/>
    </signal>
    <signal name="BreakStarted">
    <arg name="practice" type="s"/>
    </signal>
    <signal name="BreakEnded">
    <arg name="how" type="s"/>
    </signal>
    <property name="Battery" type="y" access="read"/>
    <property name="Elevated" type="b" access="read"/>
    <property name="HeartRate" type="q" access="read">
    <annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>
    </property>
    <property name="SensorName" type="s" access="read"/>
    <property name="SnoozedUntil" type="x" access="read"/>
    <property name="State" type="s" access="read"/>
    <property name="Usual" type="d" access="read"/>
    "#);
    assert!(documented >= 18, "{documented} of them are documented: {own}");
    Ok(())
}
