//! Compiled policies, kept between runs.
//!
//! Compiling the default policy takes about a second, mapping a compiled one a third of a millisecond. Compiled
//! code is native code: whoever can write it can run it. So it lives in a directory of the user's own (mode 0700,
//! owner checked, no symbolic link), is named after the component's hash and the engine's compatibility hash,
//! and is looked at again, by a checksum, whenever the kernel says that it changed. A damaged, foreign or unwritable cache means compile again, never fail and never trust.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::hash::{Hash as _, Hasher};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::{Identity, Policy};

/// Where compiled policies are kept.
#[derive(Debug, Clone, Default)]
pub struct Cache {
    directory: Option<PathBuf>,
}

/// What stands beside a compiled policy.
#[derive(Debug, Serialize, Deserialize)]
struct Label {
    identity: Identity,
    crc32: u32,
    /// The file as it was when its checksum was last found right.
    seen: Seen,
}

/// The hash of a file, and what the kernel said of the file when it was read.
#[derive(Debug, Serialize, Deserialize)]
struct Hashed {
    sha256: String,
    seen: Seen,
}

/// A file that changed so lately may change again without the kernel's clock showing it.
const SETTLED: Duration = Duration::from_secs(2);

/// What the kernel changes whenever a file's bytes change: as long as it is the same, so are they, and nobody needs
/// to read five megabytes to know. A program cannot set the time of a status change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    device: u64,
    inode: u64,
    bytes: u64,
    changed_s: i64,
    changed_ns: i64,
}

impl Seen {
    /// Looks at a file.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        fs::metadata(path).map(|metadata| Self::from(&metadata))
    }
}

impl From<&Metadata> for Seen {
    fn from(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            bytes: metadata.len(),
            changed_s: metadata.ctime(),
            changed_ns: metadata.ctime_nsec(),
        }
    }
}

impl Cache {
    /// Keeps nothing: every load compiles.
    pub fn none() -> Self {
        Self::default()
    }

    /// Keeps compiled policies in `directory`, which is made (mode 0700) when something is first kept.
    pub fn in_directory(directory: impl Into<PathBuf>) -> Self {
        Self { directory: Some(directory.into()) }
    }

    /// The user's own cache: `code-execute` in `$XDG_CACHE_HOME` or `~/.cache`, which is looked up in `/etc/passwd` where
    /// a service has no `HOME`; none without any.
    pub fn of_user() -> Self {
        let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home =
            || absolute("HOME").or_else(|| home_in(&fs::read_to_string("/etc/passwd").ok()?, own_number()));
        let parent = absolute("XDG_CACHE_HOME").or_else(|| home().map(|home| home.join(".cache")));
        Self { directory: parent.map(|parent| parent.join("code-execute")) }
    }

