"""Reviews Python and Bash that a model wrote, with a policy of code-execute.

A review is advice to the model: no scanner stops a program that wants to hide what it does. What confines a program is
the sandbox that it runs in, and this package runs nothing.
"""

from functools import cache as _once

from .cache import Cache
from .engine import Budget
from .errors import (
    ConfigurationRefused,
    NotConfigurable,
    PolicyError,
    PolicyExhausted,
    PolicyMalformed,
    PolicyTrapped,
    PolicyUnusable,
)
from .model import (
    Captured,
    Ceilings,
    Description,
    Environment,
    Formatted,
    Outcome,
    Problem,
    Restriction,
    Rule,
    Severity,
    Span,
    Violation,
    approves,
)
from .policy import Policy

__all__ = [
    "Budget",
    "Cache",
    "Captured",
    "Ceilings",
    "ConfigurationRefused",
    "Description",
    "Environment",
    "Formatted",
    "NotConfigurable",
    "Outcome",
    "Policy",
    "PolicyError",
    "PolicyExhausted",
    "PolicyMalformed",
    "PolicyTrapped",
    "PolicyUnusable",
    "Problem",
    "Restriction",
    "Rule",
    "Severity",
    "Span",
    "Violation",
    "approves",
    "describe",
    "format",
    "restrict",
    "scan",
]


@_once
def _policy() -> Policy:
    return Policy.default()


def scan(code: str, language: str = "python") -> list[Violation]:
    """Asks the policy in this package, which is loaded at the first question. See `Policy.scan`."""
    return _policy().scan(code, language)


def format(outcome: Outcome) -> Formatted:
    """Asks the policy in this package. See `Policy.format`."""
    return _policy().format(outcome)


def describe() -> Description:
    """Asks the policy in this package. See `Policy.describe`."""
    return _policy().describe()


def restrict(code: str, language: str = "python") -> Restriction:
    """Asks the policy in this package. See `Policy.restrict`."""
    return _policy().restrict(code, language)
