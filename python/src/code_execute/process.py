"""One process of `code-execute mcp`, and what is in flight on it.

Messages are lines of JSON. A caller that waits alone reads its answer itself, since a hand-over between threads costs a
tenth of a millisecond. Where callers wait at the same time, or in an event loop, a thread reads for all of them. One
reads at a time: `_reader` says who, and changes under the lock.
"""

import json
import logging
import os
import select
import subprocess
import tempfile
import threading
from collections import deque
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from .binary import find_bin
from .call import Call, encoded
from .errors import BinaryNotFound, ProcessEnded, StartFailed
from .options import Options

log = logging.getLogger("code_execute")

_READ_BYTES = 1 << 18
_SECONDS_TO_END = 5
"""A process whose input is closed ends at once; one that was stopped does not, and is killed after this."""


class Process:
    """A process that was started and has said who it is."""

    def __init__(self, options: Options) -> None:
        # Taken again by the same thread where a client is collected while one of its calls is sent.
        self._lock = threading.RLock()
        self._pending: dict[int, Call] = {}
        self._last_id = 0
        self._reader: object | None = None
        self._others_wait = threading.Semaphore(0)
        self._over = False
        self._unread = bytearray()
        self._said: deque[str] = deque(maxlen=20)
        with tempfile.NamedTemporaryFile("w", prefix="code-execute-", suffix=".json") as settings:
            arguments = ["mcp", *options.arguments]
            if options.settings:
                json.dump(dict(options.settings), settings)
                settings.flush()
                arguments.append(f"--config={settings.name}")
            self._process = _start([find_bin(), *arguments])
            assert self._process.stdin and self._process.stdout and self._process.stderr
            self._input, self._output = self._process.stdin, self._process.stdout
            self._poll = select.poll()
            self._poll.register(self._output, select.POLLIN)
            # The threads know of nothing that would keep a client of this process from being collected.
            self._listener = threading.Thread(target=self._listen, name="code-execute-stderr", daemon=True)
            self._listener.start()
            threading.Thread(target=self._read_for_others, name="code-execute-reader", daemon=True).start()
            _living.add(self)
            self._shake_hands()

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return not self._over and self._process.poll() is None

    def next_id(self) -> int:
        with self._lock:
            self._last_id += 1
            return self._last_id

    def takes_at_once(self, call: Call) -> bool:
        """Whether sending it would not wait."""
        if len(call.message) > select.PIPE_BUF:
            return False
        poll = select.poll()
        poll.register(self._input, select.POLLOUT)
        return bool(poll.poll(0))

    def send(self, call: Call) -> None:
        """Sends a request. The answer is read by a thread."""
        if self._send(call, self):
            self._others_wait.release()

    def wait(self, call: Call) -> Any:
        """Sends a request and waits for its answer. An exception that comes in between kills the program."""
        try:
            if self._send(call, call):
                self._read_until(call)
            return call.result()
        except BaseException:
            call.cancel()
            raise
        finally:
            if self._reader is call:
                self._pass_on()

    def _send(self, call: Call, reader: object) -> bool:
        """Sends a request, and says whether the reader that is offered has to read."""
        with self._lock:
            if call.cancelled():
                return False
            if self._over:
                raise NotSent
            self._pending[call.id] = call
            try:
                self._write(call.message)
            except BrokenPipeError:
                del self._pending[call.id]
                raise NotSent from None
            if self._reader is None:
                self._reader = reader
                return True
            return False

    def forget(self, call: Call) -> None:
        """Tells the process that nobody waits for an answer any more, which kills the program."""
        with self._lock:
            if self._pending.pop(call.id, None) and not self._over:
                # A process that has ended runs nothing.
                with suppress(BrokenPipeError):
                    self._write(encoded({"method": "notifications/cancelled", "params": {"requestId": call.id}}))

    def close(self) -> None:
        """Ends the process and every program that it runs, and waits for that."""
        self._end(at_once=True)
        self._listener.join(_SECONDS_TO_END)

    def abandon(self) -> None:
        """Closes this side after a fork: the process, and the threads that wait for its answers, are the parent's."""
        self._lock = threading.RLock()
        self._over = True
        self._reader = self
        # Known to have ended, so that nobody waits for what is no child.
        self._process.returncode = 0
        for stream in (self._input, self._output, self._process.stderr):
            if stream:
                stream.close()

    def _shake_hands(self) -> None:
        about = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "code-execute-python", "version": "1"},
        }
        try:
            self.wait(Call(self, "initialize", about))
            with self._lock:
                self._write(encoded({"method": "notifications/initialized"}))
        except (ProcessEnded, NotSent, BrokenPipeError):
            self.close()
            problem = f"`code-execute mcp` did not start (exit code {self._process.returncode})"
            raise StartFailed(self._with_words(problem)) from None
        except BaseException:
            self.close()
            raise

    def _write(self, message: bytes) -> None:
        rest = memoryview(message)
        try:
            while rest:
                rest = rest[os.write(self._input.fileno(), rest) :]
        except BaseException:
            # What came in between may have left a part of a line behind: nobody can write any more.
            self._over = True
            raise

    def _read_until(self, call: Call) -> None:
        """Reads for everybody until this call has its answer."""
        while not call.done():
            # An exception here, such as Ctrl-C, loses nothing.
            self._poll.poll()
            try:
                self._read()
            except BaseException:
                # What was read may be lost, and with it somebody's answer.
                self._end(at_once=True)
                raise

    def _pass_on(self) -> None:
        """Gives the reading to the thread where somebody still waits, or where there is nothing more to read."""
        with self._lock:
            self._reader = self if self._pending or self._over else None
            if self._reader:
                self._others_wait.release()

    def _read_for_others(self) -> None:
        """What the thread does: reads while somebody waits, until the process has ended."""
        while True:
            self._others_wait.acquire()
            while self._reader is self and not self._over:
                self._read()
                with self._lock:
                    if not self._pending and not self._over:
                        self._reader = None
            with self._lock:
                # A caller that reads gives that up when it sees the end, and this goes round once more.
                if self._over and self._reader in (None, self):
                    self._output.close()
                    return

    def _read(self) -> None:
        """Reads once and hands out what is whole."""
        try:
            read = os.read(self._output.fileno(), _READ_BYTES)
        except (OSError, ValueError):
            read = b""
        if not read:
            self._end()
            return
        # Only what is new can have the end of a line.
        start = len(self._unread)
        self._unread += read
        end = self._unread.rfind(b"\n", start) + 1
        if not end:
            return
        lines = bytes(self._unread[:end])
        del self._unread[:end]
        for line in lines.split(b"\n")[:-1]:
            try:
                message = json.loads(line)
                # Notifications, and answers that nobody waits for any more, are not for anybody.
                call = self._pending.pop(message.get("id", 0), None)
            except (ValueError, AttributeError):
                self._said.append(f"it wrote what is no message: {line[:100]!r}")
                self._end()
                return
            if call:
                call.answer(message)

    def _end(self, *, at_once: bool = False) -> None:
        """Closes the process's input, which ends it and what it runs, waits for that and tells everybody who waits."""
        with self._lock:
            self._over = True
            self._input.close()
        if at_once:
            # At the end of its input it waits a while for what it runs.
            self._process.terminate()
        self._others_wait.release()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._pending:
            self._listener.join(_SECONDS_TO_END)
        while self._pending:
            with suppress(KeyError):
                _id, call = self._pending.popitem()
                call.fail(ProcessEnded(self._with_words(self._epitaph())))

    def _epitaph(self) -> str:
        return (
            f"process {self.pid} of code-execute ended (exit code {self._process.returncode}) while a program ran; "
            "the program was killed and is not run again; the next call starts a new process"
        )

    def _listen(self) -> None:
        """What the process has to say is logged; what it said last stands in errors."""
        assert self._process.stderr
        with self._process.stderr as raw, open(raw.fileno(), "rb", closefd=False) as lines:
            for line in lines:
                words = line.decode(errors="replace").rstrip()
                self._said.append(words)
                log.info("%s", words)

    def _with_words(self, problem: str) -> str:
        return "\n".join([problem, *self._said])


class NotSent(Exception):
    """The process had ended before the request: a new one can have it."""


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    try:
        # In a session of its own: Ctrl-C is for this process, which then cancels what it waits for.
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise BinaryNotFound(f"`{command[0]}` cannot be started: {error.strerror}") from error


_living: "WeakSet[Process]" = WeakSet()


def _after_fork() -> None:
    for process in list(_living):
        process.abandon()


os.register_at_fork(after_in_child=_after_fork)
