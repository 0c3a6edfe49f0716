//! The layout of an offer on each notification server. Pure.
//!
//! Each rule was observed on the server, or is in its manual: what a server claims to be able to do says little about where
//! one has to click.

use notify_rust::Hint;
use notify_rust::Notification;
use notify_rust::Timeout;
use notify_rust::Urgency;

use super::OfferNotification;
use super::ServerInfo;
use kindbeat_core::offer::Answer;

/// The name of the desktop file, without its ending; servers find the program's name and icon by it.
pub const DESKTOP_ENTRY: &str = "org.kindbeat.Kindbeat";

/// For servers that don't read desktop files.
pub(super) const PROGRAM: &str = "kindbeat";

/// Where the owner clicks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Buttons, and a click beside them starts.
    ButtonsAndBody,
    /// Buttons alone: the server would draw the click beside them as one more button.
    Buttons,
    /// The middle button of the mouse starts; nothing on the screen shows that.
    MiddleClick,
    /// A click starts; nothing on the screen shows that.
    Click,
    /// Nothing to click on.
    Text,
}

impl Layout {
    fn of(server: &ServerInfo) -> Self {
        let name = server.name.to_lowercase();
        let is = |part: &str| name.contains(part);
        if !server.can("actions") {
            Self::Text
        } else if is("dunst") {
            // Its own defaults: left closes, middle does the action "default".
            Self::MiddleClick
        } else if is("mako") || is("fnott") {
            // Left does the action "default", wherever it clicks; no buttons are drawn.
            Self::Click
        } else if is("xfce") || is("lxqt") {
            // Xfce draws "default" as a fourth button; LXQt turns more than three into a list with "OK".
            Self::Buttons
        } else {
            Self::ButtonsAndBody
        }
    }
}

pub(super) fn notification(offer: &OfferNotification, server: &ServerInfo) -> Notification {
    let layout = Layout::of(server);
    let how = match layout {
        Layout::ButtonsAndBody | Layout::Buttons => None,
        Layout::MiddleClick => Some(&offer.labels.middle_click),
        Layout::Click => Some(&offer.labels.click),
        Layout::Text => Some(&offer.labels.run),
    };
    let mut body = match how {
        // Mako shows no more than four lines: the most important one comes first.
        Some(how) if layout == Layout::Click => format!("{how}\n{}", offer.body),
        Some(how) => format!("{}\n{how}", offer.body),
        None => offer.body.clone(),
    };
    if server.name.to_lowercase().contains("lxqt") {
        // The server's window is too low for a text of several lines, by one line or a little more, and cuts off the end.
        body.push_str(ROOM);
    }
    if server.name.to_lowercase().contains("fnott") {
        body = in_lines(&body);
    }
    let mut notification = plain(&offer.title, &body, server.can("body-markup"));
    if layout != Layout::Text {
        notification
            .action(START, &offer.labels.start)
            .action(LATER, &offer.labels.later)
            .action(FINE, &offer.labels.fine);
    }
    // The last one: Budgie does not draw the button behind it.
    if matches!(layout, Layout::ButtonsAndBody | Layout::MiddleClick | Layout::Click) {
        notification.action(DEFAULT, &offer.labels.start);
    }
    notification.hint(Hint::DesktopEntry(DESKTOP_ENTRY.to_owned()));
    notification.hint(Hint::Category("x-kindbeat.offer".to_owned()));
    // The program withdraws the offer: servers measure the time differently, and some not at all.
    notification.timeout(Timeout::Never);
    notification
}

/// The same offer with another text, in place of the one on the screen: nobody is to look up for it. Of low urgency, GNOME changes the text
/// and shows it no second time.
pub(super) fn reworded(offer: &OfferNotification, server: &ServerInfo) -> Notification {
    let mut notification = notification(offer, server);
    notification.hints.retain(|hint| !matches!(hint, Hint::Urgency(_)));
    notification.urgency(Urgency::Low);
    notification.hint(Hint::SuppressSound(true));
    notification
}

