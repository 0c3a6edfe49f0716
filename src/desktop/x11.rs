//! The connection to an X server: requests out, replies and events in, without ever holding up the program. Only a display of this
//! machine is reached.

use std::collections::VecDeque;
use std::fmt;
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
use x11rb_protocol::xauth::get_auth;

use kindbeat_core::words::Message;
use kindbeat_core::words::Sentence;

/// Why an X server cannot be asked.
#[derive(Debug)]
pub(super) enum X11Error {
    /// The name of the display is none.
    Display(DisplayParsingError),
    /// It is reached over a network only, and so are its keyboard and its windows.
    Elsewhere,
    /// It lets nobody in.
    Refused(Box<ConnectError>),
    /// The connection is broken, or there is none.
    Unreachable(io::Error),
    /// It hung up.
    Gone,
    /// It answers with something else.
    Strange,
    /// It answers with more than was asked for.
    TooLong,
    /// It refused a request with this code.
    Request(u8),
}

impl From<X11Error> for Sentence {
    fn from(error: X11Error) -> Self {
        let problem = |message, problem: &dyn fmt::Display| {
            Self::new(message).with("problem", problem.to_string())
        };
        match error {
            X11Error::Display(error) => problem(Message::SourceBadDisplay, &error),
            X11Error::Elsewhere => Message::SourceOtherMachine.into(),
            X11Error::Refused(error) => problem(Message::SourceXUnreachable, &error),
            X11Error::Unreachable(error) => problem(Message::SourceXUnreachable, &error),
            X11Error::Gone => Message::SourceEnded.into(),
            X11Error::Strange | X11Error::TooLong => Message::SourceXStrange.into(),
            X11Error::Request(code) => {
                Self::new(Message::SourceXRefused).with("code", i64::from(code))
            }
        }
    }
}

impl From<io::Error> for X11Error {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error)
    }
}

impl From<ParseError> for X11Error {
    fn from(_: ParseError) -> Self {
        Self::Strange
    }
}

/// A connection on which one request at a time waits for its reply.
#[derive(Debug)]
pub(super) struct X11Link {
    stream: UnixStream,
    /// What came and was not taken yet: the beginning of a packet.
    received: Vec<u8>,
    /// What came before a reply.
    events: VecDeque<Vec<u8>>,
    /// The number of the last request, as far as replies repeat it.
    sequence: u16,
    /// The first of the numbers that we may give to what we make.
    base: u32,
    root: u32,
}

impl X11Link {
    /// Connects to a display of this machine, such as `:0`.
    pub(super) async fn connect(display: &str) -> Result<Self, X11Error> {
        let parsed = parse_display(Some(display)).map_err(X11Error::Display)?;
        let path = parsed.connect_instruction().find_map(|address| match address {
            ConnectAddress::Socket(path) => Some(path),
            _ => None,
        });
        let path = path.ok_or(X11Error::Elsewhere)?;
        // The abstract name is reached even where the folder is hidden from a service.
        let mut stream = match UnixStream::connect(format!("\0{path}")).await {
            Ok(stream) => stream,
            Err(_) => UnixStream::connect(&path).await?,
        };
        let host = rustix::system::uname();
        // A file of keys that is not there or cannot be read is no reason: the server may ask for none.
        let key = get_auth(Family::LOCAL, host.nodename().to_bytes(), parsed.display);
        let (name, data) = key.ok().flatten().unwrap_or_default();
        let (mut connect, request) = Connect::with_authorization(name, data);
        stream.write_all(&request).await?;
        loop {
            let count = stream.read(connect.buffer()).await?;
            if count == 0 {
                return Err(X11Error::Gone);
            }
            if connect.advance(count) {
                break;
            }
        }
        let setup = connect.into_setup().map_err(|error| X11Error::Refused(Box::new(error)))?;
        let screen = setup.roots.get(usize::from(parsed.screen)).ok_or(X11Error::Elsewhere)?;
        Ok(Self {
            stream,
            received: Vec::new(),
            events: VecDeque::new(),
            sequence: 0,
            base: setup.resource_id_base,
            root: screen.root,
        })
    }

