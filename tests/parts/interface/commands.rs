//! The commands that ask the daemon: what they print, and how they end.

use std::process::Output;
use std::process::Stdio;

use jiff::SignedDuration;
use jiff::Timestamp;
use kindbeat::clock;
use kindbeat::interface::Refusal;
use kindbeat_core::status::Status;
use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;

use super::bus::PrivateBus;
use super::stand;
use super::stand::Stand;
use super::stand::soon;
use super::stand::streaming;

/// The program itself, on this bus.
pub(crate) fn program(bus: &PrivateBus, arguments: &[&str]) -> tokio::process::Command {
    let mut command = bus.program(env!("CARGO_BIN_EXE_kindbeat"));
    command.args(arguments).env("TZ", "UTC").stdin(Stdio::null());
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    command
}

async fn output(bus: &PrivateBus, arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(soon(program(bus, arguments).output()).await??)
}

/// What it prints where it ends well.
async fn printed(bus: &PrivateBus, arguments: &[&str]) -> anyhow::Result<String> {
    let output = output(bus, arguments).await?;
    anyhow::ensure!(output.status.success(), "{arguments:?}: {output:?}");
    anyhow::ensure!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    Ok(String::from_utf8(output.stdout)?)
}

/// With which code it ends, and what it complains of.
async fn fails(bus: &PrivateBus, arguments: &[&str]) -> anyhow::Result<(i32, String)> {
    let output = output(bus, arguments).await?;
    anyhow::ensure!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
    Ok((output.status.code().unwrap_or_default(), String::from_utf8(output.stderr)?))
}

