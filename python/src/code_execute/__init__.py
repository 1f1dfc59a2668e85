"""Runs the Python and Bash that a language model wrote: reviewed before it runs, confined while it runs.

The work is done by the command `code-execute`, which comes with this package; one process of it stays and answers every
call.
"""

from .binary import find_bin
from .client import Client
from .errors import BinaryNotFound, Closed, CodeExecuteError, ProcessEnded, ProtocolError, StartFailed
from .result import Description, Result, Review, Status, Violation
from .shared import arun, check, run

__all__ = [
    "BinaryNotFound",
    "Client",
    "Closed",
    "CodeExecuteError",
    "Description",
    "ProcessEnded",
    "ProtocolError",
    "Result",
    "Review",
    "StartFailed",
    "Status",
    "Violation",
    "arun",
    "check",
    "find_bin",
    "run",
]
