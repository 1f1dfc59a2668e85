//! What host and init say to each other: one datagram a message, words of 64 bits in the machine's own order.
//!
//! Owns the layout of every message, and nothing else: no descriptor, no system call. Both ends are built from
//! the same source and the host embeds its init, so [`VERSION`] only catches a build that went wrong.
//!
//! The host starts one process of init, the launcher, and asks it for runs: each [`Request`] brings the run's own
//! socket along, by which all else is said. The run's init starts the interpreter and answers with
//! [`Answer::Started`]; the interpreter comes as far as opening the code file, which is still empty and held closed by
//! the host. After the review the host fills the file, opens it and sends [`GO`]: now the time of the run begins. At
//! the end comes [`Answer::Finished`], or [`Answer::SetupFailed`] alone. The host may send [`KILL`] at any time;
//! closing the socket means the same. For a run that does not answer, and for what can be done before the first one,
//! there is an [`Order`] to the launcher.
#![forbid(unsafe_code)]

mod codes;
pub mod confinement;
pub mod layers;
pub(crate) mod record;

pub use codes::{Cause, Stage};
pub use confinement::{Confinement, ControlGroup, Isolation, Network};

/// The layout's version, first word of a request.
pub const VERSION: u64 = 4;

/// The message that says that the code may run. With it travels the descriptor that holds the code file's lock.
pub const GO: [u8; 8] = *b"run-code";

/// The message by which the host orders the end of a run.
pub const KILL: [u8; 8] = *b"kill-run";

/// How many words every message has; one size, so that a short read is an error and not another message.
const WORDS: usize = 24;

/// The size of a message in bytes.
pub const MESSAGE_BYTES: usize = WORDS * 8;

/// A message as it travels.
pub type Message = [u8; MESSAGE_BYTES];

/// How long init tries to end a run's processes before it reports those that are left, in milliseconds.
/// A killed process goes in well under a millisecond; five seconds cover one that sits in a slow disk's wait.
pub const KILL_BOUND_MS: u64 = 5_000;

/// How much later than the host's deadline init's own falls, in milliseconds: it only counts where the host
/// is there but does not act.
pub const BACKUP_MS: u64 = 1_000;

/// How many runs a launcher has at the same time.
pub const PLACES: u32 = 32;

/// What init is to start. With it travel, in this order, the descriptors of: the run's own socket, the program's
/// standard output, standard error and standard input, and the block of strings.
///
/// The block is a memory file with the arguments and then the environment (`NAME=VALUE`), each ended by a NUL.
/// They are not in the message itself because a datagram is bounded by the socket's buffer (some 200 KiB), and
/// an environment need not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// Whether to confine the program (`no_new_privs`, limits), or only to start and to end it.
    pub confined: bool,
    /// How many strings of the block are arguments. The first is the absolute path of what is executed.
    pub arguments: u64,
    /// How many strings after them are variables of the environment.
    pub variables: u64,
    /// The block's size in bytes.
    pub block_bytes: u64,
    /// Which argument is the path of the code file, to be removed at the end; 0 means none.
    pub code_argument: u64,
    /// The host's deadline in milliseconds from [`GO`] on.
    pub deadline_ms: u64,
    /// The machine's page size, which init has no cheap way to find.
    pub page_bytes: u64,
    /// Bytes of data segment of each process, and of resident memory of all of them.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub processes: u64,
    /// Open files of each process.
    pub open_files: u64,
    /// Bytes of any file written.
    pub file_size_bytes: u64,
    /// Seconds of processor time of each process.
    pub cpu_seconds: u64,
    /// Which of the launcher's [`PLACES`] the run has, from 0 on.
    pub place: u64,
    /// What the run is confined by.
    pub confinement: Confinement,
}

