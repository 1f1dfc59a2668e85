"""The clients that functions and tools share: one for each set of options."""

import os
import threading
from typing import Unpack

from .client import Client
from .options import Confinement, Keywords, Options
from .result import Result, Review

_clients: dict[Options, Client] = {}
_lock = threading.Lock()


def client(**options: Unpack[Keywords]) -> Client:
    """Gives the client that has these options; the same for the same ones."""
    key = Options.of(**options)
    with _lock:
        if (found := _clients.get(key)) is None:
            found = _clients[key] = Client(**options)
        return found


def chosen(given: Client | None, options: Keywords) -> Client:
    """Gives the client that a tool was given, or the one that has its options."""
    if given and options:
        name = next(iter(options))
        raise TypeError(f"`{name}` is a matter of the client that is given: `Client({name}=...)`")
    return given or client(**options)


def run(
    code: str,
    language: str | None = None,
    *,
    timeout: int | None = None,
    stdin: str | None = None,
    **options: Unpack[Confinement],
) -> Result:
    """Reviews a program, runs it and answers what became of it. See `Client.run`.

    Each set of options has a process of its own, which stays until this process ends.
    """
    return client(**options).run(code, language, timeout=timeout, stdin=stdin)


async def arun(
    code: str,
    language: str | None = None,
    *,
    timeout: int | None = None,
    stdin: str | None = None,
    **options: Unpack[Confinement],
) -> Result:
    """Like `run`. Cancelling the task kills the program."""
    return await client(**options).arun(code, language, timeout=timeout, stdin=stdin)


def check(code: str, language: str | None = None, **options: Unpack[Confinement]) -> Review:
    """Reviews a program and runs nothing."""
    return client(**options).check(code, language)


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
