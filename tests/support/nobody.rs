//! This very test run as `nobody`: a browser isn't to run as root.

use std::ffi::OsString;
use std::fs;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// A folder of theirs, with copies of this test program and of kindbeat, and a home.
pub(crate) struct Nobody {
    folder: TempDir,
    program: PathBuf,
    kindbeat: PathBuf,
    home: PathBuf,
}

/// kindbeat as it was built, or its copy for somebody who may not look there.
pub(crate) fn kindbeat() -> OsString {
    std::env::var_os(KINDBEAT).unwrap_or_else(|| BUILT.into())
}

impl Nobody {
    pub(crate) fn new() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let program = copy(&std::env::current_exe()?, folder.path())?;
        let kindbeat = copy(Path::new(BUILT), folder.path())?;
        let home = own_folder(folder.path(), "home")?;
        Ok(Self { folder, program, kindbeat, home })
    }

    /// A file that they may read, and run if it is a program: where it was built, they may not look.
    pub(crate) fn copy(&self, file: &Path) -> io::Result<PathBuf> {
        copy(file, self.folder.path())
    }

    /// A folder that they may write to.
    pub(crate) fn own_folder(&self, name: &str) -> io::Result<PathBuf> {
        own_folder(self.folder.path(), name)
    }

    /// Runs the test of this thread, with these variables. The error holds all that it printed, as does what is returned.
    pub(crate) fn run(&self, variables: &[(&str, &Path)]) -> io::Result<String> {
        let thread = std::thread::current();
        let test = thread.name().ok_or_else(|| io::Error::other("a test's thread has its name"))?;
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(&self.program)
            .args(["--exact", test, "--nocapture"])
            .envs(["HOME", "TMPDIR", "XDG_RUNTIME_DIR"].map(|name| (name, &self.home)))
            .env(KINDBEAT, &self.kindbeat)
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .output()?;
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        if output.status.success() && printed.contains("1 passed") {
            return Ok(printed);
        }
        Err(io::Error::other(printed))
    }
}

/// Another process copies it: while this one has a program open for writing, a test that starts one at the same moment would pass
/// that on, and the program couldn't be run.
fn copy(file: &Path, folder: &Path) -> io::Result<PathBuf> {
    let name = file.file_name().ok_or_else(|| io::Error::other("a file has a name"))?;
    let copy = folder.join(name);
    let status = Command::new("cp").arg(file).arg(&copy).status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{} can't be copied", file.display())));
    }
    Ok(copy)
}

fn own_folder(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let own = folder.join(name);
    fs::create_dir(&own)?;
    fs::set_permissions(&own, Permissions::from_mode(0o777))?;
    Ok(own)
}

const BUILT: &str = env!("CARGO_BIN_EXE_kindbeat");
const KINDBEAT: &str = "KINDBEAT_TEST_PROGRAM";
