//! Every number from 0 to 600 on both machines, and the arguments that decide.

use std::collections::HashMap;

use super::super::{EAFNOSUPPORT, ENOSYS, EPERM, EPROTONOSUPPORT, GO, KILL, Machine};
use super::interpreter::{Data, run};
use super::{FILTERS, MACHINES, filter};

const TABLE: &str = include_str!("decisions.txt");

/// Calls that are younger than the crate's table.
const YOUNG: [(u32, &str); 9] = [
    (462, "mseal"),
    (463, "setxattrat"),
    (464, "getxattrat"),
    (465, "listxattrat"),
    (466, "removexattrat"),
    (467, "open_tree_attr"),
    (468, "file_getattr"),
    (469, "file_setattr"),
    (470, "listns"),
];

fn name(machine: Machine, number: u32) -> Option<&'static str> {
    let old = match machine {
        Machine::X86_64 => syscalls::x86_64::Sysno::new(number as usize).map(|call| call.name()),
        Machine::Aarch64 => syscalls::aarch64::Sysno::new(number as usize).map(|call| call.name()),
    };
    let name = old.or_else(|| YOUNG.iter().find(|(young, _)| *young == number).map(|(_, name)| *name))?;
    Some(match name {
        // The crate's names for these of aarch64.
        "fstatat" => "newfstatat",
        "sync_file_range2" => "sync_file_range",
        name => name,
    })
}

fn answer(word: &str) -> u32 {
    match word {
        "go" => GO,
        "eperm" => EPERM,
        "absent" => ENOSYS,
        "eafnosupport" => EAFNOSUPPORT,
        "eprotonosupport" => EPROTONOSUPPORT,
        other => panic!("no answer `{other}`"),
    }
}

fn table() -> HashMap<&'static str, [u32; 6]> {
    let mut table = HashMap::new();
    let mut answers = [ENOSYS; 6];
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        if let Some(words) = line.strip_prefix("= ") {
            let words: Vec<_> = words.split_whitespace().map(answer).collect();
            answers = words.try_into().unwrap();
            continue;
        }
        for name in line.split_whitespace() {
            assert!(table.insert(name, answers).is_none(), "`{name}` stands twice");
        }
    }
    table
}

/// The filter's answer to a call by name.
fn ask(filter_name: &str, machine: Machine, call: &str, arguments: [u64; 6]) -> Option<u32> {
    let number = (0..600).find(|number| name(machine, *number) == Some(call))?;
    let data = Data { number, machine: machine.audit_name(), arguments };
    Some(run(filter(filter_name, machine).code(), &data).0)
}

#[test]
fn every_number_is_decided_as_the_table_says() {
    let table = table();
    assert!(table.len() > 300);
    for (machine_name, machine) in MACHINES {
        for (position, filter_name) in FILTERS.into_iter().enumerate() {
            let filter = filter(filter_name, machine);
            let mut allowed = 0;
            for number in 0..=600 {
                let data = Data { number, machine: machine.audit_name(), arguments: [0; 6] };
                let name = name(machine, number);
                let expected = name.and_then(|name| table.get(name)).map_or(ENOSYS, |all| all[position]);
                let (met, _) = run(filter.code(), &data);
                assert_eq!(met, expected, "{machine_name} {filter_name} {number} {name:?}");
                allowed += usize::from(met == GO);
            }
            assert!(allowed > 200, "{machine_name} {filter_name}: {allowed}");
        }
    }
}

#[test]
fn every_name_of_the_table_is_a_call_of_one_machine_at_least() {
    for name_in_table in table().into_keys() {
        let found = MACHINES
            .iter()
            .any(|(_, machine)| (0..=600).any(|number| name(*machine, number) == Some(name_in_table)));
        assert!(found, "{name_in_table}");
    }
}

#[test]
fn own_table_has_the_numbers_of_the_crate() {
    for call in super::PROGRAM.iter().chain(super::INIT) {
        for (machine, number) in [(Machine::X86_64, call.x86_64), (Machine::Aarch64, call.aarch64)] {
            if number != super::super::calls::NONE {
                assert_eq!(name(machine, u32::from(number)), Some(call.name));
            }
        }
    }
}

