"""The tool as a function of OpenAI's interfaces, and of the many that are like them. Needs no package of theirs."""

import asyncio
import json
from typing import Any, Unpack

from .client import Client
from .errors import ProcessEnded
from .options import Keywords
from .result import Result
from .shared import chosen


class CodeExecuteFunction:
    """Describes the function to a model, and answers the model's calls of it.

    The keywords are those of `Client`; functions with the same ones share a process.
    """

    def __init__(self, client: Client | None = None, **options: Unpack[Keywords]) -> None:
        self.client = chosen(client, options)
        self._tool = self.client.describe()
        self.name = self._tool.name

    @property
    def chat(self) -> dict[str, Any]:
        """An entry of `tools` for Chat Completions."""
        return {"type": "function", "function": self._function()}

    @property
    def responses(self) -> dict[str, Any]:
        """An entry of `tools` for Responses."""
        return {"type": "function", **self._function()}

    def answer(self, calls: Any) -> list[dict[str, Any]]:
        """Runs what the model called, in order, and gives the messages that answer it.

        Takes `message.tool_calls` of Chat Completions or `response.output` of Responses, as objects or as dictionaries.
        Calls of other functions are left to others.
        """
        return [call.answer(_text(self._run(call))) for call in self._calls(calls)]

    async def aanswer(self, calls: Any) -> list[dict[str, Any]]:
        """Like `answer`, all at the same time. Cancelling the task kills the programs."""
        mine = self._calls(calls)
        results = await asyncio.gather(*[self._arun(call) for call in mine])
        return [call.answer(_text(result)) for call, result in zip(mine, results, strict=True)]

    def _function(self) -> dict[str, Any]:
        return {"name": self.name, "description": self._tool.description, "parameters": self._tool.parameters}

    def _calls(self, calls: Any) -> list["_FunctionCall"]:
        read = map(_FunctionCall.read, calls or ())
        return [call for call in read if call and call.name == self.name]

    def _run(self, call: "_FunctionCall") -> Result | str:
        arguments = call.parsed()
        try:
            return arguments if isinstance(arguments, str) else self.client.execute(arguments)
        except ProcessEnded as error:
            return f"Error: {error}"

    async def _arun(self, call: "_FunctionCall") -> Result | str:
        arguments = call.parsed()
        try:
            return arguments if isinstance(arguments, str) else await self.client.aexecute(arguments)
        except ProcessEnded as error:
            return f"Error: {error}"


class _FunctionCall:
    """A model's call, of either interface."""

    def __init__(self, name: str, arguments: str, id: str, *, of_responses: bool) -> None:
        self.name = name
        self.arguments = arguments
        self.id = id
        self.of_responses = of_responses

    @classmethod
    def read(cls, call: Any) -> "_FunctionCall | None":
        """Reads a call; messages and reasoning, which are beside calls in the output of Responses, are none."""
        match _get(call, "type"):
            case "function":
                function = _get(call, "function")
                return cls(_get(function, "name"), _get(function, "arguments"), _get(call, "id"), of_responses=False)
            case "function_call":
                return cls(_get(call, "name"), _get(call, "arguments"), _get(call, "call_id"), of_responses=True)
            case _:
                return None

    def parsed(self) -> dict[str, Any] | str:
        """Gives the arguments, or what is wrong with them in words for the model."""
        try:
            arguments = json.loads(self.arguments or "{}")
        except ValueError as error:
            return f"Error: the arguments are no JSON: {error}"
        if not isinstance(arguments, dict):
            return f"Error: the arguments must be a JSON object, not {self.arguments[:100]}"
        return arguments

    def answer(self, text: str) -> dict[str, Any]:
        if self.of_responses:
            return {"type": "function_call_output", "call_id": self.id, "output": text}
        return {"role": "tool", "tool_call_id": self.id, "content": text}


def _get(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def _text(result: Result | str) -> str:
    return result if isinstance(result, str) else result.text
