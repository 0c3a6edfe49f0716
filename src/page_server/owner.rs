//! The owner of the socket at the other end of a connection.
//!
//! The loopback is open to everybody on the machine. The kernel tells whose one socket is, however many there are (`sock_diag(7)`).
//! Where it can't be asked so, or does not answer, the table of all sockets says it, which takes as long as it is and is read outside the loop. So the unit
//! of the service must allow `AF_NETLINK`, and must not hide the table (`ProcSubset=pid` would).

use std::fs;
use std::io;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::SocketAddrV4;
use std::os::fd::OwnedFd;

use rustix::net::AddressFamily;
use rustix::net::RecvFlags;
use rustix::net::SendFlags;
use rustix::net::SocketFlags;
use rustix::net::SocketType;
use rustix::net::netlink;
use tokio::task::spawn_blocking;
use tracing::debug;
use tracing::warn;

/// Who tells whose a socket is.
#[derive(Debug)]
pub(super) enum Owners {
    /// The kernel, over this socket.
    Kernel(OwnedFd),
    /// The table of all sockets.
    Table,
}

impl Owners {
    /// For connections to our listener at `here`.
    pub(super) fn new(here: SocketAddr) -> Self {
        match ask_about_ourselves(here) {
            Ok(kernel) => Self::Kernel(kernel),
            Err(error) => {
                debug!(%error, "the kernel cannot be asked for one socket");
                Self::Table
            }
        }
    }

    /// Whether the socket at the other end of a connection from `peer` to `here` belongs to our own user; false when that can't
    /// be found out.
    pub(super) async fn is_ours(&self, peer: SocketAddr, here: SocketAddr) -> bool {
        let (SocketAddr::V4(from), SocketAddr::V4(to)) = (peer, here) else { return false };
        let asked = match self {
            Self::Kernel(kernel) => ask(kernel, from, to)
                .inspect_err(
                    |error| debug!(%error, "the kernel does not say whose a connection is"),
                )
                .ok(),
            Self::Table => None,
        };
        let user = match asked {
            Some(socket) => {
                socket.filter(|socket| socket.state == ESTABLISHED).map(|socket| socket.user)
            }
            // One at a time: the listener waits.
            None => spawn_blocking(move || listed(peer, here)).await.ok().flatten(),
        };
        user == Some(rustix::process::geteuid().as_raw())
    }
}

/// What the kernel tells of a socket.
#[derive(Debug, PartialEq, Eq)]
struct Socket {
    state: u8,
    user: u32,
}

/// A socket to ask the kernel with; an error where it doesn't know even our own listener.
fn ask_about_ourselves(here: SocketAddr) -> io::Result<OwnedFd> {
    let SocketAddr::V4(listener) = here else { return Err(io::ErrorKind::AddrNotAvailable.into()) };
    let kernel = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        Some(netlink::SOCK_DIAG),
    )?;
    let nobody = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    ask(&kernel, listener, nobody)?.ok_or(io::ErrorKind::NotFound)?;
    Ok(kernel)
}

/// Asks the kernel for the socket from `local` to `remote`, of either family. It answers before sending returns. `None`: there is none.
fn ask(kernel: &OwnedFd, local: SocketAddrV4, remote: SocketAddrV4) -> io::Result<Option<Socket>> {
    let mut answer = [0; 512];
    // An answer that nobody read would be taken for the next one.
    while rustix::net::recv(kernel, &mut answer, RecvFlags::empty()).is_ok() {}
    rustix::net::send(kernel, &question(local, remote), SendFlags::empty())?;
    let (length, _) = rustix::net::recv(kernel, &mut answer, RecvFlags::empty())?;
    read(answer.get(..length).unwrap_or_default(), local, remote)
}

/// `struct nlmsghdr`, then `struct inet_diag_req_v2`.
fn question(local: SocketAddrV4, remote: SocketAddrV4) -> Vec<u8> {
    let (any_state, no_cookie) = (u32::MAX, [0xff; 8]);
    let mut body = vec![FAMILY, TCP, 0, 0];
    body.extend(any_state.to_ne_bytes());
    body.extend(socket_id(local, remote));
    body.extend(no_cookie);
    let length = HEADER + body.len();
    let mut message = Vec::with_capacity(length);
    message.extend(u32::try_from(length).unwrap_or_default().to_ne_bytes());
    message.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    message.extend(NLM_F_REQUEST.to_ne_bytes());
    // Sequence and sender: there is one question at a time.
    message.extend([0; 8]);
    message.extend(body);
    message
}

