"""A request that is under way."""

import json
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from .errors import ProtocolError

if TYPE_CHECKING:
    from .process import Process


class Call(Future[Any]):
    """A request. Its result is that of the protocol; cancelling it kills the program."""

    def __init__(self, process: "Process", method: str, params: dict[str, Any]) -> None:
        super().__init__()
        self.process = process
        self.id = process.next_id()
        # As UTF-8 and not escaped: half a surrogate pair is an error here, where somebody hears of it.
        self.message = encoded({"id": self.id, "method": method, "params": params})

    def cancel(self) -> bool:
        """Ends the program with all its processes, if it has not ended."""
        cancelled = super().cancel()
        if cancelled:
            self.process.forget(self)
        return cancelled

    def answer(self, message: dict[str, Any]) -> None:
        """Takes what the process answered, unless nobody waits for it any more."""
        if not self.set_running_or_notify_cancel():
            return
        if "result" in message:
            self.set_result(message["result"])
        else:
            problem = message.get("error", {})
            self.set_exception(ProtocolError(f"the process refused a request: {problem.get('message', problem)}"))

    def fail(self, error: Exception) -> None:
        if self.set_running_or_notify_cancel():
            self.set_exception(error)


def encoded(message: dict[str, Any]) -> bytes:
    """A message as a line."""
    return json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
