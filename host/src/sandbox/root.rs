//! What of the machine is visible inside: an allow-list, as entries that init makes one by one.
//!
//! What is not named here does not exist inside. It must never name a directory of the host's that holds anything
//! but programs, libraries and their public settings; what an operator grants is in [`grants`](super::grants).

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use code_execute_init::protocol::confinement::{INSIDE_ID, entry};

use super::Network;
use super::grants::Place;

/// Programs and libraries. On most systems all but the first are links into it.
const SYSTEM: [&str; 8] = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32", "/nix/store"];

/// The settings that programs and libraries read, none of them secret: the loader's, alternatives, the time zone,
/// names of types, the interpreters'.
const SETTINGS: [&str; 10] = [
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/ssl/openssl.cnf",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/mime.types",
    "/etc/fonts",
    "/etc/matplotlibrc",
];

/// Only with a network: names of services, certificates of authorities. Each is a mount, which every run pays for.
const SERVICES: [&str; 6] = [
    "/etc/services",
    "/etc/protocols",
    "/etc/ssl/certs",
    "/etc/ca-certificates",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust",
];

/// Only with the host's network: how it finds names.
const RESOLVER: [&str; 2] = ["/etc/resolv.conf", "/etc/gai.conf"];

const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// Where a run may write, and leaves nothing behind.
const SCRATCHES: [&str; 2] = ["/dev/shm", "/tmp"];

/// A small setting is copied, and a directory of few of them: a mount costs more than a page.
const SMALL: u64 = 4096;
const FEW: usize = 8;

/// The entries of a root, in the words of the protocol.
#[derive(Debug, Clone, Default)]
pub(crate) struct Root {
    /// What all runs have in common.
    common: Entries,
    /// What each run has of its own: what it may write to, and what is in there.
    own: Entries,
    made: HashSet<PathBuf>,
    /// What is mounted from the host: nothing is made below it.
    mounted: Vec<PathBuf>,
}

#[derive(Debug, Clone, Default)]
struct Entries {
    strings: Vec<u8>,
    /// The path of every entry, for messages.
    paths: Vec<PathBuf>,
}

