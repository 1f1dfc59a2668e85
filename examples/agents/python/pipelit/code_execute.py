"""Pipelit's component `code_execute`: this file goes into `platform/components/`.

Reads `language`, `timeout_seconds` and `sandbox` from the node's `extra_config`. Nodes that are configured alike share a
process. Needs `pip install "code-execute[langchain]"`.
"""

from __future__ import annotations

from typing import Any

from code_execute import Result
from code_execute.langchain import CodeExecuteTool
from code_execute.shared import client
from components import register


@register("code_execute")
def code_execute_factory(node: Any) -> CodeExecuteTool:
    """Gives an agent the tool that its node configures."""
    extra = node.component_config.extra_config or {}
    language = extra.get("language") or "python"
    return CodeExecuteTool(
        language=language,
        timeout=int(extra.get("timeout_seconds", 30)),
        sandbox=extra.get("sandbox", True),
    )


# What else the component's module had: the platform's tests of the component call it.


class SecurityError(Exception):
    """The policy forbids the code."""


def check_security(code: str, language: str) -> None:
    """Reviews code and runs nothing."""
    review = client().check(code, language)
    if not review.approved:
        rules = ", ".join(violation.rule for violation in review.violations)
        raise SecurityError(f"Forbidden pattern detected: {rules}\n{review.text}")


def execute_python_sync(code: str, timeout: int, sandbox: bool) -> tuple[str, str, int, Any]:
    """Runs Python: gives what it wrote to both streams, its exit code and its result."""
    return _parts(client(sandbox=sandbox).run(code, "python", timeout=timeout))


def execute_bash_sync(code: str, timeout: int, sandbox: bool) -> tuple[str, str, int, Any]:
    """Runs Bash."""
    return _parts(client(sandbox=sandbox).run(code, "bash", timeout=timeout))


def _parts(result: Result) -> tuple[str, str, int, Any]:
    if result.exit_code is None:
        # Why there is none is the first line of the text.
        return "", result.text, -1, None
    return result.stdout, result.stderr, result.exit_code, result.value
