//! Servers that keep whether they are silenced in the settings of the desktop, which only the desktop's own program can read.

use std::path::Path;

use tokio::process::Command;
use tokio::time::timeout;

use crate::desktop::child::Running;
use crate::desktop::place::Place;
use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::report::SETTLED_BY;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

/// A key that is true or false.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) schema: &'static str,
    pub(super) key: &'static str,
    /// What it is while the server is silenced.
    pub(super) silenced: bool,
}

impl Setting {
    /// Reports what it is, now and whenever it changes.
    pub(super) async fn follow(&self, place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
        let program = place.program(GSETTINGS);
        let program = program.ok_or_else(|| NoAnswer::not_installed(GSETTINGS))?;
        // Before the question, so that few changes fall in between: from when on it watches, it does not say. With version 2.84, two of forty
        // changes that were made as soon as the question was answered were not told.
        let mut changes = self.gsettings(&program, place, "monitor")?;
        let mut ask_again_in = Some(SETTLED_BY);
        let mut line = [0; 256];
        loop {
            let ask = || async {
                // It is one word.
                self.is_silenced(&self.gsettings(&program, place, "get")?.output(64).await?)
            };
            reporter.ask(Fact::DoNotDisturb, ask()).await;
            let told = match ask_again_in.take() {
                Some(time) => timeout(time, changes.read(&mut line)).await.ok(),
                None => Some(changes.read(&mut line).await),
            };
            if let Some(read) = told
                && read? == 0
            {
                return Err(NoAnswer::program(Message::SourceProgramEnded, GSETTINGS));
            }
        }
    }

    fn gsettings(&self, program: &Path, place: &Place, what: &str) -> Result<Running, NoAnswer> {
        let mut command = Command::new(program);
        command.args([what, self.schema, self.key]);
        let address = place.session_bus.address();
        command.envs(address.map(|address| ("DBUS_SESSION_BUS_ADDRESS", address)));
        Running::start(GSETTINGS, &mut command)
    }

    fn is_silenced(&self, said: &str) -> Result<bool, NoAnswer> {
        match said.trim() {
            "true" => Ok(self.silenced),
            "false" => Ok(!self.silenced),
            _ => Err(NoAnswer::program(Message::SourceProgramStrange, GSETTINGS)),
        }
    }
}

/// The program that reads settings.
const GSETTINGS: &str = "gsettings";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_says_that_it_is_silenced_or_that_it_shows() {
        let setting = |silenced| Setting { schema: "any", key: "any", silenced };
        assert_eq!(setting(false).is_silenced("true\n"), Ok(false));
        assert_eq!(setting(false).is_silenced("false\n"), Ok(true));
        assert_eq!(setting(true).is_silenced("true\n"), Ok(true));
        for said in ["", "No such schema"] {
            assert!(matches!(setting(true).is_silenced(said), Err(NoAnswer::Failed(_))));
        }
    }
}
