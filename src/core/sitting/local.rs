//! A break where nothing else is hosted: no heart, no offers, no desktop.

use jiff::Timestamp;

use crate::engine::Effect;
use crate::engine::Engine;
use crate::engine::EngineMemory;
use crate::engine::Input;
use crate::page::PageInput;
use crate::page::View;
use crate::practice::Length;
use crate::practice::Session;
use crate::practice::SessionState;
use crate::practice::UnknownPractice;

use super::Earlier;
use super::Sitting;
use super::SittingEvent;
use super::ViewContext;

/// An engine and the one sitting it decides for.
#[derive(Debug)]
pub struct LocalSitting {
    engine: Engine,
    sitting: Sitting,
}

impl LocalSitting {
    /// Earlier breaks left `earlier`; `engine` knows the rest, the local time among it.
    #[must_use]
    pub fn new(engine: Engine, earlier: Earlier) -> Self {
        let sitting = Sitting::new(earlier, &engine.settings().practice);
        Self { engine, sitting }
    }

    /// Begins a break; its first step waits until the first page was read. `None`: the practice and the length that are set.
    pub fn begin(
        &mut self,
        now: Timestamp,
        practice: Option<String>,
        length: Option<Length>,
    ) -> Result<(), UnknownPractice> {
        for effect in self.ask(now, Input::BreakWanted(practice, length)) {
            if let Effect::NoSuchPractice(unknown) = effect {
                return Err(unknown);
            }
        }
        self.ask(now, Sitting::pause_at_start());
        Ok(())
    }

    /// Takes in what a person does.
    pub fn handle(&mut self, now: Timestamp, input: PageInput) {
        if let Some(input) = self.sitting.handle(now, input, &self.engine) {
            self.ask(now, input);
        }
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Timestamp) {
        self.ask(now, Input::Tick);
        self.sitting.tick(now, &self.engine);
    }

    /// When [`Self::tick`] has something to do; `None`: not before something happens.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        let due = [self.engine.next_wakeup(), self.sitting.next_wakeup(&self.engine)];
        due.into_iter().flatten().min()
    }

    /// What is to be done, in order; each is handed out once.
    #[must_use = "a record that is dropped is lost"]
    pub fn take_events(&mut self) -> Vec<SittingEvent> {
        self.sitting.take_events()
    }

    /// What the engine has to know when it decides again.
    #[must_use]
    pub const fn memory(&self) -> EngineMemory {
        self.engine.memory()
    }

    /// What there is to see.
    pub fn view(&mut self, now: Timestamp, context: ViewContext<'_>) -> View {
        self.sitting.view(now, self.engine.session(), context)
    }

    /// Where the break is; `None` before the first.
    #[must_use]
    pub fn state(&self) -> Option<SessionState> {
        self.engine.session().map(Session::state)
    }

    fn ask(&mut self, now: Timestamp, input: Input) -> Vec<Effect> {
        let effects = self.engine.handle(now, input);
        for effect in &effects {
            self.sitting.follow(now, effect, &self.engine);
        }
        effects
    }
}
