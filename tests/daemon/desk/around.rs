//! The desk and the desktop, as the test has them.

use kindbeat::desktop::interruptions;
use kindbeat::desktop::presence;
use kindbeat_core::context::Desktop;

use super::Desk;
use crate::client::soon;

impl Desk {
    /// The desktop shows itself to the service where that has begun to look at it, and the service deals with it.
    pub(crate) async fn is_looked_at(&mut self) -> anyhow::Result<()> {
        while let Ok(command) = self.run()?.looks.try_recv() {
            self.looks.push(command);
            if command == interruptions::Command::Watch {
                self.desktop_does(self.desktop).await?;
            }
        }
        while let Ok(command) = self.run()?.attends.try_recv() {
            self.attends.push(command);
        }
        Ok(())
    }

    /// The desktop does this from now on, and the service is told.
    pub(crate) async fn desktop_does(&mut self, desktop: Desktop) -> anyhow::Result<()> {
        self.desktop = desktop;
        let see = &self.run()?.see;
        soon(see.send(interruptions::Event::Seen(desktop))).await??;
        soon(see.reserve()).await??;
        Ok(())
    }

    /// Something happens at the desk, and the service deals with it.
    pub(crate) async fn senses(&mut self, event: presence::Event) -> anyhow::Result<()> {
        let sense = &self.run()?.sense;
        soon(sense.send(event)).await??;
        soon(sense.reserve()).await??;
        Ok(())
    }
}
