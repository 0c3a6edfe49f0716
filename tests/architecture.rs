//! The rules that keep the core pure, the imports one way, and names and files where they belong; see the map in `src/lib.rs`.
//!
//! Each rule is a function of sources, so that a test can show that it finds what breaks it.

#![allow(clippy::unwrap_used, reason = "a failure here is the failure of the test")]

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::iter;
use std::path::Path;
use std::path::PathBuf;

use kindbeat_core::config::Config;

/// What joins the rooms, and may import any; and how the program is linked.
const FREE: [&str; 5] = ["build", "lib", "main", "command", "daemon"];

/// What every other room beside the core may import of its neighbours; all may import the core.
const ROOMS: [(&str, &[&str]); 20] = [
    ("bluetooth", &["clock", "dbus"]),
    ("browser", &["clock", "systemd"]),
    ("cli", &[]),
    ("clock", &[]),
    ("config_file", &[]),
    ("dbus", &[]),
    ("desktop", &["clock", "dbus", "file_watch", "regular_file"]),
    ("file_watch", &[]),
    ("interface", &["clock", "dbus"]),
    ("locale", &[]),
    ("notification", &["clock", "dbus", "regular_file"]),
    ("page_server", &["clock", "tasks"]),
    ("practice_files", &["config_file", "regular_file"]),
    ("recording", &[]),
    ("regular_file", &[]),
    ("speech", &["clock"]),
    ("store", &["clock"]),
    ("systemd", &["dbus"]),
    ("tasks", &[]),
    ("terminal", &[]),
];

/// What each module of the core may import of the others.
const CORE: [(&str, &[&str]); 20] = [
    ("backoff", &[]),
    ("words", &[]),
    ("setting", &["words"]),
    ("heart", &[]),
    ("breathing", &["heart", "setting"]),
    ("context", &[]),
    ("login", &[]),
    ("simulation", &["heart"]),
    ("detection", &["heart", "setting", "context"]),
    ("offer", &["setting", "context", "words"]),
    ("practice", &["breathing", "setting", "words"]),
    ("monitor", &["heart", "setting", "context", "words"]),
    ("connection", &["monitor", "words"]),
    ("page", &["breathing", "heart", "practice", "words"]),
    ("engine", &["detection", "heart", "offer", "practice", "status", "context"]),
    ("status", &["offer"]),
    ("sitting", &["engine", "heart", "page", "practice", "status", "words"]),
    ("reason", &["context", "detection", "engine", "monitor", "offer", "status", "words"]),
    ("replay", &["detection", "engine", "heart", "offer", "practice", "setting", "context"]),
    ("config", &["detection", "engine", "monitor", "offer", "practice", "setting", "words"]),
];

/// The names of the world, which the core does not know.
const WORLD: [&str; 22] = [
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
    "println!",
    "tokio::",
    "btleplug::",
    "zbus::",
    "rusqlite::",
    "axum::",
    "tracing::",
    "log::",
    "getrandom::",
];

/// Where the core names an error of the world, since it carries one on.
const CARRIES_ERRORS: [(&str, &str); 1] = [("core/config/error.rs", "std::io")];

/// What a test of the core sets up with a module that its own may not import.
const IN_TESTS: [(&str, &str); 1] = [("core/sitting/tests.rs", "detection")];

/// What the core is built with: nothing in it touches the world.
const CORE_PACKAGES: [&str; 10] = [
    "annotate-snippets",
    "fastrand",
    "fluent-bundle",
    "jiff",
    "serde",
    "smallvec",
    "strsim",
    "thiserror",
    "toml",
    "unic-langid",
];

/// What a connection over the network is made with, and the one room that does: it listens on 127.0.0.1.
const NETWORK: [&str; 4] = ["TcpListener", "TcpSocket", "TcpStream", "UdpSocket"];
const LISTENS: &str = "page_server/";

/// How long the name of a test may be.
const LONGEST_NAME: usize = 60;

#[test]
fn imports_go_one_way() {
    assert_eq!(wrong_directions(&sources()), NONE);
}

#[test]
fn files_of_one_folder_import_each_other_in_no_circle() {
    assert_eq!(circles(&sources()), NONE);
}

#[test]
fn the_core_does_not_touch_the_world() {
    assert_eq!(world_in_the_core(&sources()), NONE);
    assert_eq!(packages_of_the_core(&read("src/core/Cargo.toml")), CORE_PACKAGES);
}

