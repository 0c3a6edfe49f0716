//! The machine's end of `radio.py`: its controllers, each between the kernel and the port to it, and the orders to the straps.

use std::fs;
use std::fs::File;
use std::io::Read as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use anyhow::ensure;
use rustix::fs::OFlags;
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::JoinHandle;

use crate::account::soon;
use crate::machine::say;

/// The port to a controller.
pub(crate) struct Socket(Arc<AsyncFd<File>>);

impl Socket {
    pub(crate) fn open(name: &str) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(port(name)?)))
    }

    /// Plugs the controller in. Where what is returned is dropped, it is pulled out, and a strap that was connected does not know yet.
    pub(crate) async fn plug_in(&self) -> anyhow::Result<Plugged> {
        let port = Arc::clone(&self.0);
        // It knows nothing of what was before.
        send(&port, &[]).await?;
        let kernel = open(Path::new("/dev/vhci"))?;
        // A request for a controller, of the kind with a link (drivers/bluetooth/hci_vhci.c of the kernel).
        write(&kernel, &[VENDOR, 0]).await?;
        let carrying = tokio::spawn(async move {
            if let Err(error) = carry(&port, &kernel).await {
                say(&format!("the controller: {error:#}"));
            }
        });
        Ok(Plugged(carrying))
    }

    /// Pulls it out: a strap that was connected knows.
    pub(crate) async fn pull_out(&self, mut plugged: Plugged) -> anyhow::Result<()> {
        plugged.0.abort();
        // Nothing is on its way to the port any more.
        let _ = (&mut plugged.0).await;
        send(&self.0, &[]).await
    }
}

/// The controller, as long as it is plugged in.
pub(crate) struct Plugged(JoinHandle<()>);

impl Drop for Plugged {
    fn drop(&mut self) {
        // With it the kernel's end is closed, and the kernel takes that for a controller that was pulled out.
        self.0.abort();
    }
}

/// Carries packets from one side to the other.
async fn carry(port: &AsyncFd<File>, kernel: &AsyncFd<File>) -> anyhow::Result<()> {
    let mut from_port = Vec::new();
    let (mut chunk, mut packet) = (vec![0; 4096], vec![0; 4096]);
    loop {
        tokio::select! {
            length = read(kernel, &mut packet) => {
                let packet = &packet[..length.context("from the kernel")?];
                // The kernel's answer to the request.
                if packet.first() != Some(&VENDOR) {
                    send(port, packet).await.context("to the port")?;
                }
            }
            length = read(port, &mut chunk) => {
                from_port.extend_from_slice(&chunk[..length.context("from the port")?]);
                while let Some(packet) = take(&mut from_port) {
                    match write(kernel, &packet).await {
                        // The adapter is off: nobody is there to hear it.
                        Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {}
                        written => written.context("to the kernel")?,
                    }
                }
            }
        }
    }
}

/// The first packet of what has come, where it is whole.
fn take(come: &mut Vec<u8>) -> Option<Vec<u8>> {
    let (length, rest) = come.split_first_chunk()?;
    let packet = rest.get(..u16::from_le_bytes(*length).into())?.to_vec();
    come.drain(..2 + packet.len());
    Some(packet)
}

async fn send(port: &AsyncFd<File>, packet: &[u8]) -> anyhow::Result<()> {
    let length = u16::try_from(packet.len())?.to_le_bytes();
    Ok(write(port, &[&length, packet].concat()).await?)
}

/// Writes all of it, as the two sides take it: a packet to the kernel in one piece.
async fn write(file: &AsyncFd<File>, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        let written = file.async_io(Interest::WRITABLE, |mut file| file.write(bytes)).await?;
        bytes = &bytes[written..];
    }
    Ok(())
}

pub(crate) async fn read(file: &AsyncFd<File>, into: &mut [u8]) -> anyhow::Result<usize> {
    let length = file.async_io(Interest::READABLE, |mut file| file.read(into)).await?;
    ensure!(length > 0, "nobody is there");
    Ok(length)
}

/// The strap, which takes orders, and passes on those to another.
pub(crate) struct Strap(AsyncFd<File>);

impl Strap {
    pub(crate) fn open() -> anyhow::Result<Self> {
        Ok(Self(port("strap")?))
    }

    /// Gives it an order of those in `radio.py`, and returns when it is carried out.
    pub(crate) async fn order(&self, order: &str) -> anyhow::Result<()> {
        write(&self.0, format!("{order}\n").as_bytes()).await?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\n") {
            let mut chunk = [0; 256];
            let length = soon("the strap", read(&self.0, &mut chunk)).await??;
            answer.extend_from_slice(&chunk[..length]);
        }
        ensure!(answer == b"done\n", "the strap, {order}: {}", String::from_utf8_lossy(&answer));
        Ok(())
    }
}

/// The port of this name.
fn port(name: &str) -> anyhow::Result<AsyncFd<File>> {
    for entry in fs::read_dir("/sys/class/virtio-ports")? {
        let entry = entry?;
        if fs::read_to_string(entry.path().join("name"))?.trim() == name {
            return open(&PathBuf::from("/dev").join(entry.file_name()));
        }
    }
    anyhow::bail!("no port {name}")
}

fn open(path: &Path) -> anyhow::Result<AsyncFd<File>> {
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let file = File::options().read(true).write(true).custom_flags(flags).open(path);
    Ok(waited_for(file.with_context(|| path.display().to_string())?)?)
}

/// A file that never blocks, to be read and written as it is ready.
#[expect(
    deprecated,
    reason = "what replaces it is unsafe; a File owns its descriptor, which is all it asks for"
)]
pub(crate) fn waited_for(file: File) -> std::io::Result<AsyncFd<File>> {
    AsyncFd::new(file)
}

/// What the kernel says of the controller itself, and not as one.
const VENDOR: u8 = 0xff;
