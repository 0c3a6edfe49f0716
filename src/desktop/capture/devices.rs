//! Microphones and cameras that are opened without PipeWire in between: browsers open cameras themselves, and where sound goes
//! through PulseAudio or straight to ALSA, PipeWire knows of no microphone.
//!
//! The kernel says when a device is opened or closed; who has it is then read from `/proc`.

use std::ffi::OsStr;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::StreamExt as _;
use inotify::EventMask;
use inotify::EventStream;
use inotify::Inotify;
use inotify::WatchMask;
use rustix::fs::Access;
use rustix::fs::access;
use tokio::time::timeout;

use super::holders;
use crate::desktop::facts::FactSource;
use crate::desktop::place::Place;
use crate::desktop::report::NoAnswer;
use crate::desktop::report::Reporter;
use crate::desktop::report::SourceName;
use kindbeat_core::context::Fact;
use kindbeat_core::words::Message;

pub(in crate::desktop) const SOURCES: &[FactSource] = &[
    FactSource {
        name: SourceName::Own("ALSA"),
        facts: &[Fact::Microphone],
        follow: |place, reporter| Box::pin(microphone(place, reporter)),
    },
    FactSource {
        name: SourceName::Words(Message::SourceCameras),
        facts: &[Fact::Camera],
        follow: |place, reporter| Box::pin(camera(place, reporter)),
    },
];

/// Reports whether any capture device of ALSA is open.
async fn microphone(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let devices = Devices { folder: place.dev.join("snd"), is_one: is_capture };
    let look = || async {
        let cards = place.proc.join("asound");
        if !cards.is_dir() {
            return Err(NoAnswer::absent(Message::SourceNoSoundCard));
        }
        let is_explained = place.pipewire().is_ok();
        let unread = |path: &Path, error: &io::Error| NoAnswer::unread(path.display(), error);
        for path in statuses(&place.proc).map_err(|error| unread(&cards, &error))? {
            match fs::read_to_string(&path) {
                Ok(status) => {
                    let Some(owner) = owner(&status) else { continue };
                    if !(is_explained && holders::is_pipewire(&place.proc, owner)) {
                        return Ok(true);
                    }
                }
                // Unplugged meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(unread(&path, &error)),
            }
        }
        Ok(false)
    };
    devices.follow(Fact::Microphone, reporter, look).await
}

/// Reports whether any program of the same user has a camera open.
async fn camera(place: &Place, reporter: &Reporter) -> Result<(), NoAnswer> {
    let devices = Devices { folder: place.dev.clone(), is_one: is_camera };
    let look = || async {
        let unread = |path: &Path, error: &io::Error| NoAnswer::unread(path.display(), error);
        let mut cameras = devices.all().map_err(|error| unread(&place.dev, &error))?;
        // One that this user cannot open is in use by none of their programs.
        cameras.retain(|camera| access(camera, Access::READ_OK).is_ok());
        if cameras.is_empty() {
            return Err(NoAnswer::absent(Message::SourceNoCamera));
        }
        let is_explained = place.pipewire().is_ok();
        let held = holders::of(&place.proc, &cameras, is_explained).await;
        held.map_err(|error| unread(&place.proc, &error))
    };
    devices.follow(Fact::Camera, reporter, look).await
}

/// Devices of one kind.
struct Devices {
    folder: PathBuf,
    is_one: fn(&OsStr) -> bool,
}

impl Devices {
    /// Reports what `look` sees, now and whenever one of the devices is opened, closed, plugged in or pulled out.
    async fn follow<F>(
        &self,
        fact: Fact,
        reporter: &Reporter,
        look: impl Fn() -> F,
    ) -> Result<(), NoAnswer>
    where
        F: Future<Output = Result<bool, NoAnswer>>,
    {
        let mut buffer = [0; BUFFER];
        loop {
            // Watched before it is looked at, so that nothing falls in between.
            let watched = self.watch(&mut buffer);
            let answer = reporter.wait(fact, look()).await;
            reporter.report(fact, answer.clone()).await;
            let mut events = match watched {
                Ok(Some(events)) => events,
                // Without the folder there is no such device, and nothing says when that changes.
                Ok(None) => return answer.map(drop),
                Err(error) => return Err(NoAnswer::unread(self.folder.display(), &error)),
            };
            while !events
                .next()
                .await
                .is_none_or(|event| event.is_ok_and(|event| self.concerns(&event)))
            {}
            // A program that opens one opens several, and the kernel tells of a close before it is done with it.
            // A stream that has ended, or only fails, is as quiet as it will be.
            let settled =
                async { while let Ok(Some(Ok(_))) = timeout(QUIET, events.next()).await {} };
            let _ = timeout(LONGEST, settled).await;
        }
    }

