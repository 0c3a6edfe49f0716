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

/// `12 0.39/h`: the count, and how often an hour.
pub fn hourly(count: usize, hours: f64) -> String {
    format!("{count} {:.2}/h", count as f64 / hours)
}

const NAME: usize = 52;
const CELL: usize = 15;
