//! The evaluation: what the detector does to recorded hearts, as one table, counts first.
//!
//! ```text
//! cargo run --release --example evaluate -- FOLDER [--short]
//! ```
//!
//! FOLDER holds one folder a set, each with `recordings.csv` (recording, subject, duration, local start where known),
//! `labels.csv` (recording, start, end, label, category) and the recordings themselves. Each column adds a part of the method
//! to the one before, so that its worth can be seen; the last is the detector as it ships, with what the recording knows of
//! movement. How figures are taken is said above each block, and the same for every column.

#![allow(clippy::print_stdout, reason = "printing the table is what it is for")]
#![allow(
    unreachable_pub,
    reason = "a program has no public side; here pub means: for the other files"
)]

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use anyhow::bail;

mod desk;
mod everyday;
mod laboratory;
mod made;
mod plateau;
mod rules;
mod set;
mod table;
mod variant;

use set::Set;
use table::Table;
use variant::Variant;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (folder, option) = (arguments.next(), arguments.next());
    let short = match (option.as_deref(), arguments.next()) {
        (None, None) => false,
        (Some("--short"), None) => true,
        _ => return usage(),
    };
    let Some(folder) = folder else { return usage() };
    match evaluate(Path::new(&folder), short) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("evaluate: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> ExitCode {
    println!("usage: evaluate FOLDER [--short]");
    ExitCode::from(2)
}

/// The short form leaves out the columns that only show what a part is worth, and the largest sets.
fn evaluate(folder: &Path, short: bool) -> anyhow::Result<()> {
    if !folder.is_dir() {
        bail!("{}: no such folder; name one that holds the sets of recordings", folder.display());
    }
    let variants = if short { &Variant::ALL[4..] } else { &Variant::ALL[..] };
    let open = |name: &str| Set::open(&folder.join(name)).with_context(|| format!("set {name}"));

    let mut table = Table::new(variants);
    let stress = open("stress_predict")?;
    let exercise = open("e4_stress_exercise")?;
    laboratory::tasks(&stress, &exercise, variants, &mut table)?;
    laboratory::exercise(&exercise, variants, &mut table)?;
    let life = open("mmash10")?;
    everyday::moving(&life, variants, &mut table)?;
    if !short {
        everyday::unknown(&open("nsr2db")?, variants, &mut table)?;
        everyday::unknown(&open("fitbit5_hr_only")?, variants, &mut table)?;
        everyday::unknown(&open("e4_exam")?, variants, &mut table)?;
    }
    print!("{table}");
    laboratory::at_desk(&stress, &exercise)?;
    let heights: &[u32] = if short { &[0, 12, 16, 20] } else { &[0, 8, 12, 16, 20, 25] };
    plateau::added(&life, heights)?;
    desk::view(&life, heights)?;
    if !short {
        desk::frontier(&life)?;
    }
    made::hearts()
}
