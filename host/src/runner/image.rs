//! The init program as a file that only memory holds and that nobody can change.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;

/// Writes a program into a memory file and seals it: a run that found its way to the file could not change what
/// the next run is started by (the way out of runc, CVE-2019-5736).
pub(super) fn seal(program: &[u8]) -> io::Result<OwnedFd> {
    if program.is_empty() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "there is no init program for this system"));
    }
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Asked for by name since Linux 6.3, unknown before.
    let file = match memfd_create(c"code-execute-init", flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => memfd_create(c"code-execute-init", flags)?,
        file => file?,
    };
    let mut rest = program;
    while !rest.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::write(&file, rest))?;
        rest = rest.split_at_checked(written).ok_or(io::ErrorKind::WriteZero)?.1;
    }
    fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_cannot_be_changed() {
        let file = seal(b"program").unwrap();
        assert_eq!(rustix::io::pwrite(&file, b"x", 0), Err(Errno::PERM));
        assert_eq!(rustix::fs::ftruncate(&file, 0), Err(Errno::PERM));
        assert!(fcntl_add_seals(&file, SealFlags::SEAL).is_err());
    }
}
