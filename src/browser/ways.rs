//! The programs that can open a page, in order, with their arguments. Pure.

use std::borrow::Cow;
use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invocation {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
}

/// How a program of the desktop shows a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// In a small window with nothing else in it; in no history.
    SmallWindow,
    /// In a private window of the size that the browser chooses; in no history.
    PrivateWindow,
    /// In a browser that we don't know, and in its history.
    Kept,
}

impl Shown {
    /// `None`: a program that nothing is known of.
    #[must_use]
    pub fn by(program: &str) -> Option<Self> {
        match program {
            program if BROWSERS.contains(&program) => Some(Self::SmallWindow),
            program if FIREFOXES.contains(&program) => Some(Self::PrivateWindow),
            DESKTOPS => Some(Self::Kept),
            _ => None,
        }
    }
}

/// The option that opens a private window, where the owner's own command names a browser that has one and leaves it out: the browser
/// would keep breaks in its history. The name may be a path, or stand behind another program, as in `flatpak run org.mozilla.firefox`.
#[must_use]
pub fn missing_private_option(open_with: &[String]) -> Option<&'static str> {
    let mut names = open_with.iter().map(|word| word.rsplit('/').next().unwrap_or(word));
    let name = names.find(|name| BROWSERS.contains(name) || FIREFOXES.contains(name))?;
    let option = private_option(name);
    // Both families take one dash as two. The last one makes every window of a Firefox private.
    let is_private =
        |word: &String| [option, &option[1..], "-private", "--private"].contains(&word.as_str());
    (!open_with.iter().any(is_private)).then_some(option)
}

/// How a program is started outside the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Detached {
    /// As its own service, by `systemd-run`: outside our limits, and outside our sandbox. A scope would inherit the sandbox,
    /// and no browser can build its own inside it.
    Service(PathBuf),
    /// In its own session, by `setsid`.
    Session(PathBuf),
    /// As our child.
    Not,
}

/// The best first: the owner's program, a browser that can show a window with only the page, one that has private windows, the browser
/// of the desktop. A private window leaves no break in the history, which a browser may copy to other machines.
///
/// `find` finds a program by name.
pub(super) fn ways(
    open_with: &[String],
    url: &str,
    find: impl Fn(&str) -> Option<PathBuf>,
) -> Vec<Invocation> {
    let set = open_with.split_first().map(|(program, arguments)| {
        // The attempt to start it will fail and be logged.
        let program = find(program).unwrap_or_else(|| program.into());
        Invocation { program, arguments: with_address(arguments, url) }
    });
    let window = BROWSERS.iter().find_map(|name| Some((name, find(name)?)));
    let window = window.map(|(name, program)| {
        let private = private_option(name);
        let app = format!("--app={url}");
        let arguments = [private, &app, WINDOW_SIZE, "--no-first-run"].map(str::to_owned);
        Invocation { program, arguments: arguments.into() }
    });
    let firefox = FIREFOXES.iter().find_map(|name| Some((name, find(name)?)));
    let firefox = firefox.map(|(name, program)| {
        let arguments = vec![private_option(name).to_owned(), url.to_owned()];
        Invocation { program, arguments }
    });
    let desktop =
        find(DESKTOPS).map(|program| Invocation { program, arguments: vec![url.to_owned()] });
    [set, window, firefox, desktop].into_iter().flatten().collect()
}

/// Replaces `{url}` in the arguments, or appends the address where no argument has it.
fn with_address(arguments: &[String], url: &str) -> Vec<String> {
    let mut filled: Vec<_> =
        arguments.iter().map(|argument| argument.replace("{url}", url)).collect();
    if filled == arguments {
        filled.push(url.to_owned());
    }
    filled
}

impl Invocation {
    /// The program's name for a log; its arguments hold the address, which must not be logged.
    pub(super) fn name(&self) -> Cow<'_, str> {
        self.program.file_name().unwrap_or_default().to_string_lossy()
    }
}

