"""The tool of smolagents."""

import unittest

from code_execute.smolagents import CodeExecuteTool
from smolagents import ToolCallingAgent  # type: ignore[import-untyped]
from smolagents.tools import validate_tool_arguments  # type: ignore[import-untyped]


class Smolagents(unittest.TestCase):
    def test_a_call_is_answered_by_the_text(self) -> None:
        tool = CodeExecuteTool()
        self.assertEqual(tool(code="print(1)"), "stdout:\n1\nexit_code: 0\nresult: 1")
        self.assertEqual(tool({"code": "exit 3", "language": "bash"}), "exit_code: 3")
        self.assertTrue(tool(code="import os").startswith("Security violation: "))
        self.assertEqual(tool(code="x", language="ruby"), "Error: Language 'ruby' not supported. Use 'python' or 'bash'.")

    def test_an_agent_is_told_of_the_arguments_and_which_of_them_can_be_left_out(self) -> None:
        tool = CodeExecuteTool(timeout=5)
        self.assertIn("Limits: 5 seconds", tool.description)
        self.assertEqual(list(tool.inputs), ["code", "language", "timeout_seconds", "stdin"])
        validate_tool_arguments(tool, {"code": "print(1)", "timeout_seconds": 3})
        with self.assertRaisesRegex(ValueError, "code is required"):
            validate_tool_arguments(tool, {"language": "bash"})
        agent = ToolCallingAgent(tools=[tool], model=lambda *_arguments: None)
        self.assertIn("code_execute", agent.tools)