#[test]
fn one_room_opens_sockets_of_the_network() {
    assert_eq!(sockets_elsewhere(&sources()), NONE);
}

#[test]
fn every_setting_is_read() {
    let keys = Config::keys().flat_map(|(_, keys)| keys).copied();
    assert_eq!(unread_settings(keys, &sources()), NONE);
}

#[test]
fn imports_are_written_so_that_they_can_be_checked() {
    assert_eq!(unreadable_imports(&sources()), NONE);
}

#[test]
fn public_types_have_a_name_of_their_own() {
    assert_eq!(names_used_twice(&sources()), NONE);
}

#[test]
fn a_part_of_the_daemon_keeps_its_fields() {
    assert_eq!(shared_fields(&sources()), NONE);
}

#[test]
fn a_module_with_children_is_a_mod_rs() {
    assert_eq!(files_beside_their_folder(&sources()), NONE);
}

#[test]
fn every_room_is_on_the_map() {
    assert_eq!(missing_on_the_map(&read("src/lib.rs")), NONE);
    assert_eq!(missing_on_the_map(&read("src/core/lib.rs")), NONE);
}

#[test]
fn names_of_tests_are_short() {
    let mut sources = sources();
    sources.extend(files_below("tests"));
    assert_eq!(long_names_of_tests(&sources), NONE);
}

#[test]
fn every_path_that_is_mentioned_exists() {
    let mut named = named_paths(&read("README.md"));
    assert!(named.len() > 5, "the README names its files");
    for source in files_below("src") {
        named.extend(named_paths(&read(&format!("src/{}", source.file))));
    }
    named.retain(|path| !root().join(path).exists());
    assert_eq!(named, NONE);
}

/// A module that imports another one that its room, or its module of the core, may not import.
fn wrong_directions(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let (table, place) = if source.is_core() { (&CORE[..], 1) } else { (&ROOMS[..], 0) };
        let from = source.file.split('/').nth(place).unwrap().trim_end_matches(".rs");
        if from == "lib" || !source.is_core() && FREE.contains(&from) {
            continue;
        }
        let Some((_, allowed)) = table.iter().find(|(name, _)| *name == from) else {
            faults.push(format!("{}: {from} is new: say what it may import", source.file));
            continue;
        };
        for path in paths_of(&source.code).iter().filter(|path| path[0] == "crate") {
            let to = path[1].as_str();
            let only_in_a_test = IN_TESTS.contains(&(source.file.as_str(), to));
            if to != from && !allowed.contains(&to) && !only_in_a_test {
                faults.push(format!("{}: {from} imports {to}", source.file));
            }
        }
    }
    faults
}

/// Files and folders beside each other that import each other round in a circle.
///
/// A `mod.rs` and its children are one unit here: children may extend what their `mod.rs` defines, and it joins them.
fn circles(sources: &[Source]) -> Vec<String> {
    let modules: BTreeMap<Vec<String>, &Source> =
        sources.iter().filter(|source| !source.is_test()).map(|it| (it.module(), it)).collect();
    // Who imports whom, by the folder that both are in.
    let mut arrows: BTreeMap<Vec<String>, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (from, source) in &modules {
        for path in paths_of(source.product()) {
            let Some(to) = owner(&modules, from, &path) else { continue };
            let common = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
            if let (Some(one), Some(other)) = (from.get(common), to.get(common)) {
                let folder = arrows.entry(from[..common].to_vec()).or_default();
                folder.entry(one.clone()).or_default().insert(other.clone());
            }
        }
    }
    let mut faults = Vec::new();
    for (folder, mut arrows) in arrows {
        // What imports nothing that is left is in no circle.
        loop {
            let left: BTreeSet<_> = arrows.keys().cloned().collect();
            for targets in arrows.values_mut() {
                targets.retain(|to| left.contains(to));
            }
            let count = arrows.len();
            arrows.retain(|_, targets| !targets.is_empty());
            if arrows.len() == count {
                break;
            }
        }
        // Nor is what nothing imports that is left.
        loop {
            let imported: BTreeSet<_> = arrows.values().flatten().cloned().collect();
            let count = arrows.len();
            arrows.retain(|from, _| imported.contains(from));
            if arrows.len() == count {
                break;
            }
        }
        if !arrows.is_empty() {
            let arrows = arrows.iter().map(|(from, to)| {
                format!("{from} -> {}", to.iter().cloned().collect::<Vec<_>>().join(", "))
            });
            faults.push(format!("{}: {}", folder.join("/"), arrows.collect::<Vec<_>>().join("; ")));
        }
    }
    faults
}

