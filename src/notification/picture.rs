//! The heart as a picture, for a server that would find no icon of ours: some draw a warning sign in its place. Touches the folders of
//! icons.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde::Serializer;
use serde::ser::SerializeMap as _;
use zbus::Signature;
use zbus::Type;
use zbus::Variant;
use zbus::as_variant;

use super::layout::DESKTOP_ENTRY;

/// Whether a server finds our icon by its name. False where the folders do not answer.
pub(super) async fn is_installed() -> bool {
    let look = tokio::task::spawn_blocking(|| folders().iter().any(|folder| has_icon(folder)));
    matches!(tokio::time::timeout(PATIENCE, look).await, Ok(Ok(true)))
}

/// The hints of a notification, with the picture among them or without. As a `Variant` of its own the picture would take some sixty
/// times the memory of its pixels.
pub(super) struct Hints<'a> {
    pub(super) hints: HashMap<&'a str, Variant<'a>>,
    pub(super) with_picture: bool,
}

impl Type for Hints<'_> {
    const SIGNATURE: &'static Signature = <HashMap<&str, Variant<'_>>>::SIGNATURE;
}

impl Serialize for Hints<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let count = self.hints.len() + usize::from(self.with_picture);
        let mut map = serializer.serialize_map(Some(count))?;
        for (name, hint) in &self.hints {
            map.serialize_entry(name, hint)?;
        }
        if self.with_picture {
            map.serialize_entry("image-data", &as_variant::Serialize(&PICTURE))?;
        }
        map.end()
    }
}

/// Width, height, bytes in a row, whether there is transparency, bits of a sample, samples of a pixel, and the pixels (Desktop
/// Notifications Specification 1.2, "Icons and Images").
type Picture<'a> = (i32, i32, i32, bool, i32, i32, &'a [u8]);

const PICTURE: Picture<'static> = (SIDE, SIDE, 4 * SIDE, true, 8, 4, PIXELS);

/// Where data of the owner and of all users is (XDG Base Directory Specification).
fn folders() -> Vec<PathBuf> {
    let own = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let own = own.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".local/share")));
    let all = env::var_os("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
    let all = all.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    own.into_iter().chain(env::split_paths(&all)).collect()
}

/// In the theme that every other falls back to, at any size, or beside the themes (Icon Theme Specification).
fn has_icon(data: &Path) -> bool {
    let sizes = fs::read_dir(data.join("icons/hicolor")).into_iter().flatten().flatten();
    let folders = sizes.map(|size| size.path().join("apps")).chain([data.join("pixmaps")]);
    let has = |folder: PathBuf| {
        ["svg", "png"]
            .iter()
            .any(|ending| folder.join(format!("{DESKTOP_ENTRY}.{ending}")).exists())
    };
    folders.into_iter().any(has)
}

/// The pixels of the icon: red, green, blue and opacity. Drawn from the SVG beside it, which a test compares.
const PIXELS: &[u8] = include_bytes!("../../config/desktop/org.kindbeat.Kindbeat.rgba");
/// In pixels: servers draw 32 to 64.
const SIDE: i32 = 64;
/// Local folders answer at once.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_is_found_where_the_readme_puts_it() {
        let data = tempfile::tempdir().unwrap();
        assert!(!has_icon(data.path()));
        let apps = data.path().join("icons/hicolor/scalable/apps");
        fs::create_dir_all(&apps).unwrap();
        assert!(!has_icon(data.path()));
        fs::write(apps.join("org.kindbeat.Kindbeat.svg"), "").unwrap();
        assert!(has_icon(data.path()));
    }

    #[test]
    fn the_picture_has_as_many_pixels_as_it_says() {
        assert_eq!(PIXELS.len(), usize::try_from(SIDE * SIDE * 4).unwrap());
    }
}
