//! No single allocation may be larger than a megabyte. libFuzzer has a limit of its own, but without a sanitizer it counts nothing.

use std::alloc::GlobalAlloc;
use std::alloc::Layout;
use std::alloc::System;
use std::process::abort;

/// The allocator of the system, up to [`LARGEST`].
struct Limited;

#[global_allocator]
static LIMITED: Limited = Limited;

/// In bytes.
const LARGEST: usize = 1 << 20;

// SAFETY: each call is the same one of the system's allocator.
unsafe impl GlobalAlloc for Limited {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        check(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        check(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn check(size: usize) {
    if size > LARGEST {
        eprintln!("an allocation of {size} bytes");
        abort();
    }
}