impl Detached {
    /// The invocation outside the service. `environment` is for a program that isn't our child.
    pub(super) fn wrap(
        &self,
        way: &Invocation,
        token: Option<&str>,
        environment: &[(String, String)],
    ) -> Invocation {
        let program = way.program.to_string_lossy().into_owned();
        match self {
            Self::Service(systemd_run) => {
                let known =
                    environment.iter().map(|(name, value)| format!("--setenv={name}={value}"));
                let tokens = TOKEN_NAMES
                    .iter()
                    .filter_map(|name| Some(format!("--setenv={name}={}", token?)));
                // The manager would expand variables.
                let literal = |argument: &String| argument.replace('$', "$$");
                let arguments = SERVICE.iter().map(|option| (*option).to_owned()).chain(known);
                let arguments = arguments.chain(tokens).chain(["--".to_owned(), program]);
                let arguments = arguments.chain(way.arguments.iter().map(literal)).collect();
                Invocation { program: systemd_run.clone(), arguments }
            }
            Self::Session(setsid) => {
                let arguments = std::iter::once(program).chain(way.arguments.iter().cloned());
                Invocation { program: setsid.clone(), arguments: arguments.collect() }
            }
            Self::Not => way.clone(),
        }
    }
}

/// Browsers of the Chromium family, which all know `--app`, by the names of their packages and of their Flatpaks.
const BROWSERS: [&str; 16] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "brave-browser",
    "brave",
    "vivaldi-stable",
    "vivaldi",
    "microsoft-edge-stable",
    "microsoft-edge",
    "org.chromium.Chromium",
    "io.github.ungoogled_software.ungoogled_chromium",
    "com.google.Chrome",
    "com.brave.Browser",
    "com.vivaldi.Vivaldi",
    "com.microsoft.Edge",
];

/// What a browser of either family calls a private window.
fn private_option(name: &str) -> &'static str {
    if FIREFOXES.contains(&name) {
        "--private-window"
    } else if name.to_lowercase().contains("edge") {
        "--inprivate"
    } else {
        "--incognito"
    }
}

/// Browsers of the Firefox family, which all know `--private-window`.
const FIREFOXES: [&str; 6] = [
    "firefox",
    "firefox-esr",
    "librewolf",
    "waterfox",
    "org.mozilla.firefox",
    "io.gitlab.librewolf-community",
];

/// Opens an address with the browser that the desktop is set to.
const DESKTOPS: &str = "xdg-open";

/// Room for a step and its buttons, no more.
const WINDOW_SIZE: &str = "--window-size=480,720";

/// Of Wayland, and of X11's startup notification.
pub(super) const TOKEN_NAMES: [&str; 2] = ["XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"];

/// A browser needs these to find the screen. Most sessions pass them to systemd's manager, but not all do.
pub(super) const PASSED_ON: [&str; 7] = [
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "XDG_DATA_DIRS",
    "BROWSER",
];