impl Root {
    /// The root of every run of an executor, but for the code file and an interpreter that lies elsewhere.
    pub(crate) fn new(places: &[Place], scratch_bytes: u64, network: Network) -> Self {
        let mut root = Self::default();
        for path in SYSTEM {
            root.show(Path::new(path));
        }
        root.make_file(Path::new("/etc/passwd"), &passwd());
        root.make_file(Path::new("/etc/group"), &group());
        root.make_file(Path::new("/etc/hosts"), "127.0.0.1 localhost sandbox\n::1 localhost\n");
        root.make_file(Path::new("/etc/hostname"), "sandbox\n");
        root.make_file(Path::new("/etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
        let services = SERVICES.iter().filter(|_| network != Network::None);
        let resolver = RESOLVER.iter().filter(|_| network == Network::Host);
        for path in SETTINGS.iter().chain(services).chain(resolver) {
            root.show(Path::new(path));
        }
        for directory in versioned_python() {
            // Not copied: what Python has compiled of a module is good for the file's very time, and is made again at
            // every start otherwise.
            root.mount(entry::VISIBLE, &directory, true, "");
        }
        root.make_devices(scratch_bytes);
        for place in places {
            root.grant(place);
        }
        root
    }

    /// What a run may reach by path where it has no root of its own: the same, as far as the machine has it, and the
    /// machine's own `/tmp` and `/dev/shm`. No `/proc`: it shows everybody's processes.
    pub(crate) fn shared(places: &[Place]) -> Self {
        const NAMES: [&str; 5] =
            ["/etc/passwd", "/etc/group", "/etc/hosts", "/etc/hostname", "/etc/nsswitch.conf"];
        let mut root = Self::default();
        let python = versioned_python();
        let visible = SYSTEM.iter().chain(&SETTINGS).chain(&NAMES).map(Path::new);
        for path in visible.chain(python.iter().map(PathBuf::as_path)).filter(|path| path.exists()) {
            root.allow(entry::VISIBLE, path);
        }
        for name in DEVICES {
            root.allow(entry::DEVICE, &Path::new("/dev").join(name));
        }
        for path in ["/tmp", "/dev/shm"].map(Path::new).into_iter().filter(|path| path.exists()) {
            root.allow(entry::WRITABLE, path);
        }
        for place in places {
            let kind = if place.writable { entry::WRITABLE } else { entry::VISIBLE };
            root.allow(kind, &place.path);
        }
        root
    }

    fn allow(&mut self, kind: u8, path: &Path) {
        self.push(kind, path, OsStr::new(""));
        self.mounted.push(path.to_owned());
    }

    /// Makes an interpreter visible that is found elsewhere than the system's: the directory that its own `bin` is in.
    /// Gives the path to start it by.
    pub(crate) fn show_interpreter(&mut self, interpreter: &Path) -> PathBuf {
        let Ok(real) = interpreter.canonicalize() else { return interpreter.to_owned() };
        if !self.is_visible(&real) {
            // Only a directory that is Python's own: beside `~/bin` there is a home.
            let prefix = real.parent().and_then(Path::parent).filter(|prefix| has_library(prefix));
            self.show(prefix.unwrap_or(&real));
        }
        if self.is_visible(interpreter) { interpreter.to_owned() } else { real }
    }

    /// How many strings there are.
    pub(crate) fn count(&self) -> u64 {
        2 * (self.common.paths.len() + self.own.paths.len()) as u64
    }

    /// The strings, each ended by a NUL.
    pub(crate) fn strings(&self) -> Vec<u8> {
        [self.common.strings.as_slice(), &self.own.strings].concat()
    }

    /// The path of an entry, counted from 1 as init counts.
    pub(crate) fn path_of(&self, at: u64) -> Option<&Path> {
        let at = usize::try_from(at.checked_sub(1)?).ok()?;
        self.common.paths.iter().chain(&self.own.paths).nth(at).map(PathBuf::as_path)
    }

    /// Shows what the host has at a path, if it has anything: a link as a link, a small file as a copy, all else as
    /// it is.
    fn show(&mut self, path: &Path) {
        let Ok(metadata) = fs::symlink_metadata(path) else { return };
        if self.is_mounted(path) || self.made.contains(path) {
            return;
        }
        if metadata.is_symlink() {
            if let Ok(target) = fs::read_link(path) {
                self.make_parents(path);
                self.push(entry::LINK, path, target.as_os_str());
            }
        } else if metadata.is_dir() {
            match small_files(path, &metadata) {
                Some(files) => {
                    self.make_directory(path);
                    for (name, text) in files {
                        self.make_file(&path.join(name), &text);
                    }
                }
                None => self.mount(entry::VISIBLE, path, true, ""),
            }
        } else if metadata.is_file() {
            match small_text(path, &metadata) {
                Some(text) => self.make_file(path, &text),
                None => self.mount(entry::VISIBLE, path, false, ""),
            }
        }
    }

    fn grant(&mut self, place: &Place) {
        let kind = if place.writable { entry::WRITABLE } else { entry::VISIBLE };
        self.mount(kind, &place.path, place.directory, &place.identity);
    }

    fn make_devices(&mut self, scratch_bytes: u64) {
        for name in DEVICES {
            self.mount(entry::DEVICE, &Path::new("/dev").join(name), false, "");
        }
        let links = [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")];
        for (name, number) in links {
            let target = format!("/proc/self/fd{number}");
            self.push(entry::LINK, &Path::new("/dev").join(name), OsStr::new(&target));
        }
        // A file needs an inode, and an inode the kernel's own memory, which no limit of a process counts.
        let inodes = (scratch_bytes / 8192).clamp(1024, 1 << 20);
        let options = format!("size={scratch_bytes},nr_inodes={inodes},mode=1777");
        for path in SCRATCHES {
            self.make_directory(Path::new(path));
            self.push(entry::SCRATCH, Path::new(path), OsStr::new(&options));
        }
    }

    fn mount(&mut self, kind: u8, path: &Path, directory: bool, identity: &str) {
        if directory {
            self.make_directory(path);
        } else {
            self.make_file(path, "");
        }
        self.push(kind, path, OsStr::new(identity));
        self.mounted.push(path.to_owned());
    }

    fn make_directory(&mut self, path: &Path) {
        self.make_parents(path);
        if !self.is_mounted(path) && self.made.insert(path.to_owned()) {
            self.push(entry::DIRECTORY, path, OsStr::new(""));
        }
    }

    fn make_file(&mut self, path: &Path, text: &str) {
        self.make_parents(path);
        if !self.is_mounted(path) && self.made.insert(path.to_owned()) {
            self.push(entry::FILE, path, OsStr::new(text));
        }
    }

    fn make_parents(&mut self, path: &Path) {
        if let Some(parent) = path.parent().filter(|parent| *parent != Path::new("/")) {
            self.make_directory(parent);
        }
    }

    fn is_mounted(&self, path: &Path) -> bool {
        self.mounted.iter().any(|mounted| path.starts_with(mounted))
    }

    /// Whether a path leads somewhere inside: into a mount, by its own name or through a link that was made.
    fn is_visible(&self, path: &Path) -> bool {
        let real = path.parent().and_then(|parent| parent.canonicalize().ok());
        self.is_mounted(path)
            || SYSTEM.iter().any(|system| path.starts_with(system))
                && real.is_some_and(|real| self.is_mounted(&real))
    }

    fn push(&mut self, kind: u8, path: &Path, second: &OsStr) {
        self.made.insert(path.to_owned());
        let below = |scratch: &str| path.starts_with(scratch) && path != Path::new(scratch);
        let is_own = kind == entry::SCRATCH || SCRATCHES.into_iter().any(below);
        let entries = if is_own { &mut self.own } else { &mut self.common };
        entries.strings.push(kind);
        for string in [path.as_os_str(), second] {
            entries.strings.extend_from_slice(string.as_bytes());
            entries.strings.push(0);
        }
        entries.paths.push(path.to_owned());
    }
}

/// What a small file says, if it is text.
fn small_text(path: &Path, metadata: &fs::Metadata) -> Option<String> {
    let text = (metadata.len() <= SMALL).then(|| fs::read_to_string(path).ok()).flatten()?;
    (!text.contains('\0')).then_some(text)
}

/// What is in a directory of the settings, if it is a few small files and nothing else. One that is itself larger than
/// that is not listed: some file systems read and sort it whole before they name the first entry.
fn small_files(directory: &Path, metadata: &fs::Metadata) -> Option<Vec<(OsString, String)>> {
    if !directory.starts_with("/etc") || metadata.len() > SMALL {
        return None;
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).ok()? {
        let entry = entry.ok()?;
        let metadata = entry.metadata().ok().filter(|found| found.is_file() && files.len() < FEW)?;
        files.push((entry.file_name(), small_text(&entry.path(), &metadata)?));
    }
    Some(files)
}

/// Whether a directory has a `lib/python3…`.
fn has_library(prefix: &Path) -> bool {
    let entries = fs::read_dir(prefix.join("lib")).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().as_bytes().starts_with(b"python3"))
}

/// `/etc/python3.11` and the like, by name: to list `/etc` takes longer.
fn versioned_python() -> Vec<PathBuf> {
    let directories = (0..32).map(|minor| PathBuf::from(format!("/etc/python3.{minor}")));
    directories.filter(|path| path.is_dir()).collect()
}

fn passwd() -> String {
    format!(
        "root:x:0:0:root:/:/usr/sbin/nologin\nsandbox:x:{INSIDE_ID}:{INSIDE_ID}:sandbox:/tmp:/bin/bash\n\
         nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n"
    )
}

fn group() -> String {
    format!("root:x:0:\nsandbox:x:{INSIDE_ID}:\nnogroup:x:65534:\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(root: &Root) -> Vec<(char, String, String)> {
        let strings = root.strings();
        let strings: Vec<&[u8]> = strings.split_inclusive(|byte| *byte == 0).collect();
        assert_eq!(strings.len() as u64, root.count());
        let text = |bytes: &[u8]| String::from_utf8(bytes[..bytes.len() - 1].to_vec()).unwrap();
        strings.chunks(2).map(|pair| (char::from(pair[0][0]), text(&pair[0][1..]), text(pair[1]))).collect()
    }

    #[test]
    fn nothing_private_is_visible() {
        let root = Root::new(&[], 1 << 20, Network::None);
        for private in
            ["/etc/shadow", "/etc/ssl/private", "/root", "/home", "/run", "/sys", "/var", "/etc/resolv.conf"]
        {
            assert!(!root.mounted.iter().any(|mounted| Path::new(private).starts_with(mounted)), "{private}");
            assert!(!root.made.contains(Path::new(private)), "{private}");
        }
    }

    #[test]
    fn every_entry_comes_after_the_directory_it_is_in() {
        let place = Place {
            path: "/home/somebody/data".into(),
            writable: true,
            directory: true,
            others: 0,
            identity: "1:2".to_owned(),
        };
        let root = Root::new(&[place], 1 << 20, Network::Host);
        let mut seen = HashSet::from([PathBuf::from("/")]);
        for (kind, path, second) in entries(&root) {
            let path = PathBuf::from(path);
            assert!(seen.contains(path.parent().unwrap()), "{}", path.display());
            let is_new = seen.insert(path.clone());
            // What is mounted needs a place that is there, and all else must not be there yet.
            assert_eq!(is_new, matches!(kind, 'd' | 'f' | 'l'), "{kind} {}", path.display());
            if path == Path::new("/home/somebody/data") && kind == 'w' {
                assert_eq!(second, "1:2");
            }
        }
    }
}
