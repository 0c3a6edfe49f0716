//! The connection to an X server: requests out, replies and events in, without ever holding up the program.

use std::collections::VecDeque;

use tokio::io::AsyncReadExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixStream;
use x11rb_protocol::connect::Connect;
use x11rb_protocol::parse_display::ConnectAddress;
use x11rb_protocol::parse_display::parse_display;
use x11rb_protocol::x11_utils::ReplyRequest;
use x11rb_protocol::x11_utils::TryParse as _;
use x11rb_protocol::x11_utils::VoidRequest;
use x11rb_protocol::xauth::Family;
use x11rb_protocol::xauth::get_auth;

use super::Error;

/// A connection on which one request at a time waits for its reply.
pub(super) struct Link {
    stream: UnixStream,
    /// What came and was not taken yet: the beginning of a packet.
    received: Vec<u8>,
    /// Events that came before a reply.
    events: VecDeque<Vec<u8>>,
    /// The first of the numbers that we may give to what we make.
    base: u32,
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
        let stream = match UnixStream::connect(format!("\0{path}")).await {
            Ok(stream) => stream,
            Err(_) => UnixStream::connect(&path).await?,
        };
        let host = rustix::system::uname();
        // A file of keys that is not there or cannot be read is no reason: the server may ask for none.
        let key = get_auth(Family::LOCAL, host.nodename().to_bytes(), parsed.display);
        let (name, data) = key.ok().flatten().unwrap_or_default();
        Self::enter(stream, Connect::with_authorization(name, data)).await
    }

    async fn enter(
        mut stream: UnixStream,
        (mut connect, request): (Connect, Vec<u8>),
    ) -> Result<Self, Error> {
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
        let setup = connect.into_setup().map_err(|error| Error::Refused(Box::new(error)))?;
        let base = setup.resource_id_base;
        Ok(Self { stream, received: Vec::new(), events: VecDeque::new(), base })
    }

    /// The number of one of the things that we make.
    pub(super) fn id(&self, place: u8) -> u32 {
        self.base | u32::from(place)
    }

    /// Sends a request that has no reply.
    pub(super) async fn send<R: VoidRequest>(
        &mut self,
        request: R,
        opcode: u8,
    ) -> Result<(), Error> {
        let (bytes, _) = request.serialize(opcode);
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// Sends a request and waits for its reply.
    pub(super) async fn ask<R: ReplyRequest>(
        &mut self,
        request: R,
        opcode: u8,
    ) -> Result<R::Reply, Error> {
        let (bytes, _) = request.serialize(opcode);
        self.stream.write_all(&bytes).await?;
        loop {
            let packet = self.packet().await?;
            if packet.first() == Some(&REPLY) {
                return Ok(R::Reply::try_parse(&packet)?.0);
            }
            self.events.push_back(packet);
        }
    }

    /// The next event. Nothing is lost when this is dropped before it is done.
    pub(super) async fn event(&mut self) -> Result<Vec<u8>, Error> {
        match self.events.pop_front() {
            Some(event) => Ok(event),
            None => self.packet().await,
        }
    }

    /// The next reply or event; an error ends the connection, since every request of ours is one that the server should know.
    async fn packet(&mut self) -> Result<Vec<u8>, Error> {
        loop {
            if let Some(packet) = take(&mut self.received)? {
                return match packet.first() {
                    Some(&ERROR) => Err(Error::Request(packet.get(1).copied().unwrap_or_default())),
                    _ => Ok(packet),
                };
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(Error::Gone);
            }
        }
    }
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

/// The kinds of packets, by their first byte.
const ERROR: u8 = 0;
const REPLY: u8 = 1;
const GENERIC_EVENT: u8 = 35;

/// The bytes of a packet without more.
const PACKET: usize = 32;

/// Far above the longest reply to what is asked here, a list of some ten counters.
const LONGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_taken_as_they_come_in_parts() {
        let mut event = [0; 32];
        event[0] = 83;
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
