//! `kindbeat status` for as long as somebody looks.

use crate::tty::Tty;

/// As a bar has it that a program keeps in a terminal: the end of the terminal sends it no signal that ends it.
#[tokio::test]
async fn a_bar_ends_when_its_terminal_is_gone() -> anyhow::Result<()> {
    let shell = "trap '' HUP; exec \"$0\" status --waybar";
    let command = pty_process::Command::new("/bin/sh").args(["-c", shell, KINDBEAT]);
    let command = command.env_clear().env("DBUS_SESSION_BUS_ADDRESS", NO_BUS);
    let mut bar = Tty::start(command)?;
    bar.says("offline").await?;
    bar.hangs_up().await
}

const KINDBEAT: &str = env!("CARGO_BIN_EXE_kindbeat");
const NO_BUS: &str = "unix:path=/nonexistent/bus";
