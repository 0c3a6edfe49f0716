//! The window of a break under Wayland: a strap, an offer, a real click on it, and a real browser, which has the focus then. Under sway and
//! labwc with the rules of the README. Large, so only where `KINDBEAT_ALL` asks for everything.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::ensure;
use serde::Deserialize;
use serde_json::Value;
use tokio::process::Child;
use tokio::process::Command;
use tokio::time::timeout;

use crate::bluez::Fake;
use crate::bus::installed;
use crate::compositor::Compositor;
use crate::compositor::CompositorKind;
use crate::debian::Debian;
use crate::notification::shell::Shell;
use crate::ordinary;
use crate::pointer::Pointer;
use crate::program::Desktop;
use crate::program::Program;
use crate::streaming;
use crate::window;

#[test]
fn on_sway_a_break_in_chromium_is_in_front() -> anyhow::Result<()> {
    a_break_is_in_front(Stage::Compositor(CompositorKind::Sway), &CHROMIUM)
}

#[test]
fn on_sway_a_break_in_firefox_is_in_front() -> anyhow::Result<()> {
    a_break_is_in_front(Stage::Compositor(CompositorKind::Sway), &FIREFOX)
}

#[test]
fn on_labwc_a_break_in_chromium_is_in_front() -> anyhow::Result<()> {
    a_break_is_in_front(Stage::Compositor(CompositorKind::Labwc), &CHROMIUM)
}

#[test]
fn on_gnome_a_break_in_chromium_is_in_front() -> anyhow::Result<()> {
    a_break_is_in_front(Stage::Gnome, &CHROMIUM)
}

#[test]
fn on_gnome_a_break_in_firefox_is_in_front() -> anyhow::Result<()> {
    a_break_is_in_front(Stage::Gnome, &FIREFOX)
}

fn a_break_is_in_front(stage: Stage, browser: &Browser) -> anyhow::Result<()> {
    // On Debian 12 the windows of a break are looked at under X11.
    if std::env::var_os("KINDBEAT_ALL").is_none() || Debian::here()? == Debian::Twelve {
        return Ok(());
    }
    let parts = [(browser.program, browser.program), ("foot", "foot")];
    if !installed(&[stage.needs(), &parts].concat())? {
        return Ok(());
    }
    ordinary::run(async || {
        let Some(mut desk) = Desk::new(stage).await? else { return Ok(()) };
        desk.sits_down(browser).await?;
        desk.clicks().await?;
        let first = desk.is_in_front(browser).await?;
        ordinary::seen(&format!("{stage:?}: {first:?}"))?;
        let tokens = fs::read_to_string(desk.desktop.folder().join(TOKENS))?;
        // That of the click; the window before it had none.
        ensure!(tokens.lines().any(|token| !token.is_empty()), "no token: {tokens:?}");
        ensure!(first.app_id == browser.app_id, "{first:?}");
        let rule = browser.app_id == CHROMIUM.app_id && matches!(stage, Stage::Compositor(_));
        ensure!(first.is_ruled == rule, "{first:?}");
        let client = desk.desktop.client().await?;
        client.end_break().await?;
        desk.is_gone(browser).await?;
        // Another one has another secret, and the same name.
        client.start_break(None, None).await?;
        let second = desk.is_in_front(browser).await?;
        ensure!(second.app_id == first.app_id, "{first:?}, {second:?}");
        client.end_break().await?;
        desk.is_gone(browser).await
    })
}

/// What a person sits in front of.
#[derive(Clone, Copy, Debug)]
enum Stage {
    /// Mako shows the offer there.
    Compositor(CompositorKind),
    Gnome,
}

struct Browser {
    /// Its program, which is its package.
    program: &'static str,
    /// What the compositor calls the window of a break.
    app_id: &'static str,
    /// In the title of that window, and of no other.
    title: &'static str,
}

const CHROMIUM: Browser =
    Browser { program: "chromium", app_id: "chrome-127.0.0.1__break-Default", title: "" };

/// All of its windows have one name.
const FIREFOX: Browser =
    Browser { program: "firefox-esr", app_id: "firefox-esr", title: "Private Browsing" };

/// A window as the compositor has it.
#[derive(Debug, Deserialize)]
struct Window {
    app_id: String,
    title: String,
    has_focus: bool,
    /// What the rule does was done: under sway it floats among tiled ones, under labwc it fills the screen.
    #[serde(default)]
    is_ruled: bool,
}