impl Request {
    /// Lays the request out.
    pub fn encode(&self) -> Message {
        let [isolation, network, shares, probe, host_user, root_strings, landlock, control_group] =
            self.confinement.encode();
        pack([
            VERSION,
            u64::from(self.confined),
            self.arguments,
            self.variables,
            self.block_bytes,
            self.code_argument,
            self.deadline_ms,
            self.page_bytes,
            self.memory_bytes,
            self.processes,
            self.open_files,
            self.file_size_bytes,
            self.cpu_seconds,
            self.place,
            isolation,
            network,
            shares,
            probe,
            host_user,
            root_strings,
            landlock,
            control_group,
            0,
            0,
        ])
    }

    /// Reads a request; `None` for anything else than one of this version.
    pub fn decode(message: &Message) -> Option<Self> {
        let [
            version,
            confined @ (0 | 1),
            arguments,
            variables,
            block_bytes,
            code_argument,
            deadline_ms,
            page_bytes,
            memory_bytes,
            processes,
            open_files,
            file_size_bytes,
            cpu_seconds,
            place,
            isolation,
            network,
            shares,
            probe,
            host_user,
            root_strings,
            landlock,
            control_group,
            0,
            0,
        ] = unpack(message)
        else {
            return None;
        };
        let confinement = Confinement::decode([
            isolation,
            network,
            shares,
            probe,
            host_user,
            root_strings,
            landlock,
            control_group,
        ])?;
        (version == VERSION).then_some(Self {
            confined: confined == 1,
            arguments,
            variables,
            block_bytes,
            code_argument,
            deadline_ms,
            page_bytes,
            memory_bytes,
            processes,
            open_files,
            file_size_bytes,
            cpu_seconds,
            place,
            confinement,
        })
    }

    /// The place as an index; one that does not exist has none.
    pub fn place(&self) -> usize {
        usize::try_from(self.place).unwrap_or(usize::MAX)
    }
}

/// What the host orders of the launcher. It has no descriptors with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To leave the host's mounts before the first run asks for it, while the host still words that run. Where it
    /// fails, that run says so.
    Leave {
        /// Whether to leave the host's network too.
        network: bool,
    },
    /// To end the run in a place, whatever it does.
    End {
        /// Which place.
        place: u64,
    },
}

impl Order {
    const LEAVE: [u8; 8] = *b"leave-us";
    const END: [u8; 8] = *b"end-run!";

    /// Lays the order out.
    pub fn encode(&self) -> [u8; 16] {
        let (word, number) = match *self {
            Self::Leave { network } => (Self::LEAVE, u64::from(network)),
            Self::End { place } => (Self::END, place),
        };
        let mut message = [0; 16];
        let (spaces, _) = message.as_chunks_mut::<8>();
        if let [first, second] = spaces {
            (*first, *second) = (word, number.to_ne_bytes());
        }
        message
    }

    /// Reads an order; `None` for anything else.
    pub fn decode(message: &[u8]) -> Option<Self> {
        let ([word, number], []) = message.as_chunks::<8>() else { return None };
        match (*word, u64::from_ne_bytes(*number)) {
            (Self::LEAVE, network @ (0 | 1)) => Some(Self::Leave { network: network == 1 }),
            (Self::END, place) => Some(Self::End { place }),
            _ => None,
        }
    }
}

/// What init says to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The program runs.
    Started {
        /// Its process, and its process group.
        pid: u32,
    },
    /// The program did not run.
    SetupFailed(Failure),
    /// The program ran, and every process that came of it is gone, except the survivors named.
    Finished(Finished),
}

/// A step before the program that did not succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// Which one.
    pub stage: Stage,
    /// The kernel's error number, or 0.
    pub errno: i32,
    /// Which of the root's strings it was about, counted from 1; 0 where it was about none.
    pub at: u64,
}

