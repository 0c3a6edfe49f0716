//! The connection to an X server: requests out, replies and events in, without ever holding up the program.

use std::collections::VecDeque;
use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use x11rb_protocol::connect::Connect;
use x11rb_protocol::errors::ConnectError;
use x11rb_protocol::errors::DisplayParsingError;
use x11rb_protocol::errors::ParseError;
use x11rb_protocol::parse_display::ConnectAddress;
use x11rb_protocol::parse_display::parse_display;
use x11rb_protocol::x11_utils::ReplyRequest;
use x11rb_protocol::x11_utils::TryParse as _;
use x11rb_protocol::x11_utils::VoidRequest;
use x11rb_protocol::xauth::Family;

/// Why an X server cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The name of the display is none.
    #[error("DISPLAY cannot be read: {0}")]
    Display(#[source] DisplayParsingError),
    /// It is reached over a network only.
    #[error("the display is on another machine")]
    Elsewhere,
    /// It lets nobody in.
    #[error("the X server refuses the connection: {0}")]
    Refused(#[source] ConnectError),
    /// The connection is broken, or there is none.
    #[error("the X server cannot be reached: {0}")]
    Unreachable(#[from] io::Error),
    /// It hung up.
    #[error("the X server went away")]
    Gone,
    /// It answers with something else.
    #[error("the X server answers with what cannot be read: {0}")]
    Strange(#[from] ParseError),
    /// It answers with more than was asked for.
    #[error("the X server answers with too much")]
    TooLong,
}

/// A connection on which one request at a time waits for its reply.
pub(super) struct Link {
    stream: UnixStream,
    /// What came and was not taken yet: the beginning of a packet.
    received: Vec<u8>,
    /// Events that came before a reply.
    events: VecDeque<Vec<u8>>,
    /// The number of the last request, as far as replies repeat it.
    sequence: u16,
    root: u32,
}

impl Link {
    /// Connects to a display on this machine.
    pub(super) async fn connect(display: &str) -> Result<Self, Error> {
        let parsed = parse_display(Some(display)).map_err(Error::Display)?;
        let path = parsed.connect_instruction().find_map(|address| match address {
            ConnectAddress::Socket(path) => Some(path),
            _ => None,
        });
        let path = path.ok_or(Error::Elsewhere)?;
        // The abstract name is reached even where the folder is hidden from a service.
        let mut stream = match UnixStream::connect(format!("\0{path}")).await {
            Ok(stream) => stream,
            Err(_) => UnixStream::connect(&path).await?,
        };
        let host = rustix::system::uname();
        let connect = Connect::new(Family::LOCAL, host.nodename().to_bytes(), parsed.display);
        // Without a file of keys: a server that wants one says so by itself.
        let (mut connect, request) =
            connect.unwrap_or_else(|_| Connect::with_authorization(Vec::new(), Vec::new()));
        stream.write_all(&request).await?;
        loop {
            let count = stream.read(connect.buffer()).await?;
            if count == 0 {
                return Err(Error::Gone);
            }
            if connect.advance(count) {
                break;
            }
        }
        let setup = connect.into_setup().map_err(Error::Refused)?;
        let screen = setup.roots.get(usize::from(parsed.screen)).ok_or(Error::Elsewhere)?;
        let (received, events, root) = (Vec::new(), VecDeque::new(), screen.root);
        Ok(Self { stream, received, events, sequence: 0, root })
    }

    /// The window behind all windows.
    pub(super) const fn root(&self) -> u32 {
        self.root
    }

    /// Sends a request that has no reply.
    pub(super) async fn send<R: VoidRequest>(&mut self, request: R) -> Result<(), Error> {
        self.write(&request.serialize(NO_EXTENSION).0).await
    }

    /// Sends a request and waits for its reply; `None`: what it is about is not there.
    pub(super) async fn ask<R: ReplyRequest>(
        &mut self,
        request: R,
    ) -> Result<Option<R::Reply>, Error> {
        self.write(&request.serialize(NO_EXTENSION).0).await?;
        loop {
            let packet = self.packet().await?;
            match packet.first() {
                Some(&REPLY) => return Ok(Some(R::Reply::try_parse(&packet)?.0)),
                // An earlier request that has no reply may have failed, too.
                Some(&ERROR) if sequence(&packet) == Some(self.sequence) => return Ok(None),
                Some(&ERROR) | None => {}
                Some(_) => self.keep(packet)?,
            }
        }
    }

    /// The next event. Nothing is lost when this is dropped before it is done.
    pub(super) async fn event(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            let packet = match self.events.pop_front() {
                Some(event) => return Ok(event),
                None => self.packet().await?,
            };
            if packet.first() != Some(&ERROR) {
                return Ok(packet);
            }
        }
    }

    async fn write(&mut self, request: &[u8]) -> Result<(), Error> {
        self.stream.write_all(request).await?;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(())
    }

    fn keep(&mut self, event: Vec<u8>) -> Result<(), Error> {
        if self.events.len() == EVENTS {
            return Err(Error::TooLong);
        }
        self.events.push_back(event);
        Ok(())
    }

    async fn packet(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            if let Some(packet) = take(&mut self.received)? {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(Error::Gone);
            }
        }
    }
}

fn sequence(packet: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes([*packet.get(2)?, *packet.get(3)?]))
}

/// Takes one packet off the front, if it is there as a whole: 32 bytes, and of a reply as much more as it says.
fn take(received: &mut Vec<u8>) -> Result<Option<Vec<u8>>, Error> {
    let Some(head) = received.first_chunk::<PACKET>() else { return Ok(None) };
    let more = match head[0] & 0x7f {
        REPLY | GENERIC_EVENT => u32::from_ne_bytes([head[4], head[5], head[6], head[7]]),
        _ => 0,
    };
    let length = usize::try_from(more).unwrap_or(usize::MAX).saturating_mul(4);
    let length = length.saturating_add(PACKET);
    if length > LONGEST {
        return Err(Error::TooLong);
    }
    if received.len() < length {
        return Ok(None);
    }
    let rest = received.split_off(length);
    Ok(Some(std::mem::replace(received, rest)))
}

/// All requests are of the protocol itself, none of an extension, which would have a number of its own.
const NO_EXTENSION: u8 = 0;

/// The kinds of packets, by their first byte.
const ERROR: u8 = 0;
const REPLY: u8 = 1;
const GENERIC_EVENT: u8 = 35;

/// The bytes of a packet without more.
const PACKET: usize = 32;

/// Far above the longest reply to what is asked here, some ten numbers.
const LONGEST: usize = 4096;

/// So many changes of two windows do not come before one reply.
const EVENTS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_taken_as_they_come_in_parts() {
        let mut event = [0; 32];
        event[0] = 28;
        let mut reply = [0; 40];
        reply[0] = REPLY;
        reply[4..8].copy_from_slice(&2_u32.to_ne_bytes());
        let all = [&event[..], &reply[..], &event[..]].concat();
        let (mut received, mut taken) = (Vec::new(), Vec::new());
        for byte in all {
            received.push(byte);
            taken.extend(take(&mut received).unwrap());
        }
        assert_eq!(taken, [&event[..], &reply[..], &event[..]]);
        assert!(received.is_empty());
    }

    #[test]
    fn a_reply_beyond_all_bounds_is_an_error() {
        let mut reply = vec![0; 32];
        reply[0] = REPLY;
        reply[4..8].copy_from_slice(&u32::MAX.to_ne_bytes());
        assert!(matches!(take(&mut reply), Err(Error::TooLong)));
    }
}
