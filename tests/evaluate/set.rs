//! A set of recordings: its lists and its rows.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context;
use kindbeat::recording::Recording;
use kindbeat_core::replay::ReplayRow;

/// One folder of recordings.
#[derive(Debug)]
pub struct Set {
    pub name: String,
    pub recordings: Vec<Entry>,
    folder: PathBuf,
}

/// One line of `recordings.csv`, with its labels.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub subject: String,
    /// Local time of day of the first row, in seconds after midnight; `None` where unknown.
    pub starts_at: Option<f64>,
    pub labels: Vec<Label>,
}

/// One line of `labels.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    pub start_s: f64,
    pub end_s: f64,
    pub name: String,
    pub category: String,
}

impl Set {
    /// Reads the two lists of a folder.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let labels = lines(&folder.join("labels.csv"))?;
        let entry = |fields: &Vec<String>| -> anyhow::Result<Entry> {
            let name = fields[0].clone();
            let own = labels.iter().filter(|label| label[0] == name);
            let starts_at = fields.get(3).map(|time| seconds_of_day(time)).transpose()?;
            Ok(Entry {
                labels: own.map(|label| read_label(label)).collect::<Result<_, _>>()?,
                subject: fields[1].clone(),
                starts_at: starts_at.filter(|_| fields.len() > 3 && fields[3].contains(':')),
                name,
            })
        };
        let recordings =
            lines(&folder.join("recordings.csv"))?.iter().map(entry).collect::<Result<_, _>>()?;
        let name =
            folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { name, recordings, folder: folder.to_owned() })
    }

    /// All rows of one recording.
    pub fn rows(&self, entry: &Entry) -> anyhow::Result<Vec<ReplayRow>> {
        Ok(Recording::open(&self.path(entry))?.collect::<Result<_, _>>()?)
    }

    /// Where it is.
    pub fn path(&self, entry: &Entry) -> PathBuf {
        self.folder.join(format!("{}.csv.gz", entry.name))
    }
}

impl Label {
    pub fn is(&self, category: &str) -> bool {
        self.category == category
    }

    /// The rows that fall into it.
    pub fn of<'rows>(&self, rows: &'rows [ReplayRow]) -> &'rows [ReplayRow] {
        let first = rows.partition_point(|row| row.t_s < self.start_s);
        let end = rows.partition_point(|row| row.t_s < self.end_s);
        &rows[first..end.max(first)]
    }
}

fn read_label(fields: &[String]) -> anyhow::Result<Label> {
    Ok(Label {
        start_s: fields[1].parse()?,
        end_s: fields[2].parse()?,
        name: fields[3].clone(),
        category: fields[4].clone(),
    })
}

fn seconds_of_day(text: &str) -> anyhow::Result<f64> {
    let Some((hours, minutes)) = text.split_once(':') else { return Ok(0.0) };
    Ok(hours.parse::<f64>()? * 3_600.0 + minutes.parse::<f64>()? * 60.0)
}

/// The lines of a plain list without its head.
fn lines(path: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect())
}
