"""What a policy answered: checked here before anyone sees it, as the host checks it."""

import re
from typing import Any

from .errors import PolicyMalformed
from .model import (
    Ceilings,
    Description,
    Environment,
    Formatted,
    Problem,
    Restriction,
    Rule,
    Severity,
    Span,
    Violation,
)

MOST_VIOLATIONS = 1_000
"""At most this many violations are taken in one answer."""

LONGEST_WORDS = 16 << 10
"""At most this many bytes of words in one violation."""

_RULE_ID = re.compile(r"[a-z0-9-]{1,64}")


def violations(found: list[Any], code: bytes) -> list[Violation]:
    if len(found) > MOST_VIOLATIONS:
        raise PolicyMalformed("scan", f"{len(found)} violations; at most {MOST_VIOLATIONS} are taken")
    return [_violation(violation, code) for violation in found]


def _violation(found: Any, code: bytes) -> Violation:
    if not _RULE_ID.fullmatch(found.rule):
        raise PolicyMalformed("scan", f"rule id {found.rule!r} is not kebab-case")
    words = sum(len(text.encode()) for text in (found.excerpt, found.message, found.remedy))
    if words > LONGEST_WORDS:
        raise PolicyMalformed("scan", f"{words} bytes of words for `{found.rule}`; at most {LONGEST_WORDS} are taken")
    span = Span(found.span.start, found.span.end, found.span.line, found.span.column)
    if problem := _span_problem(span, code):
        raise PolicyMalformed("scan", f"`{found.rule}`: {problem}")
    # A word that nobody knows must not let code through.
    severity = Severity.SUSPICIOUS if found.severity == Severity.SUSPICIOUS else Severity.FORBIDDEN
    return Violation(found.rule, severity, span, found.excerpt, found.message, found.remedy)


def _span_problem(span: Span, code: bytes) -> str | None:
    """Says what is wrong with the span, if it is not one of the code."""
    if not _is_boundary(span.start, code):
        return f"span starts at byte {span.start}, which is no character of the code"
    if span.end < span.start or not _is_boundary(span.end, code):
        return f"span ends at byte {span.end}, which is no character after its start"
    line_start = code.rfind(b"\n", 0, span.start) + 1
    line = code.count(b"\n", 0, span.start) + 1
    column = len(code[line_start : span.start].decode()) + 1
    if (span.line, span.column) == (line, column):
        return None
    return f"byte {span.start} is line {line}, column {column}, not {span.line}:{span.column}"


def _is_boundary(at: int, code: bytes) -> bool:
    """Whether a character of UTF-8 begins here, or the code ends."""
    return at == len(code) or (at < len(code) and code[at] & 0xC0 != 0x80)


def description(answer: Any) -> Description:
    return Description(answer.name, answer.version, answer.summary, tuple(map(_rule, answer.rules)))


def _rule(rule: Any) -> Rule:
    matches, non_matches = tuple(rule.matches), tuple(getattr(rule, "non-matches"))
    return Rule(rule.id, rule.language, rule.severity, rule.title, rule.reason, rule.remedy, matches, non_matches)


def formatted(answer: Any) -> Formatted:
    if answer.text == "":
        raise PolicyMalformed("format", "the text is empty")
    return Formatted(answer.text, answer.result)


def restriction(answer: Any) -> Restriction:
    environment, ceilings = answer.environment, answer.ceilings
    if "\0" in environment.path:
        raise PolicyMalformed("restrict", "PATH contains a NUL")
    return Restriction(
        Environment(environment.path, tuple(environment.kept), tuple(environment.removed)),
        Ceilings(
            getattr(ceilings, "time-ms"), getattr(ceilings, "memory-bytes"), ceilings.processes, ceilings.network
        ),
    )


def problems(answer: list[Any]) -> list[Problem]:
    return [Problem(problem.line, problem.column, problem.message) for problem in answer]