#[test]
fn init_has_few_calls() {
    for (machine_name, machine) in MACHINES {
        let filter = filter("init", machine);
        let mut allowed = Vec::new();
        for number in 0..=600 {
            let data = Data { number, machine: machine.audit_name(), arguments: [0; 6] };
            match run(filter.code(), &data).0 {
                GO => allowed.push(name(machine, number).unwrap()),
                other => assert_eq!(other, ENOSYS),
            }
        }
        assert!((20..=24).contains(&allowed.len()), "{machine_name}: {allowed:?}");
        for forbidden in ["execve", "socket", "clone", "mmap", "mprotect", "ptrace", "ioctl"] {
            assert!(!allowed.contains(&forbidden), "{machine_name}: {forbidden}");
        }
    }
}

#[test]
fn calls_of_another_machine_end_the_process() {
    // 32-bit calls of either machine, and each machine's calls on the other one.
    let others = [0x4000_0003, 0x4000_0028, 0, u32::MAX];
    for (_, machine) in MACHINES {
        for filter_name in FILTERS.into_iter().chain(["init"]) {
            let filter = filter(filter_name, machine);
            let foreign = MACHINES.map(|(_, machine)| machine.audit_name());
            for other in others.into_iter().chain(foreign) {
                if other == machine.audit_name() {
                    continue;
                }
                for number in [0, 1, 11, 59, 102, 221, 435, u32::MAX] {
                    let data = Data { number, machine: other, arguments: [0; 6] };
                    assert_eq!(run(filter.code(), &data).0, KILL);
                }
            }
        }
    }
}

#[test]
fn x32_calls_do_not_exist() {
    for (_, machine) in MACHINES {
        for filter_name in FILTERS.into_iter().chain(["init"]) {
            let filter = filter(filter_name, machine);
            let x32 = (0..=600).chain([0xffff, 0x3fff_ffff]).map(|number| number | 0x4000_0000);
            for number in x32.chain([601, 0x3fff_ffff, 0x8000_0000, u32::MAX]) {
                let data = Data { number, machine: machine.audit_name(), arguments: [0; 6] };
                assert_eq!(run(filter.code(), &data).0, ENOSYS, "{number:#x}");
            }
        }
    }
}

/// The profile for containers has all that programs and init call, and nothing else that is refused to programs.
#[test]
fn profile_for_containers_has_what_is_called() {
    const OF_INIT: [&str; 11] = [
        "landlock_add_rule",
        "landlock_create_ruleset",
        "landlock_restrict_self",
        "mount",
        "mount_setattr",
        "move_mount",
        "open_tree",
        "pivot_root",
        "seccomp",
        "sethostname",
        "umount2",
    ];
    let profile = include_str!("../../../../../docs/deploy/docker/seccomp.json");
    let words: Vec<&str> = profile.split('"').skip(1).step_by(2).collect();
    let refused =
        |call: &super::super::calls::Call| matches!(call.class, super::super::calls::Class::Refused);
    for call in super::PROGRAM {
        let expected = !refused(call) || OF_INIT.contains(&call.name);
        assert_eq!(words.contains(&call.name), expected, "{}", call.name);
    }
    for name in OF_INIT.into_iter().chain(super::INIT.iter().map(|call| call.name)) {
        assert!(words.contains(&name), "{name}");
    }
}