/// A desk with a strap. What is first here ends first.
struct Desk {
    program: Option<Program>,
    programs: Vec<Child>,
    front: Front,
    fake: Fake,
    desktop: Desktop,
}

enum Front {
    Compositor(CompositorKind, Compositor, Pointer),
    Gnome(Shell, zbus::Connection),
}

impl Stage {
    fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Compositor(CompositorKind::Sway) => {
                &[("sway", "sway"), ("swaymsg", "sway"), ("mako", "mako-notifier")]
            }
            Self::Compositor(CompositorKind::Labwc) => {
                &[("labwc", "labwc"), ("wlrctl", "wlrctl"), ("mako", "mako-notifier")]
            }
            Self::Gnome => {
                &[("gnome-shell", "gnome-shell"), ("gjs", "gjs"), (SERVICE, "gnome-shell")]
            }
        }
    }
}

impl Desk {
    /// `None`, and a line that says so, where something is not installed.
    async fn new(stage: Stage) -> anyhow::Result<Option<Self>> {
        let services: &[&Path] = match stage {
            Stage::Compositor(_) => &[],
            Stage::Gnome => &[Path::new(SERVICE)],
        };
        let Some(desktop) = Desktop::with_services(services)? else { return Ok(None) };
        let fake = Fake::start(&desktop.system.address()).await?;
        let mut programs = Vec::new();
        let front = match stage {
            Stage::Compositor(kind) => {
                let Some(compositor) = Compositor::with(kind, &rule(kind)?)? else {
                    return Ok(None);
                };
                let pointer = Pointer::plugged_in(&compositor.socket())?;
                Front::Compositor(kind, compositor, pointer)
            }
            Stage::Gnome => {
                programs.push(gnome(&desktop)?);
                let connection = desktop.session.connect().await?;
                Front::Gnome(Shell::new(connection.clone(), desktop.folder()), connection)
            }
        };
        let mut desk = Self { program: None, programs, front, fake, desktop };
        match stage {
            Stage::Compositor(_) => desk.starts("/usr/bin/mako", &[])?,
            Stage::Gnome => {
                desk.until("the shell is there", async |desk| {
                    Ok(desk.evaluates("Main.layoutManager._startingUp").await? == "false")
                })
                .await?;
            }
        }
        Ok(Some(desk))
    }

