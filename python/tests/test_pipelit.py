"""The component for Pipelit, as the platform calls it."""

import importlib.util
import sys
import types
import unittest
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

FILE = Path(__file__).parents[2] / "examples/agents/python/pipelit/code_execute.py"


class Pipelit(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        registry: dict[str, Any] = {}
        # What the platform's package `components` has that a component needs.
        components = types.ModuleType("components")

        def register(name: str) -> Callable[[Any], Any]:
            return lambda factory: registry.setdefault(name, factory)

        components.register = register  # type: ignore[attr-defined]
        sys.modules["components"] = components
        cls.addClassCleanup(sys.modules.pop, "components")
        spec = importlib.util.spec_from_file_location("components.code_execute", FILE)
        assert spec and spec.loader
        cls.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.module)
        cls.factory = staticmethod(registry["code_execute"])

    module: Any
    factory: Any

    def tool(self, **extra: Any) -> Any:
        node = SimpleNamespace(node_id="1", component_config=SimpleNamespace(extra_config=extra or None))
        return self.factory(node)

    def test_a_node_without_configuration_runs_python_for_thirty_seconds_in_the_sandbox(self) -> None:
        tool = self.tool()
        self.assertEqual(tool.name, "code_execute")
        self.assertEqual(tool.invoke({"code": "print(2 + 2)"}), "stdout:\n4\nexit_code: 0\nresult: 4")
        self.assertEqual(tool.invoke({"code": "print(1)", "language": ""}), "stdout:\n1\nexit_code: 0\nresult: 1")
        self.assertIn("Limits: 30 seconds", tool.description)
        self.assertRegex(tool.invoke({"code": "import subprocess"}), "^Security violation: ")

    def test_the_configuration_of_the_node_is_read(self) -> None:
        bash = self.tool(language="bash", timeout_seconds=1)
        self.assertEqual(bash.invoke({"code": "echo $BASH"}), "stdout:\n/bin/bash\nexit_code: 0")
        self.assertEqual(bash.invoke({"code": "sleep 9"}), "Execution timed out after 1 seconds")
        self.assertEqual(bash.invoke({"code": "print(1)", "language": "python"}).splitlines()[1], "1")
        self.assertIn("/", self.tool(sandbox=False).invoke({"code": "import os; print(os.getcwd())"}))

    def test_what_is_no_submission_is_said_in_the_words_of_the_contract(self) -> None:
        for code in ("", "   "):
            self.assertEqual(self.tool().invoke({"code": code}), "Error: No code provided to execute")
        said = self.tool().invoke({"code": "x", "language": "javascript"})
        self.assertEqual(said, "Error: Language 'javascript' not supported. Use 'python' or 'bash'.")

    def test_every_part_of_the_text_is_there_or_left_out(self) -> None:
        tool = self.tool(timeout_seconds=10)
        said = tool.invoke({"code": 'import sys\nprint("x")\nprint("{\\"key\\": 1}")\nprint("err", file=sys.stderr)\nsys.exit(1)'})
        self.assertEqual(said, 'stdout:\nx\n{"key": 1}\nstderr:\nerr\nexit_code: 1\nresult: {"key": 1}')
        self.assertEqual(tool.invoke({"code": "pass"}), "exit_code: 0")

    def test_the_functions_beside_the_factory_do_what_they_did(self) -> None:
        module = self.module
        for code, language in [("from os import path", "python"), ("open('/proc/cpuinfo')", "python"), ("> /etc/passwd", "bash")]:
            with self.assertRaisesRegex(module.SecurityError, "^Forbidden pattern detected: "):
                module.check_security(code, language)
        module.check_security("import json", "python")
        self.assertEqual(module.execute_python_sync("print(1)", 5, True), ("1\n", "", 0, 1))
        self.assertEqual(module.execute_bash_sync("sleep 9", 1, False), ("", "Execution timed out after 1 seconds", -1, None))
        self.assertEqual(module.execute_bash_sync("echo $HOME", 5, True), ("\n", "", 0, None))
