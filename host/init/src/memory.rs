//! The memory functions that the compiler calls by name and that a C library has elsewhere.
//!
//! Written with string instructions or with opaque loops: the compiler would make a call to the function itself
//! out of a plain loop.

use core::ffi::c_int;
use core::hint::black_box;

/// Copies `count` bytes between places that do not overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise: both places hold `count` bytes.
    unsafe { forward(to, from, count) };
    to
}

/// Copies `count` bytes between places that may overlap.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if to.addr().wrapping_sub(from.addr()) >= count {
        // SAFETY: the caller's promise; `to` does not begin within the source, so that no byte is written before it is read.
        unsafe { forward(to, from, count) };
        return to;
    }
    let mut left = count;
    while left > 0 {
        left = black_box(left - 1);
        // Backward, so that no byte is written before it is read.
        // SAFETY: `left` is below `count`, which both places hold.
        unsafe { copy_byte(to, from, left) };
    }
    to
}

/// Sets `count` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, byte: c_int, count: usize) -> *mut u8 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the caller's promise: the place holds `count` bytes; the direction flag is clear by the ABI.
    unsafe {
        core::arch::asm!("rep stosb", inout("rcx") count => _, inout("rdi") to => _, in("eax") byte,
            options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let mut at = 0;
        while at < count {
            // SAFETY: `at` is below `count`, which the place holds. The low byte is what C says.
            unsafe { put(to, at, byte as u8) };
            at = black_box(at + 1);
        }
    }
    to
}

/// Compares `count` bytes: negative, zero or positive.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    let mut at = 0;
    while at < count {
        // SAFETY: `at` is below `count`, which this place holds.
        let left = unsafe { byte_at(left, at) };
        // SAFETY: and so does this one.
        let right = unsafe { byte_at(right, at) };
        if left != right {
            return c_int::from(left) - c_int::from(right);
        }
        at = black_box(at + 1);
    }
    0
}

/// Compares `count` bytes: zero or not.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, count: usize) -> c_int {
    // SAFETY: the same promise.
    unsafe { memcmp(left, right, count) }
}

/// Counts the bytes before the first zero.
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(text: *const u8) -> usize {
    let mut at = 0;
    // SAFETY: the caller's promise: a zero ends the text, and `at` has not passed one.
    while unsafe { byte_at(text, at) } != 0 {
        at = black_box(at + 1);
    }
    at
}

/// # Safety
/// The place holds more than `at` bytes.
unsafe fn byte_at(place: *const u8, at: usize) -> u8 {
    // SAFETY: the caller's promise.
    let place = unsafe { place.add(at) };
    // SAFETY: the caller's promise.
    unsafe { place.read() }
}

/// # Safety
/// The place holds more than `at` bytes and may be written.
unsafe fn put(place: *mut u8, at: usize, byte: u8) {
    // SAFETY: the caller's promise.
    let place = unsafe { place.add(at) };
    // SAFETY: the caller's promise.
    unsafe { place.write(byte) };
}

/// # Safety
/// Both places hold more than `at` bytes, and the first may be written.
unsafe fn copy_byte(to: *mut u8, from: *const u8, at: usize) {
    // SAFETY: the caller's promise.
    let byte = unsafe { byte_at(from, at) };
    // SAFETY: the caller's promise.
    unsafe { put(to, at, byte) };
}

/// Copies from the first byte to the last.
///
/// # Safety
/// Both places hold `count` bytes.
unsafe fn forward(to: *mut u8, from: *const u8, count: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the caller's promise; the direction flag is clear by the ABI.
    unsafe {
        core::arch::asm!("rep movsb", inout("rcx") count => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags));
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        let mut at = 0;
        while at < count {
            // SAFETY: `at` is below `count`, which both places hold.
            unsafe { copy_byte(to, from, at) };
            at = black_box(at + 1);
        }
    }
}
