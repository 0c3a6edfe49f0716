//! The rules that keep the core pure and the imports one way; see the map in `src/lib.rs`.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The rooms that join the others, and may import any.
const FREE: [&str; 4] = ["lib", "main", "command", "daemon"];

/// What every other room beside the core may import of its neighbours; all may import the core.
const ROOMS: [(&str, &[&str]); 18] = [
    ("bluetooth", &["clock", "dbus"]),
    ("browser", &["clock", "systemd"]),
    ("cli", &[]),
    ("clock", &[]),
    ("config_file", &[]),
    ("dbus", &[]),
    ("desktop", &["clock", "dbus"]),
    ("file_watch", &[]),
    ("interface", &["clock", "dbus"]),
    ("locale", &[]),
    ("notification", &["clock", "dbus"]),
    ("page_server", &["clock"]),
    ("practice_files", &["config_file"]),
    ("recording", &[]),
    ("speech", &["clock"]),
    ("store", &["clock"]),
    ("systemd", &["dbus"]),
    ("terminal", &[]),
];

/// What each module of the core may import of the others.
const CORE: [(&str, &[&str]); 19] = [
    ("backoff", &[]),
    ("setting", &[]),
    ("heart", &[]),
    ("breathing", &["heart", "setting"]),
    ("context", &[]),
    ("words", &[]),
    ("simulation", &["heart"]),
    ("detection", &["heart", "setting", "context"]),
    ("offer", &["setting", "context"]),
    ("practice", &["breathing", "setting"]),
    ("monitor", &["heart", "setting"]),
    ("connection", &["monitor"]),
    ("page", &["breathing", "heart", "practice", "words"]),
    ("engine", &["detection", "heart", "offer", "practice", "status", "context"]),
    ("status", &["offer"]),
    ("sitting", &["engine", "heart", "page", "practice", "status", "words"]),
    ("reason", &["detection", "engine", "offer", "words"]),
    ("replay", &["detection", "engine", "heart", "offer", "practice", "setting", "context"]),
    ("config", &["detection", "engine", "monitor", "offer", "practice", "setting"]),
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
        let (module, allowed) = match module_of(&file) {
            (true, module) => {
                let allowed = allowed(&CORE, &module);
                (module, allowed)
            }
            (false, module) if FREE.contains(&module.as_str()) => continue,
            (false, module) => {
                let allowed = allowed(&ROOMS, &module);
                (module, allowed)
            }
        };
        for target in crate_targets(&code) {
            assert!(
                target == module || allowed.contains(&target.as_str()),
                "{}: {module} imports {target}",
                file.display()
            );
        }
    }
}

fn allowed(rooms: &[(&str, &'static [&'static str])], module: &str) -> &'static [&'static str] {
    let listed = rooms.iter().find(|(name, _)| *name == module);
    listed.unwrap_or_else(|| panic!("{module} is new: say what it may import")).1
}

#[test]
fn the_core_does_not_touch_the_world() {
    for (file, code) in sources().into_iter().filter(|(file, _)| module_of(file).0) {
        if module_of(&file).1 == "config" {
            continue;
        }
        for name in WORLD {
            assert!(!code.contains(name), "{}: {name} in the core", file.display());
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
            if path == root().join("core/lib.rs") {
                continue;
            }
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

/// Whether a file belongs to the core, and the module that it belongs to.
fn module_of(file: &Path) -> (bool, String) {
    let parts = parts(file);
    let core = parts[0] == "core";
    (core, parts[usize::from(core)].trim_end_matches(".rs").to_owned())
}

fn crate_targets(code: &str) -> Vec<String> {
    code.match_indices("crate::").map(|(place, found)| word(&code[place + found.len()..])).collect()
}

fn word(code: &str) -> String {
    code.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}