    fn concerns(&self, event: &inotify::Event<OsString>) -> bool {
        // An event with a name is one of the folder, which has other things too; one without is one of a device.
        event.name.as_deref().is_none_or(self.is_one) && !event.mask.contains(EventMask::IGNORED)
    }

    fn all(&self) -> io::Result<Vec<PathBuf>> {
        let mut all = Vec::new();
        if !self.folder.is_dir() {
            return Ok(all);
        }
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if (self.is_one)(&entry.file_name()) {
                all.push(entry.path());
            }
        }
        Ok(all)
    }

    fn watch<'b>(
        &self,
        buffer: &'b mut [u8; BUFFER],
    ) -> io::Result<Option<EventStream<&'b mut [u8; BUFFER]>>> {
        if !self.folder.is_dir() {
            return Ok(None);
        }
        let inotify = Inotify::init()?;
        let mut watches = inotify.watches();
        watches.add(&self.folder, WatchMask::CREATE | WatchMask::DELETE)?;
        for device in self.all()? {
            match watches.add(device, WatchMask::OPEN | WatchMask::CLOSE) {
                // Pulled out meanwhile; or one that this user cannot open, and so has not open.
                Err(error)
                    if !matches!(
                        error.kind(),
                        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
                    ) =>
                {
                    return Err(error);
                }
                _ => {}
            }
        }
        Ok(Some(inotify.into_event_stream(buffer)?))
    }
}

/// Whether a file in `/dev/snd` records: `pcmC0D0c`, as against `pcmC0D0p`, which plays.
fn is_capture(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("pcmC") && name.ends_with('c'))
}

/// Whether a file in `/dev` is a camera: `video0`.
fn is_camera(name: &OsStr) -> bool {
    let number = name.to_str().and_then(|name| name.strip_prefix("video"));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The files that say how each capture device is: `asound/card0/pcm0c/sub0/status`.
fn statuses(proc: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = vec![proc.join("asound")];
    let levels: [fn(&str) -> bool; 3] = [
        |name| name.starts_with("card"),
        |name| name.starts_with("pcm") && name.ends_with('c'),
        |name| name.starts_with("sub"),
    ];
    for is_one in levels {
        let mut next = Vec::new();
        for folder in folders {
            // `cards` is a file; beside the folders of the cards there are links to them.
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let is_named = entry.file_name().to_str().is_some_and(is_one);
                if is_named && entry.file_type()?.is_dir() {
                    next.push(entry.path());
                }
            }
        }
        folders = next;
    }
    Ok(folders.into_iter().map(|folder| folder.join("status")).collect())
}

/// Who has a device open, by the number of its process, where somebody has; 0 where that is not said.
///
/// Open is enough: that it begins to run is told by nobody, and who does not record closes it.
fn owner(status: &str) -> Option<u32> {
    if status.trim() == "closed" {
        return None;
    }
    let owner = status.lines().find_map(|line| line.strip_prefix("owner_pid"));
    let owner = owner.and_then(|owner| owner.trim_start_matches([' ', ':']).trim().parse().ok());
    Some(owner.unwrap_or_default())
}

/// Room for some events at once.
const BUFFER: usize = 1024;

/// Between the opening of one device and of the next, and until the kernel has closed one, pass a few milliseconds.
const QUIET: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_known_by_their_names() {
        assert!(is_capture(OsStr::new("pcmC0D0c")) && !is_capture(OsStr::new("pcmC0D0p")));
        assert!(!is_capture(OsStr::new("controlC0")));
        assert!(is_camera(OsStr::new("video0")) && is_camera(OsStr::new("video12")));
        assert!(!is_camera(OsStr::new("video")) && !is_camera(OsStr::new("videodev")));
    }

    #[test]
    fn a_device_that_is_open_has_an_owner() {
        assert_eq!(owner("closed\n"), None);
        let running = "state: RUNNING\nowner_pid   : 1234\ntrigger_time: 5105.353\n";
        assert_eq!(owner(running), Some(1234));
        assert_eq!(owner("state: PREPARED\n"), Some(0));
    }

    #[test]
    fn the_capture_devices_of_every_card_are_found() {
        let proc = tempfile::tempdir().unwrap();
        let asound = proc.path().join("asound");
        for folder in ["card0/pcm0c/sub0", "card0/pcm0p/sub0", "card1/pcm3c/sub1", "seq"] {
            fs::create_dir_all(asound.join(folder)).unwrap();
        }
        fs::write(asound.join("cards"), "").unwrap();
        std::os::unix::fs::symlink("card0", asound.join("PCH")).unwrap();
        let mut found = statuses(proc.path()).unwrap();
        found.sort();
        let expected = ["card0/pcm0c/sub0/status", "card1/pcm3c/sub1/status"];
        assert_eq!(found, expected.map(|path| asound.join(path)));
    }
}
