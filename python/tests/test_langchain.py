"""The tool in LangChain."""

import asyncio
import os
import signal
import unittest
import unittest.mock

from code_execute import BinaryNotFound, Client, StartFailed
from code_execute.langchain import CodeExecuteTool
from langchain_core.messages import ToolCall, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from support import endless, none_left, sleepers, started, until, workspace


class LangChain(unittest.TestCase):
    def call(self, tool: CodeExecuteTool, /, **arguments: object) -> ToolMessage:
        message = tool.invoke(ToolCall(name="code_execute", args=arguments, id="1", type="tool_call"))
        assert isinstance(message, ToolMessage)
        return message

    def test_the_message_has_the_text_and_the_artifact_the_values(self) -> None:
        tool = CodeExecuteTool()
        message = self.call(tool, code="print(6 * 7)")
        self.assertEqual((message.content, message.status), ("stdout:\n42\nexit_code: 0\nresult: 42", "success"))
        self.assertEqual((message.artifact["status"], message.artifact["result_json"]), ("ok", "42"))
        self.assertEqual(tool.invoke({"code": "exit 3", "language": "bash"}), "exit_code: 3")

    def test_what_programs_do_is_no_error_of_the_tool(self) -> None:
        cases: list[tuple[dict[str, object], str]] = [
            ({"code": "exit 3", "language": "bash"}, "nonzero_exit"),
            ({"code": "sleep 9", "language": "bash", "timeout_seconds": 1}, "timeout"),
            ({"code": "import os"}, "rejected"),
        ]
        tool = CodeExecuteTool()
        for arguments, status in cases:
            message = self.call(tool, **arguments)
            self.assertEqual((message.status, message.artifact["status"]), ("success", status))

    def test_wrong_arguments_are_errors_that_name_the_field(self) -> None:
        cases: list[tuple[dict[str, object], str]] = [
            ({}, "Error: No code provided to execute"),
            ({"code": 7}, "Error: code must be a string, not 7"),
            ({"code": "x", "language": "ruby"}, "Error: Language 'ruby' not supported. Use 'python' or 'bash'."),
            ({"code": "x", "timeout_seconds": "soon"}, 'Error: timeout_seconds must be a whole number, not "soon"'),
            ({"code": "x", "timeout_seconds": 999}, "Error: timeout_seconds is 999; it must be between 1 and 300"),
            ({"code": "x", "self": "y"}, "Error: there is no argument `self`; the arguments are `code`"),
            ({"code": "\udcff"}, r"Error: code has '\udcff' at character 0, which is no text; remove it"),
        ]
        tool = CodeExecuteTool()
        for arguments, says in cases:
            message = self.call(tool, **arguments)
            self.assertTrue(str(message.content).startswith(says), message.content)
            self.assertEqual(message.status, "error")

    def test_models_are_told_what_the_process_says_of_itself(self) -> None:
        function = convert_to_openai_tool(CodeExecuteTool(timeout=7, max_timeout=9))["function"]
        self.assertEqual(function["name"], "code_execute")
        self.assertIn("Limits: 7 seconds", function["description"])
        self.assertEqual(list(function["parameters"]["properties"]), ["code", "language", "timeout_seconds", "stdin"])
        self.assertEqual(function["parameters"]["required"], ["code"])

    def test_a_cancelled_run_is_killed(self) -> None:
        with workspace() as directory, Client(write=directory) as client:
            tool = CodeExecuteTool(client)

            async def main() -> list[int]:
                task = asyncio.create_task(tool.ainvoke({"code": endless(directory), "language": "bash"}))
                await asyncio.to_thread(started, directory)
                running = sleepers(client.pid)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                return running

            none_left(asyncio.run(main()))
            self.assertEqual(tool.invoke({"code": "print(1)"}), "stdout:\n1\nexit_code: 0\nresult: 1")

    def test_fifty_runs_at_once(self) -> None:
        tool = CodeExecuteTool()

        async def main() -> list[object]:
            return list(await asyncio.gather(*[tool.ainvoke({"code": f"print({n})"}) for n in range(50)]))

        expected = [f"stdout:\n{number}\nexit_code: 0\nresult: {number}" for number in range(50)]
        self.assertEqual(asyncio.run(main()), expected)
        self.assertEqual(tool.batch([{"code": f"print({n})"} for n in range(50)]), expected)

    def test_a_process_that_dies_is_told_to_the_model_and_replaced(self) -> None:
        with workspace() as directory, Client(write=directory) as client:
            tool = CodeExecuteTool(client)

            async def main() -> str:
                task = asyncio.create_task(tool.ainvoke({"code": endless(directory), "language": "bash"}))
                await asyncio.to_thread(started, directory)
                assert client.pid
                os.kill(client.pid, signal.SIGKILL)
                return str(await task)

            self.assertRegex(asyncio.run(main()), "^Error: process .* the next call starts a new process")
            until(lambda: client.pid is None)
            self.assertEqual(tool.invoke({"code": "print(1)"}), "stdout:\n1\nexit_code: 0\nresult: 1")

    def test_tools_that_are_configured_alike_share_a_process(self) -> None:
        self.assertIs(CodeExecuteTool(timeout=6)._client, CodeExecuteTool(timeout=6)._client)
        self.assertIsNot(CodeExecuteTool(timeout=6)._client, CodeExecuteTool(timeout=7)._client)

    def test_what_is_wrong_with_the_configuration_is_an_error_when_the_tool_is_made(self) -> None:
        with self.assertRaisesRegex(StartFailed, "timeout_seconds is 0"):
            CodeExecuteTool(timeout=0)
        with self.assertRaisesRegex(TypeError, r"`timeout` is a matter of the client that is given: `Client\(timeout=...\)`"):
            CodeExecuteTool(Client(), timeout=1)
        with unittest.mock.patch.dict(os.environ, CODE_EXECUTE="/nowhere"), self.assertRaises(BinaryNotFound):
            CodeExecuteTool(Client())
