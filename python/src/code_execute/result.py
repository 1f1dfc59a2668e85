"""What a call comes to."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, cast

from .errors import ProtocolError

Status: TypeAlias = Literal[
    "ok",
    "nonzero_exit",
    "signal",
    "timeout",
    "memory",
    "output_limit",
    "rejected",
    "cancelled",
    "sandbox_error",
    "invalid_request",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """What a policy found in code."""

    rule: str
    line: int
    column: int
    excerpt: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a submission. Whatever the program did, this is the answer."""

    status: Status
    """How it ended."""
    text: str
    """What a model reads; whole in itself, never empty."""
    is_error: bool = False
    """Whether nothing was run because the arguments or the sandbox are at fault."""
    exit_code: int | None = None
    signal: str | None = None
    stdout: str = ""
    stdout_truncated: bool = False
    stderr: str = ""
    stderr_truncated: bool = False
    result_json: str | None = None
    """The last line of standard output, where that is JSON."""
    violations: tuple[Violation, ...] = ()
    suspicions: tuple[Violation, ...] = ()
    isolation: str = "none"
    """The confinement that it had: `strict`, `standard`, `minimal` or `none`."""
    duration_ms: int = 0
    detail: str | None = None
    """What went wrong, or the limit that was met."""

    @property
    def ok(self) -> bool:
        """Whether the program ran and exited with 0."""
        return self.status == "ok"

    @property
    def value(self) -> Any:
        """The last line of standard output, parsed, where that is JSON; else `None`."""
        return None if self.result_json is None else json.loads(self.result_json)

    def to_dict(self) -> dict[str, Any]:
        """The same, made of what JSON knows."""
        # What `dataclasses.asdict` does, in a tenth of the time.
        values: dict[str, Any] = {name: getattr(self, name) for name in _OF_RESULT}
        for name in ("violations", "suspicions"):
            values[name] = [asdict(violation) for violation in values[name]]
        return values


@dataclass(frozen=True, slots=True)
class Review:
    """What the policies say of code that was not run."""

    approved: bool
    text: str
    """What a model reads."""
    is_error: bool = False
    """Whether nothing was reviewed: the arguments are at fault, or the operator chose no review."""
    violations: tuple[Violation, ...] = ()
    suspicions: tuple[Violation, ...] = ()
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a model is told of the tool: made by the process from its options and from what it found on this machine."""

    name: str
    description: str
    parameters: dict[str, Any] = field(hash=False)
    """A JSON Schema of the arguments."""


def execution(answer: Any) -> Result:
    """Reads the answer to `code_execute`."""
    text, is_error, values = _parts(answer)
    if values is None:
        # Arguments that make no submission are answered in words alone.
        return Result("invalid_request", text, is_error=True)
    return Result(text=text, is_error=is_error, **_with_violations(values))


def review(answer: Any) -> Review:
    """Reads the answer to `code_check`."""
    text, is_error, values = _parts(answer)
    if values is None:
        return Review(False, text, is_error=True)
    return Review(text=text, is_error=is_error, **_with_violations(values))


def description(answer: Any) -> Description:
    """Reads what `tools/list` says of the tool that runs code."""
    try:
        tool = next(tool for tool in answer["tools"] if tool["name"] == "code_execute")
        return Description(tool["name"], tool["description"], tool["inputSchema"])
    except (KeyError, TypeError, StopIteration):
        raise ProtocolError(f"the process does not describe `code_execute`: {str(answer)[:200]}") from None


def _parts(answer: Any) -> tuple[str, bool, dict[str, Any] | None]:
    try:
        return answer["content"][0]["text"], answer.get("isError", False), answer.get("structuredContent")
    except (KeyError, TypeError, IndexError):
        raise ProtocolError(f"the process answered what is no result: {str(answer)[:200]}") from None


def _with_violations(values: dict[str, Any]) -> dict[str, Any]:
    # What a later version adds is not known here and not shown.
    known = {name: value for name, value in values.items() if name in _KNOWN}
    for name in ("violations", "suspicions"):
        found = cast(list[dict[str, Any]], known.get(name, ()))
        known[name] = tuple([Violation(**{key: item[key] for key in _OF_VIOLATION}) for item in found])
    return known


_KNOWN = (set(Result.__slots__) | set(Review.__slots__)) - {"text", "is_error"}
_OF_RESULT = Result.__slots__
_OF_VIOLATION = Violation.__slots__
