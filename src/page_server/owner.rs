//! The owner of the socket at the other end of a connection.
//!
//! The loopback is open to everybody on the machine. The kernel lists all TCP sockets with their users. The unit of the
//! service must not hide that table (`ProcSubset=pid` would).

use std::fs;
use std::net::IpAddr;
use std::net::SocketAddr;

use tracing::warn;

/// Whether the socket at the other end of a connection from `peer` to `here` belongs to our own user; false when that can't
/// be found out.
pub(super) fn is_ours(peer: SocketAddr, here: SocketAddr) -> bool {
    let us = rustix::process::geteuid().as_raw();
    // A program may reach 127.0.0.1 by a socket of either family.
    TABLES.into_iter().any(|table| match fs::read_to_string(table) {
        Ok(sockets) => owner(&sockets, peer, here) == Some(us),
        Err(error) => {
            // Without IPv6 its table doesn't exist.
            if table == TABLES[0] {
                warn!(%error, "{table} not readable: no page can be shown");
            }
            false
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
        let established = fields.next() == Some(ESTABLISHED);
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
const ESTABLISHED: &str = "01";

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

    #[test]
    fn a_table_that_cannot_be_read_names_nobody() {
        for table in
            ["", "\n", "a\nb c d e f g h i", "x\n0: 0100007F:C350 0100007F:1F90 01 0 0 0 -1 0"]
        {
            assert_eq!(owner(table, socket(50_000), socket(8_080)), None, "{table:?}");
        }
    }
}
