//! Runs a test as somebody who may not do everything, and saves the pictures it makes.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::browser;
use crate::nobody::Nobody;

/// Runs this test: here, or, as root, in a process of its own that is `nobody`.
pub(crate) fn run(test: impl AsyncFnOnce()) {
    if browser::find().is_none() {
        let name = if browser::is_firefox() { "Firefox" } else { "Chromium" };
        assert!(std::env::var_os("CI").is_none(), "CI needs {name}, to test the page");
        say(&format!("NOT TESTED: the page in a browser. No {name} was found."));
        return;
    }
    if rustix::process::geteuid().is_root() {
        return as_nobody();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(test());
}

/// Where axe-core is, if it was fetched.
pub(crate) fn axe() -> Option<PathBuf> {
    let file = std::env::var_os(AXE).map_or_else(own_axe, PathBuf::from);
    if file.exists() {
        return Some(file);
    }
    let fetch = format!("tests/page/axe.sh {}", file.parent().unwrap().display());
    assert!(std::env::var_os("CI").is_none(), "CI needs axe-core: {fetch}");
    say(&format!("NOT TESTED: what keeps people out of the page. This fetches axe-core: {fetch}"));
    None
}

fn as_nobody() {
    let nobody = Nobody::new().unwrap();
    let pictures = nobody.own_folder("pictures").unwrap();
    let axe = if own_axe().exists() { nobody.copy(&own_axe()).unwrap() } else { own_axe() };
    let ran = nobody.run(&[(PICTURES, &pictures), (AXE, &axe)]);
    ran.unwrap_or_else(|failure| panic!("{failure}"));
    for picture in fs::read_dir(&pictures).unwrap().flatten() {
        fs::copy(picture.path(), own_pictures().join(picture.file_name())).unwrap();
    }
}

/// Saves a picture, given in base 64.
pub(crate) fn save(name: &str, picture: &str) {
    let folder = std::env::var_os(PICTURES).map_or_else(own_pictures, PathBuf::from);
    fs::write(folder.join(format!("{name}.png")), decode(picture)).unwrap();
}

/// Where axe.sh leaves it.
fn own_axe() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("axe/axe.min.js")
}

fn own_pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn decode(base64: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u32> = base64.bytes().filter_map(digit).map(u32::from).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits =
            four.iter().enumerate().fold(0, |bits, (at, digit)| bits | digit << (18 - 6 * at));
        bits.to_be_bytes()[1..four.len()].to_vec()
    });
    bytes.collect()
}

#[allow(clippy::print_stderr, reason = "a test that proves nothing says so")]
fn say(words: &str) {
    eprintln!("{words}");
}

const PICTURES: &str = "KINDBEAT_PICTURES";
const AXE: &str = "KINDBEAT_AXE";