/// The module that defines what a path in the module `from` leads to.
fn owner(
    modules: &BTreeMap<Vec<String>, &Source>,
    from: &[String],
    path: &[String],
) -> Option<Vec<String>> {
    // The crate stands first in each module's own path.
    let (mut at, mut rest) = match path[0].as_str() {
        "crate" => (from[..1].to_vec(), &path[1..]),
        "super" => (from[..from.len() - 1].to_vec(), &path[1..]),
        "self" => (from.to_vec(), &path[1..]),
        _ => (from.to_vec(), path),
    };
    while let Some((name, further)) = rest.split_first() {
        let child = [at.as_slice(), std::slice::from_ref(name)].concat();
        if modules.contains_key(&child) {
            (at, rest) = (child, further);
            continue;
        }
        // What a module takes from its children and hands on belongs to the child.
        let handed_on = modules.get(&at).and_then(|source| {
            let imports = source.imports();
            imports.into_iter().find(|import| import.last() == Some(name) && import != path)
        });
        return match handed_on {
            Some(import) if at != from => owner(modules, &at, &import),
            _ => modules.contains_key(&at).then_some(at),
        };
    }
    Some(at)
}

fn world_in_the_core(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.is_core()) {
        for name in WORLD {
            let allowed = CARRIES_ERRORS.contains(&(source.file.as_str(), name));
            let is_named = source.code.match_indices(name).any(|(place, _)| {
                !source.code[..place].ends_with(|letter: char| is_of_word(letter))
            });
            if is_named && !allowed {
                faults.push(format!("{}: {name}", source.file));
            }
        }
    }
    faults
}

fn sockets_elsewhere(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.file.starts_with(LISTENS)) {
        let words: BTreeSet<_> = source.product().split(|letter| !is_of_word(letter)).collect();
        let named = NETWORK.into_iter().filter(|name| words.contains(name));
        faults.extend(named.map(|name| format!("{}: {name}", source.file)));
    }
    faults
}

/// Keys of the configuration that change nothing: no code reads the field.
fn unread_settings<'a>(keys: impl Iterator<Item = &'a str>, sources: &[Source]) -> Vec<String> {
    let is_read = |key: &str| {
        [format!(".{key}"), format!("switch: {key}")].iter().any(|field| {
            sources.iter().filter(|source| !source.is_test()).any(|source| {
                let code = source.product();
                let mut after = code.match_indices(field).map(|(at, _)| &code[at + field.len()..]);
                after.any(|rest| !rest.starts_with(|letter: char| is_of_word(letter)))
            })
        })
    };
    keys.filter(|key| !is_read(key)).map(str::to_owned).collect()
}

/// What is built into the core, by its manifest.
fn packages_of_the_core(manifest: &str) -> Vec<String> {
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let lines = section.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.split([' ', '.', '=']).next().unwrap_or_default().to_owned()).collect()
}

/// Several imports on one line, all of a module at once, two floors up: none of it is seen by the other rules.
fn unreadable_imports(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        for line in source.product().lines() {
            let is_import = line.trim_start().starts_with("use ")
                || line.starts_with("pub") && line.contains(" use ");
            if is_import && line.contains(['{', '*']) || line.contains("super::super::") {
                faults.push(format!("{}: {}", source.file, line.trim()));
            }
        }
    }
    faults
}

fn names_used_twice(sources: &[Source]) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        for line in source.product().lines() {
            let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub union ", "pub type "];
            // A type in an `impl` belongs to its trait.
            if let Some(name) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) {
                files.entry(word(name)).or_default().push(&source.file);
            }
        }
    }
    files.retain(|_, files| files.len() > 1);
    files.iter().map(|(name, files)| format!("{name}: {}", files.join(", "))).collect()
}