/// The service lasts as long as any of its processes: `xdg-open` ends once it has started the browser. The start itself is
/// waited for, and its end, so that the next program can be tried at once where it fails.
const SERVICE: [&str; 7] = [
    "--user",
    "--quiet",
    "--wait",
    "--collect",
    "--slice=app.slice",
    "--property=Type=exec",
    "--property=ExitType=cgroup",
];

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://127.0.0.1:40123/break?once=1.2";

    fn all(open_with: &[&str], installed: &[&str]) -> Vec<String> {
        let open_with: Vec<_> = open_with.iter().map(|word| (*word).to_owned()).collect();
        let find =
            |name: &str| installed.contains(&name).then(|| format!("/usr/bin/{name}").into());
        ways(&open_with, URL, find).iter().map(told).collect()
    }

    fn told(way: &Invocation) -> String {
        let program = way.program.display().to_string();
        [&[program], way.arguments.as_slice()].concat().join(" ").replace(URL, "URL")
    }

    #[test]
    fn a_window_of_its_own_comes_before_the_desktops_browser() {
        assert_eq!(
            all(&[], &["xdg-open", "vivaldi", "brave"]),
            [
                "/usr/bin/brave --incognito --app=URL --window-size=480,720 --no-first-run",
                "/usr/bin/xdg-open URL"
            ]
        );
        assert_eq!(
            all(&[], &["xdg-open", "firefox"]),
            ["/usr/bin/firefox --private-window URL", "/usr/bin/xdg-open URL"]
        );
        assert_eq!(
            all(&[], &["com.microsoft.Edge"]),
            [
                "/usr/bin/com.microsoft.Edge --inprivate --app=URL --window-size=480,720 --no-first-run"
            ]
        );
        assert_eq!(all(&[], &[]), [""; 0]);
    }

    #[test]
    fn the_owners_browser_comes_first_with_the_address_in_its_place() {
        assert_eq!(all(&["falkon", "--x"], &["falkon"]), ["/usr/bin/falkon --x URL"]);
        assert_eq!(all(&["b", "--app={url}", "--x"], &[]), ["b --app=URL --x"]);
        assert_eq!(all(&["b", "{url}", "{url}"], &[]), ["b URL URL"]);
        assert_eq!(all(&["b"], &["xdg-open"]), ["b URL", "/usr/bin/xdg-open URL"]);
    }

    #[test]
    fn a_command_that_lacks_its_private_window_is_known() {
        let missing = |command: &str| {
            let words: Vec<_> = command.split(' ').map(str::to_owned).collect();
            missing_private_option(&words)
        };
        for (command, option) in [
            ("firefox", "--private-window"),
            ("/opt/firefox/firefox --new-window {url}", "--private-window"),
            ("flatpak run org.mozilla.firefox {url}", "--private-window"),
            ("chromium --app={url}", "--incognito"),
            ("microsoft-edge {url}", "--inprivate"),
        ] {
            assert_eq!(missing(command), Some(option), "{command}");
        }
        for command in [
            "firefox --private-window",
            "firefox -private-window {url}",
            "firefox -P own --private {url}",
            "chromium --incognito --app={url}",
            "microsoft-edge --inprivate {url}",
            // Nothing is known of these.
            "falkon {url}",
            "sh -c ~/open {url}",
            "xdg-open",
        ] {
            assert_eq!(missing(command), None, "{command}");
        }
    }

    #[test]
    fn systemd_starts_the_browser_as_a_separate_service() {
        let way = Invocation { program: "/usr/bin/b".into(), arguments: vec!["$x".to_owned()] };
        let service = Detached::Service("/usr/bin/systemd-run".into());
        let environment = [("DISPLAY".to_owned(), ":0".to_owned())];
        assert_eq!(
            told(&service.wrap(&way, Some("t1"), &environment)),
            "/usr/bin/systemd-run --user --quiet --wait --collect --slice=app.slice --property=Type=exec --property=ExitType=cgroup \
             --setenv=DISPLAY=:0 --setenv=XDG_ACTIVATION_TOKEN=t1 --setenv=DESKTOP_STARTUP_ID=t1 -- /usr/bin/b $$x"
        );
        assert!(!told(&service.wrap(&way, None, &[])).contains("setenv"));
    }

    #[test]
    fn without_a_manager_it_has_a_session_of_its_own() {
        let way = Invocation { program: "/usr/bin/b".into(), arguments: vec!["$x".to_owned()] };
        let session = Detached::Session("/usr/bin/setsid".into());
        assert_eq!(told(&session.wrap(&way, Some("t1"), &[])), "/usr/bin/setsid /usr/bin/b $x");
        assert_eq!(Detached::Not.wrap(&way, None, &[]), way);
    }

    #[test]
    fn the_address_is_not_part_of_what_is_logged() {
        let ways = ways(&["/opt/b".to_owned()], URL, |_| None);
        assert_eq!(ways[0].name(), "b");
    }
}
