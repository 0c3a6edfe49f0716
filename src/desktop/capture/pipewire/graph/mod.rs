//! What of all that PipeWire does is a microphone, a camera or a screen in use.
//!
//! Whoever records is a node of its own, with links from what it records; the names are those of PipeWire's keys and of its
//! session manager.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::objects::Fault;

/// The nodes and links that matter, by their number.
#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: HashMap<u32, Node>,
    links: HashMap<u32, Link>,
}

/// What is in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct InUse {
    pub(super) microphone: bool,
    pub(super) camera: bool,
    pub(super) sharing: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// A camera, or a program that plays one.
    Camera,
    /// A loudspeaker, or a program that plays something.
    Playback,
    /// A program that listens at this moment.
    Listener,
    /// A program that takes pictures at this moment.
    Viewer {
        /// It says that they are those of a camera.
        of_camera: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Link {
    from: u32,
    to: u32,
}

#[derive(Deserialize)]
struct Object<'a> {
    id: u32,
    #[serde(borrow, rename = "type")]
    kind: Option<Cow<'a, str>>,
    /// `None`: it is gone.
    #[serde(borrow)]
    info: Option<Info<'a>>,
}

#[derive(Deserialize)]
struct Info<'a> {
    #[serde(borrow)]
    state: Option<Cow<'a, str>>,
    #[serde(rename = "output-node-id")]
    from: Option<u32>,
    #[serde(rename = "input-node-id")]
    to: Option<u32>,
    #[serde(borrow, default)]
    props: Option<Properties<'a>>,
}

#[derive(Default, Deserialize)]
struct Properties<'a> {
    #[serde(borrow, rename = "media.class")]
    class: Option<Word<'a>>,
    #[serde(borrow, rename = "media.role")]
    role: Option<Word<'a>>,
    #[serde(borrow, rename = "device.api")]
    api: Option<Word<'a>>,
    /// What a sink plays is recorded.
    #[serde(borrow, rename = "stream.capture.sink")]
    of_sink: Option<Word<'a>>,
    /// Only the level is of interest, as in a mixer.
    #[serde(borrow, rename = "stream.monitor")]
    of_level: Option<Word<'a>>,
    /// One end of a filter, whose other end is a source for others.
    #[serde(rename = "node.link-group")]
    of_filter: Option<IgnoredAny>,
}

/// A property: `pw-dump` writes as a number or a truth what looks like one.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word<'a> {
    Truth(bool),
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Other(IgnoredAny),
}

impl Word<'_> {
    fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(word) if word == text)
    }

    fn is_true(&self) -> bool {
        matches!(self, Self::Truth(true)) || self.is("true")
    }
}

impl Graph {
    /// Takes in an object that is new, changed or gone.
    pub(super) fn take(&mut self, object: &[u8]) -> Result<(), Fault> {
        let object: Object<'_> = serde_json::from_slice(object).map_err(|_| Fault::Strange)?;
        self.nodes.remove(&object.id);
        self.links.remove(&object.id);
        let (Some(kind), Some(info)) = (object.kind, object.info) else { return Ok(()) };
        match &*kind {
            "PipeWire:Interface:Node" => {
                if let Some(node) = Node::read(&info) {
                    self.nodes.insert(object.id, node);
                }
            }
            "PipeWire:Interface:Link" => {
                if let (Some(from), Some(to)) = (info.from, info.to) {
                    self.links.insert(object.id, Link { from, to });
                }
            }
            _ => {}
        }
        if self.nodes.len() + self.links.len() > MOST { Err(Fault::TooMuch) } else { Ok(()) }
    }

    pub(super) fn in_use(&self) -> InUse {
        let mut all = InUse::default();
        for (&number, &node) in &self.nodes {
            let mut sources = self
                .links
                .values()
                .filter(|link| link.to == number)
                .map(|link| self.nodes.get(&link.from))
                .peekable();
            match node {
                Node::Camera | Node::Playback => {}
                // Linked to nothing but what is played: it records that. Not linked yet: it is about to be.
                Node::Listener => {
                    let is_linked = sources.peek().is_some();
                    all.microphone |=
                        !is_linked || sources.any(|source| source != Some(&Node::Playback));
                }
                // Whatever is not known as a camera is the screen: compositors and portals name theirs in many ways.
                Node::Viewer { of_camera } if sources.peek().is_none() => {
                    all.camera |= of_camera;
                    all.sharing |= !of_camera;
                }
                Node::Viewer { .. } => {
                    for source in sources {
                        let is_camera = source == Some(&Node::Camera);
                        all.camera |= is_camera;
                        all.sharing |= !is_camera;
                    }
                }
            }
        }
        all
    }
}

impl Node {
    fn read(info: &Info<'_>) -> Option<Self> {
        let props = info.props.as_ref()?;
        let is = |word: &Option<Word<'_>>, text| word.as_ref().is_some_and(|word| word.is(text));
        let is_true = |word: &Option<Word<'_>>| word.as_ref().is_some_and(Word::is_true);
        let is_running = info.state.as_deref() == Some("running");
        let of_camera = is(&props.role, "Camera");
        let Some(Word::Text(class)) = &props.class else { return None };
        match &**class {
            "Stream/Input/Audio" => {
                // What is behind a filter, such as one against noise, is told by whoever listens to the filter.
                let listens = !is_true(&props.of_sink)
                    && !is_true(&props.of_level)
                    && props.of_filter.is_none();
                (is_running && listens).then_some(Self::Listener)
            }
            "Stream/Input/Video" => is_running.then_some(Self::Viewer { of_camera }),
            "Video/Source" => {
                let is_device = is(&props.api, "v4l2") || is(&props.api, "libcamera");
                (is_device || of_camera).then_some(Self::Camera)
            }
            "Audio/Sink" | "Stream/Output/Audio" => Some(Self::Playback),
            _ => None,
        }
    }
}

/// A studio has some hundred.
const MOST: usize = 20_000;

#[cfg(test)]
mod tests;