/// Whether `server` leaves a closed notification on the screen for good: notification-daemon, and GNOME Flashback, which has
/// the same code. MATE's has the same name, and closes.
pub(super) fn outlives_closing(server: &ServerInfo) -> bool {
    let name = server.name.to_lowercase();
    (name.contains("notification daemon") && server.vendor != "MATE" && !name.contains("xfce"))
        || name.contains("flashback")
}

/// Replaces a notification that would outlive its closing: it's gone at once, and leaves nothing in a tray.
pub(super) fn fleeting() -> Notification {
    let mut notification = plain(PROGRAM, "", false);
    notification.hint(Hint::Transient(true));
    notification.timeout(Timeout::Milliseconds(1));
    notification
}

/// A notification without buttons.
///
/// Never urgent: a critical notification breaks through do-not-disturb, and stays on Xfce. Without the name of the desktop
/// file: GNOME would count it as the program's first, close all others when its connection closes, and start the program of
/// that file at a click.
pub(super) fn plain(title: &str, body: &str, markup: bool) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname(PROGRAM)
        .icon(DESKTOP_ENTRY)
        .summary(title)
        .body(&if markup { escaped(body) } else { body.to_owned() })
        .urgency(Urgency::Normal);
    notification
}

/// The answer of an action, by its name on the bus; `None` for an action that isn't ours.
#[must_use]
pub fn answer(action: &str) -> Option<Answer> {
    match action {
        START | DEFAULT => Some(Answer::Start),
        LATER => Some(Answer::Later),
        FINE => Some(Answer::Fine),
        _ => None,
    }
}

