"""Words an outcome for the model that wrote the code: the parts in their order, an empty part left out."""

import json
import re
from itertools import accumulate

from wit_world.exports.formatter import Captured, Formatted, Outcome, Reason

# `json.loads` calls itself for each level, and the stack is small: output that nests deeper is no result.
DEEPEST = 100
JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
BRACKET = re.compile(rb"[\[\]{}]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
STOPPED = {"timeout", "memory", "output_limit", "cancelled"}


def format(outcome: Outcome) -> Formatted:
    match outcome.status:
        case "rejected":
            return Formatted(f"Security violation: {details(outcome)}", None)
        case "invalid_request" | "sandbox_error":
            return Formatted(f"Error: {one_line(outcome.detail or 'unknown')}", None)
    result = None if outcome.status in STOPPED else result_of(outcome.stdout)
    parts = [
        headline(outcome),
        section("stdout", outcome.stdout),
        section("stderr", outcome.stderr),
        None if outcome.exit_code is None else f"exit_code: {outcome.exit_code}",
        None if result is None else f"result: {result}",
    ]
    text = ""
    for part in filter(None, parts):
        # Parts are one newline apart: captured text that ends with a newline gets no second one.
        text += ("\n" if text and not text.endswith("\n") else "") + part
    return Formatted(text or f"status: {outcome.status}", result)


def headline(outcome: Outcome) -> str | None:
    """How the program ended, where an exit code does not say it."""
    match outcome.status:
        case "timeout":
            return f"Execution timed out after {outcome.timeout_seconds} seconds"
        case "memory" | "output_limit":
            return f"Execution stopped: {outcome.detail or 'a limit was met'}"
        case "cancelled":
            return "Execution cancelled"
        case "signal":
            return f"Execution ended by {outcome.signal or 'a signal'}"
    return None


def details(outcome: Outcome) -> str:
    if not outcome.reasons:
        return one_line(outcome.detail or "the policy gave no reason")
    return "\n".join(one_line(line_of(reason)) for reason in outcome.reasons)


def line_of(reason: Reason) -> str:
    remedy = f" {reason.remedy}." if reason.remedy else ""
    place = f"line {reason.line}, column {reason.column}"
    return f"{place}: `{reason.excerpt}`: {reason.message} ({reason.rule}).{remedy}"


def one_line(text: str) -> str:
    """A control character in quoted code must not forge a part of the text."""
    return CONTROL.sub(" ", text)


def section(name: str, captured: Captured) -> str:
    text = text_of(captured)
    return f"{name}:\n{text}" if text else ""


def text_of(captured: Captured) -> str:
    """Captured bytes as text; what is not UTF-8 becomes U+FFFD."""
    if not captured.omitted_bytes:
        return (captured.head + captured.tail).decode(errors="replace")
    head = captured.head.decode(errors="replace")
    newline = "\n" if head and not head.endswith("\n") else ""
    tail = captured.tail.decode(errors="replace")
    return f"{head}{newline}[... {captured.omitted_bytes} bytes omitted ...]\n{tail}"


def result_of(stdout: Captured) -> str | None:
    """The last line of standard output, where it is JSON and none of it was left out."""
    written = stdout.tail if stdout.omitted_bytes else stdout.head + stdout.tail
    before, newline, last = written.rstrip().rpartition(b"\n")
    if stdout.omitted_bytes and not newline or depth(last) > DEEPEST:
        return None
    try:
        line = last.strip().decode()
        json.loads(line, parse_constant=no_constant)
        return line
    except ValueError:
        return None


def depth(line: bytes) -> int:
    brackets = BRACKET.findall(JSON_STRING.sub(b"", line))
    return max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def no_constant(name: str) -> None:
    """Python reads `NaN` and `Infinity`, JSON does not."""
    raise ValueError(name)
