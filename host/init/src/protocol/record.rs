//! What the program's process tells init before it becomes the program: three words.

use super::{Failure, Stage};

/// The size of a record in bytes.
pub(crate) const BYTES: usize = 24;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// All is ready, with these layers; what follows is the execution.
    Ready { layers: u64, landlock_abi: u32 },
    /// A step failed, and the process ends.
    Failed(Failure),
}

impl Record {
    pub(crate) fn encode(self) -> [u8; BYTES] {
        let words = match self {
            Self::Ready { layers, landlock_abi } => [0, layers, u64::from(landlock_abi)],
            Self::Failed(failure) => [failure.stage.code(), u64::from(failure.errno.unsigned_abs()), 0],
        };
        let mut bytes = [0; BYTES];
        let (spaces, _) = bytes.as_chunks_mut::<8>();
        for (space, word) in spaces.iter_mut().zip(words) {
            *space = word.to_ne_bytes();
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8; BYTES]) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<8>();
        let [first, second, third] = words else { return None };
        match (u64::from_ne_bytes(*first), u64::from_ne_bytes(*second)) {
            (0, layers) => {
                Some(Self::Ready { layers, landlock_abi: u32::try_from(u64::from_ne_bytes(*third)).ok()? })
            }
            (stage, errno) => {
                Some(Self::Failed(Failure::new(Stage::from_code(stage)?, i32::try_from(errno).ok()?)))
            }
        }
    }
}
