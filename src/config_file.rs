//! Finds and reads the configuration file. Touches that file and two variables of the environment.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use rustix::fs::OFlags;

use kindbeat_core::config::Config;
use kindbeat_core::config::ConfigError;

/// The owner's configuration, whether or not the file exists: `$XDG_CONFIG_HOME/kindbeat/config.toml`, or else below
/// `$HOME/.config`.
pub fn path() -> Result<PathBuf, ConfigError> {
    path_in(env::var_os("XDG_CONFIG_HOME"), env::var_os("HOME")).ok_or(ConfigError::NoHome)
}

/// The folder of the owner's own practices, whether or not it exists: beside the configuration. `None` without a home.
#[must_use]
pub fn practices() -> Option<PathBuf> {
    path().ok().map(|path| path.with_file_name("practices"))
}

/// Reads the named file, which has to exist, or else the owner's, whose absence means the defaults.
pub fn load(named: Option<&Path>) -> Result<Config, ConfigError> {
    if let Some(path) = named {
        // Whoever names a pipe means it, and waits for it.
        let text = read(path, true)?.ok_or_else(|| ConfigError::Missing(path.to_owned()))?;
        return Config::parse(&path.to_string_lossy(), &text);
    }
    let path = path()?;
    match read(&path, false)? {
        Some(text) => Config::parse(&path.to_string_lossy(), &text),
        None => Ok(Config::default()),
    }
}

/// `None` when there is no such file. Unless `may_wait`, nothing is waited for, and only a regular file is read.
fn read(path: &Path, may_wait: bool) -> Result<Option<String>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: path.to_owned(), source };
    let flags = if may_wait { OFlags::NOCTTY } else { OFlags::NOCTTY | OFlags::NONBLOCK };
    let mut options = OpenOptions::new();
    let file = match options.read(true).custom_flags(flags.bits().cast_signed()).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(unreadable)?,
    };
    let found = file.metadata().map_err(unreadable)?;
    if found.is_dir() {
        return Err(ConfigError::Folder(path.to_owned()));
    }
    if !may_wait
        && !found.is_file()
        && fs::canonicalize(path).ok().as_deref() != Some(Path::new(NOTHING))
    {
        return Err(ConfigError::NoFile(path.to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ConfigError::TooLarge(path.to_owned()));
    }
    text(path, bytes).map(Some)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, ConfigError> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.split(|&byte| byte == b'\n').count();
        ConfigError::NotText { path: path.to_owned(), line }
    })
}

/// By the XDG Base Directory Specification a relative path counts as unset.
fn path_in(xdg_config_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute =
        |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute(xdg_config_home).or_else(|| Some(absolute(home)?.join(".config")))?;
    Some(folder.join("kindbeat/config.toml"))
}

/// A link to this is an old way to have no settings.
const NOTHING: &str = "/dev/null";
/// In bytes. The default configuration with all its comments is a hundredth of it.
const LARGEST: u64 = 1024 * 1024;

#[cfg(test)]
mod tests {
    use rustix::fs::CWD;
    use rustix::fs::FileType;
    use rustix::fs::Mode;
    use rustix::fs::mknodat;

    use super::*;

    #[test]
    fn the_path_follows_the_xdg_specification() {
        let path = |xdg: Option<&str>, home: Option<&str>| {
            path_in(xdg.map(OsString::from), home.map(OsString::from))
        };
        let file = |path: &str| Some(PathBuf::from(path));
        assert_eq!(path(Some("/x"), Some("/h")), file("/x/kindbeat/config.toml"));
        assert_eq!(path(None, Some("/h")), file("/h/.config/kindbeat/config.toml"));
        assert_eq!(path(Some(""), Some("/h")), file("/h/.config/kindbeat/config.toml"));
        assert_eq!(path(Some("x"), Some("/h")), file("/h/.config/kindbeat/config.toml"));
        assert_eq!(path(None, None), None);
        assert_eq!(path(Some("x"), Some("")), None);
    }

    #[test]
    fn what_is_no_text_file_is_said_plainly() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let error = |bytes: &[u8]| {
            fs::write(&file, bytes).unwrap();
            read(&file, false).unwrap_err().to_string().replace(folder.path().to_str().unwrap(), "")
        };
        assert_eq!(
            error(b"[offer]\ncool_down = \"\xff\"\n"),
            "/config.toml:2: not text in UTF-8; is this really the configuration?"
        );
        assert_eq!(
            error(&vec![b'\n'; 1024 * 1024 + 1]),
            "/config.toml is larger than 1 MiB; is this really the configuration?"
        );
        fs::write(&file, vec![b'\n'; 1024 * 1024]).unwrap();
        assert!(read(&file, false).unwrap().is_some());
        assert!(matches!(read(folder.path(), false), Err(ConfigError::Folder(_))));
        assert!(matches!(read(&file.join("below"), false), Err(ConfigError::Unreadable { .. })));
        assert!(read(&folder.path().join("none.toml"), false).unwrap().is_none());
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert!(matches!(read(&pipe, false), Err(ConfigError::NoFile(_))));
        assert!(matches!(read(Path::new("/dev/zero"), false), Err(ConfigError::NoFile(_))));
        assert_eq!(read(Path::new(NOTHING), false).unwrap().as_deref(), Some(""));
    }
}
