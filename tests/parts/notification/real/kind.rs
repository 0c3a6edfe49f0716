//! What is known of a server beforehand, and what is expected of it.

use kindbeat_core::offer::Answer;

use crate::compositor::CompositorKind;
use crate::debian::Debian;

/// A server as people have it.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    /// As the README calls it.
    pub(crate) name: &'static str,
    /// What each Debian has of it, from the oldest on; `None` where it has none.
    pub(crate) versions: [Option<&'static str>; 3],
    /// As it calls itself.
    pub(crate) calls_itself: &'static str,
    /// What has to be there, with the packages it comes from.
    pub(crate) needs: &'static [(&'static str, &'static str)],
    /// What starts it: a program with its arguments, or the file that tells the bus how to.
    pub(crate) program: &'static str,
    /// What is started before it.
    pub(crate) helpers: &'static [&'static str],
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// Whether it takes what comes while it starts, and doesn't show it.
    pub(crate) misses_first: bool,
    /// Files in the home of whoever runs it.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Services that it asks the bus to start.
    pub(crate) services: &'static [&'static str],
    pub(crate) stage: Stage,
    pub(crate) tried: Tried,
    pub(crate) view: View,
    /// A part of the screen where no notification is, and which the server fills with more than so many colours once all is drawn.
    pub(crate) below: Option<(&'static str, u32)>,
    /// Where the mouse has to be for the buttons to be there, as for a click.
    pub(crate) hover: Option<(f64, f64)>,
    /// Whether it gives what raises a window, along with a click.
    pub(crate) token: bool,
    pub(crate) start: Hand,
    pub(crate) later: Hand,
    pub(crate) fine: Hand,
    /// Beside all buttons.
    pub(crate) body: Hand,
    pub(crate) dismiss: Hand,
    pub(crate) silence: Option<Silence>,
    /// `None`: not tried here; `desk::window` tries what several servers have in common.
    pub(crate) full_screen: Option<FullScreen>,
}

/// When it is tried, and how much of it, beside a run of everything (`KINDBEAT_ALL`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tried {
    /// Never.
    Rarely,
    /// One click, where large desktops are asked for (`KINDBEAT_LARGE`).
    OneClick,
    /// Every case, where large desktops are asked for.
    Large,
    /// Every case.
    Always,
}

/// What it runs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The bare screen.
    Screen,
    /// A compositor of its own, in a window that is the whole screen.
    Compositor(CompositorKind),
    /// A `KWin` in such a window, which the server fills.
    Kwin,
    /// Such a window, which the server itself fills: a whole desktop.
    Desktop,
    /// A GNOME Shell that draws without a monitor.
    Shell,
}

/// How an offer is found on the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View {
    /// It is a window of this name.
    Window(&'static str),
    /// It is drawn here, by what draws all else, too: width, height, and where they begin from the left and from the top.
    Area(u32, u32, u32, u32),
}

/// How somebody answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Hand {
    /// With a button of the mouse, so many pixels from the left and from the bottom of its window, or of the screen.
    Mouse(f64, f64, u8),
    /// With a command of the server.
    Command(&'static str),
    /// The server has no way.
    Missing,
}

/// Commands that keep offers off the screen, and let them on it again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Silence {
    pub(crate) on: &'static str,
    pub(crate) off: &'static str,
    pub(crate) seen: Seen,
}

/// How the program comes to know that offers are kept off the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It's told of each change.
    AtOnce,
    /// It's told when it asks anew, as it does with the next elevation.
    WhenAsked,
    /// The server can't be asked.
    Never,
}

/// What the program sees of a window that fills the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FullScreen {
    Seen,
    /// The server silences notifications then, and tells that.
    AsSilence,
    Never,
}

impl Silence {
    /// What the program tells while offers are kept off the screen, and while they are not.
    pub(crate) const fn told(&self, is_on: bool) -> &'static str {
        match (self.seen, is_on) {
            (Seen::Never, _) => "do_not_disturb: Absent",
            (_, true) => "do_not_disturb: Yes",
            (_, false) => "do_not_disturb: No",
        }
    }
}

