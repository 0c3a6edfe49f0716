//! The commands as a person runs them: the real program, real files, its output and its exit code.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use kindbeat_core::simulation::SimulatedHeart;
use serde_json::Value;
use tempfile::TempDir;

/// A folder for one test that is also its home, so that nothing of the real one is read or written.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kindbeat"));
        command.env_clear().env("HOME", self.0.path()).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// `replay` of files, with further arguments.
    fn replay(&self, files: &[&Path], arguments: &[&str]) -> Output {
        self.command().arg("replay").args(files).args(arguments).output().unwrap()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A recording of stretches of a rate, each some minutes long, from second `start` on.
fn recording(start: f64, stretches: &[(f64, u32)]) -> String {
    let mut heart = SimulatedHeart::new(5);
    let mut csv = "t_s,hr_bpm,rr_ms\n".to_owned();
    let levels = stretches.iter().flat_map(|&(level, minutes)| vec![level; minutes as usize * 60]);
    for (second, level) in (0u32..).zip(levels) {
        let sent = heart.second(second, level);
        let rr: Vec<String> = sent
            .rr_intervals
            .iter()
            .map(|&rr| (f64::from(rr) * 1000.0 / 1024.0).to_string())
            .collect();
        writeln!(csv, "{},{},{}", start + f64::from(second), sent.heart_rate, rr.join(" "))
            .unwrap();
    }
    csv
}

/// A quiet hour, a rise of a quarter of an hour, quiet, and the same once more.
fn two_rises(start: f64) -> String {
    recording(start, &[(64.0, 60), (86.0, 15), (64.0, 20), (86.0, 15), (64.0, 15)])
}

#[test]
fn a_replay_prints_each_elevation_and_then_the_summary() {
    let home = Home::new();
    let file = home.write("walk.day1.csv", &two_rises(0.0));
    let output = home.replay(&[&file], &["--json"]);
    assert!(output.status.success());
    let lines = lines(&output);
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["offer", "held", "summary"]);
    assert!(lines.iter().all(|line| line["recording"] == "walk"));
    let number = |line: usize, key: &str| lines[line][key].as_f64().unwrap();
    assert!((3_600.0..4_500.0).contains(&number(0, "t_s")), "{}", lines[0]);
    assert!(number(0, "heart_rate") - number(0, "usual") >= 8.0 - 1e-6, "{}", lines[0]);
    assert!(number(0, "spread") >= 4.0 && number(0, "sustained_s") >= 150.0, "{}", lines[0]);
    assert!(lines[0]["reason"].as_str().unwrap().starts_with("The heart averaged"), "{}", lines[0]);
    assert_eq!(lines[1]["gate"], "cool_down");
    assert_eq!((lines[2]["offers"].as_u64(), lines[2]["held"].as_u64()), (Some(1), Some(1)));
    assert!((number(2, "hours") - 2.08).abs() < 0.02, "{}", lines[2]);
    assert!(
        number(2, "learned_hours") > 1.0 && number(2, "learned_hours") < number(2, "hours"),
        "{}",
        lines[2]
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let home = Home::new();
    let plain = home.write("day.csv", &two_rises(0.0));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(two_rises(0.0).as_bytes()).unwrap();
    let packed = home.path("day.csv.gz");
    fs::write(&packed, gzip.finish().unwrap()).unwrap();
    let once = home.replay(&[&plain, &packed], &["--json"]);
    assert!(once.status.success());
    assert_eq!(lines(&once).len(), 6);
    let once = once.stdout;
    let (first, second) = text(&once).split_at(once.len() / 2);
    assert_eq!(first, second);
    assert_eq!(once, home.replay(&[&plain, &packed], &["--json"]).stdout);
}

#[test]
fn shifting_all_times_changes_nothing_but_the_times() {
    let home = Home::new();
    let read = |start: f64| {
        let file = home.write("day.csv", &two_rises(start));
        let mut lines = lines(&home.replay(&[&file], &["--json"]));
        for line in &mut lines {
            if let Some(t_s) = line.get("t_s").and_then(Value::as_f64) {
                line["t_s"] = (t_s - start).into();
            }
        }
        lines
    };
    assert_eq!(read(0.0).len(), 3);
    for shift in [0.125, 12_345.5, 86_400.0 * 365.0, 99_999_000_000.0] {
        assert_eq!(read(0.0), read(shift), "shifted by {shift}");
    }
}

#[test]
fn rows_that_are_not_a_second_apart_may_be_shifted_too() {
    let home = Home::new();
    let read = |shift: f64| {
        let mut csv = "t_s,hr_bpm,rr_ms\n".to_owned();
        for row in 0..6_000 {
            let rate = if (4_000..5_000).contains(&row) { 86 } else { 64 };
            writeln!(csv, "{},{rate},", shift + f64::from(row) * 1.0005).unwrap();
        }
        let file = home.write("day.csv", &csv);
        let drop_time = |mut line: Value| {
            line.as_object_mut().unwrap().remove("t_s");
            line
        };
        lines(&home.replay(&[&file], &["--json"])).into_iter().map(drop_time).collect::<Vec<_>>()
    };
    assert_eq!(read(0.0).len(), 2);
    assert_eq!(read(0.0), read(12_345.7));
    assert_eq!(read(0.0), read(99_999_000_000.0));
}

#[test]
fn no_offer_comes_before_the_mean_of_the_last_sustain_was_up() {
    let home = Home::new();
    // Warmed up 10 minutes in, while the heart is already on its way up; and a gap of two minutes in the middle of a rise.
    let warm = recording(0.0, &[(64.0, 10), (75.0, 20)]);
    let gap = recording(0.0, &[(64.0, 60), (74.0, 2), (64.0, 3), (74.0, 20)]);
    let without = |csv: &str| {
        let rows = csv.lines().enumerate().filter(|(row, _)| !(3_720..3_850).contains(row));
        rows.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    };
    for csv in [warm, without(&gap)] {
        let file = home.write("day.csv", &csv);
        let events = lines(&home.replay(&[&file], &["--json"]));
        let Some(offer) = events.iter().find(|line| line["event"] == "offer") else { continue };
        let (at, usual) = (offer["t_s"].as_f64().unwrap(), offer["usual"].as_f64().unwrap());
        let rates: Vec<f64> = csv
            .lines()
            .skip(1)
            .filter_map(|line| {
                let (t_s, rest) = line.split_once(',')?;
                let t_s: f64 = t_s.parse().ok()?;
                (at - 300.0 < t_s && t_s <= at).then(|| rest.split(',').next()?.parse().ok())?
            })
            .collect();
        let mean = rates.iter().sum::<f64>() / rates.len() as f64;
        assert!(mean - usual >= 8.0 - 0.2, "{mean} over {usual} at {at}");
    }
}

#[test]
fn a_failing_file_prints_nothing_and_stops_no_other() {
    let home = Home::new();
    let good = home.write("good.csv", &two_rises(0.0));
    let bad = home.write("bad.csv", &(two_rises(0.0) + "9999999,abc,\n"));
    let output = home.replay(&[&bad, &good], &["--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        lines(&output).iter().all(|line| line["recording"] == "good") && !output.stdout.is_empty()
    );
    let said = text(&output.stderr).replace(&format!("{}", bad.display()), "bad.csv");
    assert_eq!(said, "kindbeat: bad.csv: line 7502, column 2 (hr_bpm): \"abc\" is not a number\n");
}

#[test]
fn an_earlier_day_counts_for_the_warm_up_only() {
    let home = Home::new();
    let earlier = home.write("earlier.csv", &recording(5_000.0, &[(64.0, 60)]));
    let short = home.write("short.csv", &recording(0.0, &[(64.0, 3), (86.0, 15), (64.0, 10)]));
    let learn = earlier.to_str().unwrap();
    let events = |arguments: &[&str]| {
        let output = home.replay(&[&short, &short], arguments);
        lines(&output).iter().filter(|line| line["event"] != "summary").count()
    };
    assert_eq!(events(&["--json"]), 0, "nothing is known yet");
    assert_eq!(
        events(&["--json", "--learn", learn]),
        2,
        "once for each of the two, which do not know each other"
    );
}

#[test]
fn a_bad_earlier_day_is_an_error_for_all() {
    let home = Home::new();
    let good = home.write("good.csv", &two_rises(0.0));
    let output = home.replay(&[&good], &["--learn", home.path("none.csv").to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(text(&output.stderr).contains("none.csv"), "{}", text(&output.stderr));
}

#[test]
fn replay_takes_settings_from_the_command_line_only() {
    let home = Home::new();
    fs::create_dir_all(home.path(".config/kindbeat")).unwrap();
    home.write(".config/kindbeat/config.toml", "this is no configuration");
    let file = home.write("day.csv", &two_rises(0.0));
    assert_eq!(lines(&home.replay(&[&file], &["--json"])).len(), 3);
    assert_eq!(
        lines(&home.replay(&[&file], &["--json", "--set", "detection.rise_bpm=30"])).len(),
        1
    );
    let named = home.write("named.toml", "[offer]\ncool_down = \"0s\"\n");
    let offers = lines(&home.replay(&[&file], &["--json", "--config", named.to_str().unwrap()]));
    assert_eq!(offers[2]["offers"], 2);
    for bad in
        ["offer.cooldown=2m", "offer.at_most_per_day=many", "detection.sustain=1s", "nonsense"]
    {
        let output = home.replay(&[&file], &["--set", bad]);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(78), 0), "{bad}");
    }
}

#[test]
fn movement_is_held_back_and_so_is_the_return() {
    let home = Home::new();
    let csv = recording(0.0, &[(64.0, 60), (84.0, 12), (64.0, 10)]);
    let with = |walking: std::ops::Range<usize>| {
        let moving = |(row, line): (usize, &str)| match row {
            0 => format!("{line},moving\n"),
            row => format!("{line},{}\n", u8::from(walking.contains(&row))),
        };
        let file = home.write("day.csv", &csv.lines().enumerate().map(moving).collect::<String>());
        lines(&home.replay(&[&file], &["--json"]))
    };
    let sitting = with(0..0);
    assert_eq!(sitting[0]["event"], "offer");
    let walking = with(3_500..4_400);
    assert_eq!(
        (walking[0]["event"].as_str(), walking[0]["gate"].as_str()),
        (Some("held"), Some("moving"))
    );
    let returned = with(3_500..4_200);
    assert_eq!(
        (returned[0]["event"].as_str(), returned[0]["gate"].as_str()),
        (Some("held"), Some("just_returned"))
    );
}

/// The recording with the column `idle_s`, which this gives for each second; empty: unknown.
fn with_idle(csv: &str, idle: impl Fn(usize) -> Option<u32>) -> String {
    let column = |(row, line): (usize, &str)| match row.checked_sub(1) {
        None => format!("{line},idle_s\n"),
        Some(second) => {
            let idle = idle(second).map_or_else(String::new, |idle| idle.to_string());
            format!("{line},{idle}\n")
        }
    };
    csv.lines().enumerate().map(column).collect()
}

#[test]
fn the_hands_of_a_recording_count_as_those_at_the_desk() {
    let home = Home::new();
    let csv = recording(0.0, &[(64.0, 60), (84.0, 14), (64.0, 10)]);
    let outcome = |idle: &dyn Fn(usize) -> Option<u32>| {
        let file = home.write("day.csv", &with_idle(&csv, idle));
        let mut said = lines(&home.replay(&[&file], &["--json"]));
        let first = said.swap_remove(0);
        (first["event"].as_str().unwrap().to_owned(), first["gate"].as_str().map(str::to_owned))
    };
    let held = |gate: &str| ("held".to_owned(), Some(gate.to_owned()));
    let offered = ("offer".to_owned(), None);
    // They pause for eight seconds of each half minute.
    let working = |second: usize| Some(u32::try_from(second % 30).unwrap().saturating_sub(21));
    assert_eq!(outcome(&|second| working(second)), offered);
    assert_eq!(outcome(&|_| None), offered, "as without the column");
    assert_eq!(outcome(&|_| Some(1)), held("no_pause"));
    let rest = |from: usize, until: usize| {
        move |second: usize| match second {
            second if (from..until).contains(&second) => {
                Some(u32::try_from(second - from).unwrap())
            }
            second => working(second),
        }
    };
    assert_eq!(outcome(&rest(3_000, 5_040)), held("away"));
    assert_eq!(outcome(&rest(3_000, 4_350)), held("just_returned"));
    // `moving` wins.
    let file = home.write("day.csv", &{
        let csv = with_idle(&csv, |_| Some(10_000));
        let moving = |(row, line): (usize, &str)| match row {
            0 => format!("{line},moving\n"),
            _ => format!("{line},0\n"),
        };
        csv.lines().enumerate().map(moving).collect::<String>()
    });
    let said = lines(&home.replay(&[&file], &["--json", "--set", "offer.wait_for_pause=0s"]));
    assert_eq!(said[0]["event"], "offer");
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let home = Home::new();
    let mut child = home
        .command()
        .args(["config", "show", "--defaults"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_demonstration_ends_well_and_leaves_no_trace() {
    let home = Home::new();
    let output = home.run(&["demo", "--headless"]);
    assert!(output.status.success());
    let printed = text(&output.stdout);
    for stage in
        ["Learned what is usual", "above the usual", "Offer: ", "Break: ", "Break finished."]
    {
        assert!(printed.contains(stage), "{stage} is missing in\n{printed}");
    }
    assert_eq!(fs::read_dir(home.0.path()).unwrap().count(), 0);
}

#[test]
fn the_configuration_that_is_shown_is_fine() {
    let home = Home::new();
    for arguments in [&["config", "show", "--defaults"][..], &["config", "show"]] {
        let shown = home.run(arguments);
        let file = home.write("shown.toml", text(&shown.stdout));
        let checked = home.run(&["config", "check", file.to_str().unwrap()]);
        assert!(checked.status.success(), "{}", text(&checked.stderr));
    }
    let bad = home.write("bad.toml", "[offer]\ncooldown = \"1m\"\n");
    let checked = home.run(&["config", "check", bad.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(78));
    assert!(
        text(&checked.stderr).contains("did you mean `cool_down`?"),
        "{}",
        text(&checked.stderr)
    );
    let path = home.run(&["config", "path"]);
    assert_eq!(
        text(&path.stdout).trim(),
        home.path(".config/kindbeat/config.toml").to_str().unwrap()
    );
}

#[test]
fn practices_are_listed_shown_and_checked() {
    let home = Home::new();
    let listed = home.run(&["practices"]);
    assert!(text(&listed.stdout).contains("self-compassion-break") && listed.status.success());
    assert!(home.run(&["practices", "show", "kind-hand"]).status.success());
    let unknown = home.run(&["practices", "show", "kind-hnd"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("kind-hand"), "{}", text(&unknown.stderr));
    let bad = home.write("bad.toml", "title = 3\n");
    let checked = home.run(&["practices", "check", bad.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(text(&checked.stderr).contains("bad.toml:1"), "{}", text(&checked.stderr));
}

#[test]
fn a_wrong_word_on_the_command_line_is_a_usage_error() {
    let home = Home::new();
    for wrong in [&[][..], &["rplay"], &["replay"], &["config"], &["replay", "--jsn", "x"]] {
        assert_eq!(home.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
