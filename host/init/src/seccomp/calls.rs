//! The system calls of a program, each with its numbers on both machines and its class.
//!
//! This table is the filter's only knowledge. A call that does not stand here does not exist for the program
//! (`ENOSYS`): new calls of new kernels, calls of old ones, and those listed at the end.
#![forbid(unsafe_code)]

use super::checks::Check;

/// A system call. [`NONE`] where a machine does not have it.
pub(super) struct Call {
    #[cfg(test)]
    pub(super) name: &'static str,
    pub(super) x86_64: u16,
    pub(super) aarch64: u16,
    pub(super) class: Class,
}

/// No number.
pub(super) const NONE: u16 = u16::MAX;

/// What becomes of a call.
#[derive(Clone, Copy)]
pub(super) enum Class {
    /// Goes through.
    Allowed,
    /// Fails as something that this user may not do (`EPERM`).
    Refused,
    /// Depends on its arguments.
    Checked(Check),
    /// Reaches what all processes of the machine share, or of the user, unless the run has namespaces of its own.
    /// Without them the call does not exist.
    Shared,
    /// Keeps memory that no process has to hold: it is not found where memory is not counted by a control group, nor,
    /// where there are no namespaces, at the end of the run. The call does not exist then.
    Memory,
    /// Changes a file's mode, owner, times or attributes, which Landlock does not restrict. Refused where the files
    /// of the host's user are within sight and are the run's own.
    Metadata,
}

use Class::{Allowed, Checked, Memory, Metadata, Refused, Shared};

macro_rules! calls {
    ($($class:expr => $($name:ident $x86_64:tt $aarch64:tt),+;)+) => {
        &[$($(Call {
            #[cfg(test)]
            name: stringify!($name),
            x86_64: calls!(@ $x86_64),
            aarch64: calls!(@ $aarch64),
            class: $class,
        },)+)+]
    };
    (@ _) => { NONE };
    (@ $number:literal) => { $number };
}

