//! What is shown before the first step.

use super::Scene;
use crate::page::following::Following;
use crate::page::view::FirstView;
use crate::page::view::LengthView;
use crate::page::view::OtherView;
use crate::page::view::Screen;
use crate::page::view::WelcomeView;
use crate::practice::Length;
use crate::practice::Practice;
use crate::practice::Session;
use crate::words::Message;

impl Scene<'_> {
    /// The first time three screens, then the first page.
    pub(super) fn before(&self, session: &Session) -> Screen {
        let Some(number) = self.visit.welcome() else { return Screen::First(self.first(session)) };
        let (message, help) = match number {
            0 => (Message::WelcomeWhat, None),
            1 => (Message::WelcomeNot, Some(self.help())),
            _ => (Message::WelcomeWayOut, None),
        };
        Screen::Welcome(WelcomeView { number, words: self.lines(message), help })
    }

    fn first(&self, session: &Session) -> FirstView {
        let practice = session.practice();
        let inward = practice.inward().then(|| self.lines(Message::CautionInward));
        let own = practice.caution().map(|caution| super::lines(&self.say(caution)));
        let eyes = Some(self.lines(Message::EyesOpen));
        FirstView {
            about: practice.about().map(|about| self.say(about)),
            cautions: [own, inward, eyes].into_iter().flatten().flatten().collect(),
            lengths: self.lengths(practice, session.length()),
            others: self.others.iter().map(|other| self.other(other)).collect(),
            finds_pace: practice.follows_heart()
                && self.show_heart
                && self.following.is_some_and(Following::can_find_pace),
            before: self.visit.before(),
            care: [Message::SeekCare, Message::NotMedical]
                .into_iter()
                .flat_map(|message| self.lines(message))
                .collect(),
            anchors: self.anchors(practice.texts()),
        }
    }

    fn lengths(&self, practice: &Practice, chosen: Length) -> Vec<LengthView> {
        let view = |&length: &Length| LengthView {
            length,
            words: self.words.text(name_of(length), &[]),
            chosen: length == chosen,
        };
        practice.lengths().iter().map(view).collect()
    }

    fn other(&self, practice: &Practice) -> OtherView {
        OtherView {
            title: self.say(practice.title()),
            about: practice.about().map(|about| self.say(about)),
        }
    }
}

const fn name_of(length: Length) -> Message {
    match length {
        Length::TwentySeconds => Message::LengthTwentySeconds,
        Length::OneMinute => Message::LengthOneMinute,
        Length::ThreeMinutes => Message::LengthThreeMinutes,
        Length::FiveMinutes => Message::LengthFiveMinutes,
    }
}
