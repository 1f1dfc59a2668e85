"""What the tests share: a directory that programs can write to, and programs that never end."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir="/var/tmp") as directory:
        # The programs of root are other users.
        os.chmod(directory, 0o777 if os.geteuid() == 0 else 0o700)
        yield Path(directory).resolve()


def endless(directory: Path) -> str:
    """A Bash program of two processes that says in a directory that it runs, and never ends."""
    return f"sleep 1000 & touch {directory}/started; sleep 1000"


def until(holds: Callable[[], object]) -> None:
    """Waits until something holds; fails where that takes half a minute."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "waited for half a minute"
        time.sleep(0.001)


def started(directory: Path) -> None:
    until((directory / "started").exists)


def sleepers(ancestor: int | None) -> list[int]:
    """The descendants of a process that sleep for a thousand seconds."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and sleeps(int(entry.name)):
            pid = int(entry.name)
            while pid > 1 and pid != ancestor:
                pid = _parent(pid)
            if pid == ancestor:
                found.append(int(entry.name))
    return found


def sleeps(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\x001000")
    except OSError:
        return False


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])
    except OSError:
        return 0


def none_left(pids: list[int]) -> None:
    assert pids, "the positive control: the program ran below the process"
    until(lambda: not any(map(sleeps, pids)))
