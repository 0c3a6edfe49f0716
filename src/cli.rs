//! The grammar of the command line, and nothing else.

use std::path::PathBuf;

use clap::Parser;
use clap::Subcommand;

/// Notices when your heart stays unusually high at your desk, and offers a short self-compassion break.
///
/// Everything stays on this machine. kindbeat is not a medical device: it diagnoses nothing and treats nothing, and when no break is
/// offered, that does not mean that all is well. Chest pain, fainting, breathlessness, or a racing or irregular heart at rest that
/// does not settle: please seek medical care.
#[derive(Debug, Parser)]
#[command(name = "kindbeat", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows the whole path without hardware: a simulated heart, an offer with its reason, a break
    Demo {
        /// No desktop: answers itself and prints each stage
        #[arg(long)]
        headless: bool,
    },
    /// Tells what would have been offered in a recording (CSV, plain or gzip), and what held back
    Replay {
        /// Recordings with the columns `t_s`, `hr_bpm` and `rr_ms`; each starts from the same state
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A recording of an earlier day, that only teaches what is usual; may be given more than once
        #[arg(long, value_name = "FILE")]
        learn: Vec<PathBuf>,
        /// A configuration in place of the defaults
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// One setting over the configuration, such as `detection.rise_bpm=12`; may be given more than once
        #[arg(long, value_name = "KEY=VALUE")]
        set: Vec<String>,
        /// Prints one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Runs in the foreground; what systemd starts
    Daemon,
    /// Lists the heart-rate monitors in reach: name, address, signal, battery
    Devices {
        /// How long to look
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
        seconds: u64,
        /// Lists other Bluetooth LE devices, too: not every band says that it is a heart-rate monitor
        #[arg(long)]
        all: bool,
        /// Prints one JSON list
        #[arg(long)]
        json: bool,
        /// Takes this one for yours from now on, by its name or address
        #[arg(long = "use", value_name = "NAME", conflicts_with_all = ["all", "json", "pair"])]
        chosen: Option<String>,
        /// Pairs with this one, by its name or address
        #[arg(long, value_name = "NAME", conflicts_with_all = ["all", "json"])]
        pair: Option<String>,
        /// Pairs without asking whether to
        #[arg(long, requires = "pair")]
        yes: bool,
    },
    /// Tells how things stand: strap, heart, what is usual, what holds an offer back
    Status {
        /// Prints one JSON object
        #[arg(long, conflicts_with_all = ["waybar", "watch"])]
        json: bool,
        /// Prints a line of JSON for a bar of the desktop, and another whenever something changed
        #[arg(long, conflicts_with = "watch")]
        waybar: bool,
        /// Shows the status anew whenever something changed, until you stop it
        #[arg(long)]
        watch: bool,
    },
    /// Tells why there was an offer, or why there is none now
    Why {
        /// Lists every time the heart was up, with what became of it and why, from what is stored
        #[arg(long)]
        all: bool,
    },
    /// Starts a break now: it opens in your browser, or, with --here, in the terminal
    Break {
        /// Which; unless given, the one just offered, else the one that is set
        practice: Option<String>,
        /// How long
        #[arg(long, value_parser = ["20s", "1m", "3m", "5m"])]
        length: Option<String>,
        /// Here in the terminal, by keys alone; works over ssh, with a screen reader, and without the service
        #[arg(long)]
        here: bool,
    },
    /// Answers the last offer without a break: that you are fine, were moving, or were excited and gladly so
    Fine {
        /// What it was
        #[arg(value_parser = ["fine", "moving", "excited"], default_value = "fine")]
        answer: String,
        /// Takes the answer back
        #[arg(long, conflicts_with = "answer")]
        undo: bool,
    },
    /// Offers nothing for a while
    Snooze {
        /// How long (30m, 2h), until which time of day (14:00), or "today"
        #[arg(default_value = "1h", allow_hyphen_values = true)]
        until: String,
    },
    /// Offers breaks again: ends a snooze, "Later", and the rest after "This is too much"
    Resume,
    /// Lists the days with their breaks, offers, answers and notes
    History {
        /// One day in more detail: 2026-11-23, today or yesterday
        #[arg(long, value_name = "DATE")]
        day: Option<String>,
    },
    /// Checks all that kindbeat needs, and says what to do where something is missing; changes nothing
    Doctor {
        /// Prints one JSON list
        #[arg(long)]
        json: bool,
    },
    /// Lists and shows the breaks, and checks files of your own
    Practices {
        #[command(subcommand)]
        action: Option<PracticesAction>,
    },
    /// Shows and checks the configuration
    Config {
        #[command(subcommand)]
        action: ConfigAction,
    },
}

#[derive(Debug, Subcommand)]
pub enum PracticesAction {
    /// Lists them: name, title, lengths, elements
    List,
    /// Shows every word of one of them
    Show { name: String },
    /// Tells whether files are practices, and if not, where
    Check {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Tells whether a configuration is fine, and if not, where
    Check { file: Option<PathBuf> },
    /// Prints the settings in force
    Show {
        /// The defaults instead, each key explained
        #[arg(long)]
        defaults: bool,
    },
    /// Prints where your configuration is
    Path,
}