/// Fields of the daemon's parts that another of its files may change. A part changes itself, so that one of its functions takes
/// `&mut self`; what only carries values from one part to another may show them.
fn shared_fields(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.file.starts_with("daemon/")) {
        let items: Vec<_> = source.code.split("\n}").collect();
        let changes_itself = |name: &str| {
            items.iter().filter(|item| item.contains("&mut self")).any(|item| {
                let head = item.lines().find_map(|line| line.strip_prefix("impl"));
                head.is_some_and(|head| head.split(|it| !is_of_word(it)).any(|it| it == name))
            })
        };
        for item in &items {
            let Some(fields) = item.split_once("struct ") else { continue };
            let fields = fields.1.lines();
            let name = word(fields.clone().next().unwrap_or_default());
            for field in fields.skip(1).map(str::trim_start).filter(|_| changes_itself(name)) {
                let Some(field) = field.strip_prefix("pub") else { continue };
                let field = field.trim_start_matches("(super)").trim_start_matches("(crate)");
                faults.push(format!("{}: {}", source.file, word(field.trim_start())));
            }
        }
    }
    faults
}

fn files_beside_their_folder(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().map(|source| source.file.as_str());
    let is_folder = |file: &&str| {
        let folder = format!("{}/", file.trim_end_matches(".rs"));
        sources.iter().any(|source| source.file.starts_with(&folder))
    };
    files.filter(is_folder).map(str::to_owned).collect()
}

/// Modules that the text at the head of this `lib.rs` does not link to.
fn missing_on_the_map(lib: &str) -> Vec<String> {
    let map: Vec<_> = lib.lines().filter(|line| line.starts_with("//!")).collect();
    let map = map.join("\n");
    let modules =
        lib.lines().filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod "));
    let modules = modules.map(|line| line.trim_end_matches(';')).filter(|name| *name != "accented");
    let is_missing = |name: &&str| {
        !map.contains(&format!("[`{name}`]"))
            && !map.contains(&format!("[`{name}::"))
            && !map.contains(&format!("| `{name}` |"))
    };
    modules.filter(is_missing).map(str::to_owned).collect()
}

fn long_names_of_tests(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        let mut is_test = false;
        for line in source.code.lines().map(str::trim_start) {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let name = line.trim_start_matches("async ").strip_prefix("fn ").map(word);
            if let Some(name) = name.filter(|_| is_test) {
                is_test = false;
                if name.len() > LONGEST_NAME {
                    faults.push(format!("{}: {name}", source.file));
                }
            }
        }
    }
    faults
}

/// Files and folders of the project that a text mentions; not those that stand for several.
fn named_paths(text: &str) -> Vec<String> {
    let words = text.split('`').skip(1).step_by(2);
    let paths = words.filter_map(|words| words.split([' ', ':']).next());
    let is_path = |path: &&str| {
        ["src/", "config/", "tests/"].iter().any(|folder| path.starts_with(folder))
            && !path.contains(['*', '<'])
    };
    paths.filter(is_path).map(str::to_owned).collect()
}

/// A file of the project, without its comments, since they may name anything.
struct Source {
    /// Where it is below the folder that it was found in, as in `core/engine/mod.rs`.
    file: String,
    code: String,
}

impl Source {
    fn new(file: &str, text: &str) -> Self {
        let lines =
            text.lines().map(|line| if line.trim_start().starts_with("//") { "" } else { line });
        Self { file: file.to_owned(), code: lines.collect::<Vec<_>>().join("\n") }
    }

    fn is_core(&self) -> bool {
        self.file.starts_with("core/")
    }