/// Filters, call, the first three arguments, answer. A high half that the kernel does not look at changes nothing.
#[rustfmt::skip]
const ARGUMENTS: &[(&str, &str, [u64; 3], &str)] = &[
    ("program", "clone", [0x0100_0011, 0, 0], "go"),                    // A fork of glibc's.
    ("program", "clone", [0x003d_0f00, 0, 0], "go"),                    // A thread of glibc's.
    ("program", "clone", [0x4111, 0, 0], "go"),                         // A vfork.
    ("program", "clone", [0x0002_0011, 0, 0], "eperm"),
    ("program", "clone", [0x0200_0011, 0, 0], "eperm"),
    ("program", "clone", [0x0400_0011, 0, 0], "eperm"),
    ("program", "clone", [0x0800_0011, 0, 0], "eperm"),
    ("program", "clone", [0x1000_0011, 0, 0], "eperm"),
    ("program", "clone", [0x2000_0011, 0, 0], "eperm"),
    ("program", "clone", [0x4000_0011, 0, 0], "eperm"),
    ("program", "clone", [0x7e02_0011, 0, 0], "eperm"),
    ("program", "personality", [0x0004_0000, 0, 0], "eperm"),           // ADDR_NO_RANDOMIZE
    ("program", "personality", [0x0040_0000, 0, 0], "eperm"),           // READ_IMPLIES_EXEC
    ("program", "personality", [0xffff_ffff, 0, 0], "eperm"),
    ("program", "prlimit64", [1, 7, 0], "eperm"),
    ("program", "prlimit64", [0xffff_ffff, 7, 0], "eperm"),
    ("program", "sched_setaffinity", [1, 8, 0], "eperm"),
    ("program", "sched_setscheduler", [1, 0, 0], "eperm"),
    ("program", "sched_setparam", [1, 0, 0], "eperm"),
    ("program", "sched_setattr", [1, 0, 0], "eperm"),
    ("program", "setpriority", [0, 0, 5], "go"),
    ("program", "setpriority", [1, 0, 5], "go"),
    ("program", "setpriority", [0, 1, 5], "eperm"),
    ("program", "setpriority", [2, 0, 5], "eperm"),                     // All processes of the user.
    ("program", "ioprio_set", [1, 0, 0], "go"),
    ("program", "ioprio_set", [1, 1, 0], "eperm"),
    ("program", "ioprio_set", [3, 0, 0], "eperm"),
    ("program", "ioctl", [0, 0x5401, 0], "go"),                         // TCGETS
    ("program", "ioctl", [0, 0x541b, 0], "go"),                         // FIONREAD
    ("program", "ioctl", [0, 0x5412, 0], "eperm"),                      // TIOCSTI
    ("program", "ioctl", [0, 0x541c, 0], "eperm"),                      // TIOCLINUX
    ("program", "ioctl", [0, 0x5423, 0], "eperm"),                      // TIOCSETD
    ("program", "ioctl", [0, 0x540e, 0], "eperm"),                      // TIOCSCTTY
    ("namespaced", "ioctl", [0, 0x4008_6602, 0], "go"),                 // FS_IOC_SETFLAGS
    ("alone", "ioctl", [0, 0x4008_6602, 0], "eperm"),
    ("alone", "ioctl", [0, 0x401c_5820, 0], "eperm"),
    ("alone-own-user", "ioctl", [0, 0x4008_6602, 0], "go"),
    ("program", "fcntl", [0, 1, 0], "go"),
    ("program", "fcntl", [0, 1024, 1], "eperm"),                        // F_SETLEASE
    ("program", "fcntl", [0, 1026, 0], "eperm"),                        // F_NOTIFY
    ("program", "fcntl", [0, 1033, 0], "go"),                           // F_ADD_SEALS
    ("program", "prctl", [15, 0, 0], "go"),                             // PR_SET_NAME
    ("program", "prctl", [22, 2, 0], "eperm"),                          // PR_SET_SECCOMP
    ("program", "prctl", [62, 1, 0], "eperm"),                          // PR_SCHED_CORE
    ("program", "mknod", [0, 0o010_600, 0], "go"),                      // A named pipe.
    ("program", "mknod", [0, 0o140_600, 0], "go"),
    ("program", "mknod", [0, 0o020_600, 0], "eperm"),
    ("program", "mknod", [0, 0o060_600, 0], "eperm"),
    ("program", "mknodat", [0, 0, 0o010_600], "go"),
    ("program", "mknodat", [0, 0, 0o020_600], "eperm"),
    ("program", "mknodat", [0, 0, 0o060_600], "eperm"),
    ("namespaced", "utimensat", [3, 7, 9], "go"),
    ("alone-own-user", "utimensat", [3, 7, 9], "go"),
    ("alone", "utimensat", [3, 0, 0], "go"),
    ("alone", "utimensat", [3, 7, 0], "eperm"),
    ("alone", "utimensat", [3, 0, 9], "eperm"),
    ("alone", "utimensat", [3, 7 << 32, 0], "eperm"),
    ("alone", "utimensat", [3, 0, 9 << 32], "eperm"),
    // Sockets: AF_UNIX, then AF_INET, AF_INET6, AF_NETLINK.
    ("namespaced", "socket", [1, 1, 0], "go"),
    ("namespaced", "socket", [1, 2 | 0o2_004_000, 0], "go"),
    ("networked", "socket", [1, 1, 0], "go"),
    ("alone", "socket", [1, 1, 0], "eafnosupport"),
    ("alone-own-user", "socket", [1, 1, 0], "eafnosupport"),
    ("namespaced", "socket", [2, 1, 0], "eafnosupport"),
    ("namespaced", "socket", [10, 2, 0], "eafnosupport"),
    ("namespaced", "socket", [16, 3, 0], "eafnosupport"),
    ("networked", "socket", [2, 1 | 0o2_004_000, 6], "go"),
    ("networked", "socket", [2, 2, 17], "go"),
    ("networked", "socket", [10, 1, 0], "go"),
    ("networked", "socket", [2, 1, 132], "eprotonosupport"),            // SCTP
    ("networked", "socket", [2, 1, 262], "eprotonosupport"),            // MPTCP
    ("networked", "socket", [2, 2, 1], "eprotonosupport"),              // ICMP
    ("networked", "socket", [2, 3, 1], "eperm"),                        // SOCK_RAW
    ("networked", "socket", [2, 5, 132], "eperm"),
    ("networked", "socket", [2, 6, 33], "eperm"),                       // SOCK_DCCP
    ("networked", "socket", [16, 3 | 0o2_000_000, 0], "go"),            // NETLINK_ROUTE
    ("networked", "socket", [16, 2, 0], "go"),
    ("networked", "socket", [16, 3, 12], "eprotonosupport"),            // NETLINK_NETFILTER
    ("networked", "socket", [16, 3, 16], "eprotonosupport"),            // NETLINK_GENERIC
    ("namespaced", "socketpair", [1, 2, 0], "go"),
    ("alone", "socketpair", [1, 1 | 0o2_000_000, 0], "go"),
    ("alone", "socketpair", [1, 5, 0], "go"),
    ("alone", "socketpair", [1, 2, 0], "eperm"),
    ("alone", "socketpair", [1, 3, 0], "eperm"),
    ("program", "socketpair", [30, 1, 0], "eafnosupport"),              // AF_TIPC
    ("init", "openat", [0, 0, 0o2_000_000 | 0o200_000], "go"),          // O_CLOEXEC, O_DIRECTORY
    ("init", "openat", [0, 0, 0o1], "eperm"),
    ("init", "openat", [0, 0, 0o2], "eperm"),
    ("init", "openat", [0, 0, 0o100], "eperm"),
    ("init", "openat", [0, 0, 0o1000], "eperm"),
    ("init", "openat", [0, 0, 0o20_200_000], "eperm"),        // O_TMPFILE
];

