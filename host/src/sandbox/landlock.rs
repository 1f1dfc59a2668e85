//! What the kernel's Landlock can do.
#![allow(unsafe_code, reason = "no crate at hand has the system call")]

use std::sync::OnceLock;

/// From `linux/landlock.h`: asks for the version instead of a set of rules.
const VERSION: libc::c_ulong = 1;

/// The first ABI with scopes: abstract Unix sockets and signals of other domains are out of reach.
pub(crate) const SCOPES: u32 = 6;

/// The kernel's ABI; 0 where there is none.
pub(crate) fn abi() -> u32 {
    static ABI: OnceLock<u32> = OnceLock::new();
    *ABI.get_or_init(|| {
        // SAFETY: with this flag the call takes no memory: the pointer must be null and the size 0.
        let found = unsafe {
            libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0_usize, VERSION)
        };
        u32::try_from(found).unwrap_or(0)
    })
}