    /// Whether all of it is a test.
    fn is_test(&self) -> bool {
        self.file.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// What is no test; tests are last in their file.
    fn product(&self) -> &str {
        if self.is_test() {
            return "";
        }
        self.code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
    }

    /// Its crate and its modules.
    fn module(&self) -> Vec<String> {
        let path = self.file.trim_end_matches(".rs").trim_end_matches("/mod");
        let (name, path) = match path.strip_prefix("core/") {
            Some(path) => ("core", path),
            None => ("kindbeat", path),
        };
        let path = path.split('/').filter(|part| *part != "lib");
        iter::once(name).chain(path).map(str::to_owned).collect()
    }

    /// The paths that it imports, of its own crate.
    fn imports(&self) -> Vec<Vec<String>> {
        let lines = self.product().lines().filter(|line| {
            line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ")
        });
        let paths = lines.filter_map(|line| line.split("use ").nth(1));
        paths.map(segments).collect()
    }
}

/// Every path in this code that has more than one segment.
fn paths_of(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut end = 0;
    for (place, _) in code.match_indices("::") {
        if place < end {
            continue;
        }
        let before = code[..place].rfind(|letter| !is_of_word(letter)).map_or(0, |at| at + 1);
        let path = segments(&code[before..]);
        end = before + path.join("::").len();
        if path.len() > 1 && !path[0].is_empty() {
            paths.push(path);
        }
    }
    paths
}

/// The segments of the path that this code begins with.
fn segments(code: &str) -> Vec<String> {
    let end = code.find(|letter| !is_of_word(letter) && letter != ':').unwrap_or(code.len());
    let path = code[..end].trim_end_matches(':');
    path.split("::").map(str::to_owned).collect()
}

/// The word that this code begins with.
fn word(code: &str) -> &str {
    &code[..code.find(|letter| !is_of_word(letter)).unwrap_or(code.len())]
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The folder of the project; this is built with the core.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Every source file of the program and its core, from `src` on.
fn sources() -> Vec<Source> {
    let sources = files_below("src");
    assert!(sources.len() > 100, "the sources were not found");
    sources
}

fn files_below(folder: &str) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let file = path.strip_prefix(root().join(folder)).unwrap();
                sources.push(Source::new(
                    &file.to_string_lossy(),
                    &fs::read_to_string(&path).unwrap(),
                ));
            }
        }
    }
    sources.sort_by(|one, other| one.file.cmp(&other.file));
    sources
}

const NONE: [&str; 0] = [];

/// The rules themselves, each on sources that break it.
mod rules {
    use super::*;

    fn made_up(files: &[(&str, &str)]) -> Vec<Source> {
        files.iter().map(|(file, text)| Source::new(file, text)).collect()
    }

    #[test]
    fn an_import_against_the_direction_is_found() {
        let sources = made_up(&[
            ("core/heart/beat.rs", "use crate::engine::Engine;"),
            ("store/mod.rs", "fn f() { crate::daemon::keep() }\n// crate::speech"),
            ("gadget.rs", ""),
            ("daemon/mod.rs", "use crate::store::Store;"),
        ]);
        assert_eq!(
            wrong_directions(&sources),
            [
                "core/heart/beat.rs: heart imports engine",
                "store/mod.rs: store imports daemon",
                "gadget.rs: gadget is new: say what it may import"
            ]
        );
    }

    #[test]
    fn a_circle_is_found_through_every_kind_of_path() {
        let ways = [
            "use super::two::Two;",
            "use crate::room::two::Two;",
            "use super::Two;",
            "use crate::room::Two;",
            "fn f() { super::two::g() }",
        ];
        for way in ways {
            let sources = made_up(&[
                ("room/mod.rs", "mod one;\nmod two;\nmod three;\npub use two::Two;"),
                ("room/one.rs", way),
                ("room/two.rs", "use super::three::Three;"),
                ("room/three.rs", "use super::one;\nuse super::four::Four;"),
                ("room/four.rs", ""),
                ("room/five.rs", "use super::one::One;"),
            ]);
            let found = ["kindbeat/room: one -> two; three -> one; two -> three"];
            assert_eq!(circles(&sources), found, "{way}");
        }
    }

    #[test]
    fn a_circle_of_folders_and_of_rooms_is_found() {
        let sources = made_up(&[
            ("core/one/mod.rs", "mod deep;"),
            ("core/one/deep.rs", "use crate::two::Two;"),
            ("core/two.rs", "use crate::one::deep::Deep;"),
        ]);
        assert_eq!(circles(&sources), ["core: one -> two; two -> one"]);
    }

    #[test]
    fn tests_and_children_that_extend_their_mod_rs_are_no_circle() {
        let sources = made_up(&[
            ("room/mod.rs", "mod one;\nmod two;\nuse self::one::One;\npub struct Room;"),
            (
                "room/one.rs",
                "use super::Room;\n#[cfg(test)]\nmod tests {\nuse crate::room::two::Two;\n}",
            ),
            ("room/two.rs", "use super::one::One;"),
            ("room/tests.rs", "use super::one::One;"),
        ]);
        assert_eq!(circles(&sources), NONE);
    }

