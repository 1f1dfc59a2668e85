"""The clients. Each has a module with one class that is an `Adapter`."""

from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from scenarios import Arguments, Seen
from server import Where


class Adapter(Protocol):
    """One client, as an application uses it."""

    RESULT: set[str]
    """What it hands on of a result: of `text`, `values` and `error`."""

    ERROR: set[str]
    """What it hands on of a result that is an error."""

    def connected(self, where: Where) -> AbstractAsyncContextManager[None]:
        """Holds what an application would hold for as long as it runs."""

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        """Makes the calls, those of one turn at once, and returns what came of each."""

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        """Makes a call and gives it up as an application would, once the program has started."""
