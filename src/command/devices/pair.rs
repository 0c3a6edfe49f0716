//! `kindbeat devices --pair NAME`: pairs with a monitor that wants it.

use std::io::BufRead;
use std::io::Write;

use anyhow::bail;

use super::in_words;
use super::lasting;
use super::with_remedy;
use crate::bluetooth;
use crate::bluetooth::BluetoothError;
use crate::bluetooth::Nearby;
use crate::bluetooth::Pairing;
use crate::bluetooth::PairingDialog;
use crate::bluetooth::PairingQuestion;
use crate::command::asking;
use kindbeat_core::words::Message;
use kindbeat_core::words::Value;
use kindbeat_core::words::Words;
use kindbeat_core::words::harmless;

/// Pairs with the monitor of this name or address, once it is heard within `seconds`; asks `input` and `out` what has to be asked, and with
/// `yes` only what nobody could know beforehand.
pub fn pair(
    wanted: &str,
    seconds: u64,
    yes: bool,
    words: &Words,
    input: impl BufRead,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let mut dialog = Dialog { input, out, words, yes };
    let pairing = bluetooth::pair(wanted, lasting(seconds), &mut dialog);
    let paired = asking::runtime(words)?.block_on(pairing);
    let name = [("name", harmless(wanted).into())];
    match paired {
        Ok(Pairing::Paired) => writeln!(out, "{}", words.text(Message::PairDone, &name))?,
        Ok(Pairing::Declined) => writeln!(out, "{}", words.text(Message::PairDeclined, &[]))?,
        Ok(Pairing::NotFound) => bail!(words.text(Message::DevicesNotInReach, &name)),
        Err(
            error @ (BluetoothError::BlueZ { doing: PAIRING, .. }
            | BluetoothError::TimedOut { doing: PAIRING }),
        ) => return Err(with_remedy(&error, [Message::PairUndone, Message::PairTry], words)),
        Err(error) => return Err(with_remedy(&error, in_words(&error), words)),
    }
    Ok(())
}

/// Somebody at a terminal.
struct Dialog<'a, I, O> {
    input: I,
    out: &'a mut O,
    words: &'a Words,
    yes: bool,
}

impl<I: BufRead, O: Write> Dialog<'_, I, O> {
    /// The line that is answered; empty where there is nobody to answer.
    fn ask(&mut self, message: Message, args: &[(&str, Value<'_>)]) -> String {
        let question = self.words.text(message, args);
        let _ = write!(self.out, "{question} ").and_then(|()| self.out.flush());
        let mut line = String::new();
        let _ = self.input.read_line(&mut line);
        line.trim().to_owned()
    }

    fn agrees_to(&mut self, message: Message, args: &[(&str, Value<'_>)]) -> bool {
        let answer = self.ask(message, args).to_lowercase();
        let yes = self.words.text(Message::PairYes, &[]);
        !answer.is_empty() && yes.split_whitespace().any(|word| word == answer)
    }
}

impl<I: BufRead, O: Write> PairingDialog for Dialog<'_, I, O> {
    fn agrees(&mut self, question: PairingQuestion<'_>) -> bool {
        let about = |nearby: &Nearby| {
            let address = nearby.device.address.to_string();
            let name = nearby.device.name.as_deref().map_or_else(|| address.clone(), harmless);
            [("name", Value::from(name)), ("address", Value::from(address))]
        };
        match question {
            PairingQuestion::Pair(_) | PairingQuestion::PairAnew(_) if self.yes => true,
            PairingQuestion::Pair(nearby) => self.agrees_to(Message::PairAsk, &about(nearby)),
            PairingQuestion::PairAnew(nearby) => {
                self.agrees_to(Message::PairAnewAsk, &about(nearby))
            }
            PairingQuestion::Shows(number) => {
                let number = format!("{number:06}");
                self.agrees_to(Message::PairShows, &[("number", number.into())])
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        self.ask(Message::PairNumber, &[]).parse().ok().filter(|number| *number <= LAST)
    }

    fn show(&mut self, number: u32) {
        let number = format!("{number:06}");
        let text = self.words.text(Message::PairEnter, &[("number", number.into())]);
        // Whoever does not listen any more is told nothing.
        let _ = writeln!(self.out, "{text}");
    }
}

/// What failed where it is not Bluetooth as a whole.
const PAIRING: &str = "pairing";

/// The largest number of six digits (Bluetooth Core 5.4, volume 3, part H, section 2.3.5.3).
const LAST: u32 = 999_999;
