"""What a policy is asked, as the component takes it.

Everything is checked here: a value of another type in the middle of a record is not something to hand to native code.
"""

from types import SimpleNamespace

from .model import Captured, Outcome, Violation

MOST_CODE_BYTES = 1 << 20
"""At most this many bytes of code: the interface's own bound."""


def submission(code: str, language: str) -> tuple[SimpleNamespace, bytes]:
    """Returns the submission, and the bytes of its code.

    Raises `ValueError` where it is too long or cannot be encoded.
    """
    encoded = text(code, "code").encode()
    if len(encoded) > MOST_CODE_BYTES:
        raise ValueError(f"code has {len(encoded)} bytes; at most {MOST_CODE_BYTES} are reviewed")
    return record(language=text(language, "language"), code=code, attributes=[]), encoded


def outcome(given: Outcome) -> tuple[SimpleNamespace, int]:
    """Returns the outcome, and how many bytes of output it has."""
    if not isinstance(given, Outcome):
        raise TypeError(f"outcome is {type(given).__name__}; it is an Outcome")
    stdout, stderr = captured(given.stdout, "stdout"), captured(given.stderr, "stderr")
    told = record(
        language=text(given.language, "language"),
        status=text(given.status, "status"),
        exit_code=None if given.exit_code is None else integer(given.exit_code, "exit_code", -(2**31), 2**31 - 1),
        signal=None if given.signal is None else text(given.signal, "signal"),
        stdout=stdout,
        stderr=stderr,
        timeout_seconds=integer(given.timeout_seconds, "timeout_seconds", 0, 2**32 - 1),
        reasons=[reason(violation) for violation in given.violations],
        detail=None if given.detail is None else text(given.detail, "detail"),
        attributes=[],
    )
    return told, len(stdout.head) + len(stderr.head)


def reason(violation: Violation) -> SimpleNamespace:
    """A violation as a formatter is told of it: its position, and not its bytes."""
    return record(
        rule=text(violation.rule, "rule"),
        line=integer(violation.span.line, "span.line", 0, 2**32 - 1),
        column=integer(violation.span.column, "span.column", 0, 2**32 - 1),
        excerpt=text(violation.excerpt, "excerpt"),
        message=text(violation.message, "message"),
        remedy=text(violation.remedy, "remedy"),
    )


def captured(given: str | bytes | Captured, name: str) -> SimpleNamespace:
    if isinstance(given, str):
        given = text(given, name).encode()
    if isinstance(given, bytes):
        given = Captured(given)
    if not isinstance(given, Captured):
        raise TypeError(f"{name} is {type(given).__name__}; it is str, bytes or Captured")
    for part in (given.head, given.tail):
        if not isinstance(part, bytes):
            raise TypeError(f"a part of {name} is {type(part).__name__}; it is bytes")
    omitted = integer(given.omitted_bytes, f"{name}.omitted_bytes", 0, 2**64 - 1)
    return record(head=given.head, tail=given.tail, omitted_bytes=omitted)


def record(**fields: object) -> SimpleNamespace:
    """A record with its fields under the names of the interface, which have hyphens."""
    return SimpleNamespace(**{name.replace("_", "-"): value for name, value in fields.items()})


def text(given: str, name: str) -> str:
    if not isinstance(given, str):
        raise TypeError(f"{name} is {type(given).__name__}; it is str")
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"{name} cannot be encoded in UTF-8: {error}") from error
    return given


def integer(given: int, name: str, least: int, most: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise TypeError(f"{name} is {type(given).__name__}; it is int")
    if not least <= given <= most:
        raise ValueError(f"{name} is {given}; it is {least} to {most}")
    return given