/// `struct inet_diag_sockid` without its cookie, for any interface.
fn socket_id(local: SocketAddrV4, remote: SocketAddrV4) -> [u8; 40] {
    let mut id = [0; 40];
    id[0..2].copy_from_slice(&local.port().to_be_bytes());
    id[2..4].copy_from_slice(&remote.port().to_be_bytes());
    id[4..8].copy_from_slice(&local.ip().octets());
    id[20..24].copy_from_slice(&remote.ip().octets());
    id
}

/// Reads `struct nlmsghdr`, then `struct inet_diag_msg` or an error.
fn read(answer: &[u8], local: SocketAddrV4, remote: SocketAddrV4) -> io::Result<Option<Socket>> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let four = |at: usize| {
        let bytes = answer.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map(u32::from_ne_bytes).ok_or_else(cut)
    };
    let kind = answer.get(4..6).and_then(|bytes| bytes.try_into().ok()).map(u16::from_ne_bytes);
    match kind.ok_or_else(cut)? {
        SOCK_DIAG_BY_FAMILY => {
            let state = *answer.get(HEADER + 1).ok_or_else(cut)?;
            // One of IPv6 is listed with its own form of the addresses, so the ports are compared.
            let ports = answer.get(HEADER + 4..HEADER + 8).ok_or_else(cut)?;
            let is_it = ports == &socket_id(local, remote)[..4];
            let user = four(HEADER + 64)?;
            Ok(is_it.then_some(Socket { state, user }))
        }
        NLMSG_ERROR => match four(HEADER)?.cast_signed().checked_neg() {
            Some(ENOENT) => Ok(None),
            error => Err(io::Error::from_raw_os_error(error.unwrap_or_default())),
        },
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The user of the established socket from `peer` to `here`, from the tables of all sockets.
fn listed(peer: SocketAddr, here: SocketAddr) -> Option<u32> {
    // A program may reach 127.0.0.1 by a socket of either family.
    TABLES.into_iter().find_map(|table| match fs::read_to_string(table) {
        Ok(sockets) => owner(&sockets, peer, here),
        Err(error) => {
            // Without IPv6 its table doesn't exist.
            if table == TABLES[0] {
                warn!(%error, "{table} not readable: no page can be shown");
            }
            None
        }
    })
}

/// The user of the established socket from `local` to `remote` in a table in the format of `/proc/net/tcp` or
/// `/proc/net/tcp6` (`proc_pid_net(5)`): `sl local_address rem_address st tx:rx tr:when retrnsmt uid ...`
fn owner(sockets: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
    let (local, remote) = (written(local)?, written(remote)?);
    sockets.lines().skip(1).find_map(|socket| {
        let mut fields = socket.split_ascii_whitespace().skip(1);
        let is = |field: Option<&str>, written: &[String; 2]| {
            field.is_some_and(|field| written.iter().any(|written| written == field))
        };
        let ours = is(fields.next(), &local) && is(fields.next(), &remote);
        // A closing socket has no owner any more, and is listed under root.
        let established = fields.next() == Some(LISTED_AS_ESTABLISHED);
        let user = fields.nth(3)?.parse().ok()?;
        (ours && established).then_some(user)
    })
}

/// The form of an address in both tables: each 32 bits as a number in the byte order of this machine, in hexadecimal digits.
fn written(address: SocketAddr) -> Option<[String; 2]> {
    let IpAddr::V4(ip) = address.ip() else { return None };
    let word = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
    let (ip, port) = (word(ip.octets()), format!("{:04X}", address.port()));
    let mapped = format!("{:0>16}{}{ip}:{port}", "", word([0, 0, 0xff, 0xff]));
    Some([format!("{ip}:{port}"), mapped])
}

const TABLES: [&str; 2] = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];
const LISTED_AS_ESTABLISHED: &str = "01";

/// The length of `struct nlmsghdr`.
const HEADER: usize = 16;
/// `linux/netlink.h`, `linux/sock_diag.h`, `netinet/tcp.h`, `errno.h`.
const NLM_F_REQUEST: u16 = 1;
const NLMSG_ERROR: u16 = 2;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const FAMILY: u8 = 2;
const TCP: u8 = 6;
const ESTABLISHED: u8 = 1;
const ENOENT: i32 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    const V4: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 100 1 0 100 0 0 10 0
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 101 1 0 20 4 30 10 -1
   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0
   3: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 102 1 0 20 4 30 10 -1
