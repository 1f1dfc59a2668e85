"""Why a policy could not be used, or did not answer. Whatever it is, the code it was asked about must not run."""

from collections.abc import Sequence

from .model import Problem


class PolicyError(Exception):
    """A policy that could not be used, or that did not answer."""

    kind: str
    """`trapped`, `exhausted`, `malformed`, `configuration`, `unconfigurable`, `not-a-component`, `imports`,
    `interface` or `version`."""


class PolicyTrapped(PolicyError):
    """The policy stopped in the middle of an answer; so ends, too, one that was refused more memory."""

    kind = "trapped"

    def __init__(self, function: str) -> None:
        super().__init__(f"the policy trapped in `{function}`")
        self.function = function


class PolicyExhausted(PolicyError):
    """The policy used up what it was given for one answer: its `resource` is `instructions` or `stack`."""

    kind = "exhausted"

    def __init__(self, function: str, resource: str) -> None:
        super().__init__(f"the policy ran out of {resource} in `{function}`")
        self.function = function
        self.resource = resource


class PolicyMalformed(PolicyError):
    """The policy answered something that the interface does not allow."""

    kind = "malformed"

    def __init__(self, function: str, problem: str) -> None:
        super().__init__(f"the policy gave a malformed answer in `{function}`: {problem}")
        self.function = function
        self.problem = problem


class PolicyUnusable(PolicyError):
    """The bytes are no policy: no component, one that imports something, or one of another version."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class NotConfigurable(PolicyError):
    """The policy takes no configuration, and was given one."""

    kind = "unconfigurable"

    def __init__(self) -> None:
        super().__init__("the policy takes no configuration")


class ConfigurationRefused(PolicyError):
    """The policy refuses its configuration."""

    kind = "configuration"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(["the policy refuses its configuration", *map(str, problems)]))
        self.problems = tuple(problems)
        """Everything that is wrong with it."""