    /// The window behind all windows.
    pub(super) const fn root(&self) -> u32 {
        self.root
    }

    /// The number of one of the things that we make.
    pub(super) fn id(&self, place: u8) -> u32 {
        self.base | u32::from(place)
    }

    /// Sends a request that has no reply; `opcode` is that of its extension, or [`CORE`]. Where the server refuses it,
    /// [`Self::event`] says so.
    pub(super) async fn send<R: VoidRequest>(
        &mut self,
        request: R,
        opcode: u8,
    ) -> Result<(), X11Error> {
        self.write(&request.serialize(opcode).0).await
    }

    /// Sends a request and waits for its reply; the error [`X11Error::Request`] where the server refuses it, after which the connection is as good as
    /// before.
    pub(super) async fn ask<R: ReplyRequest>(
        &mut self,
        request: R,
        opcode: u8,
    ) -> Result<R::Reply, X11Error> {
        self.write(&request.serialize(opcode).0).await?;
        loop {
            let packet = self.packet().await?;
            match packet.first() {
                Some(&REPLY) => return Ok(R::Reply::try_parse(&packet)?.0),
                // An earlier request that has no reply may have failed, too.
                Some(&ERROR) if sequence(&packet) == Some(self.sequence) => {
                    return Err(refusal(&packet));
                }
                _ if self.events.len() == EVENTS => return Err(X11Error::TooLong),
                _ => self.events.push_back(packet),
            }
        }
    }

    /// The next event; or the error [`X11Error::Request`] of a request that has no reply, after which the connection is as good as before. Nothing is lost when this is
    /// dropped before it is done.
    pub(super) async fn event(&mut self) -> Result<Vec<u8>, X11Error> {
        let packet = match self.events.pop_front() {
            Some(packet) => packet,
            None => self.packet().await?,
        };
        if packet.first() == Some(&ERROR) { Err(refusal(&packet)) } else { Ok(packet) }
    }

    async fn write(&mut self, request: &[u8]) -> Result<(), X11Error> {
        self.stream.write_all(request).await?;
        self.sequence = self.sequence.wrapping_add(1);
        Ok(())
    }

    async fn packet(&mut self) -> Result<Vec<u8>, X11Error> {
        loop {
            if let Some(packet) = take(&mut self.received)? {
                return Ok(packet);
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(X11Error::Gone);
            }
        }
    }
}

fn refusal(packet: &[u8]) -> X11Error {
    X11Error::Request(packet.get(1).copied().unwrap_or_default())
}

fn sequence(packet: &[u8]) -> Option<u16> {
    Some(u16::from_ne_bytes([*packet.get(2)?, *packet.get(3)?]))
}

/// Takes one packet off the front, if it is there as a whole: 32 bytes, and of a reply as much more as it says.
fn take(received: &mut Vec<u8>) -> Result<Option<Vec<u8>>, X11Error> {
    let Some(head) = received.first_chunk::<PACKET>() else { return Ok(None) };
    let more = match head[0] & 0x7f {
        REPLY | GENERIC_EVENT => u32::from_ne_bytes([head[4], head[5], head[6], head[7]]),
        _ => 0,
    };
    let length = usize::try_from(more).unwrap_or(usize::MAX).saturating_mul(4);
    let length = length.saturating_add(PACKET);
    if length > LONGEST {
        return Err(X11Error::TooLong);
    }
    if received.len() < length {
        return Ok(None);
    }
    let rest = received.split_off(length);
    Ok(Some(std::mem::replace(received, rest)))
}

/// A request of the protocol itself, of no extension, which would have a number of its own.
pub(super) const CORE: u8 = 0;

/// The kinds of packets, by their first byte.
const ERROR: u8 = 0;
const REPLY: u8 = 1;
const GENERIC_EVENT: u8 = 35;

/// The bytes of a packet without more.
const PACKET: usize = 32;

/// Far above the longest reply to what is asked here, a list of some ten counters.
const LONGEST: usize = 64 * 1024;

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
        assert!(matches!(take(&mut reply), Err(X11Error::TooLong)));
    }
}
