//! The desktop of an ordinary user: a notification server that clicks, and a browser.

use std::os::unix::fs::chown;

use tokio::io::AsyncBufReadExt as _;
use tokio::io::BufReader;
use tokio::net::UnixListener;
use tokio::task::JoinSet;

use crate::bluetooth::account::Fact;
use crate::bluetooth::account::Teller;
use crate::machine::ROLE;
use crate::machine::say;
use crate::screen::Screen;
use crate::user::USER;
use crate::user::User;
use crate::user::show;

/// The desktop. Ends when dropped.
pub(crate) struct Desktop {
    pub(crate) user: User,
    _tasks: JoinSet<()>,
}

impl Desktop {
    /// Sets it up for the user; `teller` is told what the notification server and the browser see.
    pub(crate) async fn start(teller: Teller) -> anyhow::Result<Self> {
        let user = User::start(&config()).await?;
        show(&std::env::current_exe()?, BROWSER).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(click(Screen::start(user.session.clone()).await?, teller.clone()));
        let socket = UnixListener::bind(SOCKET)?;
        chown(SOCKET, Some(USER), Some(USER))?;
        tasks.spawn(hear_browser(socket, teller));
        Ok(Self { user, _tasks: tasks })
    }

    /// How full the battery of the strap is, in percent, as soon as the program knows.
    pub(crate) async fn battery(&self) -> anyhow::Result<u8> {
        self.user.told("Battery", |level| *level <= 100).await
    }
}

/// Everything as short as it may be, the same thresholds though nothing tells of keyboard and pointer, and this very program as the
/// browser.
fn config() -> String {
    format!(
        r#"
[detection]
rise_bpm = 8
rise_spread = 1.5
sustain = "10s"
warm_up = "0s"
after_return = "0s"

[offer]
wait_for_pause = "0s"

[practice]
length = "20s"

[page]
open_with = ["env", "{ROLE}=browser", "KINDBEAT_PAGE={{url}}", "{BROWSER}", "--exact", "bluetooth::the_machine_from_inside"]
"#
    )
}

/// Clicks on Start as soon as there is such a button.
async fn click(mut screen: Screen, teller: Teller) {
    while let Some(shown) = screen.next().await {
        if !shown.is_offer() {
            continue;
        }
        teller.tell(Fact::Shown { buttons: shown.buttons.clone() });
        if let Err(error) = screen.click(&shown).await {
            say(&format!("the notification server: {error:#}"));
        }
    }
}

/// What the browser tells, each time it is started.
async fn hear_browser(socket: UnixListener, teller: Teller) {
    while let Ok((stream, _)) = socket.accept().await {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            match serde_json::from_str(&line) {
                Ok(entry) => teller.pass_on(entry),
                // It ends with what went wrong, in words.
                Err(_) => say(&format!("the browser: {line}")),
            }
        }
    }
}

/// Where the browser tells what it sees.
pub(crate) const SOCKET: &str = "/run/desk/browser";
const BROWSER: &str = "/run/browser";