    /// The directory, if there is one.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// Makes the directory where it is missing, checks that it is this user's alone, and returns it.
    ///
    /// Nobody has to call this before a policy is loaded: it says why nothing is kept.
    ///
    /// # Errors
    ///
    /// Without a directory, or where it cannot be made or could have been written by somebody else.
    pub fn prepare(&self) -> io::Result<&Path> {
        let directory = self.directory().ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::NotFound,
                "neither `XDG_CACHE_HOME` nor the user's home is an absolute path",
            )
        })?;
        prepare(directory)?;
        Ok(directory)
    }

    /// The file that holds the compiled form of `policy`, if one is kept and can be trusted.
    pub fn compiled(&self, policy: &Policy) -> Option<PathBuf> {
        let (engine, sha256) = (&policy.inner.engine, &policy.identity().sha256);
        self.get(engine, sha256)?;
        Some(self.directory()?.join(format!("{}.cwasm", stem(engine, sha256))))
    }

    /// The compiled form of the component with this hash, if it is there and can be trusted.
    pub(super) fn get(&self, engine: &Engine, sha256: &str) -> Option<(Component, Identity)> {
        let directory = self.directory.as_deref()?;
        trusted_directory(directory).ok()?;
        let stem = stem(engine, sha256);
        let label = read_trusted(&directory.join(format!("{stem}.json"))).ok()?;
        let Label { identity, crc32, seen } = serde_json::from_slice(&label).ok()?;
        let path = directory.join(format!("{stem}.cwasm"));
        let file = open_trusted(&path).ok()?;
        let now = Seen::from(&file.metadata().ok()?);
        if identity.sha256 != sha256 || now.bytes != seen.bytes {
            return None;
        }
        if now != seen {
            // Copied or touched: right if the sum is, and then known again.
            if !has_sum(&file, crc32) {
                return None;
            }
            let _not_kept =
                write_label(directory, &stem, &Label { identity: identity.clone(), crc32, seen: now });
        }
        let component = map(engine, &path)?;
        Some((component, identity))
    }

    /// The size and the hash of a file that was read before and has not changed since.
    pub(super) fn hash_of_file(&self, path: &Path) -> Option<(usize, String)> {
        let directory = self.directory.as_deref()?;
        trusted_directory(directory).ok()?;
        let kept = read_trusted(&directory.join(hash_name(path)?)).ok()?;
        let Hashed { sha256, seen } = serde_json::from_slice(&kept).ok()?;
        let now = Seen::of(path).ok()?;
        let size = usize::try_from(now.bytes).ok()?;
        (now == seen).then_some((size, sha256))
    }

    /// Keeps the hash of a file that the kernel said `seen` of before it was read.
    pub(super) fn put_hash_of_file(&self, path: &Path, seen: Seen, sha256: &str) {
        let (Some(directory), Some(name)) = (&self.directory, hash_name(path)) else { return };
        let changed = Duration::from_secs(u64::try_from(seen.changed_s).unwrap_or(u64::MAX));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        if now.saturating_sub(changed) < SETTLED || Seen::of(path).ok() != Some(seen.clone()) {
            return;
        }
        let hashed = Hashed { sha256: sha256.to_owned(), seen };
        let _not_kept = prepare(directory).and_then(|()| {
            replace(directory, &name, &serde_json::to_vec(&hashed).map_err(io::Error::other)?)
        });
    }

    /// What the component with this hash called itself when it took the configuration with that hash: it is asked
    /// only once, because the answer is always the same.
    pub(super) fn named(
        &self,
        engine: &Engine,
        sha256: &str,
        configuration_sha256: &str,
    ) -> Option<Identity> {
        let directory = self.directory.as_deref()?;
        trusted_directory(directory).ok()?;
        let name = configured_name(engine, sha256, configuration_sha256);
        let identity: Identity = serde_json::from_slice(&read_trusted(&directory.join(name)).ok()?).ok()?;
        let is_it = identity.sha256 == sha256
            && identity.configuration_sha256.as_deref() == Some(configuration_sha256);
        is_it.then_some(identity)
    }

    /// Keeps what a configured component called itself.
    pub(super) fn put_named(&self, engine: &Engine, identity: &Identity) {
        let (Some(directory), Some(configuration)) = (&self.directory, &identity.configuration_sha256) else {
            return;
        };
        let name = configured_name(engine, &identity.sha256, configuration);
        let _not_kept = prepare(directory).and_then(|()| {
            replace(directory, &name, &serde_json::to_vec(identity).map_err(io::Error::other)?)
        });
    }

    /// Keeps a compiled component. That it cannot be kept is no error: the next load compiles again.
    pub(super) fn put(&self, engine: &Engine, compiled: &[u8], identity: &Identity) {
        let Some(directory) = self.directory.as_deref() else { return };
        let _not_kept = keep(directory, engine, compiled, identity);
    }
}

fn keep(directory: &Path, engine: &Engine, compiled: &[u8], identity: &Identity) -> io::Result<()> {
    prepare(directory)?;
    let stem = stem(engine, &identity.sha256);
    let path = replace(directory, &format!("{stem}.cwasm"), compiled)?;
    let seen = Seen::from(&fs::metadata(path)?);
    // The label goes last: without it, the code is not looked at.
    write_label(
        directory,
        &stem,
        &Label { identity: identity.clone(), crc32: crc32fast::hash(compiled), seen },
    )
}

fn write_label(directory: &Path, stem: &str, label: &Label) -> io::Result<()> {
    replace(directory, &format!("{stem}.json"), &serde_json::to_vec(label)?).map(drop)
}