";
    const V6: &str = "\
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0000000000000000FFFF00000100007F:C352 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000  1002        0 103 1 0
";

    fn socket(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn the_owner_is_that_of_the_other_end() {
        assert_eq!(owner(V4, socket(50_000), socket(8_080)), Some(1001));
        assert_eq!(owner(V4, socket(8_080), socket(50_000)), Some(1000));
        assert_eq!(owner(V6, socket(50_002), socket(8_080)), Some(1002));
    }

    #[test]
    fn a_socket_that_is_closing_or_elsewhere_has_no_owner() {
        assert_eq!(owner(V4, socket(50_001), socket(8_080)), None);
        assert_eq!(owner(V4, socket(50_000), socket(8_081)), None);
        assert_eq!(owner(V4, socket(50_002), socket(8_080)), None);
    }

    #[tokio::test]
    async fn the_kernel_and_the_table_say_the_same_of_each_socket() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let kernel = Owners::new(here);
        assert!(matches!(kernel, Owners::Kernel(_)), "this kernel can be asked");
        let mapped = format!("[::ffff:127.0.0.1]:{}", here.port());
        let mut connections = Vec::new();
        for address in [here.to_string(), mapped] {
            // Without IPv6 there is no such address.
            let Ok(ours) = std::net::TcpStream::connect(&address) else { continue };
            let (theirs, peer) = listener.accept().unwrap();
            for owners in [&kernel, &Owners::Table] {
                assert!(owners.is_ours(peer, here).await, "{address}, {owners:?}");
                assert!(!owners.is_ours(socket(1), here).await, "{owners:?}");
                assert!(!owners.is_ours(here, socket(0)).await, "a listener is no connection");
            }
            connections.push((ours, theirs, peer));
        }
        for (ours, _theirs, peer) in connections {
            drop(ours);
            for owners in [&kernel, &Owners::Table] {
                assert!(!owners.is_ours(peer, here).await, "closed, {owners:?}");
            }
        }
    }

    #[tokio::test]
    async fn where_the_kernel_stops_answering_the_table_says_it() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap();
        let ours = std::net::TcpStream::connect(here).unwrap();
        let (_theirs, peer) = listener.accept().unwrap();
        // A question to it fails: it leads nowhere.
        let nowhere = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        nowhere.set_nonblocking(true).unwrap();
        let owners = Owners::Kernel(nowhere.into());
        assert!(owners.is_ours(peer, here).await);
        assert!(!owners.is_ours(socket(1), here).await);
        drop(ours);
        assert!(!owners.is_ours(peer, here).await, "closed");
    }

    #[test]
    fn an_answer_that_is_cut_or_of_another_socket_names_nobody() {
        let (SocketAddr::V4(local), SocketAddr::V4(remote)) = (socket(50_000), socket(8_080))
        else {
            unreachable!("of IPv4")
        };
        let mut answer = question(local, remote);
        answer.resize(HEADER + 72, 0);
        answer.copy_within(HEADER + 8..HEADER + 48, HEADER + 4);
        answer[HEADER + 1] = ESTABLISHED;
        answer[HEADER + 64..HEADER + 68].copy_from_slice(&1_001_u32.to_ne_bytes());
        let socket = Socket { state: ESTABLISHED, user: 1_001 };
        assert_eq!(read(&answer, local, remote).unwrap(), Some(socket));
        assert_eq!(read(&answer, remote, local).unwrap(), None);
        for length in 0..HEADER + 68 {
            assert!(read(&answer[..length], local, remote).is_err(), "{length}");
        }
        for (error, found) in [(-2_i32, Some(())), (-1, None), (0, None), (i32::MIN, None)] {
            answer[4..6].copy_from_slice(&NLMSG_ERROR.to_ne_bytes());
            answer[HEADER..HEADER + 4].copy_from_slice(&error.to_ne_bytes());
            assert_eq!(read(&answer, local, remote).ok().map(drop), found, "{error}");
        }
    }

    #[test]
    fn a_table_that_cannot_be_read_names_nobody() {
        for table in
            ["", "\n", "a\nb c d e f g h i", "x\n0: 0100007F:C350 0100007F:1F90 01 0 0 0 -1 0"]
        {
            assert_eq!(owner(table, socket(50_000), socket(8_080)), None, "{table:?}");
        }
    }
}
