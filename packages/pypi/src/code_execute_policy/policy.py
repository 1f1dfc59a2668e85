"""Policies: components that judge code and word what happened.

A policy is compiled once and asked often. Every question is asked of a fresh instance with a fresh budget, so that no
answer depends on an earlier one.
"""

import hashlib
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from wasmtime import WasmtimeError
from wasmtime.component import Component, ExportIndex, Linker

from . import answers, questions
from .cache import Cache
from .engine import Budget, Instance, engine
from .errors import ConfigurationRefused, NotConfigurable, PolicyUnusable
from .model import Description, Formatted, Outcome, Restriction, Violation

PACKAGE = "code-execute:policy/"
TRACK = "@0.1."
"""The release of the interface that is spoken here, and all patch releases of it."""

FUNCTIONS = {
    "scan": "scanner",
    "describe": "scanner",
    "format": "formatter",
    "restrict": "restrictions",
    "configure": "configuration",
}
"""What a policy can be asked, and in which interface."""


class Policy:
    """A policy that can be asked, also by several threads at a time.

    Examples:
        >>> policy = Policy.default()
        >>> [violation.rule for violation in policy.scan("import os")]
        ['py-import-os']

    Security:
        A policy only computes: it imports nothing, and its budget is counted. What it says is advice to the model; what
        confines a program is the sandbox that it runs in.
    """

    def __init__(
        self,
        component: bytes,
        *,
        configuration: str | None = None,
        budget: Budget = Budget(),
        cache: Cache | None = None,
    ) -> None:
        """Loads a policy from the bytes of a component, and has it take its `configuration`.

        Args:
            component: The bytes of the component.
            configuration: What the operator configures, in the policy's own format.
            budget: What the policy may use for one answer.
            cache: Where its compiled form is kept. Default: the user's own cache.

        Raises:
            PolicyUnusable: It is no component, imports something, lacks an interface or has another version.
            NotConfigurable: It takes no configuration, and was given one.
            ConfigurationRefused: It refuses its configuration.
        """
        self._budget = budget
        self._configuration = None if configuration is None else questions.text(configuration, "configuration")
        self._linker = Linker(engine())
        self.sha256: str = hashlib.sha256(component).hexdigest()
        """The SHA-256 of the component, in lower-case hexadecimal."""
        self._component = _compiled(component, self.sha256, cache or Cache.of_user())
        self.interfaces: tuple[str, ...] = _interfaces(self._component)
        """The interfaces of the contract that it exports, with their versions."""
        self._functions = _functions(self._component, self.interfaces)
        with self._instance():
            pass

    @classmethod
    def default(cls, **options: Any) -> "Policy":
        """The policy in this package. Takes the keywords of `Policy`."""
        return cls(files(__package__).joinpath("policy.wasm").read_bytes(), **options)

    @classmethod
    def from_file(cls, path: str | PathLike[str], **options: Any) -> "Policy":
        """The policy in a file (`.wasm`). Takes the keywords of `Policy`.

        Raises:
            OSError: The file cannot be read.
        """
        return cls(Path(path).read_bytes(), **options)

    def scan(self, code: str, language: str = "python") -> list[Violation]:
        """Returns what the policy finds in `code`, ordered by where it stands. `approves` judges the answer.

        Args:
            code: At most 1 MiB of UTF-8.
            language: `python` or `bash`.

        Raises:
            PolicyError: The policy did not answer: the code must not run then.
            TypeError, ValueError: An argument is of another type, too long or cannot be encoded.
        """
        submission, encoded = questions.submission(code, language)
        return answers.violations(self._ask("scan", (submission,), len(encoded)), encoded)

    def format(self, outcome: Outcome) -> Formatted:
        """Words an outcome for the model that wrote the code.

        Some tenths of a second for every 64 KiB of output: each byte goes into the component by itself.

        Raises:
            PolicyError: The policy did not answer.
            TypeError, ValueError: A field is of another type or out of its range.
        """
        told, size = questions.outcome(outcome)
        return answers.formatted(self._ask("format", (told,), size))

    def describe(self) -> Description:
        """Describes the policy and its rules.

        Raises:
            PolicyError: The policy did not answer.
        """
        return answers.description(self._ask("describe", (), 0))

    def restrict(self, code: str, language: str = "python") -> Restriction:
        """Returns what the code should run under; the contract's environment, where the policy states none.

        Raises:
            PolicyError: The policy did not answer: the code must not run then.
        """
        submission, encoded = questions.submission(code, language)
        if "restrict" not in self._functions:
            return Restriction()
        return answers.restriction(self._ask("restrict", (submission,), len(encoded)))

    def _ask(self, function: str, argument: tuple[object, ...], size: int) -> Any:
        with self._instance() as instance:
            return instance.ask(function, self._functions[function], argument, size)

    def _instance(self) -> Instance:
        """A fresh instance, configured."""
        instance = Instance(self._component, self._linker, self._budget)
        if self._configuration is not None:
            if "configure" not in self._functions:
                raise NotConfigurable
            size = len(self._configuration.encode())
            answer = instance.ask("configure", self._functions["configure"], (self._configuration,), size)
            if problems := answers.problems(answer):
                raise ConfigurationRefused(problems)
        return instance


def _compiled(component: bytes, sha256: str, cache: Cache) -> Component:
    kept = cache.get(engine(), sha256)
    if kept is not None:
        return kept
    # The engine would take a component's text, too.
    if not component.startswith(b"\0asm\x0d\0\x01\0"):
        raise PolicyUnusable("not-a-component", "this is no WebAssembly component: it does not begin like one")
    try:
        compiled = Component(engine(), component)
    except WasmtimeError as error:
        raise PolicyUnusable("not-a-component", f"this is no WebAssembly component: {error}") from error
    cache.put(compiled, sha256)
    return compiled


def _interfaces(component: Component) -> tuple[str, ...]:
    """The interfaces of a policy, which imports nothing and speaks this version."""
    if imports := list(component.type.imports(engine())):
        names = ", ".join(f"`{name}`" for name in imports)
        raise PolicyUnusable("imports", f"the policy imports {names}; a policy imports nothing")
    exported = sorted(name for name in component.type.exports(engine()) if name.startswith(PACKAGE))
    for wanted in (f"{PACKAGE}scanner", f"{PACKAGE}formatter"):
        if not any(name.partition("@")[0] == wanted for name in exported):
            raise PolicyUnusable("interface", f"this is no policy: it does not export `{wanted}{TRACK}x`")
    for found in exported:
        if TRACK not in found:
            raise PolicyUnusable("version", f"the policy exports `{found}`; this package speaks `{TRACK[1:]}x`")
    return tuple(exported)


def _functions(component: Component, interfaces: tuple[str, ...]) -> dict[str, ExportIndex]:
    found = {}
    for function, interface in FUNCTIONS.items():
        for name in interfaces:
            if name.startswith(f"{PACKAGE}{interface}@"):
                index = component.get_export_index(function, component.get_export_index(name))
                if index is None:
                    raise PolicyUnusable("interface", f"this is no policy: `{name}` has no function `{function}`")
                found[function] = index
    return found
