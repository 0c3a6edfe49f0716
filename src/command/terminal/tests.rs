use std::sync::Arc;

use jiff::Timestamp;

use super::*;
use kindbeat_core::page::Scene;
use kindbeat_core::page::Sound;
use kindbeat_core::page::Visit;
use kindbeat_core::page::Wish;
use kindbeat_core::page::view_of;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Session;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A break in which no time passes, and all that was said in it.
struct Taken {
    session: Session,
    visit: Visit,
    teller: Teller,
    said: String,
}

impl Taken {
    fn of(practice: &str, length: Length) -> Self {
        let library = Library::built_in().unwrap();
        let practice = Arc::clone(library.get(practice).unwrap());
        let mut session = Session::start(practice, length, Arc::clone(library.grounding()), NOW);
        session.handle(Visit::pause_at_start(), NOW);
        let visit = Visit::new(Anchor::Breath, Sound::SILENT, false);
        Self { session, visit, teller: Teller::default(), said: String::new() }.told()
    }

    fn view(&self, words: &Words) -> View {
        let help = HelpLines::built_in().unwrap();
        let others = [Arc::clone(Library::built_in().unwrap().get("friend").unwrap())];
        let session = Some(&self.session);
        let scene = Scene::new(NOW, session, &self.visit, words, "de_AT.UTF-8", &help);
        view_of(&Scene { others: &others, ..scene })
    }

    fn told(mut self) -> Self {
        let words = Words::new("en");
        let lines = self.teller.tell(&self.view(&words), &words);
        self.say(&lines);
        self
    }

    fn say(&mut self, lines: &[String]) {
        for line in lines {
            self.said.push_str(line);
            self.said.push('\n');
        }
    }

    /// Types a line, and returns what was said because of it.
    #[track_caller]
    fn types(mut self, line: &str) -> Self {
        self.said.extend(["> ", line, "\n"]);
        let words = Words::new("en");
        match meant(&self.view(&words), line, &words) {
            Some(Meant::Input(input)) => {
                if let Some(Wish::Break(command)) = self.visit.handle(input, self.session.state()) {
                    self.session.handle(command, NOW);
                }
            }
            Some(Meant::Say(line)) => self.say(&[line]),
            Some(Meant::SayBefore) => {
                let question = question_before(&self.view(&words), &words);
                self.say(&[question]);
            }
            Some(Meant::Answer(_)) | None => {}
        }
        self.told()
    }
}

#[test]
fn a_whole_break_is_said_once() {
    let taken = Taken::of("kind-hand", Length::TwentySeconds);
    let taken = taken.types("").types("P").types("p").types("").types("nine").types("7");
    insta::assert_snapshot!(taken.said, @"
    Kind hand
    A hand where it comforts, or none, and one kind thought.
    Turning inward can bring up hard feelings. This is known, and it happens to many people.
    If it does, you can look around or listen, feel the ground or the chair, or stop.
    “This is too much” is there at every step.
    Your eyes can stay open all the while. You can stop whenever you like.
    Chest pain, fainting, breathlessness, or a racing or irregular heart at rest that does not settle: please seek medical care now. A break is not the help that is needed then.
    kindbeat is not a medical device. It is for general well-being: it diagnoses nothing and treats nothing.
    An offer, or none, does not tell you whether you are well.
    How long   2: 20 seconds   1: 1 minute
    Or something else   a: What would you tell a friend?
    Attention can rest on the breath.   r: something else
    h: How tense is it now, if you like to say?
    Enter: Begin   q: Leave   t: This is too much
    > 
    If you like: a hand on arm, belly or chest.
    A kind thought alone is enough, too.
    The breath comes and goes in its own time.
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > P
    Time stands still now. Enter goes on.
    > p
    It goes on.
    > 
    It is all right to feel overwhelmed.
    You are not alone in this. You can be gentle with yourself.
    > nine
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > 7
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    ");
}

#[test]
fn each_choice_has_a_key_and_an_unknown_key_lists_them() {
    let taken = Taken::of("self-compassion-break", Length::OneMinute);
    let begun = taken.said.len();
    let taken = taken.types("").types("2").types("9").types("b").types("x");
    insta::assert_snapshot!(taken.said[begun..], @"
    > 
    Something may be difficult right now.
    It can be here for a moment, just as it is.
    Perhaps a word comes close.
    The breath comes and goes in its own time.
    1: hard   2: stressful   3: painful
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > 2
    This is stressful.
    > 9
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    > b
    > x
    Enter: Next   b: Back   p: Pause   q: Leave   t: This is too much
    ");
}

#[test]
fn too_much_leads_to_grounding_and_shows_the_help_lines_once() {
    let taken = Taken::of("self-compassion-break", Length::OneMinute).types("");
    let begun = taken.said.len();
    let taken = taken.types("t").types("").types("t").types("q");
    insta::assert_snapshot!(taken.said[begun..], @"
    > t
    It was too much, and you stopped.
    Stopping is a way of taking care of yourself.
    The practice is over.
    You might look around, stand, stretch, or go to another room.
    Someone to turn to
    In an emergency:
      112  Europe and most mobile networks
    To talk with someone:
      142  Austria
    Everywhere else, and where a number no longer answers: the directory at findahelpline.com
    These numbers are as of November 2026.
    Enter: Next   b: Back   p: Pause   q: Leave
    > 
    You might look around, slowly.
    A colour. An edge. Something far away.
    > t
    > q
    Stopping was a way of taking care of yourself.
    kindbeat leaves you in peace for the rest of the day. You can still open a break yourself.
    Other places
    In an emergency:
      911  US and Canada
      999  UK
      000  Australia
      111  New Zealand
    To talk with someone:
      988  US and Canada
      116 123  UK and Ireland
      0800 111 0 111  Germany
      143  Switzerland
      3114  France
      113  Netherlands
      024  Spain
      13 11 14  Australia
      1737  New Zealand
    ");
}
