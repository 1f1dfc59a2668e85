//! What a run is confined by, as the host asks for it.
//!
//! The host decides what is visible and says it as strings in the block, after the environment; init does as it is
//! told and nothing else.

/// How a run is kept apart from the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    /// By nothing but limits, where at all.
    #[default]
    None,
    /// By Landlock and the stricter filter, in the host's own namespaces.
    Alone,
    /// By namespaces and a root of its own, with Landlock and the filter behind them.
    Namespaces,
}

/// What a run reaches of networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Network {
    /// Nothing.
    #[default]
    None,
    /// An own loopback interface, which nobody else reaches.
    Loopback,
    /// What the host reaches.
    Host,
}

/// The version of the kernel's control groups that count a run's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ControlGroup {
    /// None counts it.
    #[default]
    None,
    /// The controller of memory has a tree of its own.
    One,
    /// All controllers share one tree.
    Two,
}

/// What a run is confined by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confinement {
    /// How it is kept apart.
    pub isolation: Isolation,
    /// What it reaches of networks.
    pub network: Network,
    /// Whether it shares the launcher's network, which has no interface, instead of one of its own. What keeps such
    /// runs from each other's abstract sockets is Landlock.
    pub shares_network: bool,
    /// Only confine, and end before the program would start: what can be had here is found out by having it.
    pub probe: bool,
    /// The host's user and group that the run's processes are; 0 keeps the caller's. Takes a caller who is root.
    pub host_user: u32,
    /// How many strings of the block, after the environment, describe the root: two for each entry (see [`entry`]).
    pub root_strings: u64,
    /// The oldest ABI of Landlock that is accepted.
    pub landlock_least: u32,
    /// Which control groups the launcher was given a directory for: its third descriptor.
    pub control_group: ControlGroup,
}

/// The first byte of the first string of a root's entry says what it is; the rest of that string is the path where
/// it comes to be, absolute. The entries are made in their order, so a directory comes before what is in it. Those
/// before the first [`SCRATCH`](entry::SCRATCH) are made once for all runs of a launcher, the others for each.
pub mod entry {
    /// A directory. The second string is empty.
    pub const DIRECTORY: u8 = b'd';
    /// A small file. The second string is what it says.
    pub const FILE: u8 = b'f';
    /// A symbolic link. The second string is where it leads.
    pub const LINK: u8 = b'l';
    /// What the host has at that path, read-only. The second string is empty, or the hexadecimal numbers of device and
    /// inode that it must have, apart by a colon. What it is hung on is there already.
    pub const VISIBLE: u8 = b'v';
    /// The same, writable.
    pub const WRITABLE: u8 = b'w';
    /// The same, a device.
    pub const DEVICE: u8 = b'n';
    /// An empty file system in memory, writable. The second string is its options.
    pub const SCRATCH: u8 = b's';
    /// How many entries may be mounted from the host.
    pub const MOST_MOUNTS: usize = 96;
}

/// The user and the group that a run's processes are in their own user namespace. Not 0: programs treat that as
/// power, and the kernel gives it capabilities at an execution.
pub const INSIDE_ID: u32 = 1000;

/// How many words a confinement has on the wire.
pub(super) const WORDS: usize = 8;

impl Confinement {
    pub(super) fn encode(&self) -> [u64; WORDS] {
        let isolation = match self.isolation {
            Isolation::None => 0,
            Isolation::Alone => 1,
            Isolation::Namespaces => 2,
        };
        let network = match self.network {
            Network::None => 0,
            Network::Loopback => 1,
            Network::Host => 2,
        };
        [
            isolation,
            network,
            u64::from(self.shares_network),
            u64::from(self.probe),
            u64::from(self.host_user),
            self.root_strings,
            u64::from(self.landlock_least),
            match self.control_group {
                ControlGroup::None => 0,
                ControlGroup::One => 1,
                ControlGroup::Two => 2,
            },
        ]
    }

    pub(super) fn decode(words: [u64; WORDS]) -> Option<Self> {
        let [
            isolation,
            network,
            shares_network @ (0 | 1),
            probe @ (0 | 1),
            host_user,
            root_strings,
            landlock_least,
            control_group,
        ] = words
        else {
            return None;
        };
        Some(Self {
            isolation: match isolation {
                0 => Isolation::None,
                1 => Isolation::Alone,
                2 => Isolation::Namespaces,
                _ => return None,
            },
            network: match network {
                0 => Network::None,
                1 => Network::Loopback,
                2 => Network::Host,
                _ => return None,
            },
            shares_network: shares_network == 1,
            probe: probe == 1,
            host_user: u32::try_from(host_user).ok()?,
            root_strings,
            landlock_least: u32::try_from(landlock_least).ok()?,
            control_group: match control_group {
                0 => ControlGroup::None,
                1 => ControlGroup::One,
                2 => ControlGroup::Two,
                _ => return None,
            },
        })
    }
}
