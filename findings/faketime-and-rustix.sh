#!/bin/bash
# Believed: under libfaketime a dynamically linked program sees the faked wall clock, whatever it is written in.
# So: a Rust program that reads the clock by rustix sees the real one. On Linux rustix calls the kernel's vDSO itself, past the libc
# that libfaketime stands in for; std::time::SystemTime in the same program sees the faked one. With rustix' feature "use-libc" both do.
# Versions: libfaketime 0.9.10, rustix 1.1.6. Seen: a test that gave a daemon another year, and found nothing of that year in its store.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get -qq download libfaketime=0.9.10-2.1
dpkg -x libfaketime_*.deb deb
library=$(find "$dir/deb" -name libfaketime.so.1)
mkdir src
cat > Cargo.toml <<'T'
[package]
name = "clocks"
version = "0.0.0"
edition = "2021"
[features]
libc = ["rustix/use-libc"]
[dependencies]
rustix = { version = "=1.1.6", features = ["time"] }
T
cat > src/main.rs <<'R'
use std::time::SystemTime;
fn main() {
    let std = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let rustix = rustix::time::clock_gettime(rustix::time::ClockId::Realtime).tv_sec;
    println!("std {std} rustix {rustix}");
}
R
# 2005-01-01 10:00:00 UTC, and a minute.
is_faked() { [ "$1" -ge 1104573600 ] && [ "$1" -lt 1104573660 ]; }
look() {
    nice -n 10 cargo build --quiet "$@"
    read -r _ std _ rustix < <(TZ=UTC FAKETIME="@2005-01-01 10:00:00" LD_PRELOAD=$library target/debug/clocks)
}
look
echo "rustix as it is:      std $std, rustix $rustix"
is_faked "$std" || exit 1
if is_faked "$rustix"; then exit 1; fi
look --features libc
echo "rustix with use-libc: std $std, rustix $rustix"
is_faked "$std" || exit 1
is_faked "$rustix"