/// Arguments that are pointers, of which all 64 bits count.
const POINTERS: [&str; 1] = ["utimensat"];

#[test]
fn arguments_decide_as_the_table_says() {
    for (filters, call, [first, second, third], expected) in ARGUMENTS {
        let filters: Vec<&str> = match *filters {
            "program" => FILTERS.to_vec(),
            one => vec![one],
        };
        let expected = answer(expected);
        let mut asked = 0;
        for (machine_name, machine) in MACHINES {
            for filter in &filters {
                let high = if POINTERS.contains(call) { 0 } else { 0xdead_beef << 32 };
                for high in [0, high] {
                    let arguments = [first | high, second | high, third | high, high, high, high];
                    let Some(met) = ask(filter, machine, call, arguments) else { continue };
                    assert_eq!(
                        met, expected,
                        "{machine_name} {filter} {call}({first:#x}, {second:#x}, {third:#x}) with {high:#x}"
                    );
                    asked += 1;
                }
            }
        }
        assert!(asked > 0, "{call}");
    }
}

#[test]
fn other_families_are_never_had() {
    for (_, machine) in MACHINES {
        for filter in FILTERS {
            for family in (0..=64_u64).filter(|family| ![1, 2, 10, 16].contains(family)).chain([0xffff_ffff])
            {
                for kind in [1, 2, 3, 5] {
                    let met = ask(filter, machine, "socket", [family, kind, 0, 0, 0, 0]);
                    assert_eq!(met, Some(EAFNOSUPPORT), "{filter} {family} {kind}");
                }
            }
        }
    }
}
