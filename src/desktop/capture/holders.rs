//! Who has a file open, read from `/proc`.

use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use tokio::task::yield_now;

/// Whether any process has one of these files open; of other users' processes that cannot be known. Where `but_pipewire`, those of
/// PipeWire do not count.
pub(super) async fn of(proc: &Path, files: &[PathBuf], but_pipewire: bool) -> io::Result<bool> {
    for process in fs::read_dir(proc)? {
        let number = process?.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(number) = number else { continue };
        if has_open(proc, number, files) && !(but_pipewire && is_pipewire(proc, number)) {
            return Ok(true);
        }
        // There may be many, and others on this thread have their turn in between.
        yield_now().await;
    }
    Ok(false)
}

fn has_open(proc: &Path, process: u32, files: &[PathBuf]) -> bool {
    // It may be another user's, or gone by now.
    let Ok(open) = fs::read_dir(proc.join(process.to_string()).join("fd")) else { return false };
    open.flatten().any(|open| fs::read_link(open.path()).is_ok_and(|file| files.contains(&file)))
}

/// Whether this process, or the one that this thread belongs to, is PipeWire's, which keeps devices open that nobody uses: it tells by
/// itself which of them are in use.
pub(super) fn is_pipewire(proc: &Path, number: u32) -> bool {
    let of = |number: u32| proc.join(number.to_string());
    let status = fs::read_to_string(of(number).join("status")).unwrap_or_default();
    let process = status.lines().find_map(|line| line.strip_prefix("Tgid:")?.trim().parse().ok());
    let name = fs::read_to_string(of(process.unwrap_or(number)).join("comm")).unwrap_or_default();
    name.starts_with("pipewire") || name.trim_end() == "wireplumber"
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn process(proc: &Path, number: u32, name: &str, open: &[&str]) {
        let folder = proc.join(number.to_string());
        fs::create_dir_all(folder.join("fd")).unwrap();
        fs::write(folder.join("comm"), format!("{name}\n")).unwrap();
        fs::write(folder.join("status"), format!("Name:\t{name}\nTgid:\t{number}\n")).unwrap();
        for (number, file) in open.iter().enumerate() {
            symlink(file, folder.join("fd").join(number.to_string())).unwrap();
        }
    }

    #[tokio::test]
    async fn camera_holders_are_found_and_pipewire_is_set_apart() {
        let proc = tempfile::tempdir().unwrap();
        let cameras = [PathBuf::from("/dev/video0"), PathBuf::from("/dev/video1")];
        fs::create_dir(proc.path().join("sys")).unwrap();
        process(proc.path(), 10, "shell", &["/dev/null", "socket:[1]"]);
        assert!(!of(proc.path(), &cameras, true).await.unwrap());
        process(proc.path(), 11, "wireplumber", &["/dev/video0"]);
        assert!(!of(proc.path(), &cameras, true).await.unwrap());
        assert!(of(proc.path(), &cameras, false).await.unwrap());
        process(proc.path(), 12, "browser", &["/dev/null", "/dev/video1"]);
        assert!(of(proc.path(), &cameras, true).await.unwrap());
    }

    #[test]
    fn a_thread_counts_as_its_process() {
        let proc = tempfile::tempdir().unwrap();
        process(proc.path(), 20, "pipewire", &[]);
        process(proc.path(), 21, "data-loop.0", &[]);
        fs::write(proc.path().join("21/status"), "Name:\tdata-loop.0\nTgid:\t20\n").unwrap();
        assert!(is_pipewire(proc.path(), 21));
        process(proc.path(), 22, "data-loop.0", &[]);
        assert!(!is_pipewire(proc.path(), 22));
    }
}
