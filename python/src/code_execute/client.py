"""A client: one process that stays, started at the first call and again where it has ended."""

import asyncio
import os
import threading
import weakref
from types import TracebackType
from typing import Any, Unpack
from weakref import WeakSet

from .call import Call
from .errors import Closed
from .options import Keywords, Options
from .process import NotSent, Process
from .result import Description, Result, Review, description, execution, review


class Client:
    """Runs programs in one resident process, for any number of threads and event loops at the same time.

    The keywords are what an operator decides: the options of `code-execute mcp`, and `language`, `timeout`,
    `max_timeout`, `concurrency` and `sandbox`. The process starts with the first call. It ends with `close()`, the `with`
    block, the client's collection or this process, and every program ends with it.
    """

    def __init__(self, **options: Unpack[Keywords]) -> None:
        self.options = Options.of(**options)
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._closed = False
        self._description: Description | None = None
        self._end = weakref.finalize(self, int)
        _living.add(self)

    def run(
        self, code: str, language: str | None = None, *, timeout: int | None = None, stdin: str | None = None
    ) -> Result:
        """Reviews a program, runs it and answers what became of it.

        An exception that comes while it runs, such as `KeyboardInterrupt`, kills it.
        """
        return self.execute(_arguments(code, language, timeout, stdin))

    async def arun(
        self, code: str, language: str | None = None, *, timeout: int | None = None, stdin: str | None = None
    ) -> Result:
        """Like `run`. Cancelling the task kills the program."""
        return await self.aexecute(_arguments(code, language, timeout, stdin))

    def check(self, code: str, language: str | None = None) -> Review:
        """Reviews a program and runs nothing."""
        arguments = _arguments(code, language)
        if problem := _unsendable(arguments):
            return Review(False, problem, is_error=True)
        return review(self._ask("tools/call", _call("code_check", arguments)))

    async def acheck(self, code: str, language: str | None = None) -> Review:
        """Like `check`."""
        arguments = _arguments(code, language)
        if problem := _unsendable(arguments):
            return Review(False, problem, is_error=True)
        return review(await self._aask("tools/call", _call("code_check", arguments)))

    def execute(self, arguments: dict[str, Any]) -> Result:
        """Calls `code_execute` with the arguments that a model made. What is wrong with them is said in the result."""
        arguments = _meant(arguments)
        if problem := _unsendable(arguments):
            return Result("invalid_request", problem, is_error=True)
        return execution(self._ask("tools/call", _call("code_execute", arguments)))

    async def aexecute(self, arguments: dict[str, Any]) -> Result:
        """Like `execute`. Cancelling the task kills the program."""
        arguments = _meant(arguments)
        if problem := _unsendable(arguments):
            return Result("invalid_request", problem, is_error=True)
        return execution(await self._aask("tools/call", _call("code_execute", arguments)))

    def describe(self) -> Description:
        """What a model is told of the tool: the versions, the limits and the packages that there are."""
        if self._description is None:
            self._description = description(self._ask("tools/list", {}))
        return self._description

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        process = self._process
        return process.pid if process and process.alive() else None

    def close(self) -> None:
        """Ends the process and every program that it runs."""
        with self._lock:
            self._closed = True
            self._end()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        while True:
            process = self._running()
            try:
                return process.wait(Call(process, method, params))
            except NotSent:
                continue

    async def _aask(self, method: str, params: dict[str, Any]) -> Any:
        while True:
            process = self._process
            if process is None or not process.alive() or self._closed:
                process = await asyncio.to_thread(self._running)
            if _is_large(params):
                call = await asyncio.to_thread(Call, process, method, params)
            else:
                call = Call(process, method, params)
            try:
                if process.takes_at_once(call):
                    process.send(call)
                else:
                    await asyncio.to_thread(process.send, call)
                return await asyncio.wrap_future(call)
            except NotSent:
                continue
            except asyncio.CancelledError:
                call.cancel()
                raise

    def _running(self) -> Process:
        """The process, started where there is none."""
        process = self._process
        if process and process.alive() and not self._closed:
            return process
        with self._lock:
            if self._closed:
                raise Closed("this client was closed; make another one")
            if self._process is None or not self._process.alive():
                self._end()
                self._process = process = Process(self.options)
                # Also at the end of this process: finalizers are called then.
                self._end = weakref.finalize(self, process.close)
            return self._process


def _arguments(
    code: str, language: str | None, timeout: int | None = None, stdin: str | None = None
) -> dict[str, Any]:
    arguments: dict[str, Any] = {"code": code}
    if language is not None:
        arguments["language"] = language
    if timeout is not None:
        arguments["timeout_seconds"] = timeout
    if stdin is not None:
        arguments["stdin"] = stdin
    return arguments


def _call(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def _is_large(params: dict[str, Any]) -> bool:
    """Whether making a line of it would hold up an event loop for a millisecond."""
    return any(isinstance(value, str) and len(value) > 1 << 18 for value in params.get("arguments", {}).values())


def _meant(arguments: dict[str, Any]) -> dict[str, Any]:
    """Some models name no language by an empty text."""
    if arguments.get("language") == "":
        return {name: value for name, value in arguments.items() if name != "language"}
    return arguments


def _unsendable(arguments: dict[str, Any]) -> str | None:
    """Half a surrogate pair cannot be sent: models make them, and JSON lets them through."""
    for name, value in arguments.items():
        if isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                character = ascii(value[error.start])
                return f"Error: {name} has {character} at character {error.start}, which is no text; remove it"
    return None


_living: "WeakSet[Client]" = WeakSet()


def _after_fork() -> None:
    # A thread of the parent may have held the lock. Its process is abandoned where processes are.
    for client in list(_living):
        client._lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)
