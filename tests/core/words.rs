//! What the program says: nothing missing, nothing left over, and in the tone it promises.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::LazyLock;

use fluent_syntax::ast::Entry;
use fluent_syntax::ast::Expression;
use fluent_syntax::ast::InlineExpression;
use fluent_syntax::ast::Pattern;
use fluent_syntax::ast::PatternElement;

use kindbeat_core::context::Fact;
use kindbeat_core::monitor::Model;
use kindbeat_core::monitor::Models;
use kindbeat_core::offer::Gate;
use kindbeat_core::offer::GateMessage;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Element;
use kindbeat_core::practice::HelpLine;
use kindbeat_core::practice::HelpLines;
use kindbeat_core::practice::Length;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Practice;
use kindbeat_core::practice::Step;
use kindbeat_core::practice::Text;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

const ENGLISH: &str = include_str!("../../config/words/en.ftl");

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new("en"));

const ANCHORS: [Anchor; 5] =
    [Anchor::Breath, Anchor::Feet, Anchor::Hands, Anchor::Sound, Anchor::Sight];

/// Every built-in practice; none of them faulty.
fn practices() -> Vec<Arc<Practice>> {
    let library = Library::built_in();
    assert!(library.is_ok(), "{library:?}");
    library
        .iter()
        .flat_map(|library| library.list().iter().chain([library.grounding(), library.own_pace()]))
        .cloned()
        .collect()
}

fn say(text: &Text, anchor: Anchor) -> String {
    text.say(|id| WORDS.text(id, &[("anchor", anchor.as_str().into())]))
}

/// The words of a length as they are heard, with the longest of each choice.
fn script(practice: &Practice, length: Length, anchor: Anchor) -> String {
    let step = |step: &Step| {
        let lines = step.choices.iter().map(|choice| say(&choice.line, anchor));
        let line = lines.max_by_key(String::len).unwrap_or_default();
        format!("{}\n{line}\n", say(&step.say, anchor))
    };
    practice.steps_in(length).map(|(at, _)| step(at)).collect()
}

/// The messages in the English file, each with the variables and the other messages that its text names.
fn written() -> BTreeMap<&'static str, Named> {
    let file = fluent_syntax::parser::parse(ENGLISH).map_err(|(_, faults)| faults).unwrap();
    let mut written = BTreeMap::new();
    for entry in &file.body {
        let Entry::Message(message) = entry else {
            assert!(!matches!(entry, Entry::Junk { .. } | Entry::Term(_)), "{entry:?}");
            continue;
        };
        let mut named = Named::default();
        named.pattern(message.value.as_ref().unwrap());
        let before = written.insert(message.id.name, named);
        assert!(before.is_none(), "{} stands twice", message.id.name);
    }
    written
}

#[derive(Default)]
struct Named {
    variables: BTreeSet<&'static str>,
    messages: BTreeSet<&'static str>,
}

impl Named {
    fn pattern(&mut self, pattern: &Pattern<&'static str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.expression(expression);
            }
        }
    }

    fn expression(&mut self, expression: &Expression<&'static str>) {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                self.inline(selector);
                for variant in variants {
                    self.pattern(&variant.value);
                }
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&'static str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name);
            }
            InlineExpression::MessageReference { id, attribute: None } => {
                self.messages.insert(id.name);
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The variables of a message, with those of the messages it refers to.
fn variables(written: &BTreeMap<&str, Named>, id: &str) -> BTreeSet<&'static str> {
    let named = &written[id];
    let further = named.messages.iter().flat_map(|id| variables(written, id));
    named.variables.iter().copied().chain(further).collect()
}

#[test]
fn each_message_holds_the_variables_it_is_listed_with() {
    let written = written();
    for message in Message::ALL {
        let listed: BTreeSet<_> = message.variables().iter().copied().collect();
        assert_eq!(variables(&written, message.id()), listed, "{}", message.id());
    }
    let listed: BTreeSet<_> = Message::ALL.iter().map(|message| message.id()).collect();
    for id in written.keys().filter(|id| !listed.contains(*id)) {
        let given: BTreeSet<_> = ["anchor"].into();
        assert!(variables(&written, id).is_subset(&given), "{id}");
    }
}

