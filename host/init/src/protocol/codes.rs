//! The closed sets of the protocol: one number and one word for each case.
//!
//! It must never give a number away a second time.

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $code:literal, $word:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$case_doc])* $case,)* }

        impl $name {
            /// Every case.
            pub const ALL: &[Self] = &[$(Self::$case,)*];

            /// The number on the wire; never 0.
            pub fn code(self) -> u64 {
                match self { $(Self::$case => $code,)* }
            }

            /// The case's name in reports, kebab-case.
            pub fn name(self) -> &'static str {
                match self { $(Self::$case => $word,)* }
            }

            pub(super) fn from_code(code: u64) -> Option<Self> {
                match code { $($code => Some(Self::$case),)* _ => None }
            }
        }
    };
}

coded! {
    /// Why a run was ended.
    Cause {
        /// The program's own process ended by itself.
        Ended = 1, "ended";
        /// The host said so.
        Ordered = 2, "ordered";
        /// The processes together met the memory limit.
        Memory = 3, "memory";
        /// Init's own timer fired, [`BACKUP_MS`](super::BACKUP_MS) after the host's deadline.
        Backup = 4, "backup";
    }
}

coded! {
    /// A step of making a run ready, in the order they are taken.
    Stage {
        /// Hide init's memory and descriptors from other processes of the user.
        NonDumpable = 1, "non-dumpable";
        /// Become the parent of the run's orphans.
        Subreaper = 2, "subreaper";
        /// Leave the host's terminal and process group.
        Terminal = 3, "terminal";
        /// Close every descriptor that was inherited by mistake.
        CloseDescriptors = 4, "close-descriptors";
        /// Take signals as messages.
        Signals = 5, "signals";
        /// Find one's own children in `/proc`, without which daemons could not be ended.
        Proc = 6, "proc";
        /// Understand the request.
        Request = 7, "request";
        /// Lay out arguments and environment.
        Arguments = 8, "arguments";
        /// Make the program's process.
        Fork = 9, "fork";
        /// In the program's process: die when init dies.
        ParentDeath = 10, "parent-death-signal";
        /// In the program's process: a process group of its own.
        OwnGroup = 11, "own-group";
        /// In the program's process: its three streams.
        Streams = 12, "streams";
        /// In the program's process: no signal blocked.
        SignalMask = 13, "signal-mask";
        /// In the program's process: the working directory.
        WorkingDirectory = 14, "working-directory";
        /// In the program's process: the resource limits.
        Rlimits = 15, "rlimits";
        /// In the program's process: no new privileges.
        NoNewPrivs = 16, "no-new-privs";
        /// In the program's process: the interpreter's start.
        Exec = 17, "exec";
        /// The program's process went away before its start, for no reason it could give.
        Vanished = 18, "vanished";
        /// Make the namespaces.
        Namespaces = 19, "namespaces";
        /// Say whom of the host's users the run's processes are.
        IdMap = 20, "id-map";
        /// Name the run's machine.
        HostName = 21, "host-name";
        /// Switch the loopback interface on.
        Loopback = 22, "loopback";
        /// Open what is to be visible of the host's files.
        Sources = 23, "sources";
        /// Build the root.
        Root = 24, "root";
        /// Mount a `/proc` that shows the run's processes only.
        FreshProc = 25, "fresh-proc";
        /// Let go of the host's root.
        Pivot = 26, "pivot";
        /// Give all capabilities up.
        Capabilities = 27, "capabilities";
        /// Die when the process in the host's namespaces does.
        Lifeline = 28, "lifeline";
        /// In the program's process: Landlock's rules.
        Landlock = 29, "landlock";
        /// In the program's process: the filter of system calls.
        Seccomp = 30, "seccomp";
        /// Filter init's own system calls.
        InitLock = 31, "init-lock";
    }
}