fn prepare(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    trusted_directory(directory)
}

/// Writes a file whole or not at all, also where the machine stops in the middle, and returns its path.
fn replace(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    let path = directory.join(name);
    file.persist(&path)?;
    Ok(path)
}

/// A name that changes with the component, and with everything of the engine that compiled code depends on.
fn stem(engine: &Engine, sha256: &str) -> String {
    let mut hasher = Collector(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let compatibility = format!("{:x}", hasher.0.finalize());
    let short = |hash: &str| hash.chars().take(32).collect::<String>();
    format!("{}-{}", short(sha256), short(&compatibility))
}

/// The file that holds the hash of another file.
fn hash_name(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let hash = format!("{:x}", Sha256::digest(path.as_os_str().as_encoded_bytes()));
    Some(format!("file-{}.json", hash.get(..32)?))
}

/// The file that holds what a configured component called itself.
fn configured_name(engine: &Engine, sha256: &str, configuration_sha256: &str) -> String {
    let short: String = configuration_sha256.chars().take(32).collect();
    format!("{}-{short}.json", stem(engine, sha256))
}

/// Hands what is hashed to SHA-256: the standard library's hashers may change from release to release.
struct Collector(Sha256);

impl Hasher for Collector {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// Refuses a directory that somebody else could have put something into.
fn trusted_directory(directory: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(directory)?;
    if metadata.is_dir() && is_ours(&metadata) && metadata.mode().trailing_zeros() >= 6 {
        Ok(())
    } else {
        Err(io::Error::other("not a directory of this user's alone"))
    }
}

fn open_trusted(path: &Path) -> io::Result<File> {
    let flags = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && is_ours(&metadata) && metadata.mode() & 0o022 == 0 {
        Ok(file)
    } else {
        Err(io::Error::other("not a file of this user's alone"))
    }
}

fn read_trusted(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut open_trusted(path)?, &mut bytes)?;
    Ok(bytes)
}

fn is_ours(metadata: &Metadata) -> bool {
    metadata.uid() == own_number()
}

fn own_number() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The home of the user with this number, in the words of `/etc/passwd`. Not by the C library: linked into this program,
/// it would load parts of the machine's own.
fn home_in(passwd: &str, user: u32) -> Option<PathBuf> {
    let home = passwd.lines().find_map(|line| {
        let mut words = line.split(':');
        let number = words.nth(2)?.parse::<u32>().ok()?;
        (number == user).then(|| words.nth(2)).flatten()
    });
    home.map(PathBuf::from).filter(|home| home.is_absolute())
}

#[allow(unsafe_code, reason = "compiled code is mapped from files that were checked before")]
mod mapped {
    use super::{Component, Engine, File, Path};

    /// Whether the file's bytes have this sum.
    /// All pages are mapped at once: faulting them in one by one takes longer than the sum itself.
    pub(super) fn has_sum(file: &File, crc32: u32) -> bool {
        // SAFETY: the file is ours alone (`open_trusted`), so that nobody else changes it while it is mapped.
        let Ok(bytes) = (unsafe { memmap2::MmapOptions::new().populate().map(file) }) else { return false };
        crc32fast::hash(&bytes) == crc32
    }

    /// Maps compiled code; `None` where wasmtime says that it is not what this engine made.
    pub(super) fn map(engine: &Engine, path: &Path) -> Option<Component> {
        // SAFETY: the file was written by `keep` in a directory of the user's own and has not changed since: its
        // owner, its mode, and its time of change or its checksum were looked at.
        unsafe { Component::deserialize_file(engine, path) }.ok()
    }
}
use mapped::{has_sum, map};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn home_is_found_by_the_users_number() {
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\nbroken:x\n\nme:x:1000:1000:Me,,,:/home/me:/bin/sh\nx:x:2::::\n";
        assert_eq!(home_in(passwd, 1000), Some(PathBuf::from("/home/me")));
        assert_eq!(home_in(passwd, 0), Some(PathBuf::from("/root")));
        for nobody in [1, 2, 100] {
            assert_eq!(home_in(passwd, nobody), None);
        }
    }
}