/// The same text in lines of at most [`LINE`] characters: fnott makes a line as wide as its text, to the left, and what does not fit on the
/// screen is the beginning.
fn in_lines(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let length = line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && length > LINE {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Characters in a line on fnott: about 500 px in its default of 12 pt sans serif (16 px, of which a letter takes half on average), and with
/// an icon beside it less than the 800 px of the narrowest screens.
const LINE: usize = 60;

/// Escaped for servers that read markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Two empty lines.
const ROOM: &str = "\n\u{a0}\n\u{a0}";

/// The action of a click on the notification itself (Desktop Notifications Specification).
const DEFAULT: &str = "default";
const START: &str = "start";
const LATER: &str = "later";
const FINE: &str = "fine";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notification::OfferLabels;
    use kindbeat_core::offer::OfferId;
    use kindbeat_core::words::Words;

    /// The layout of an offer on a server of that name with these capabilities.
    fn shown(name: &str, capabilities: &[&str]) -> Notification {
        let offer = OfferNotification {
            id: OfferId(1),
            title: "A short break?".to_owned(),
            body: "Would <b> & one help?".to_owned(),
            labels: OfferLabels::new(&Words::new("en")),
        };
        let server = ServerInfo {
            name: name.to_owned(),
            capabilities: capabilities.iter().map(|&can| can.to_owned()).collect(),
            ..ServerInfo::default()
        };
        notification(&offer, &server)
    }

    const ALL: [&str; 3] = ["body", "actions", "body-markup"];

    #[test]
    fn a_click_on_the_notification_itself_starts() {
        for name in ["gnome-shell", "Plasma", "notification-daemon", "swaync", "anything"] {
            let shown = shown(name, &ALL);
            let actions =
                ["start", "Start", "later", "Later", "fine", "I'm fine", "default", "Start"];
            assert_eq!(shown.actions, actions, "{name}");
            assert!(!shown.body.contains('\n'), "{name}");
        }
    }

    #[test]
    fn xfce_and_lxqt_have_three_buttons_and_no_more() {
        for name in ["Xfce Notify Daemon", "lxqt-notificationd"] {
            let actions = ["start", "Start", "later", "Later", "fine", "I'm fine"];
            assert_eq!(shown(name, &ALL).actions, actions, "{name}");
        }
    }

    #[test]
    fn lxqt_is_given_room_for_all_of_the_text() {
        assert!(shown("lxqt-notificationd", &ALL).body.ends_with("help?\n\u{a0}\n\u{a0}"));
    }

    #[test]
    fn without_buttons_the_text_says_how_to_begin() {
        let ends = |name, capabilities: &[&str], end| {
            let shown = shown(name, capabilities);
            assert!(shown.body.ends_with(end), "{name}: {}", shown.body);
            shown.actions.len()
        };
        let dunst =
            "\nTo begin: middle-click here, or run kindbeat break. A left click closes this.";
        assert_eq!(ends("dunst", &ALL, dunst), 8);
        assert_eq!(ends("mako", &ALL, "\nWould &lt;b&gt; &amp; one help?"), 8);
        assert!(
            shown("mako", &ALL).body.starts_with("To begin: click here, or run kindbeat break\n")
        );
        assert_eq!(ends("anything", &["body"], "\nTo begin: kindbeat break"), 0);
        assert_eq!(ends("dunst", &[], "\nTo begin: kindbeat break"), 0);
    }

    #[test]
    fn on_fnott_no_line_is_wider_than_the_screen() {
        let shown = shown("fnott", &ALL);
        assert!(shown.body.starts_with("To begin: click here, or run kindbeat break\n"));
        let long = "word ".repeat(40) + &"x".repeat(70) + " end\nnext";
        let lines = in_lines(&long);
        assert_eq!(lines.replace('\n', " "), long.replace('\n', " "));
        let widths: Vec<_> = lines.lines().map(str::len).collect();
        assert_eq!(widths, [59, 59, 59, 19, 70, 3, 4]);
    }

    #[test]
    fn what_could_be_markup_is_escaped_where_markup_is_read() {
        assert_eq!(shown("any", &ALL).body, "Would &lt;b&gt; &amp; one help?");
        assert_eq!(shown("any", &["body", "actions"]).body, "Would <b> & one help?");
    }

    #[test]
    fn an_offer_is_never_urgent_and_never_ends_by_itself() {
        let shown = shown("any", &ALL);
        assert!(shown.hints.contains(&Hint::Urgency(Urgency::Normal)));
        assert!(shown.hints.contains(&Hint::DesktopEntry(DESKTOP_ENTRY.to_owned())));
        assert_eq!(shown.timeout, Timeout::Never);
    }

    #[test]
    fn another_text_makes_no_sound_and_is_not_shown_again() {
        let offer = OfferNotification {
            id: OfferId(1),
            title: "A short break?".to_owned(),
            body: "Would one help?".to_owned(),
            labels: OfferLabels::new(&Words::new("en")),
        };
        let (server, quiet) =
            (ServerInfo::default(), [Hint::SuppressSound(true), Hint::Urgency(Urgency::Low)]);
        let (shown, reworded) = (notification(&offer, &server), reworded(&offer, &server));
        assert!(quiet.iter().all(|hint| reworded.hints.contains(hint)), "{:?}", reworded.hints);
        assert!(!reworded.hints.contains(&Hint::Urgency(Urgency::Normal)));
        assert_eq!((reworded.body, reworded.actions), (shown.body, shown.actions));
    }

    #[test]
    fn only_the_old_daemon_of_gnome_leaves_what_is_closed() {
        let outlives = |name: &str, vendor: &str| {
            let server = ServerInfo {
                name: name.to_owned(),
                vendor: vendor.to_owned(),
                ..ServerInfo::default()
            };
            outlives_closing(&server)
        };
        assert!(outlives("Notification Daemon", "GNOME"));
        assert!(outlives("gnome-flashback", "GNOME"));
        for (name, vendor) in [
            ("Notification Daemon", "MATE"),
            ("Xfce Notify Daemon", "Xfce"),
            ("gnome-shell", "GNOME"),
            ("dunst", "knopwob"),
        ] {
            assert!(!outlives(name, vendor), "{name}");
        }
    }

    #[test]
    fn a_notice_stands_apart_from_the_offers() {
        let notice = plain("title", "a < b", true);
        assert_eq!(notice.hints.into_iter().collect::<Vec<_>>(), [Hint::Urgency(Urgency::Normal)]);
        assert_eq!((notice.body.as_str(), notice.actions.len()), ("a &lt; b", 0));
    }

    #[test]
    fn an_action_of_another_program_answers_nothing() {
        for action in ["", "Start", "settings", "start ", "start\0", "\u{202E}start"] {
            assert_eq!(answer(action), None, "{action:?}");
        }
    }
}
