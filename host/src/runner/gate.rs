//! Holds a file closed: whoever opens it waits until it is let go.
//!
//! An interpreter takes ten milliseconds to start and then opens its file. So it is started before the verdict, on
//! an empty file that this process holds a lease on: the kernel has the opening wait until the lease is given up.
//! The lease is not what keeps unreviewed code from running: the file is empty until then. It is what keeps the
//! interpreter from reading it too early.
#![allow(unsafe_code, reason = "no crate at hand has the lease operations of fcntl(2)")]

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// From `fcntl.h`; the crate `libc` does not have it for every system.
const F_SETSIG: libc::c_int = 10;

/// Holds a file closed that nobody else has open. Says whether it is: not every file system has leases.
///
/// Dropping the file lets it go too.
pub(super) fn close(file: &File) -> bool {
    // The kernel tells the holder of somebody who waits. The default signal for that ends the process; this one is
    // ignored by default.
    control(file, F_SETSIG, libc::SIGURG).is_ok() && control(file, libc::F_SETLEASE, libc::F_WRLCK).is_ok()
}

/// Lets a file go. False where it was open before: the kernel takes a lease away from a holder that let somebody
/// wait for long (`/proc/sys/fs/lease-break-time`, 45 seconds by default).
pub(super) fn open(file: &File) -> bool {
    control(file, libc::F_SETLEASE, libc::F_UNLCK).is_ok()
}

fn control(file: &File, command: libc::c_int, value: libc::c_int) -> io::Result<()> {
    // SAFETY: both commands take a number, and the descriptor is open as long as `file` is borrowed.
    match unsafe { libc::fcntl(file.as_raw_fd(), command, value) } {
        -1 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[test]
    fn file_is_read_only_once_it_is_open() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let path = directory.path().join("code");
        let mut file = File::create_new(&path).unwrap();
        assert!(close(&file), "the file system of /tmp has no leases");
        let reader = std::thread::spawn(move || std::fs::read_to_string(path).unwrap());
        std::thread::sleep(Duration::from_millis(50));
        assert!(!reader.is_finished());
        file.write_all(b"late").unwrap();
        assert!(open(&file));
        assert_eq!(reader.join().unwrap(), "late");
        assert!(!open(&file));
    }

    #[test]
    fn file_that_is_open_elsewhere_cannot_be_closed() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let path = directory.path().join("code");
        let file = File::create_new(&path).unwrap();
        let _other = File::open(&path).unwrap();
        assert!(!close(&file));
    }
}
