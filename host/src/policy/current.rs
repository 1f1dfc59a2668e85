//! The policies that are in use, and how others take their place.
//!
//! A submission takes a [`Chain`] when it is handed in and keeps it to its end; what is put in its place meanwhile is
//! for later ones. The files are looked at again and again instead of being watched by the kernel: that also works on
//! network file systems, through mounted volumes and where a file is replaced by another one, and costs microseconds.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use super::cache::Seen;
use super::{Cache, Chain, PolicyError, Sources};

/// The policies that are in use.
#[derive(Debug)]
pub(crate) struct Current {
    chain: RwLock<Chain>,
    sources: Sources,
    cache: Cache,
    /// What the files were like when they were last loaded. Held while they are: a slower load must not put an older
    /// policy in the place of a newer one.
    stamps: Mutex<Stamps>,
}

/// What the kernel says of the files that policies come from. One that is not there has no stamp.
type Stamps = Vec<Option<Seen>>;

impl Current {
    /// Loads the policies for the first time.
    pub(crate) fn open(sources: Sources, cache: Cache) -> Result<Self, PolicyError> {
        // Looked at before they are loaded: what changes meanwhile is loaded again.
        let stamps = Mutex::new(stamps(&sources));
        let chain = RwLock::new(sources.open(&cache)?);
        Ok(Self { chain, sources, cache, stamps })
    }

    /// The policies for a submission that is handed in now.
    pub(crate) fn chain(&self) -> Chain {
        self.chain.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads the policies anew; returns whether they are others. One that does not load leaves all as they were.
    pub(crate) fn reload(&self) -> Result<bool, PolicyError> {
        let mut last = self.stamps();
        let now = stamps(&self.sources);
        self.load(&mut last, now)
    }

    /// Loads the policies anew where a file of theirs changed.
    pub(crate) fn reload_changed(&self) -> Option<Result<bool, PolicyError>> {
        let mut last = self.stamps();
        let now = stamps(&self.sources);
        (now != *last).then(|| self.load(&mut last, now))
    }

    fn load(&self, last: &mut Stamps, now: Stamps) -> Result<bool, PolicyError> {
        *last = now;
        let chain = self.sources.open(&self.cache)?;
        let mut current = self.chain.write().unwrap_or_else(PoisonError::into_inner);
        let others = !current.is(&chain);
        if others {
            *current = chain;
        }
        Ok(others)
    }

    fn stamps(&self) -> MutexGuard<'_, Stamps> {
        self.stamps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamps(sources: &Sources) -> Stamps {
    let files = sources.policies().iter().flat_map(super::Source::files);
    files.map(|file| Seen::of(&file).ok()).collect()
}
