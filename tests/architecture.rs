//! The rules that keep the core pure and the imports one way; see the map in `src/lib.rs`.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The modules that may import anything: they join the others.
const FREE: [&str; 4] = ["lib", "main", "command", "daemon"];

/// What each other module may import from this crate.
const MAY_IMPORT: [(&str, &[&str]); 18] = [
    ("setting", &[]),
    ("heart", &[]),
    ("breathing", &["heart", "setting"]),
    ("surroundings", &[]),
    ("words", &[]),
    ("simulation", &["heart"]),
    ("detection", &["heart", "setting", "surroundings"]),
    ("offer", &["setting", "surroundings"]),
    ("practice", &["breathing", "setting"]),
    ("connection", &["setting"]),
    ("page", &["breathing", "heart", "practice", "words"]),
    ("engine", &["detection", "heart", "offer", "practice", "status", "surroundings"]),
    ("status", &["offer"]),
    ("reason", &["detection", "engine", "offer", "words"]),
    ("replay", &["detection", "engine", "heart", "offer", "practice", "setting", "surroundings"]),
    ("config", &["connection", "detection", "offer", "practice", "setting"]),
    (
        "edge",
        &[
            "breathing",
            "connection",
            "detection",
            "engine",
            "heart",
            "offer",
            "page",
            "practice",
            "replay",
            "status",
            "surroundings",
            "words",
        ],
    ),
    ("cli", &[]),
];

/// The modules that neither touch the world nor read the clock.
const PURE: [&str; 15] = [
    "breathing",
    "reason",
    "status",
    "connection",
    "page",
    "setting",
    "heart",
    "surroundings",
    "words",
    "simulation",
    "detection",
    "offer",
    "practice",
    "engine",
    "replay",
];

/// Names of the world.
const WORLD: [&str; 16] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio::",
    "btleplug::",
    "zbus::",
    "rusqlite::",
    "axum::",
    "tracing::",
    "Timestamp::now",
    "Zoned::now",
];

#[test]
fn imports_go_one_way() {
    for (file, code) in sources() {
        let module = module_of(&file);
        if FREE.contains(&module.as_str()) {
            continue;
        }
        let listed = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let Some((_, allowed)) = listed else { panic!("{module} is new: say what it may import") };
        for target in crate_targets(&code) {
            let own = target == module;
            assert!(
                own || allowed.contains(&target.as_str()),
                "{}: {module} imports {target}",
                file.display()
            );
        }
    }
}

/// What every module of the edge may use: the time, message buses, pauses between attempts, and the way to an X server, which tells of
/// hands and of windows.
const SHARED: [&str; 4] = ["clock", "dbus", "pauses", "x11"];

#[test]
fn edge_modules_do_not_know_each_other() {
    for (file, code) in sources().into_iter().filter(|(file, _)| module_of(file) == "edge") {
        let own = parts(&file)
            .get(1)
            .map(|part| part.trim_end_matches(".rs").to_owned())
            .unwrap_or_default();
        for (place, _) in code.match_indices("crate::edge::") {
            let other: String = word(&code[place + "crate::edge::".len()..]);
            assert!(
                other == own || SHARED.contains(&other.as_str()),
                "{}: {own} imports edge::{other}",
                file.display()
            );
        }
    }
}

#[test]
fn pure_modules_do_not_touch_the_world() {
    for (file, code) in
        sources().into_iter().filter(|(file, _)| PURE.contains(&module_of(file).as_str()))
    {
        for name in WORLD {
            assert!(!code.contains(name), "{}: {name} in a pure module", file.display());
        }
    }
}

#[test]
fn imports_are_written_so_that_they_can_be_checked() {
    for (file, code) in sources() {
        for grouped in ["crate::{", "super::super", "crate::*", "std::{", "tokio::{", "use std::*"]
        {
            assert!(!code.contains(grouped), "{}: {grouped}", file.display());
        }
    }
}

#[test]
fn every_file_can_be_read_in_one_sitting() {
    for (file, code) in sources() {
        assert!(code.lines().count() <= 400, "{} is longer than 400 lines", file.display());
    }
}

#[test]
fn every_file_that_the_readme_names_is_there() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(project.join("README.md")).unwrap();
    let named =
        readme.split('`').filter(|word| word.starts_with("src/") || word.starts_with("config/"));
    let mut count = 0;
    for path in named {
        assert!(project.join(path).exists(), "{path} is named in the README and not there");
        count += 1;
    }
    assert!(count > 5);
}

#[test]
fn every_module_is_on_the_map() {
    let map = fs::read_to_string(root().join("lib.rs")).unwrap();
    for (file, _) in sources() {
        let module = module_of(&file);
        assert!(
            ["lib", "main", "cli"].contains(&module.as_str())
                || map.contains(&format!("[`{module}`]")),
            "{module} is missing in the map of lib.rs"
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, from `src` on, with its code: comments left out, since they may name anything.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = fs::read_to_string(&path).unwrap();
                let code = code
                    .lines()
                    .map(|line| if line.trim_start().starts_with("//") { "" } else { line });
                let code = code.collect::<Vec<_>>().join("\n");
                sources.push((path.strip_prefix(root()).unwrap().to_owned(), code));
            }
        }
    }
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn parts(file: &Path) -> Vec<String> {
    file.iter().map(|part| part.to_string_lossy().into_owned()).collect()
}

fn module_of(file: &Path) -> String {
    parts(file)[0].trim_end_matches(".rs").to_owned()
}

fn crate_targets(code: &str) -> Vec<String> {
    code.match_indices("crate::").map(|(place, found)| word(&code[place + found.len()..])).collect()
}

fn word(code: &str) -> String {
    code.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}
