"""An agent of Pydantic AI, whose model reads the values and not the text."""

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started


class PydanticAi:
    RESULT = {"values"}
    # An error asks the model to try again, with the values.
    ERROR = {"values", "error"}

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        if isinstance(where, Stdio):
            transport = StdioTransport(where.command, list(where.arguments), env=where.environment)
            toolset = MCPToolset(transport, read_timeout=60)
        else:
            toolset = MCPToolset(where.url, headers=where.headers, read_timeout=60)
        async with toolset as self._toolset:
            yield

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        responses = [ModelResponse([ToolCallPart("code_execute", call) for call in turn]) for turn in turns]
        script = iter([*responses, ModelResponse([TextPart("done")])])

        def model(_messages: list[ModelMessage], about: AgentInfo) -> ModelResponse:
            assert {tool.name for tool in about.function_tools} == {"code_execute", "code_check"}
            return next(script)

        run = await Agent(FunctionModel(model), toolsets=[self._toolset]).run("go")
        assert run.output == "done"
        parts = [part for message in run.all_messages() for part in message.parts]
        return [_seen(part) for part in parts if isinstance(part, ToolReturnPart)]

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        await cancel_once_started(self.talk([[arguments]]), started)


def _seen(part: ToolReturnPart) -> Seen:
    if part.outcome == "success":
        return Seen(None, part.content, None)
    assert part.outcome == "retried", part
    return Seen(None, json.loads(part.content), True)
