//! What the program's process tells init before it becomes the program: two words.

use super::{Failure, Stage};

/// The size of a record in bytes.
pub(crate) const BYTES: usize = 16;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record {
    /// All is ready, with these layers; what follows is the execution.
    Ready { layers: u64 },
    /// A step failed, and the process ends.
    Failed(Failure),
}

impl Record {
    pub(crate) fn encode(self) -> [u8; BYTES] {
        let (first, second) = match self {
            Self::Ready { layers } => (0, layers),
            Self::Failed(failure) => (failure.stage.code(), u64::from(failure.errno.unsigned_abs())),
        };
        let mut bytes = [0; BYTES];
        for (space, byte) in bytes.iter_mut().zip(first.to_ne_bytes().into_iter().chain(second.to_ne_bytes()))
        {
            *space = byte;
        }
        bytes
    }

    pub(crate) fn decode(bytes: &[u8; BYTES]) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<8>();
        let [first, second] = words else { return None };
        match (u64::from_ne_bytes(*first), u64::from_ne_bytes(*second)) {
            (0, layers) => Some(Self::Ready { layers }),
            (stage, errno) => Some(Self::Failed(Failure {
                stage: Stage::from_code(stage)?,
                errno: i32::try_from(errno).ok()?,
            })),
        }
    }
}
