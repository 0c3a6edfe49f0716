//! The table, printed with its counts first.

use std::fmt;

use crate::variant::Variant;

/// Blocks of rows, a column a variant.
#[derive(Debug)]
pub struct Table {
    heads: Vec<&'static str>,
    lines: Vec<Line>,
}

#[derive(Debug)]
enum Line {
    Note(String),
    Row(String, Vec<String>),
}

impl Table {
    pub fn new(variants: &[Variant]) -> Self {
        Self { heads: variants.iter().map(|variant| variant.head()).collect(), lines: Vec::new() }
    }

    /// How the figures below it are taken.
    pub fn note(&mut self, note: impl Into<String>) {
        self.lines.push(Line::Note(note.into()));
    }

    /// One figure, a cell a variant.
    pub fn row(&mut self, name: impl Into<String>, cells: Vec<String>) {
        self.lines.push(Line::Row(name.into(), cells));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Note(note) => {
                    writeln!(f, "\n{note}")?;
                    write!(f, "{:NAME$}", "")?;
                    self.heads.iter().try_for_each(|head| write!(f, "{head:>CELL$}"))?;
                }
                Line::Row(name, cells) => {
                    write!(f, "{name:NAME$}")?;
                    cells.iter().try_for_each(|cell| write!(f, "{cell:>CELL$}"))?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// `3/18 17 %`: the count, and what share it is.
pub fn share(count: usize, of: usize) -> String {
    format!("{count}/{of} {:.0} %", 100.0 * count as f64 / of.max(1) as f64)
}

/// `3/18 17 % (6 to 39)`: [`share`], and between which shares the truth is with 95 % (Wilson's interval).
pub fn share_within(count: usize, of: usize) -> String {
    let (n, p) = (of.max(1) as f64, count as f64 / of.max(1) as f64);
    let z = 1.96;
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    format!(
        "{} ({:.0} to {:.0})",
        share(count, of),
        100.0 * (middle - half),
        100.0 * (middle + half)
    )
}

/// `12 0.39/h`: the count, and how often an hour.
pub fn hourly(count: usize, hours: f64) -> String {
    format!("{count} {:.2}/h", count as f64 / hours)
}

const NAME: usize = 52;
const CELL: usize = 15;
