//! Every capability given up, for good, and proof of it.
//!
//! In its own user namespace the process 1 of a run has all of them, over that namespace; it drops them when the
//! root is built and before the program's process is made, which so never had any.
#![forbid(unsafe_code)]

use rustix::io::Errno;
use rustix::thread::{
    CapabilitiesSecureBits, CapabilitySet, CapabilitySets, capabilities, capabilities_secure_bits,
    capability_is_in_bounding_set, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities, set_capabilities_secure_bits,
};

/// One more than the kernel can ever number: a set has 64 bits.
const END: u32 = 64;

/// Gives all capabilities up and verifies that none is left.
///
/// # Errors
/// The kernel's, or `NOTRECOVERABLE` where a set is not empty afterwards.
pub(crate) fn drop_all() -> Result<(), Errno> {
    // They are numbered from 0 without a gap, and the kernel refuses the first number that it does not know.
    let mut known = 0;
    while known < END {
        match remove_capability_from_bounding_set(numbered(known)) {
            Ok(()) => known += 1,
            Err(Errno::INVAL) if known > 0 => break,
            Err(error) => return Err(error),
        }
    }
    // A program whose user is 0 inside would be given capabilities at its start; and no later call may undo this.
    // That these are locked makes the order of later calls irrelevant.
    let locked = CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::NO_SETUID_FIXUP
        | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
    set_capabilities_secure_bits(locked)?;
    clear_ambient_capability_set()?;
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none)?;

    let is_last = known == END || capability_is_in_bounding_set(numbered(known)) == Err(Errno::INVAL);
    let bounding_is_empty =
        is_last && (0..known).all(|number| capability_is_in_bounding_set(numbered(number)) == Ok(false));
    // The ambient set is a part of the permitted one by the kernel's own rule.
    if capabilities(None)? == none && capabilities_secure_bits()? == locked && bounding_is_empty {
        Ok(())
    } else {
        Err(Errno::NOTRECOVERABLE)
    }
}

/// Whether this process has none. With `no_new_privs` it cannot come by any.
pub(crate) fn has_none() -> Result<bool, Errno> {
    let own = capabilities(None)?;
    Ok(own.permitted.is_empty() && own.effective.is_empty() && own.inheritable.is_empty())
}

fn numbered(number: u32) -> CapabilitySet {
    CapabilitySet::from_bits_retain(1 << number)
}
