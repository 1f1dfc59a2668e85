"""The function for OpenAI's interfaces."""

import asyncio
import json
import unittest
from types import SimpleNamespace
from typing import Any

from code_execute import Client
from code_execute.openai import CodeExecuteFunction
from support import endless, none_left, sleepers, started, workspace


def chat(name: str, arguments: str, id: str = "1") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


class OpenAI(unittest.TestCase):
    def test_calls_are_answered_in_the_form_of_their_interface(self) -> None:
        function = CodeExecuteFunction()
        arguments = json.dumps({"code": "print(1)"})
        text = "stdout:\n1\nexit_code: 0\nresult: 1"
        of_responses = {"type": "function_call", "call_id": "2", "name": "code_execute", "arguments": arguments}
        as_objects = SimpleNamespace(
            id="3", type="function", function=SimpleNamespace(name="code_execute", arguments=arguments)
        )
        expected = [
            {"role": "tool", "tool_call_id": "1", "content": text},
            {"type": "function_call_output", "call_id": "2", "output": text},
            {"role": "tool", "tool_call_id": "3", "content": text},
        ]
        calls = [chat("code_execute", arguments), of_responses, as_objects]
        self.assertEqual(function.answer(calls), expected)
        self.assertEqual(asyncio.run(function.aanswer(calls)), expected)

    def test_what_is_no_call_of_the_function_is_left_to_others(self) -> None:
        function = CodeExecuteFunction()
        self.assertEqual(function.answer([chat("other", "{}"), {"type": "message"}, {"type": "reasoning"}]), [])
        self.assertEqual(function.answer(None), [])

    def test_arguments_that_are_no_arguments_are_answered_in_words(self) -> None:
        function = CodeExecuteFunction()
        for arguments, says in [
            ('{"code": ', "Error: the arguments are no JSON: "),
            ("[1]", "Error: the arguments must be a JSON object, not [1]"),
            ('{"code": 7}', "Error: code must be a string, not 7"),
            ('{"code": "\\ud800"}', "Error: code has "),
            ("", "Error: No code provided to execute"),
        ]:
            [answer] = function.answer([chat("code_execute", arguments)])
            self.assertTrue(answer["content"].startswith(says), answer)

    def test_both_descriptions_are_of_the_same_function(self) -> None:
        function = CodeExecuteFunction(timeout=5)
        self.assertEqual(function.chat, {"type": "function", "function": {k: v for k, v in function.responses.items() if k != "type"}})
        self.assertEqual(function.responses["name"], "code_execute")
        self.assertIn("Limits: 5 seconds", function.responses["description"])
        self.assertEqual(function.responses["parameters"]["required"], ["code"])

    def test_cancelling_kills_the_programs(self) -> None:
        with workspace() as directory, Client(write=directory) as client:
            function = CodeExecuteFunction(client)

            async def main() -> list[int]:
                arguments = json.dumps({"code": endless(directory), "language": "bash"})
                task = asyncio.create_task(function.aanswer([chat("code_execute", arguments)]))
                await asyncio.to_thread(started, directory)
                running = sleepers(client.pid)
                task.cancel()
                with self.assertRaises(asyncio.CancelledError):
                    await task
                return running

            none_left(asyncio.run(main()))
