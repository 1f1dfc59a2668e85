"""The processes of a program, found by a word of their command line that nothing else has."""

import asyncio
import os
from pathlib import Path


def marker() -> str:
    """A number of seconds that no other process sleeps."""
    return f"9876.{os.getpid()}{os.urandom(4).hex()}".translate(str.maketrans("abcdef", "012345"))


def sleeping(seconds: str) -> list[int]:
    """The processes that were started as `sleep SECONDS`."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            # It ended meanwhile.
            continue
        if words[:2] == [b"sleep", seconds.encode()]:
            found.append(int(entry.name))
    return found


async def until_sleeping(seconds: str, count: int) -> None:
    """Waits until there are so many of them: the proof that they would be found."""
    while len(sleeping(seconds)) != count:
        await asyncio.sleep(0.01)
