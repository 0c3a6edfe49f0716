//! What a desktop starts when its owner logs in, beside the session target of systemd: the entries of the autostart folders
//! (Desktop Application Autostart Specification 0.5).

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Whether this desktop starts the service by its entry, as far as can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Autostart {
    /// The desktop is one that starts such entries by itself.
    pub starts_entries: bool,
    /// The entry of the service is there, and not switched off.
    pub has_entry: bool,
}

/// Looks at the folders that the environment names; may wait for a disk.
#[must_use]
pub fn autostart() -> Autostart {
    let named = |name| env::var_os(name).filter(|value| !value.is_empty());
    let desktop = named("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let own = named("XDG_CONFIG_HOME").map(PathBuf::from);
    let own = own.or_else(|| named("HOME").map(|home| Path::new(&home).join(".config")));
    let everybody = named("XDG_CONFIG_DIRS").unwrap_or_else(|| "/etc/xdg".into());
    Autostart {
        starts_entries: starts_entries(&desktop),
        has_entry: has_entry(own.into_iter().chain(env::split_paths(&everybody))),
    }
}

/// Whether one of the names in `XDG_CURRENT_DESKTOP` is of a desktop that is known to start the entries.
fn starts_entries(desktop: &OsStr) -> bool {
    desktop.to_string_lossy().split(':').any(|name| DESKTOPS.contains(&name))
}

/// The first file of that name counts: one of the owner's own switches off that of the system.
fn has_entry(folders: impl Iterator<Item = PathBuf>) -> bool {
    let mut files = folders.map(|folder| folder.join("autostart").join(ENTRY));
    let text = files.find_map(|file| fs::read_to_string(file).ok());
    text.is_some_and(|text| !text.lines().any(|line| OFF.contains(&line.trim())))
}

/// `config/desktop/org.kindbeat.Kindbeat.autostart.desktop` under the name that it has where it is installed.
const ENTRY: &str = "org.kindbeat.Kindbeat.desktop";

/// What switches an entry off, by hand or in the settings of a desktop.
const OFF: [&str; 3] =
    ["Hidden=true", "X-GNOME-Autostart-enabled=false", "X-MATE-Autostart-enabled=false"];

/// Those that do not start graphical-session.target in Debian 13, and whose own session manager starts the entries. Not those under
/// which a compositor or a window manager is all there is.
const DESKTOPS: [&str; 5] = ["XFCE", "LXQt", "MATE", "X-Cinnamon", "Budgie"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_counts_where_the_desktop_reads_it() {
        for desktop in ["XFCE", "LXQt", "MATE", "X-Cinnamon", "Budgie", "Budgie:GNOME"] {
            assert!(starts_entries(OsStr::new(desktop)), "{desktop}");
        }
        for desktop in ["", "sway", "sway:wlroots", "i3", "labwc:wlroots", "Hyprland", "openbox"] {
            assert!(!starts_entries(OsStr::new(desktop)), "{desktop}");
        }
    }

    #[test]
    fn an_entry_of_the_owner_comes_before_that_of_the_system() {
        const SHIPPED: &str =
            include_str!("../../config/desktop/org.kindbeat.Kindbeat.autostart.desktop");
        let folder = tempfile::tempdir().unwrap();
        let [own, system] = ["own", "system"].map(|name| folder.path().join(name));
        let found = || has_entry([own.clone(), system.clone()].into_iter());
        let put = |folder: &Path, text: &str| {
            fs::create_dir_all(folder.join("autostart")).unwrap();
            fs::write(folder.join("autostart").join(ENTRY), text).unwrap();
        };
        assert!(!found());
        put(&system, SHIPPED);
        assert!(found());
        for off in OFF {
            put(&own, &format!("{SHIPPED}{off}\n"));
            assert!(!found(), "{off}");
        }
        put(&own, SHIPPED);
        assert!(found());
    }
}
