"""What policies are asked and what they answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """What a violation means for the code."""

    FORBIDDEN = "forbidden"
    """The code must not run."""
    SUSPICIOUS = "suspicious"
    """Worth a record, and no more."""


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the code, in bytes of its UTF-8."""

    start: int
    """Offset in bytes of the first byte."""
    end: int
    """Offset in bytes after the last byte."""
    line: int
    """Line of `start`, counted from 1."""
    column: int
    """Column of `start` in Unicode scalar values, counted from 1."""

    def text(self, code: str) -> str:
        """Returns the text of the span."""
        return code.encode()[self.start : self.end].decode()


@dataclass(frozen=True, slots=True)
class Violation:
    """What a policy found at one place of the code."""

    rule: str
    """The id of the rule, such as `py-import-os`."""
    severity: Severity
    span: Span
    """Where it stands."""
    excerpt: str
    """The offending text, shortened to a line."""
    message: str
    """What is wrong."""
    remedy: str
    """What to do instead; may be empty."""


def approves(violations: Iterable[Violation]) -> bool:
    """Whether code with these violations may run: whether none of them is forbidden."""
    return all(violation.severity is not Severity.FORBIDDEN for violation in violations)


@dataclass(frozen=True, slots=True)
class Rule:
    """One forbidden or suspicious construct, as a policy describes it."""

    id: str
    """Stable, kebab-case."""
    language: str
    """The language it reads; `any` for a rule about code in every language."""
    severity: str
    title: str
    """What it finds, in a few words."""
    reason: str
    """Why that is not allowed."""
    remedy: str
    """What to do instead."""
    matches: tuple[str, ...]
    """Programs in which it finds something."""
    non_matches: tuple[str, ...]
    """Programs in which it finds nothing."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a policy says of itself."""

    name: str
    version: str
    summary: str
    rules: tuple[Rule, ...]
    """Its rules, in a stable order."""


@dataclass(frozen=True, slots=True)
class Captured:
    """What a program wrote to one stream: all of it, or its beginning and its end."""

    head: bytes = b""
    """The first bytes."""
    tail: bytes = b""
    """The last bytes, where bytes between were left out."""
    omitted_bytes: int = 0
    """How many bytes between `head` and `tail` were left out."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a submission ended."""

    status: str
    """One of `ok`, `nonzero_exit`, `signal`, `timeout`, `memory`, `output_limit`, `rejected`, `cancelled`,
    `sandbox_error`, `invalid_request`."""
    language: str = "python"
    exit_code: int | None = None
    signal: str | None = None
    """The signal that ended the program, such as `SIGSEGV`."""
    stdout: str | bytes | Captured = b""
    stderr: str | bytes | Captured = b""
    timeout_seconds: int = 30
    """The time that the program was given, in whole seconds."""
    violations: Sequence[Violation] = ()
    """Why it was rejected, where `status` is `rejected`."""
    detail: str | None = None
    """One line on what went wrong, or on the limit that was met."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """An outcome in words."""

    text: str
    """What the model reads."""
    result: str | None
    """The program's result as one JSON text, where its output ends with one."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The variables that a policy wants a program to see. The defaults are the contract's."""

    path: str = "/usr/bin:/bin:/usr/local/bin"
    """The value of `PATH`."""
    kept: tuple[str, ...] = ()
    """Names of variables that the program may see; `*` stands for all that the operator allows."""
    removed: tuple[str, ...] = ("HOME", "USER")
    """Names of variables that it must not see, whatever `kept` says."""


@dataclass(frozen=True, slots=True)
class Ceilings:
    """Upper bounds on what a program may use. `None` leaves the operator's as they are."""

    time_ms: int | None = None
    memory_bytes: int | None = None
    processes: int | None = None
    network: str | None = None
    """`none`, `loopback` or `host`."""


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a policy wants a program to run under. Nothing here enforces it: that is for whoever runs the program."""

    environment: Environment = field(default_factory=Environment)
    ceilings: Ceilings = field(default_factory=Ceilings)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a configuration that a policy cannot take."""

    line: int
    """The line, counted from 1; 0 where it is about the text as a whole."""
    column: int
    """The column in Unicode scalar values, counted from 1; 0 where it is about the line as a whole."""
    message: str
    """What is wrong, and what is taken instead."""

    def __str__(self) -> str:
        if self.line == 0:
            return self.message
        column = f", column {self.column}" if self.column else ""
        return f"line {self.line}{column}: {self.message}"