#[tokio::test]
async fn the_status_is_told_to_people_and_to_scripts() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    insta::assert_snapshot!(printed(&bus, &["status"]).await?, @r"
    Strap     Polar H10, connected; battery 87 %
    Heart     72 beats a minute; about 66 is usual for you, give or take 4
    Signal    good
    Learned   from 17.1 hours of wear
    Offers    1 today
    ");
    daemon.has_a_question();
    assert!(!printed(&bus, &["status", "--json"]).await?.contains("fine"));
    let asks = printed(&bus, &["status"]).await?;
    insta::assert_snapshot!(asks.lines().last().unwrap_or_default(), @r#"Lately the answer was "I'm fine" more than once. Does kindbeat ask too readily? sensitivity = "gentle" under [detection] has it wait for larger rises; "kindbeat why --all" shows what it went by. If all is well as it is, nothing has to change."#);
    assert!(!printed(&bus, &["status"]).await?.contains("fine"));
    insta::assert_snapshot!(printed(&bus, &["status", "--json"]).await?, @r#"{"state":"streaming","heart_rate":72,"usual":66.25,"spread":4.5,"elevated_since":null,"quality":"good","frozen_since":null,"sensor":{"name":"Polar H10","address":"A0:9E:1A:00:00:00","battery":87},"other_sensor":null,"learned_hours":17.125,"snoozed_until":null,"postponed_until":null,"resting_until":null,"held_by":null,"hands_rest":false,"hands_unsure":false,"offers_today":1,"offer_not_shown":false,"page_open":false,"config_error":null,"history_error":null,"other_session":false}"#);
    daemon.stands(Status { state: "searching".to_owned(), ..Status::default() });
    insta::assert_snapshot!(printed(&bus, &["status", "--json"]).await?, @r#"{"state":"searching","heart_rate":null,"usual":null,"spread":null,"elevated_since":null,"quality":null,"frozen_since":null,"sensor":null,"other_sensor":null,"learned_hours":0.0,"snoozed_until":null,"postponed_until":null,"resting_until":null,"held_by":null,"hands_rest":false,"hands_unsure":false,"offers_today":0,"offer_not_shown":false,"page_open":false,"config_error":null,"history_error":null,"other_session":false}"#);
    Ok(())
}

#[tokio::test]
async fn why_is_told_in_the_words_of_the_daemon() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let _stand = Stand::start(&bus).await?;
    insta::assert_snapshot!(printed(&bus, &["why"]).await?, @r"
    No break has been offered today.
    It is near usual.
    ");
    Ok(())
}

#[tokio::test]
async fn a_break_is_started_and_its_address_told() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    insta::assert_snapshot!(printed(&bus, &["break"]).await?, @r"
    A break opens in your browser. If it does not show, this address opens it, once and within a minute:
      http://127.0.0.1:40123/break?once=1.2
    ");
    printed(&bus, &["break", "kind-hand", "--length", "20s"]).await?;
    assert_eq!(daemon.asked(), ["start None None", "start Some(\"kind-hand\") Some(\"20s\")"]);
    daemon.refuses(stand::no_such_practice());
    let (code, complaint) = fails(&bus, &["break", "kind-hat"]).await?;
    insta::assert_snapshot!(complaint, @r#"kindbeat: No practice is called "kind-hat"; the nearest is "kind-hand", and "kindbeat practices" lists them all."#);
    assert_eq!(code, 1);
    assert_eq!(fails(&bus, &["break", "--length", "2m"]).await?.0, 2);
    Ok(())
}

#[tokio::test]
async fn offers_are_snoozed_and_resumed() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    for (argument, minutes) in [(None, 60), (Some("30m"), 30), (Some("2h"), 120)] {
        let before = clock::now() + SignedDuration::from_mins(minutes);
        let arguments: Vec<_> = ["snooze"].into_iter().chain(argument).collect();
        let said = printed(&bus, &arguments).await?;
        let after = clock::now() + SignedDuration::from_mins(minutes);
        assert!(
            said.starts_with("No breaks are offered until ") && said.contains("kindbeat resume")
        );
        let asked = daemon.asked();
        let until: Timestamp = asked[0].trim_start_matches("snooze ").parse()?;
        assert!(before <= until && until <= after + SignedDuration::from_secs(1), "{argument:?}");
    }
    let said = printed(&bus, &["snooze", "today"]).await?;
    assert_eq!(said, "No breaks are offered until midnight. To end that sooner: kindbeat resume\n");
    assert!(printed(&bus, &["snooze", "23:59"]).await?.contains("23:59."));
    assert_eq!(daemon.asked().len(), 2);
    insta::assert_snapshot!(printed(&bus, &["resume"]).await?, @r"
    The snooze is over.
    Breaks may be offered again.
    ");
    assert_eq!(daemon.asked(), ["resume"]);
    let (code, complaint) = fails(&bus, &["snooze", "soon"]).await?;
    insta::assert_snapshot!(complaint, @r#"kindbeat: "soon" is no time to snooze until; give how long (30m, 2h), a time of day (14:00), or today"#);
    assert_eq!(code, 2);
    assert_eq!(fails(&bus, &["snooze", "-5m"]).await?.0, 2);
    assert_eq!(daemon.asked(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn the_last_offer_is_answered_without_a_break() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    insta::assert_snapshot!(printed(&bus, &["fine"]).await?, @"Good. Nothing more is offered for a while.");
    insta::assert_snapshot!(printed(&bus, &["fine", "moving"]).await?, @"It is kept with the offer that you were moving. Nothing more is offered for a while.");
    insta::assert_snapshot!(printed(&bus, &["fine", "excited"]).await?, @"Good. It is kept with the offer. Nothing more is offered for a while.");
    insta::assert_snapshot!(printed(&bus, &["fine", "--undo"]).await?, @"Taken back: the offer counts as not answered.");
    insta::assert_debug_snapshot!(daemon.asked(), @r#"
    [
        "answer Given(Fine)",
        "answer Given(Moving)",
        "answer Given(Excited)",
        "answer Undo",
    ]
    "#);
    daemon.refuses(Refusal::NoOffer);
    let (code, complaint) = fails(&bus, &["fine"]).await?;
    insta::assert_snapshot!(complaint, @r#"kindbeat: There is no offer to answer just now; "kindbeat break" starts a break at any time."#);
    assert_eq!(code, 1);
    assert_eq!(fails(&bus, &["fine", "later"]).await?.0, 2);
    assert_eq!(fails(&bus, &["fine", "moving", "--undo"]).await?.0, 2);
    Ok(())
}

#[tokio::test]
async fn without_a_daemon_each_says_how_to_start_it() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let commands: [&[&str]; 8] = [
        &["status"],
        &["status", "--json"],
        &["status", "--watch"],
        &["why"],
        &["break"],
        &["snooze"],
        &["resume"],
        &["fine"],
    ];
    for arguments in commands {
        let (code, complaint) = fails(&bus, arguments).await?;
        assert_eq!(
            (code, complaint.as_str()),
            (
                1,
                "kindbeat: kindbeat is not running; start it with \"systemctl --user start kindbeat\", or in a terminal of its own with \"kindbeat daemon\"\n"
            ),
            "{arguments:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn without_a_session_each_says_where_there_is_one() -> anyhow::Result<()> {
    let Some(mut bus) = PrivateBus::start()? else { return Ok(()) };
    bus.kill();
    let (code, complaint) = fails(&bus, &["status"]).await?;
    assert_eq!(code, 1);
    assert!(complaint.contains("desktop session"), "{complaint}");
    assert!(complaint.contains("systemctl --user start kindbeat"), "{complaint}");
    Ok(())
}

#[tokio::test]
async fn one_way_to_show_the_status_at_a_time() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    for arguments in [["--json", "--waybar"], ["--json", "--watch"], ["--waybar", "--watch"]] {
        let arguments = ["status", arguments[0], arguments[1]];
        assert_eq!(fails(&bus, &arguments).await?.0, 2, "{arguments:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_bar_is_fed_until_it_reads_no_more() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let mut child = program(&bus, &["status", "--waybar"]).stdout(Stdio::piped()).spawn()?;
    let lines = child.stdout.take().map(|lines| BufReader::new(lines).lines());
    let mut lines = lines.ok_or_else(|| anyhow::anyhow!("no standard output"))?;
    let line = soon(lines.next_line()).await??.unwrap_or_default();
    let line: serde_json::Value = serde_json::from_str(&line)?;
    assert_eq!((&line["text"], &line["class"]), (&"♥ 72".into(), &"streaming".into()));
    drop(lines);
    // The next line is the one too many.
    daemon.stands(Status { heart_rate: Some(73), ..streaming() });
    assert!(soon(child.wait()).await??.success());
    Ok(())
}

#[tokio::test]
async fn whoever_watches_sees_each_change() -> anyhow::Result<()> {
    let Some(bus) = PrivateBus::start()? else { return Ok(()) };
    let daemon = Stand::start(&bus).await?;
    let mut child = program(&bus, &["status", "--watch"]).stdout(Stdio::piped()).spawn()?;
    let lines = child.stdout.take().map(|lines| BufReader::new(lines).lines());
    let mut lines = lines.ok_or_else(|| anyhow::anyhow!("no standard output"))?;
    let mut seen = Vec::new();
    let mut until = async |beginning: &str| {
        loop {
            let line = soon(lines.next_line()).await??;
            let line = line.ok_or_else(|| anyhow::anyhow!("it ended before {beginning:?}"))?;
            seen.push(line);
            if seen.last().is_some_and(|line| line.starts_with(beginning)) {
                return anyhow::Ok(());
            }
        }
    };
    until("Offers").await?;
    daemon.stands(Status { heart_rate: Some(73), ..streaming() });
    until("Offers").await?;
    drop(daemon);
    until("kindbeat is not running any more").await?;
    let _daemon = Stand::start(&bus).await?;
    until("Offers").await?;
    insta::assert_snapshot!(seen.join("\n"), @r#"
    Strap     Polar H10, connected; battery 87 %
    Heart     72 beats a minute; about 66 is usual for you, give or take 4
    Signal    good
    Learned   from 17.1 hours of wear
    Offers    1 today

    Strap     Polar H10, connected; battery 87 %
    Heart     73 beats a minute; about 66 is usual for you, give or take 4
    Signal    good
    Learned   from 17.1 hours of wear
    Offers    1 today

    kindbeat is not running any more; start it with "systemctl --user start kindbeat", or in a terminal of its own with "kindbeat daemon".

    Strap     Polar H10, connected; battery 87 %
    Heart     72 beats a minute; about 66 is usual for you, give or take 4
    Signal    good
    Learned   from 17.1 hours of wear
    Offers    1 today
    "#);
    Ok(())
}
