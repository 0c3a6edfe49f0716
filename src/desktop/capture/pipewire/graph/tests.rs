use super::*;
use crate::desktop::capture::pipewire::objects::Objects;
use crate::desktop::capture::pipewire::objects::Piece;

/// What PipeWire 0.3.65 with WirePlumber said, its longest lists left out: `pw-record` on a microphone.
const RECORDING: &str = include_str!("samples/recording.json");

/// And on a loudspeaker.
const MONITORING: &str = include_str!("samples/monitoring.json");

fn graph(said: &str) -> Result<Graph, Fault> {
    let mut graph = Graph::default();
    Objects::default().read(said.as_bytes(), |piece| match piece {
        Piece::Object(object) => graph.take(object),
        Piece::End => Ok(()),
    })?;
    Ok(graph)
}

fn in_use(said: &str) -> InUse {
    graph(said).unwrap().in_use()
}

/// A node of this class, with further properties, as JSON.
fn node(id: u32, class: &str, state: &str, properties: &str) -> String {
    format!(
        r#"{{"id":{id},"type":"PipeWire:Interface:Node","info":{{"state":"{state}","props":{{"media.class":"{class}"{properties}}}}}}}"#
    )
}

fn link(id: u32, from: u32, to: u32) -> String {
    format!(
        r#"{{"id":{id},"type":"PipeWire:Interface:Link","info":{{"output-node-id":{from},"input-node-id":{to}}}}}"#
    )
}

fn list(objects: &[String]) -> String {
    format!("[{}]", objects.join(",\n"))
}

const NOTHING: InUse = InUse { microphone: false, camera: false, sharing: false };
const MICROPHONE: InUse = InUse { microphone: true, ..NOTHING };
const CAMERA: InUse = InUse { camera: true, ..NOTHING };
const SHARING: InUse = InUse { sharing: true, ..NOTHING };

#[test]
fn a_program_that_records_uses_the_microphone_until_it_is_gone() {
    let mut graph = graph(RECORDING).unwrap();
    assert_eq!(graph.in_use(), MICROPHONE);
    graph.take(br#"{"id": 47, "info": null}"#).unwrap();
    assert_eq!(graph.in_use(), NOTHING);
}

#[test]
fn what_a_loudspeaker_plays_is_no_microphone() {
    assert_eq!(in_use(MONITORING), NOTHING);
    // Some only link to it and do not say so.
    let unsaid = MONITORING.replace("stream.capture.sink", "x");
    assert_eq!(in_use(&unsaid), NOTHING);
}

#[test]
fn a_listener_counts_while_it_runs_and_for_itself() {
    let listener = |state, more| in_use(&list(&[node(1, "Stream/Input/Audio", state, more)]));
    assert_eq!(listener("running", ""), MICROPHONE);
    assert_eq!(listener("idle", ""), NOTHING);
    assert_eq!(listener("suspended", ""), NOTHING);
    // The level in a mixer, and a filter against noise that is always there.
    assert_eq!(listener("running", r#","stream.monitor":true"#), NOTHING);
    assert_eq!(listener("running", r#","stream.monitor":"false""#), MICROPHONE);
    assert_eq!(listener("running", r#","node.link-group":"echo-cancel-1-2""#), NOTHING);
    let internal = node(1, "Stream/Input/Audio/Internal", "running", "");
    assert_eq!(in_use(&list(&[internal])), NOTHING);
}

#[test]
fn one_that_listens_to_both_uses_the_microphone() {
    let both = [
        node(1, "Audio/Source", "running", ""),
        node(2, "Audio/Sink", "running", ""),
        node(3, "Stream/Input/Audio", "running", ""),
        link(4, 1, 3),
        link(5, 2, 3),
    ];
    assert_eq!(in_use(&list(&both)), MICROPHONE);
}

#[test]
fn the_origin_of_a_stream_says_camera_or_screen() {
    let from = |class, properties| {
        let viewer = node(2, "Stream/Input/Video", "running", "");
        in_use(&list(&[node(1, class, "running", properties), viewer, link(3, 1, 2)]))
    };
    assert_eq!(from("Video/Source", r#","device.api":"v4l2""#), CAMERA);
    assert_eq!(from("Video/Source", r#","device.api":"libcamera","node.id":7"#), CAMERA);
    // One that a program plays.
    assert_eq!(from("Video/Source", r#","media.role":"Camera""#), CAMERA);
    // GNOME, Plasma, the portal of wlroots, and whatever else there will be.
    assert_eq!(from("Stream/Output/Video", r#","media.name":"meta-screen-cast-src""#), SHARING);
    assert_eq!(from("Stream/Output/Video", r#","media.name":"kwin-screencast-HDMI""#), SHARING);
    assert_eq!(from("Video/Source", r#","node.name":"xdg-desktop-portal-wlr""#), SHARING);
    assert_eq!(from("Video/Source", ""), SHARING);
}

#[test]
fn an_unlinked_viewer_counts_as_the_screen_unless_it_says_so() {
    let viewer = |state, more| in_use(&list(&[node(2, "Stream/Input/Video", state, more)]));
    assert_eq!(viewer("running", r#","media.role":"Camera""#), CAMERA);
    assert_eq!(viewer("running", r#","media.role":"Screen""#), SHARING);
    assert_eq!(viewer("running", ""), SHARING);
    assert_eq!(viewer("paused", ""), NOTHING);
}

#[test]
fn a_camera_that_nobody_views_is_not_in_use() {
    let camera = node(1, "Video/Source", "running", r#","device.api":"v4l2""#);
    assert_eq!(in_use(&list(&[camera])), NOTHING);
}

#[test]
fn other_objects_are_ignored_and_non_objects_are_errors() {
    assert_eq!(
        in_use(r#"[{"id":0,"type":"PipeWire:Interface:Core"},{"id":9,"props":{}}]"#),
        NOTHING
    );
    for strange in ["[{}]", r#"[{"id":"a"}]"#, r#"[{"id":1,"type":2}]"#, "[{\"id\":1"] {
        let read = graph(strange).map(|graph| graph.in_use());
        let expected = if strange.ends_with('1') { Ok(NOTHING) } else { Err(Fault::Strange) };
        assert_eq!(read, expected, "{strange}");
    }
}

#[test]
fn more_than_any_studio_has_is_an_error() {
    let all: Vec<_> = (0..=20_000).map(|id| node(id, "Audio/Sink", "idle", "")).collect();
    assert_eq!(graph(&list(&all)).map(|graph| graph.in_use()), Err(Fault::TooMuch));
}
