//! The picture that an offer brings along is the icon that is installed.

use std::io::Write as _;
use std::process::Command;

use anyhow::Context as _;
use anyhow::ensure;

/// As it is drawn by librsvg; how far a version of it may be from another, of 255, at any pixel.
const TOLERANCE: u8 = 24;

#[test]
fn the_picture_of_an_offer_is_drawn_from_the_icon() -> anyhow::Result<()> {
    let icon = concat!(env!("CARGO_MANIFEST_DIR"), "/config/desktop/org.kindbeat.Kindbeat.svg");
    let draw = format!("rsvg-convert -w 64 -h 64 '{icon}' | convert png:- -depth 8 rgba:-");
    let drawn = Command::new("sh").args(["-c", &draw]).output().context("a shell")?;
    if drawn.stdout.is_empty() {
        let missing = "this test needs rsvg-convert (librsvg2-bin) and ImageMagick";
        ensure!(std::env::var_os("CI").is_none(), missing);
        writeln!(std::io::stderr(), "LEFT OUT: {missing}")?;
        return Ok(());
    }
    let kept = include_bytes!("../../../config/desktop/org.kindbeat.Kindbeat.rgba");
    ensure!(kept.len() == drawn.stdout.len());
    let far = kept.iter().zip(&drawn.stdout).map(|(kept, drawn)| kept.abs_diff(*drawn)).max();
    ensure!(far.is_some_and(|far| far <= TOLERANCE), "{far:?}");
    Ok(())
}