    #[test]
    fn the_world_in_the_core_is_found() {
        let sources = made_up(&[
            ("core/heart/beat.rs", "fn f() { jiff::Timestamp::now() }"),
            ("core/config/error.rs", "use std::io;"),
            ("core/words.rs", "use std::io;\nlet dialog::Kind = 1;"),
            ("clock.rs", "use std::time::Instant;"),
        ]);
        let found = ["core/heart/beat.rs: Timestamp::now", "core/words.rs: std::io"];
        assert_eq!(world_in_the_core(&sources), found);
        let manifest = "[dependencies]\njiff.workspace = true\ntokio = \"1\"\n\n[dev-dependencies]\ninsta = \"1\"";
        assert_eq!(packages_of_the_core(manifest), ["jiff", "tokio"]);
    }

    #[test]
    fn an_import_that_cannot_be_checked_is_found() {
        let sources = made_up(&[
            ("one.rs", "use std::{fs, io};\nuse crate::two::*;"),
            ("two.rs", "pub(crate) use self::three::{A, B};\nuse zbus::fdo;"),
            ("three.rs", "#[cfg(test)]\nmod tests {\n    use super::*;\n}"),
        ]);
        assert_eq!(
            unreadable_imports(&sources),
            [
                "one.rs: use std::{fs, io};",
                "one.rs: use crate::two::*;",
                "two.rs: pub(crate) use self::three::{A, B};"
            ]
        );
    }

    #[test]
    fn a_name_of_two_types_is_found() {
        let sources = made_up(&[
            ("core/heart/mod.rs", "pub struct Event;"),
            ("store/mod.rs", "pub enum Event {}\npub(crate) struct Row;"),
            ("speech.rs", "pub trait Row {}"),
        ]);
        assert_eq!(names_used_twice(&sources), ["Event: core/heart/mod.rs, store/mod.rs"]);
    }

    #[test]
    fn a_shared_field_of_the_daemon_is_found() {
        let part = "pub(super) struct Part {\n    pub(super) engine: Engine,\n    own: u8,\n}\n\nimpl Part {\n    fn f(&mut self) {}\n}\n";
        let values = "struct Values {\n    pub(super) rate: u8,\n}\n\nimpl Values {\n    fn f(&self) {}\n}\n";
        let code = format!("{values}\n{part}");
        let sources = made_up(&[("daemon/service.rs", &code), ("store/mod.rs", &code)]);
        assert_eq!(shared_fields(&sources), ["daemon/service.rs: engine"]);
    }

    #[test]
    fn a_socket_in_the_wrong_room_is_found() {
        let code = "use std::net::TcpStream;";
        let sources = made_up(&[("page_server/mod.rs", code), ("speech/mod.rs", code)]);
        assert_eq!(sockets_elsewhere(&sources), ["speech/mod.rs: TcpStream"]);
    }

    #[test]
    fn a_setting_that_nothing_reads_is_found() {
        let code = "fn f(s: &S) -> u8 {\n    s.read + s.unread_too\n}";
        let keys = ["read", "unread", "switched"].into_iter();
        let sources =
            made_up(&[("store/mod.rs", code), ("core/offer/gate.rs", "switch: switched,")]);
        assert_eq!(unread_settings(keys, &sources), ["unread"]);
    }

    #[test]
    fn a_file_beside_its_folder_is_found() {
        let sources = made_up(&[("one.rs", ""), ("one/two.rs", ""), ("three/mod.rs", "")]);
        assert_eq!(files_beside_their_folder(&sources), ["one.rs"]);
    }

    #[test]
    fn a_room_that_is_not_on_the_map_is_found() {
        let lib = "//! [`one`], [`two::Two`]\npub mod one;\npub mod two;\nmod three;";
        assert_eq!(missing_on_the_map(lib), ["three"]);
    }

    #[test]
    fn a_long_name_of_a_test_is_found() {
        let long = "a".repeat(LONGEST_NAME + 1);
        let code =
            format!("#[tokio::test]\n#[cfg(unix)]\nasync fn {long}() {{}}\nfn {long}b() {{}}");
        let found = [format!("one.rs: {long}")];
        assert_eq!(long_names_of_tests(&made_up(&[("one.rs", &code)])), found);
    }

    #[test]
    fn a_path_in_a_text_is_found() {
        let text = "`src/a.rs`, `tests/run --all`, src/b.rs, `config/*.toml`, `cargo test`";
        assert_eq!(named_paths(text), ["src/a.rs", "tests/run"]);
    }
}
