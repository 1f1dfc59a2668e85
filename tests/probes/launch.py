"""Starts a program the way a probe wants it: as another user, with fewer means, with things it should not inherit.

Usage: launch.py PLAN, where PLAN is JSON. What it sets up is inherited across execve, so the program needs no help:
  argv     the program and its arguments
  env      its environment
  cgroups  `cgroup.procs` files to join: the guard around the suite
  nproc    RLIMIT_NPROC: the guard where no cgroup can be made
  nofile   RLIMIT_NOFILE of the program
  uid      the user and group to become
  leaks    descriptors to leave open: {"5": "directory:/x", "6": "file:/x", "7": "tcp", "8": "socketpair"}
  closed   descriptors to close
  deny     system calls that fail: [["mount", errno], ["prctl", errno, argument, mask, value]]
  ignore   signals to ignore
  block    signals to block
  umask    the umask
  gone     whether to start in a directory that is removed
  tty      whether to start with a controlling terminal
"""
import ctypes, json, os, platform, resource, signal, socket, struct, sys, tempfile

X86, ARM = 0xC000003E, 0xC00000B7
NUMBERS = {  # name: (x86_64, aarch64); None where there is none
    "capset": (126, 91), "chdir": (80, 49), "chroot": (161, 51), "clone": (56, 220), "clone3": (435, 435),
    "close_range": (436, 436), "execve": (59, 221), "execveat": (322, 281), "fchdir": (81, 50),
    "fork": (57, None), "fsconfig": (431, 431), "fsmount": (432, 432), "fsopen": (430, 430),
    "landlock_add_rule": (445, 445), "landlock_create_ruleset": (444, 444), "landlock_restrict_self": (446, 446),
    "mkdirat": (258, 34), "mount": (165, 40), "mount_setattr": (442, 442), "move_mount": (429, 429),
    "open_tree": (428, 428), "openat2": (437, 437), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pipe2": (293, 59), "pivot_root": (155, 41), "prctl": (157, 167), "prlimit64": (302, 261), "seccomp": (317, 277),
    "setgid": (106, 144), "setgroups": (116, 159), "sethostname": (170, 161), "setpgid": (109, 154),
    "setresgid": (119, 149), "setresuid": (117, 147), "setrlimit": (160, 164), "setsid": (112, 157),
    "setuid": (105, 146), "signalfd4": (289, 74), "symlinkat": (266, 36), "umount2": (166, 39), "unshare": (272, 97),
    "setns": (308, 268), "dup3": (292, 24), "dup2": (33, None), "rt_sigprocmask": (14, 135),
}
libc = ctypes.CDLL(None, use_errno=True)


def filter_of(rules):
    """A classic BPF program that answers each rule's call with its errno and lets everything else pass."""
    x86 = platform.machine() == "x86_64"
    statements = []

    def emit(code, jt, jf, k):
        statements.append(struct.pack("HBBI", code, jt, jf, k))

    emit(0x20, 0, 0, 4)  # architecture
    emit(0x15, 1, 0, X86 if x86 else ARM)
    emit(0x06, 0, 0, 0x7FFF0000)
    for name, errno, *argument in rules:
        number = NUMBERS[name][0 if x86 else 1]
        if number is None:
            continue
        emit(0x20, 0, 0, 0)
        if not argument:
            emit(0x15, 0, 1, number)
        else:
            index, mask, value = argument
            emit(0x15, 0, 4, number)
            emit(0x20, 0, 0, 16 + 8 * index)  # low half, on little-endian machines
            emit(0x54, 0, 0, mask)
            emit(0x15, 0, 1, value)
        emit(0x06, 0, 0, 0x00050000 | errno)
    emit(0x06, 0, 0, 0x7FFF0000)
    return b"".join(statements), len(statements)


def install(rules):
    program, count = filter_of(rules)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", count, ctypes.addressof(buffer))
    fprog = ctypes.create_string_buffer(head, len(head))
    if os.geteuid() != 0:
        libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, fprog, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the launcher cannot install its filter")


def leak(number, what):
    kind, _, where = what.partition(":")
    if kind == "directory":
        fd = os.open(where, os.O_RDONLY | os.O_DIRECTORY)
    elif kind == "file":
        fd = os.open(where, os.O_RDONLY)
    elif kind == "tcp":
        # Not to a canary's socket, which counts who comes.
        server = socket.create_server(("127.0.0.1", 0))
        fd = socket.create_connection(server.getsockname()).detach()
        os.set_inheritable(server.accept()[0].detach(), True)
    else:
        one, other = socket.socketpair()
        socket.send_fds(one, [b"gift"], [os.open("/", os.O_RDONLY)])
        os.set_inheritable(one.detach(), True)  # held open, so that the gift stays receivable
        fd = other.detach()
    os.dup2(fd, int(number), inheritable=True)


def on_terminal():
    """Goes on in a child with a controlling terminal; the parent passes its end on."""
    output = os.dup(1), os.dup(2)
    pid, _terminal = os.forkpty()
    if pid == 0:
        os.dup2(output[0], 1)
        os.dup2(output[1], 2)
        return
    os.close(output[0])
    os.close(output[1])
    os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)


def main():
    plan = json.loads(sys.argv[1])
    for path in plan.get("cgroups", []):
        with open(path, "w") as file:
            file.write(str(os.getpid()))
    if "nproc" in plan:
        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        most = plan["nproc"] if hard == resource.RLIM_INFINITY else min(plan["nproc"], hard)
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    if "uid" in plan and os.getuid() != plan["uid"]:
        os.setgroups([])
        os.setresgid(*[plan["uid"]] * 3)
        os.setresuid(*[plan["uid"]] * 3)
    if plan.get("tty"):
        on_terminal()
    if plan.get("gone"):
        directory = tempfile.mkdtemp()
        os.chdir(directory)
        os.rmdir(directory)
    for number, what in plan.get("leaks", {}).items():
        leak(number, what)
    for number in plan.get("ignore", []):
        signal.signal(number, signal.SIG_IGN)
    if plan.get("block"):
        signal.pthread_sigmask(signal.SIG_BLOCK, plan["block"])
    # Python ignores these two itself, which the program would inherit.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        if number not in plan.get("ignore", []):
            signal.signal(number, signal.SIG_DFL)
    if "umask" in plan:
        os.umask(plan["umask"])
    for fd in plan.get("closed", []):
        os.close(fd)
    if plan.get("deny"):
        install(plan["deny"])
    if "nofile" in plan:
        resource.setrlimit(resource.RLIMIT_NOFILE, (plan["nofile"], plan["nofile"]))
    argv = plan["argv"]
    os.execve(argv[0], argv, plan["env"])


main()