#[test]
fn every_message_is_both_written_and_used() {
    let practices = practices();
    let named = practices.iter().flat_map(|practice| practice.texts()).map(|text| match text {
        Text::Message(id) | Text::Literal(id) => id.as_str(),
    });
    let lines = HelpLines::built_in().unwrap();
    let places: Vec<_> =
        lines.emergency.iter().chain(&lines.talk).map(HelpLine::places_id).collect();
    let places = places.iter().map(String::as_str);
    let models = Models::built_in().unwrap();
    let needs: Vec<_> = models.monitors.iter().map(Model::advice_id).collect();
    let needs = needs.iter().map(String::as_str);
    let own = Message::ALL.iter().map(|message| message.id());
    let about = [GateMessage::Held, GateMessage::Closed, GateMessage::Unknown];
    let gates = Gate::ALL.into_iter().flat_map(|gate| about.map(|about| gate.message(about)));
    let derived: Vec<_> = gates.flatten().chain(Fact::ALL.map(Fact::label)).collect();
    let derived = derived.iter().map(String::as_str);
    let used: BTreeSet<_> = named.chain(places).chain(needs).chain(own).chain(derived).collect();
    let written: BTreeSet<_> = written().into_keys().collect();
    assert_eq!(used.difference(&written).collect::<Vec<_>>(), [&""; 0], "used, but not written");
    assert_eq!(written.difference(&used).collect::<Vec<_>>(), [&""; 0], "written, but not used");
    assert!(used.iter().all(|id| WORDS.has(id)));
}

#[test]
fn every_text_is_whole_for_every_anchor() {
    for practice in practices() {
        for (text, anchor) in practice.texts().flat_map(|text| ANCHORS.map(|anchor| (text, anchor)))
        {
            let said = say(text, anchor);
            assert!(!said.trim().is_empty() && !said.contains(['{', '}', '$']), "{text:?}: {said}");
        }
    }
}

#[test]
fn each_anchor_has_words_of_its_own() {
    for message in ["break-arrive", "break-lean", "break-close", "kind-hand-rest"] {
        let text = Text::Message(message.to_owned());
        let said: BTreeSet<_> = ANCHORS.map(|anchor| say(&text, anchor)).into();
        assert_eq!(said.len(), ANCHORS.len(), "{message}");
    }
}

#[test]
fn no_more_is_said_than_can_be_heard_slowly() {
    for practice in practices() {
        for (length, anchor) in
            practice.lengths().iter().flat_map(|length| ANCHORS.map(|anchor| (*length, anchor)))
        {
            let words = script(&practice, length, anchor).split_whitespace().count();
            let (least, most) = match length {
                Length::TwentySeconds => (25, 36),
                Length::OneMinute => (45, 100),
                Length::ThreeMinutes => (90, 200),
                Length::FiveMinutes => (110, 320),
            };
            assert!(
                (least..=most).contains(&words),
                "{} {length} {anchor:?}: {words} words",
                practice.id()
            );
        }
    }
}

/// Those with the words that were meant for the first moment: the default, and what stands in for it where time is short.
const ON_THE_SPOT: [&str; 4] = ["self-compassion-break", "kind-hand", "stop", "long-exhale"];

#[test]
fn the_grounding_says_that_feeling_overwhelmed_is_all_right() {
    let practices = practices();
    for practice in practices.iter().filter(|practice| ON_THE_SPOT.contains(&practice.id())) {
        for length in practice.lengths() {
            let said = script(practice, *length, Anchor::Sound);
            assert!(
                said.contains("It is all right to feel overwhelmed."),
                "{} {length}",
                practice.id()
            );
        }
    }
}

/// A full break holds all three elements instead; `practice::Library` has that test.
#[test]
fn a_short_form_ends_with_a_line_about_not_being_alone() {
    for practice in practices() {
        for length in practice.lengths().iter().filter(|length| **length < Length::ThreeMinutes) {
            if practice.id() == Library::DEFAULT {
                continue;
            }
            let (last, _) = practice.steps_in(*length).last().unwrap();
            let kind = matches!(last.element, Element::SelfKindness | Element::Grounding);
            let said = say(&last.say, Anchor::Feet);
            assert!(
                kind && (said.contains("You are not alone")),
                "{} {length}: {said}",
                practice.id()
            );
        }
    }
}

#[test]
fn the_words_keep_the_tone_they_promise() {
    let said: String = ENGLISH
        .lines()
        // A value in a file is no person: "must be between 3 and 40" is plain there.
        .filter(|line| !["#", "setting-", "recording-"].iter().any(|head| line.starts_with(head)))
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase()
        .replace("shoulder", "");
    let never = [
        "!",
        "stress detected",
        "alert",
        "abnormal",
        "you are stressed",
        "well done",
        "good job",
        "great",
        "must",
        "should",
        "score",
        "streak",
        "close your eyes",
        "failed",
        "try to",
        "just relax",
        "calm down",
    ];
    for words in never {
        assert!(!said.contains(words), "{words:?} is said");
    }
    assert!(Words::new("en").text(Message::Start, &[]).starts_with("Start"));
}
