# What every Python probe starts with. `attempt` is for what must not work, `works` for what must.
import ctypes, errno, os, platform, signal, socket, struct, sys, threading, time

_libc = ctypes.CDLL(None, use_errno=True)
_X86 = platform.machine() == "x86_64"
_COMMON = {name: 424 + i for i, name in enumerate(
    "pidfd_send_signal io_uring_setup io_uring_enter io_uring_register open_tree move_mount fsopen fsconfig fsmount fspick"
    " pidfd_open clone3 close_range openat2 pidfd_getfd faccessat2 process_madvise epoll_pwait2 mount_setattr quotactl_fd"
    " landlock_create_ruleset landlock_add_rule landlock_restrict_self memfd_secret".split())}
_ONE = {"open": 2, "clone": 56, "fork": 57, "kill": 62, "ptrace": 101, "syslog": 103, "personality": 135,
        "modify_ldt": 154, "pivot_root": 155, "prctl": 157, "chroot": 161, "acct": 163, "mount": 165, "umount2": 166,
        "swapon": 167, "reboot": 169, "sethostname": 170, "iopl": 172, "init_module": 175, "quotactl": 179,
        "setxattr": 188, "tgkill": 234, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
        "ioprio_set": 251, "unshare": 272, "vmsplice": 278, "perf_event_open": 298, "fanotify_init": 300,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
        "process_vm_writev": 311, "kcmp": 312, "seccomp": 317, "memfd_create": 319, "bpf": 321, "userfaultfd": 323,
        "shmget": 29, "shmctl": 31, "msgget": 68, "msgctl": 71, "mq_open": 240, "mq_unlink": 241, "gettid": 186,
        "rt_sigqueueinfo": 129, "timer_create": 222, "capset": 126, "inotify_init1": 294, "memfd_secret": 447}
_TWO = {"clone": 220, "kill": 129, "ptrace": 117, "syslog": 116, "personality": 92, "pivot_root": 41, "prctl": 167,
        "chroot": 51, "acct": 89, "mount": 40, "umount2": 39, "swapon": 224, "reboot": 142, "sethostname": 161,
        "init_module": 105, "quotactl": 60, "setxattr": 5, "tgkill": 131, "kexec_load": 104, "add_key": 217,
        "request_key": 218, "keyctl": 219, "ioprio_set": 30, "unshare": 97, "vmsplice": 75, "perf_event_open": 241,
        "fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "seccomp": 277, "memfd_create": 279,
        "bpf": 280, "userfaultfd": 282, "shmget": 194, "shmctl": 195, "msgget": 186, "msgctl": 187, "mq_open": 180,
        "mq_unlink": 181, "gettid": 178, "rt_sigqueueinfo": 138, "timer_create": 107, "capset": 91,
        "inotify_init1": 26, "memfd_secret": 447}
NR = {**_COMMON, **(_ONE if _X86 else _TWO)}


def syscall(call, *arguments):
    """Makes a system call by name or number; bytes are passed by address."""
    number = NR[call] if isinstance(call, str) else call
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ctypes.set_errno(0)
    result = _libc.syscall(ctypes.c_long(number), *words)
    if result == -1:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def said(word, name, detail=""):
    # One write each, so that forked children do not mix theirs.
    os.write(1, f"{word} {name} {detail}\n".replace("\n", " ").strip().encode("utf-8", "replace") + b"\n")


def attempt(name, action):
    """Says that the attack `name` was denied if the action raises, and that it reached its aim if not."""
    try:
        result = action()
    except BaseException as error:
        code = getattr(error, "errno", None)
        said("denied", name, errno.errorcode.get(code, f"{type(error).__name__}: {error}"[:120]))
        return None
    said("reached", name, str(result)[:120])
    return result


def works(name, action):
    """Says whether something that ordinary programs do works."""
    try:
        action()
    except BaseException as error:
        said("broken", name, f"{type(error).__name__}: {error}"[:200])
    else:
        said("works", name)


def require(condition, why="no effect"):
    if not condition:
        raise AssertionError(why)
    return why if not isinstance(condition, (int, str)) else condition


def surface(name, call, *arguments):
    """An attack that succeeds if the kernel as much as looks at the arguments."""
    def look():
        try:
            return syscall(call, *arguments)
        except OSError as error:
            if error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS):
                raise
            return errno.errorcode.get(error.errno)
    attempt(name, look)


def in_child(action):
    """Does something in a forked child; raises what it raised."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            try:
                action()
                os.write(writer, b"\0")
            except OSError as error:
                os.write(writer, bytes([min(error.errno or 255, 255)]))
            except BaseException:
                os.write(writer, b"\xff")
        finally:
            os._exit(0)
    os.close(writer)
    answer = os.read(reader, 1)
    os.close(reader)
    os.waitpid(child, 0)
    require(answer != b"", "the child ended")
    if answer != b"\0":
        raise OSError(answer[0], "in the child")


