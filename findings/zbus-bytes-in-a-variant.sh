#!/bin/bash
# Believed: a byte array in a zbus Variant (the hint image-data of a notification, say) takes about as much memory as its bytes.
# So: each byte becomes a Variant of its own, so that 16 KiB of pixels take more than a megabyte. Serialised as a typed value by
# zbus::as_variant::Serialize the message is the same, and takes about as much as the bytes.
# Versions: zbus 6.2.1. Seen: the memory of a process that sent and took apart notifications with a picture.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat > Cargo.toml <<'T'
[package]
name = "variant"
version = "0.0.0"
edition = "2021"
[dependencies]
zbus = { version = "=6.2.1", default-features = false, features = ["tokio"] }
T
cat > src/main.rs <<'R'
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use zbus::{as_variant, Message, Variant};

struct Counting;
static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        MOST.fetch_max(NOW.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        System.alloc(layout)
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        System.dealloc(pointer, layout)
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The message, and the most memory that was in use beyond what was before.
fn most(build: impl FnOnce() -> Message) -> (Message, usize) {
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    let message = build();
    (message, MOST.load(Relaxed) - before)
}

fn main() {
    let bytes = vec![7_u8; 16 * 1024];
    let call = || Message::method_call("/a", "B").interface("a.b");
    let (as_value, value) = most(|| call().build(&Variant::from(&bytes[..])).unwrap());
    let (as_typed, typed) = most(|| call().build(&as_variant::Serialize(&&bytes[..])).unwrap());
    let body = |message: &Message| message.body().len();
    println!("16384 bytes: {value} bytes of memory as a Variant, {typed} as a typed value");
    println!("bodies of {} and {} bytes", body(&as_value), body(&as_typed));
    assert_eq!(body(&as_value), body(&as_typed));
    assert!(value > 1_000_000 && typed < 100_000);
}
R
nice -n 10 cargo run --quiet
