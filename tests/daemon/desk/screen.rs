//! The screen with its notifications, and whoever clicks there.

use anyhow::Context as _;

use super::Desk;
use crate::client::soon;
use crate::fake::Asked;
use crate::fake::Notify;
use crate::visitor::Visitor;

impl Desk {
    /// The heart goes up until a break is offered, and the offer is on the screen under this number, as the service knows.
    pub(crate) async fn offered(&mut self, id: u32) -> anyhow::Result<Notify> {
        self.rises().await?;
        let notify = self.asked_to_show().await?;
        self.screen.name(&notify, id).await?;
        self.is_shown().await?;
        Ok(notify)
    }

    /// Waits until the service knows that its offer is on the screen.
    pub(crate) async fn is_shown(&mut self) -> anyhow::Result<()> {
        soon(self.run()?.on_screen.recv()).await?.context("the offer is shown")?;
        Ok(())
    }

    /// What the screen is asked to show next, whatever it is asked to close before.
    pub(crate) async fn asked_to_show(&mut self) -> anyhow::Result<Notify> {
        loop {
            if let Asked::Notify(notify) = self.screen.asked().await? {
                return Ok(notify);
            }
        }
    }

    /// The owner clicks: what raises a window comes first, and both go to the program alone.
    pub(crate) async fn click(
        &self,
        notify: &Notify,
        id: u32,
        button: &str,
        token: &str,
    ) -> anyhow::Result<()> {
        self.screen.tell_sender(notify, "ActivationToken", &(id, token)).await?;
        self.screen.tell_sender(notify, "ActionInvoked", &(id, button)).await?;
        self.screen.tell_sender(notify, "NotificationClosed", &(id, 2_u32)).await?;
        Ok(())
    }

    /// The browser opens the page that it was started with.
    pub(crate) async fn visit(&mut self) -> anyhow::Result<Visitor> {
        let started = self.browser.started().await?;
        Visitor::fetch(&started.url).await
    }
}
