//! `kindbeat practices`: which practices there are, what they say, and whether a file is one.

use std::io::Write;
use std::path::Path;

use crate::practice_files;
use kindbeat_core::practice::Anchor;
use kindbeat_core::practice::Library;
use kindbeat_core::practice::Origin;
use kindbeat_core::practice::OwnFault;
use kindbeat_core::practice::Practice;
use kindbeat_core::practice::Step;
use kindbeat_core::practice::Text;
use kindbeat_core::words::Message;
use kindbeat_core::words::Words;

/// Lists the practices: name, title, lengths, elements.
pub fn list(library: &Library, words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let rows: Vec<_> = library.list().iter().map(|practice| row(practice, words)).collect();
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];
    for [id, title, lengths, elements] in &rows {
        let [first, second, third] = widths;
        writeln!(out, "{id:first$}  {title:second$}  {lengths:third$}  {elements}")?;
    }
    Ok(())
}

fn row(practice: &Practice, words: &Words) -> [String; 4] {
    let title = practice.title().say(|id| words.text(id, &[]));
    let elements = practice.elements();
    let elements = elements.iter().map(|element| words.text(element.message(), &[]));
    [
        practice.id().to_owned(),
        // In a file of one's own it can have several lines.
        title.replace('\n', " "),
        joined(practice.lengths(), " "),
        elements.collect::<Vec<_>>().join(", "),
    ]
}

/// Shows a practice: every word of every length, step by step, with the words for `anchor`.
pub fn show(
    name: &str,
    anchor: Anchor,
    library: &Library,
    words: &Words,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let practice = library.get(name)?;
    let say = |text: &Text| text.say(|id| words.text(id, &[("anchor", anchor.as_str().into())]));
    writeln!(out, "{} ({})", say(practice.title()), practice.id())?;
    if let Some(about) = practice.about() {
        writeln!(out, "{}", say(about))?;
    }
    let inward = practice.inward().then(|| words.text(Message::CautionInward, &[]));
    let cautions: Vec<_> = inward.into_iter().chain(practice.caution().map(say)).collect();
    if !cautions.is_empty() {
        writeln!(out, "\n{}", words.text(Message::PracticesBefore, &[]))?;
        indented(&cautions.join("\n"), 2, out)?;
    }
    for length in practice.lengths() {
        writeln!(out, "\n{length}:")?;
        for (number, (step, lasts)) in practice.steps_in(*length).enumerate() {
            let element = words.text(step.element.message(), &[]);
            writeln!(out, "  {}. {element}, {} s", number + 1, lasts.as_secs())?;
            indented(&spoken(step, say), 5, out)?;
        }
    }
    Ok(())
}

/// The words of a step, its choices below.
pub(super) fn spoken(step: &Step, say: impl Fn(&Text) -> String) -> String {
    let mut lines = vec![say(&step.say)];
    lines.extend(
        step.choices.iter().map(|choice| format!("{}: {}", say(&choice.word), say(&choice.line))),
    );
    lines.join("\n")
}

/// Checks a file that is to be a practice of one's own: says that it is fine, or the error tells where it is not.
pub fn check(file: &Path, words: &Words, out: &mut impl Write) -> anyhow::Result<()> {
    let name = practice_files::name(file);
    let practice = Practice::parse(&name, &practice_files::text(file)?, Origin::Own)?;
    if practice.id() == Library::GROUNDING && practice.inward() {
        return Err(OwnFault::InwardGrounding { file: name }.into());
    }
    writeln!(out, "{}", words.text(Message::ConfigFine, &[("path", name.into())]))?;
    Ok(())
}