impl Kind {
    /// What this Debian has of it; `None` where it has none.
    pub(crate) fn version(&self, debian: Debian) -> Option<&'static str> {
        self.versions[debian as usize]
    }

    /// How much of it this run tries: `Always`, `OneClick` or `Rarely`.
    pub(crate) fn tried_now(&self) -> Tried {
        let asked = |name| std::env::var_os(name).is_some();
        match self.tried {
            _ if asked("KINDBEAT_ALL") => Tried::Always,
            Tried::Large if asked("KINDBEAT_LARGE") => Tried::Always,
            Tried::OneClick if asked("KINDBEAT_LARGE") => Tried::OneClick,
            Tried::Always => Tried::Always,
            Tried::Rarely | Tried::OneClick | Tried::Large => Tried::Rarely,
        }
    }

    /// Each way to answer; `None`: closed without an answer.
    pub(crate) fn hands(&self) -> [(Hand, Option<Answer>); 5] {
        [
            (self.start, Some(Answer::Start)),
            (self.later, Some(Answer::Later)),
            (self.fine, Some(Answer::Fine)),
            (self.body, Some(Answer::Start)),
            (self.dismiss, None),
        ]
    }

    /// The way to begin that this server has.
    pub(crate) fn to_begin(&self) -> Hand {
        if self.start == Hand::Missing { self.body } else { self.start }
    }

    /// How it goes there, in a few words.
    fn cell(&self, debian: Debian) -> String {
        let Some(version) = self.version(debian) else { return "–".to_owned() };
        let how = match (self.start, self.body) {
            (Hand::Mouse(..), _) => "works",
            (_, Hand::Mouse(_, _, 1)) => "a click starts",
            (_, Hand::Mouse(_, _, 2)) => "a middle click starts",
            _ => "by its commands",
        };
        format!("{version}: {how}")
    }

    /// Every case of it there.
    fn line(&self, debian: Debian) -> Option<String> {
        let version = self.version(debian)?;
        let hands = self.hands().map(|(hand, _)| match hand {
            Hand::Mouse(_, _, 1) => "click",
            Hand::Mouse(_, _, 2) => "middle click",
            Hand::Mouse(..) => "right click",
            Hand::Command(_) => "command",
            Hand::Missing => "–",
        });
        let silence = match self.silence.map(|silence| silence.seen) {
            Some(Seen::AtOnce) => "yes, seen",
            Some(Seen::WhenAsked) => "yes, seen late",
            Some(Seen::Never) => "yes, not seen",
            None => "–",
        };
        let full_screen = match self.full_screen {
            Some(FullScreen::Seen) => "seen",
            Some(FullScreen::AsSilence) => "seen as silenced",
            Some(FullScreen::Never) => "not seen",
            None => "",
        };
        let token = if self.token { "yes" } else { "–" };
        Some(format!(
            "| {} {version} | {} | yes | {} | yes | yes | yes | {silence} | {full_screen} | {token} |\n",
            self.name,
            debian.name(),
            hands.join(" | ")
        ))
    }
}

/// The rows of the README: a server in each, with what every Debian has of it.
pub(crate) fn rows(servers: &[fn(Debian) -> Kind]) -> String {
    let row = |server: &fn(Debian) -> Kind| {
        let cells = Debian::ALL.map(|debian| server(debian).cell(debian));
        format!("| {} | {} |\n", server(Debian::Testing).name, cells.join(" | "))
    };
    servers.iter().map(row).collect()
}

/// The rows of the long table: every server in every Debian.
pub(crate) fn lines(servers: &[fn(Debian) -> Kind]) -> String {
    let lines =
        servers.iter().flat_map(|server| Debian::ALL.map(|debian| server(debian).line(debian)));
    lines.flatten().collect()
}