/// The calls of the program: those that Docker's default profile has for a container without capabilities, less what
/// a program that computes does not need and an attacker does.
#[rustfmt::skip]
pub(super) const PROGRAM: &[Call] = calls! {
    // Files by descriptor.
    Allowed => read 0 63, write 1 64, close 3 57, fstat 5 80, lseek 8 62, pread64 17 67, pwrite64 18 68, readv 19 65,
        writev 20 66, preadv 295 69, pwritev 296 70, preadv2 327 286, pwritev2 328 287, sendfile 40 71, dup 32 23,
        dup2 33 _, dup3 292 24, pipe 22 _, pipe2 293 59, flock 73 32, fsync 74 82, fdatasync 75 83,
        sync_file_range 277 84, ftruncate 77 46, fallocate 285 47, fadvise64 221 223, readahead 187 213,
        getdents 78 _, getdents64 217 61, splice 275 76, tee 276 77, copy_file_range 326 285, close_range 436 436;
    // Files by path: which ones is up to the mount namespace and Landlock.
    Allowed => open 2 _, openat 257 56, openat2 437 437, creat 85 _, stat 4 _, lstat 6 _, newfstatat 262 79,
        statx 332 291, access 21 _, faccessat 269 48, faccessat2 439 439, truncate 76 45, getcwd 79 17, chdir 80 49,
        fchdir 81 50, rename 82 _, renameat 264 38, renameat2 316 276, mkdir 83 _, mkdirat 258 34, rmdir 84 _,
        link 86 _, linkat 265 37, unlink 87 _, unlinkat 263 35, symlink 88 _, symlinkat 266 36, readlink 89 _,
        readlinkat 267 78, umask 95 166, statfs 137 43, fstatfs 138 44, getxattr 191 8, lgetxattr 192 9,
        fgetxattr 193 10, getxattrat 464 464, listxattr 194 11, llistxattr 195 12, flistxattr 196 13,
        listxattrat 465 465, file_getattr 468 468;
    Metadata => chmod 90 _, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, chown 92 _, fchown 93 55, lchown 94 _,
        fchownat 260 54, utime 132 _, utimes 235 _, futimesat 261 _, setxattr 188 5, lsetxattr 189 6,
        fsetxattr 190 7, setxattrat 463 463, removexattr 197 14, lremovexattr 198 15, fremovexattr 199 16,
        removexattrat 466 466, file_setattr 469 469;
    Checked(Check::Times) => utimensat 280 88;
    Checked(Check::Node(1)) => mknod 133 _;
    Checked(Check::Node(2)) => mknodat 259 33;
    Checked(Check::Fcntl) => fcntl 72 25;
    Checked(Check::Ioctl) => ioctl 16 29;
    // Waiting for descriptors.
    Allowed => poll 7 _, ppoll 271 73, select 23 _, pselect6 270 72, epoll_create 213 _, epoll_create1 291 20,
        epoll_ctl 233 21, epoll_wait 232 _, epoll_pwait 281 22, epoll_pwait2 441 441, eventfd 284 _, eventfd2 290 19,
        signalfd 282 _, signalfd4 289 74, timerfd_create 283 85, timerfd_settime 286 86, timerfd_gettime 287 87;
    // Memory.
    Allowed => mmap 9 222, mprotect 10 226, munmap 11 215, brk 12 214, mremap 25 216, msync 26 227, mincore 27 232,
        madvise 28 233, mlock 149 228, mlock2 325 284, munlock 150 229, mlockall 151 230, munlockall 152 231,
        remap_file_pages 216 234, pkey_mprotect 329 288, pkey_alloc 330 289, pkey_free 331 290, membarrier 324 283,
        get_mempolicy 239 236, map_shadow_stack 453 453, mseal 462 462;
    // Processes and threads.
    Checked(Check::Clone) => clone 56 220;
    Allowed => fork 57 _, vfork 58 _, execve 59 221, execveat 322 281, exit 60 93, exit_group 231 94, wait4 61 260,
        waitid 247 95, getpid 39 172, getppid 110 173, gettid 186 178, getpgid 121 155, getpgrp 111 _,
        setpgid 109 154, getsid 124 156, setsid 112 157, set_tid_address 218 96, set_robust_list 273 99, rseq 334 293,
        arch_prctl 158 _, futex 202 98, futex_waitv 449 449, futex_wake 454 454, futex_wait 455 455,
        futex_requeue 456 456, pidfd_open 434 434, getcpu 309 168, restart_syscall 219 128;
    Checked(Check::Prctl) => prctl 157 167;
    Checked(Check::Personality) => personality 135 92;
    // Signals: who can be reached is up to the process namespace, and to Landlock's scope where there is none.
    Allowed => rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136,
        rt_sigtimedwait 128 137, rt_sigsuspend 130 133, sigaltstack 131 132, pause 34 _, kill 62 129, tkill 200 130,
        tgkill 234 131, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240, pidfd_send_signal 424 424;
    // Users and groups: no capability is left, so none of them gains anything.
    Allowed => getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177, getresuid 118 148, getresgid 120 150,
        getgroups 115 158, setuid 105 146, setgid 106 144, setreuid 113 145, setregid 114 143, setresuid 117 147,
        setresgid 119 149, setfsuid 122 151, setfsgid 123 152, setgroups 116 159, capget 125 90, capset 126 91;
    // Limits and priorities: one's own only.
    Allowed => getrlimit 97 163, setrlimit 160 164, getrusage 98 165, times 100 153, sched_yield 24 124,
        getpriority 140 141, ioprio_get 252 31, sched_getparam 143 121, sched_getscheduler 145 120,
        sched_get_priority_max 146 125, sched_get_priority_min 147 126, sched_rr_get_interval 148 127,
        sched_getaffinity 204 123, sched_getattr 315 275;
    Checked(Check::OwnProcess) => prlimit64 302 261, sched_setparam 142 118, sched_setscheduler 144 119,
        sched_setaffinity 203 122, sched_setattr 314 274;
    Checked(Check::Priority { of_user: 2 }) => setpriority 141 140;
    Checked(Check::Priority { of_user: 3 }) => ioprio_set 251 30;
    // Time and the machine.
    Allowed => time 201 _, gettimeofday 96 169, clock_gettime 228 113, clock_getres 229 114, clock_nanosleep 230 115,
        nanosleep 35 101, alarm 37 _, getitimer 36 102, setitimer 38 103, timer_create 222 107, timer_settime 223 110,
        timer_gettime 224 108, timer_getoverrun 225 109, timer_delete 226 111, adjtimex 159 171, uname 63 160,
        sysinfo 99 179, getrandom 318 278;
    // Sockets: the families are checked where a socket is made, and nowhere else. `sendto` with an address refused
    // broke event loops elsewhere, and `bind` refused broke a start method of Python's `multiprocessing`.
    Checked(Check::Socket) => socket 41 198;
    Checked(Check::Socketpair) => socketpair 53 199;
    Allowed => connect 42 203, accept 43 202, accept4 288 242, bind 49 200, listen 50 201, shutdown 48 210,
        sendto 44 206, sendmsg 46 211, sendmmsg 307 269, recvfrom 45 207, recvmsg 47 212, recvmmsg 299 243,
        getsockname 51 204, getpeername 52 205, setsockopt 54 208, getsockopt 55 209;
    // A memory file can also be executed, and Landlock does not see it.
    Memory => memfd_create 319 279, shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197;
    // What processes share by name or number rather than by descent.
    Shared => semget 64 190, semop 65 193, semtimedop 220 192, semctl 66 191, msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187,
        mq_open 240 180, mq_unlink 241 181, mq_timedsend 242 182, mq_timedreceive 243 183, mq_notify 244 184,
        mq_getsetattr 245 185, inotify_init 253 _, inotify_init1 294 26, inotify_add_watch 254 27,
        inotify_rm_watch 255 28;
    // Other processes' insides.
    Refused => ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440,
        pidfd_getfd 438 438, kcmp 312 272, move_pages 279 239, migrate_pages 256 238;
    // Mounts, namespaces, and files by other names than their paths.
    Refused => mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, open_tree 428 428,
        open_tree_attr 467 467, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432,
        fspick 433 433, mount_setattr 442 442, unshare 272 97, setns 308 268, name_to_handle_at 303 264,
        open_by_handle_at 304 265;
    // Doors to the kernel that most ways out of a sandbox have gone through.
    Refused => io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427, bpf 321 280,
        perf_event_open 298 241, userfaultfd 323 282, keyctl 250 219, add_key 248 217, request_key 249 218,
        memfd_secret 447 447, fanotify_init 300 262, fanotify_mark 301 263, vmsplice 278 75, modify_ldt 154 _,
        seccomp 317 277, mbind 237 235, set_mempolicy 238 237, set_mempolicy_home_node 450 450;
    // The machine's own affairs. `sync` waits for all the machine's disks; nobody looks at what it gives.
    Refused => reboot 169 142, kexec_load 246 104, kexec_file_load 320 294, init_module 175 105,
        finit_module 313 273, delete_module 176 106, iopl 172 _, ioperm 173 _, acct 163 89, swapon 167 224,
        swapoff 168 225, quotactl 179 60, quotactl_fd 443 443, settimeofday 164 170, clock_settime 227 112,
        clock_adjtime 305 266, sethostname 170 161, setdomainname 171 162, syslog 103 116, vhangup 153 58,
        lsm_set_self_attr 460 460, sync 162 81, syncfs 306 267;
    // Not here, so that they do not exist, on purpose: `clone3` (its flags are behind a pointer, out of a filter's
    // sight; C libraries fall back to `clone`), `landlock_*` (programs that would confine themselves go on without),
    // `io_setup` and its kin (a budget of the whole machine), `cachestat` (what others have read),
    // `statmount`, `listmount` (libraries fall back to `/proc`).
};

/// The calls of init once the program runs: waiting, looking through `/proc`, killing, and speaking with the host.
#[rustfmt::skip]
pub(super) const INIT: &[Call] = calls! {
    Allowed => read 0 63, write 1 64, close 3 57, poll 7 _, ppoll 271 73, restart_syscall 219 128, recvfrom 45 207,
        recvmsg 47 212, sendto 44 206, sendmsg 46 211, getdents64 217 61, wait4 61 260, waitid 247 95, kill 62 129,
        pidfd_send_signal 424 424, clock_gettime 228 113, getrusage 98 165, unlink 87 _, unlinkat 263 35, getpid 39 172,
        exit 60 93, exit_group 231 94, rt_sigreturn 15 139;
    Checked(Check::OpenToRead) => openat 257 56;
};
