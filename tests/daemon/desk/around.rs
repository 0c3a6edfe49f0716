//! The desk and the desktop, as the test has them.

use kindbeat::desktop::DesktopCommand;
use kindbeat::desktop::DesktopEvent;
use kindbeat_core::context::Desktop;

use super::Desk;
use crate::client::soon;

impl Desk {
    /// The desktop shows itself to the service where that has begun to look at it, and the service deals with it.
    pub(crate) async fn is_looked_at(&mut self) -> anyhow::Result<()> {
        while let Ok(command) = self.run()?.watcher.try_recv() {
            match command {
                DesktopCommand::WatchFacts(wanted) => {
                    self.looks.push(command);
                    if wanted {
                        self.desktop_does(self.desktop).await?;
                    }
                }
                DesktopCommand::WatchPauses(_) => self.attends.push(command),
            }
        }
        Ok(())
    }

    /// The desktop does this from now on, and the service is told.
    pub(crate) async fn desktop_does(&mut self, desktop: Desktop) -> anyhow::Result<()> {
        self.desktop = desktop;
        self.senses(DesktopEvent::Facts(desktop)).await
    }

    /// Something happens on the desktop, and the service deals with it.
    pub(crate) async fn senses(&mut self, event: DesktopEvent) -> anyhow::Result<()> {
        let happens = &self.run()?.happens;
        soon(happens.send(event)).await??;
        soon(happens.reserve()).await??;
        Ok(())
    }
}