impl Failure {
    /// A failure that is about none of the root's strings.
    pub fn new(stage: Stage, errno: i32) -> Self {
        Self { stage, errno, at: 0 }
    }
}

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Why it was ended.
    pub cause: Cause,
    /// How the program's own process ended.
    pub ended: Ended,
    /// What was in force: the bits of [`layers`].
    pub layers: u64,
    /// The ABI of Landlock that was enforced; 0 where none was.
    pub landlock_abi: u32,
    /// From [`GO`] to the end of the last process, in nanoseconds.
    pub wall_ns: u64,
    /// Processor time of all the processes, in microseconds.
    pub cpu_us: u64,
    /// The largest resident size of any one of them, in bytes.
    pub peak_memory_bytes: u64,
    /// How many processes outlived [`KILL_BOUND_MS`].
    pub survivors: u64,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It exited with this code.
    Exited(u8),
    /// This signal ended it.
    Signaled(u8),
    /// It did not: it is among the survivors.
    Alive,
}

const STARTED: u64 = 1;
const SETUP_FAILED: u64 = 2;
const FINISHED: u64 = 3;

impl Answer {
    /// Lays the answer out.
    pub fn encode(&self) -> Message {
        let mut words = [0; WORDS];
        match *self {
            Self::Started { pid } => fill(&mut words, &[STARTED, u64::from(pid)]),
            Self::SetupFailed(Failure { stage, errno, at }) => {
                fill(&mut words, &[SETUP_FAILED, stage.code(), u64::from(errno.unsigned_abs()), at]);
            }
            Self::Finished(Finished {
                cause,
                ended,
                layers,
                landlock_abi,
                wall_ns,
                cpu_us,
                peak_memory_bytes,
                survivors,
            }) => {
                let (how, number) = match ended {
                    Ended::Alive => (0, 0),
                    Ended::Exited(code) => (1, u64::from(code)),
                    Ended::Signaled(signal) => (2, u64::from(signal)),
                };
                let rest = [layers, wall_ns, cpu_us, peak_memory_bytes, survivors, u64::from(landlock_abi)];
                fill(&mut words, &[FINISHED, cause.code(), how, number]);
                if let Some(space) = words.get_mut(4..) {
                    fill(space, &rest);
                }
            }
        }
        pack(words)
    }

    /// Reads an answer; `None` for anything else.
    pub fn decode(message: &Message) -> Option<Self> {
        match unpack(message) {
            [STARTED, pid, ..] => Some(Self::Started { pid: u32::try_from(pid).ok()? }),
            [SETUP_FAILED, stage, errno, at, ..] => Some(Self::SetupFailed(Failure {
                stage: Stage::from_code(stage)?,
                errno: i32::try_from(errno).ok()?,
                at,
            })),
            [
                FINISHED,
                cause,
                how,
                number,
                layers,
                wall_ns,
                cpu_us,
                peak_memory_bytes,
                survivors,
                abi,
                ..,
            ] => {
                let number = u8::try_from(number).ok()?;
                let ended = match how {
                    0 => Ended::Alive,
                    1 => Ended::Exited(number),
                    2 => Ended::Signaled(number),
                    _ => return None,
                };
                let cause = Cause::from_code(cause)?;
                Some(Self::Finished(Finished {
                    cause,
                    ended,
                    layers,
                    landlock_abi: u32::try_from(abi).ok()?,
                    wall_ns,
                    cpu_us,
                    peak_memory_bytes,
                    survivors,
                }))
            }
            _ => None,
        }
    }
}

fn fill(space: &mut [u64], words: &[u64]) {
    for (space, word) in space.iter_mut().zip(words) {
        *space = *word;
    }
}

fn pack(words: [u64; WORDS]) -> Message {
    let mut message = [0; MESSAGE_BYTES];
    let (spaces, _) = message.as_chunks_mut::<8>();
    for (space, word) in spaces.iter_mut().zip(words) {
        *space = word.to_ne_bytes();
    }
    message
}

fn unpack(message: &Message) -> [u64; WORDS] {
    let mut words = [0; WORDS];
    let (spaces, _) = message.as_chunks::<8>();
    for (word, space) in words.iter_mut().zip(spaces) {
        *word = u64::from_ne_bytes(*space);
    }
    words
}

#[cfg(test)]
mod tests;