fn joined(parts: &[impl ToString], between: &str) -> String {
    parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

fn indented(text: &str, by: usize, out: &mut impl Write) -> std::io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{:by$}{line}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(
        write: impl FnOnce(&Library, &Words, &mut Vec<u8>) -> anyhow::Result<()>,
    ) -> anyhow::Result<String> {
        let mut out = Vec::new();
        write(&Library::built_in()?, &Words::new("en"), &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn the_list_names_each_practice_with_its_lengths_and_elements() {
        insta::assert_snapshot!(written(list).unwrap(), @r#"
    self-compassion-break  Self-compassion break           1m 3m 5m  mindfulness, common humanity, self-kindness
    kind-hand              Kind hand                       20s 1m    self-kindness, mindfulness
    slow-breathing         Slow breathing with your heart  1m 3m 5m  mindfulness, common humanity, self-kindness
    long-exhale            The long breath out             1m 3m     mindfulness, common humanity, self-kindness
    soles-of-the-feet      Soles of the feet               1m 3m     mindfulness, grounding, common humanity, self-kindness
    dropping-anchor        Dropping anchor                 1m 3m     mindfulness, grounding, common humanity, self-kindness
    breathing-space        Breathing space                 3m        mindfulness, common humanity, self-kindness
    stop                   Stopping for a moment           20s 1m    mindfulness, self-kindness
    soften-soothe-allow    Soften, soothe, allow           3m 5m     mindfulness, self-kindness, common humanity, grounding
    friend                 What would you tell a friend?   3m 5m     mindfulness, common humanity, self-kindness
    good-enough            Good enough                     3m        mindfulness, common humanity, self-kindness
    giving-and-receiving   Giving and receiving            3m 5m     mindfulness, self-kindness, common humanity
    kind-wishes            Kind wishes                     3m 5m     mindfulness, self-kindness, common humanity
    savour                 Savour                          1m        grounding, self-kindness
    one-step-up            One step up                     1m 3m     mindfulness, common humanity, self-kindness
    "#);
    }

    #[test]
    fn a_practice_is_shown_with_every_word_of_each_length() {
        let shown =
            written(|library, words, out| show("kind-hand", Anchor::Feet, library, words, out));
        insta::assert_snapshot!(shown.unwrap(), @r#"
    Kind hand (kind-hand)
    A hand where it comforts, or none, and one kind thought.

    Before it begins:
      Turning inward can bring up hard feelings. This is known, and it happens to many people.
      If it does, you can look around or listen, feel the ground or the chair, or stop.
      “This is too much” is there at every step.

    20s:
      1. self-kindness, 9 s
         If you like: a hand on arm, belly or chest.
         A kind thought alone is enough, too.
      2. self-kindness, 11 s
         It is all right to feel overwhelmed.
         You are not alone in this. You can be gentle with yourself.

    1m:
      1. self-kindness, 14 s
         If you like: a hand on arm, belly or chest.
         A kind thought alone is enough, too.
      2. mindfulness, 16 s
         There may be warmth, or a little weight, or not much at all.
         Your feet can rest on the floor meanwhile.
      3. self-kindness, 14 s
         What might be good to hear right now?
         Perhaps: I am on my own side.
      4. self-kindness, 16 s
         It is all right to feel overwhelmed.
         You are not alone in this. You can be gentle with yourself.
    "#);
    }

    #[test]
    fn an_unknown_name_is_an_error_that_names_the_nearest() {
        let shown =
            written(|library, words, out| show("kind-hnd", Anchor::Breath, library, words, out));
        assert!(shown.unwrap_err().to_string().contains("the nearest is \"kind-hand\""));
    }

    #[test]
    fn a_file_is_fine_or_told_why_not() {
        let folder = tempfile::tempdir().unwrap();
        let checked = |bytes: &[u8]| {
            let file = folder.path().join("mine.toml");
            std::fs::write(&file, bytes).unwrap();
            let told = written(|_, words, out| check(&file, words, out))
                .unwrap_or_else(|error| format!("{error:#}"));
            told.replace(&folder.path().display().to_string(), "DIR")
        };
        let fine = "id = \"mine\"\ntitle = \"Mine\"\n[[step]]\nelement = \"grounding\"\nsay = \"Hello.\"\nlasts = { 20s = \"20s\" }\n";
        assert_eq!(checked(fine.as_bytes()), "DIR/mine.toml: fine\n");
        assert_eq!(
            checked(fine.replace("20s\" }", "90s\" }").as_bytes()),
            "DIR/mine.toml:6:17: step.lasts.20s: the steps of 20s last 90s together; make it between 16s and 24s"
        );
        assert_eq!(checked(b"\xff"), "DIR/mine.toml: not a text in UTF-8; save it as UTF-8");
        assert!(checked(&vec![b'#'; 2 << 20]).contains("too large"));
        let outward = fine.replace("\"mine\"", "\"grounding\"");
        assert!(checked(outward.as_bytes()).contains("write inward = false"));
        assert_eq!(
            checked(format!("inward = false\n{outward}").as_bytes()),
            "DIR/mine.toml: fine\n"
        );
    }
}
