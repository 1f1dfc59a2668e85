//! The init program, without a standard library and without a C library.
//!
//! Owns what such a program needs beside its logic (which is the library's): a first instruction, an end for
//! panics, and the memory functions that the compiler calls by name.
#![no_std]
#![no_main]
#![allow(unsafe_code, reason = "a first instruction and the memory functions cannot be had otherwise")]

mod memory;

/// The first instruction: the kernel's stack holds argc here, not a return address, and may be aligned otherwise
/// than a function expects. Arguments and environment are of no interest: all comes over the socket.
#[unsafe(naked)]
#[unsafe(no_mangle)]
unsafe extern "C" fn _start() -> ! {
    #[cfg(target_arch = "x86_64")]
    core::arch::naked_asm!("xor ebp, ebp", "and rsp, -16", "call {live}", "ud2", live = sym live);
    #[cfg(target_arch = "aarch64")]
    core::arch::naked_asm!("mov x29, xzr", "mov x30, xzr", "bl {live}", "brk #1", live = sym live);
}

extern "C" fn live() -> ! {
    code_execute_init::exit(code_execute_init::main())
}

/// A panic is a mistake in this program. The host sees the socket's end and reports that init was lost.
#[panic_handler]
fn on_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    code_execute_init::exit(101)
}