    /// Somebody browses, then works in a terminal; the daemon runs and the heart is up.
    async fn sits_down(&mut self, browser: &Browser) -> anyhow::Result<()> {
        let folder = self.desktop.folder().to_owned();
        let script = match browser.program {
            "chromium" => window::install(&self.desktop)?,
            _ => window::install_firefox(&self.desktop)?,
        };
        let text = fs::read_to_string(&script)?;
        let tells = format!(
            "#!/bin/sh\necho \"$XDG_ACTIVATION_TOKEN\" >>'{}'\n",
            folder.join(TOKENS).display()
        );
        fs::write(&script, text.replacen("#!/bin/sh\n", &tells, 1))?;
        let page = folder.join("work.html");
        fs::write(&page, "<title>Work</title>")?;
        let first = ["--no-first-run"].iter().take(usize::from(browser.program == "chromium"));
        let page = page.to_string_lossy();
        let arguments: Vec<&str> = first.copied().chain([&*page]).collect();
        self.starts(&script.to_string_lossy(), &arguments)?;
        self.until("a browser", async |desk| {
            Ok(desk.windows().await?.iter().any(|window| window.title.contains("Work")))
        })
        .await?;
        self.starts("/usr/bin/foot", &["sleep", "600"])?;
        self.until("a terminal", async |desk| {
            if let Front::Gnome(..) = desk.front {
                desk.evaluates(TURN_TO_TERMINAL).await?;
            }
            let windows = desk.windows().await?;
            Ok(windows.iter().any(|window| window.app_id == "foot" && window.has_focus))
        })
        .await?;

        self.desktop.configure(streaming::EAGER)?;
        let mut daemon = self.desktop.command();
        self.on(&mut daemon);
        self.program = Some(Program::ready(daemon).await?);
        streaming::streams(&self.desktop, &self.fake, 1).await?;
        let client = self.desktop.client().await?;
        let offered = async {
            while client.status().await?.offers_today == 0 {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        tokio::select! {
            offered = timeout(SLOW, offered) => offered.context("no offer")?,
            ended = streaming::beats(&self.fake, || Some(92)) => anyhow::bail!("{ended:?}"),
        }
    }

    /// Clicks on the offer until the break begins: what has just come up may not listen yet.
    async fn clicks(&mut self) -> anyhow::Result<()> {
        for _ in 0..20 {
            match &mut self.front {
                Front::Compositor(_, _, pointer) => pointer.click(160.0, 60.0)?,
                Front::Gnome(shell, _) => {
                    shell.point(400.0, 530.0).await?;
                    shell.click(1).await?;
                }
            }
            let program = self.program.as_mut().context("a daemon")?;
            let begins = program.says("a break begins");
            if let Ok(begins) = timeout(Duration::from_secs(2), begins).await {
                return begins;
            }
        }
        anyhow::bail!("clicked, and no break began")
    }

    /// Waits until the window of the break has the focus.
    async fn is_in_front(&self, browser: &Browser) -> anyhow::Result<Window> {
        let mut last = Vec::new();
        let found = async {
            loop {
                last = self.windows().await?;
                let ours = last.iter().position(|window| browser.shows(window) && window.has_focus);
                if let Some(ours) = ours {
                    return anyhow::Ok(last.swap_remove(ours));
                }
            }
        };
        let found = timeout(SLOW, found).await;
        found.with_context(|| format!("no break in front: {last:?}"))?
    }

    async fn is_gone(&self, browser: &Browser) -> anyhow::Result<()> {
        self.until("the break is gone", async |desk| {
            Ok(!desk.windows().await?.iter().any(|window| browser.shows(window)))
        })
        .await
    }

    async fn until(
        &self,
        what: &'static str,
        is_so: impl AsyncFn(&Self) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        let waits = async {
            while !is_so(self).await? {
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        timeout(SLOW, waits).await.context(what)?.context(what)
    }

    /// The windows there are.
    async fn windows(&self) -> anyhow::Result<Vec<Window>> {
        match &self.front {
            Front::Compositor(CompositorKind::Sway, compositor, _) => {
                let orders = compositor.orders()?;
                let tree = self.says(&["swaymsg", "-s", &orders, "-t", "get_tree"]).await?;
                let mut windows = Vec::new();
                find(&serde_json::from_str(&tree)?, &mut windows);
                Ok(windows)
            }
            Front::Compositor(CompositorKind::Labwc, ..) => {
                let listed = async |state: &[&str]| {
                    let list =
                        self.says(&[&["wlrctl", "toplevel", "list"], state].concat()).await?;
                    anyhow::Ok(list.lines().map(str::to_owned).collect::<Vec<_>>())
                };
                let (focused, filling) =
                    (listed(&["state:active"]).await?, listed(&["state:fullscreen"]).await?);
                let all = listed(&[]).await?;
                let windows = all.iter().filter_map(|line| {
                    let (app_id, title) = line.split_once(": ")?;
                    Some(Window {
                        app_id: app_id.to_owned(),
                        title: title.to_owned(),
                        has_focus: focused.contains(line),
                        is_ruled: filling.contains(line),
                    })
                });
                Ok(windows.collect())
            }
            Front::Gnome(..) => Ok(serde_json::from_str(&self.evaluates(WINDOWS).await?)?),
        }
    }

    /// What the shell makes of a script, as JSON; nothing while it is not there.
    async fn evaluates(&self, script: &str) -> anyhow::Result<String> {
        let Front::Gnome(_, connection) = &self.front else { anyhow::bail!("no shell") };
        let (name, path) = ("org.gnome.Shell", "/org/gnome/Shell");
        let arguments = (script,);
        let call = connection.call_method(Some(name), path, Some(name), "Eval", &arguments);
        let Ok(answer) = call.await else { return Ok(String::new()) };
        let (_, said): (bool, String) = answer.body().deserialize()?;
        Ok(said)
    }

    /// What a program on this desk prints.
    async fn says(&self, line: &[&str]) -> anyhow::Result<String> {
        let mut program = Command::new(line[0]);
        self.on(program.args(&line[1..]));
        Ok(String::from_utf8(program.output().await?.stdout)?)
    }

    fn starts(&mut self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let mut program = self.desktop.command_of(program, arguments);
        self.on(&mut program).env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8");
        program.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        self.programs.push(program.spawn()?);
        Ok(())
    }

    /// Has a program show its windows here.
    fn on<'c>(&self, program: &'c mut Command) -> &'c mut Command {
        let (folder, display) = match &self.front {
            Front::Compositor(_, compositor, _) => (compositor.folder(), compositor.socket()),
            Front::Gnome(..) => {
                let folder = self.desktop.session.folder();
                (folder, folder.join(DISPLAY))
            }
        };
        program.env("XDG_RUNTIME_DIR", folder).env("WAYLAND_DISPLAY", display);
        program.env("XDG_SESSION_TYPE", "wayland")
    }
}

impl Browser {
    /// Whether this is the window of a break.
    fn shows(&self, window: &Window) -> bool {
        let begins = self.app_id.trim_end_matches("Default");
        window.app_id.starts_with(begins) && window.title.contains(self.title)
    }
}

/// The windows below a node of sway's tree.
fn find(node: &Value, windows: &mut Vec<Window>) {
    if let Some(app_id) = node["app_id"].as_str() {
        windows.push(Window {
            app_id: app_id.to_owned(),
            title: node["name"].as_str().unwrap_or_default().to_owned(),
            has_focus: node["focused"] == true,
            is_ruled: node["type"] == "floating_con",
        });
    }
    for below in ["nodes", "floating_nodes"] {
        for node in node[below].as_array().into_iter().flatten() {
            find(node, windows);
        }
    }
}

/// The rule that the README has for this compositor.
fn rule(kind: CompositorKind) -> anyhow::Result<String> {
    let row = format!("| {} | `", kind.program());
    let row = README.lines().find_map(|line| line.strip_prefix(&row)?.strip_suffix("` |"));
    let rule = row.context("a rule in the README")?;
    Ok(match kind {
        CompositorKind::Sway => rule.to_owned(),
        // It tells no sizes: what is done beside can be seen.
        CompositorKind::Labwc => {
            let beside = "<action name=\"ToggleFullscreen\"/></windowRule>";
            format!("<windowRules>{}</windowRules>", rule.replace("</windowRule>", beside))
        }
    })
}

/// Starts a shell that draws without a monitor and finds the program as it is installed.
fn gnome(desktop: &Desktop) -> anyhow::Result<Child> {
    let folder = desktop.session.folder();
    let program = folder.join("kindbeat");
    let entry = ENTRY.replace("Exec=kindbeat", &format!("Exec={}", program.display()));
    for (file, text) in [
        ("kindbeat", "#!/bin/sh\n"),
        ("applications/org.kindbeat.Kindbeat.desktop", &entry),
        ("gnome-shell/lock-warning-shown", ""),
        (
            "glib-2.0/settings/keyfile",
            "[org/gnome/desktop/interface]\nenable-animations=false\nenable-hot-corners=false\n\
             [org/gnome/shell]\nwelcome-dialog-last-shown-version='99'\n",
        ),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().context("in a folder")?)?;
        fs::write(file, text)?;
    }
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    let mut shell = Command::from(desktop.session.program("gnome-shell"));
    shell
        .args(["--headless", "--no-x11", "--unsafe-mode", "--virtual-monitor", "800x600"])
        .args(["--wayland-display", DISPLAY])
        .env("DBUS_SYSTEM_BUS_ADDRESS", desktop.system.address())
        .env("GSETTINGS_BACKEND", "keyfile")
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("XDG_CURRENT_DESKTOP", "GNOME")
        .env_remove("DISPLAY");
    Ok(shell.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn()?)
}

// Built in: whoever is nobody may not read them.
const README: &str = include_str!("../../README.md");
const ENTRY: &str = include_str!("../../config/desktop/org.kindbeat.Kindbeat.desktop");

const SERVICE: &str = "/usr/share/dbus-1/services/org.gnome.Shell.Notifications.service";

/// Where a shell listens.
const DISPLAY: &str = "wayland-9";

/// What the shell knows of its windows.
const WINDOWS: &str = "global.get_window_actors().map(actor => actor.meta_window).map(window => ({\
    app_id: window.get_wm_class() ?? '', title: window.get_title() ?? '', has_focus: window.has_focus()}))";

/// What a person does who sees a terminal come up behind the browser, or only announced: a shell that has much to do may show the two in either
/// order.
const TURN_TO_TERMINAL: &str = "Main.overview.hide(); global.get_window_actors().map(actor => actor.meta_window)\
    .filter(window => window.get_wm_class() === 'foot').forEach(window => window.activate(global.get_current_time()))";

/// The file with the token that the browser got at each start.
const TOKENS: &str = "tokens";

/// Browsers and shells take seconds to start.
const SLOW: Duration = Duration::from_secs(90);
