"""An agent of the OpenAI Agents SDK, whose model reads the text."""

import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from agents import Agent, ModelResponse, Runner, ToolCallOutputItem, Usage, set_tracing_disabled
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp, MCPToolCustomDataContext
from agents.models.interface import Model
from openai.types.responses import ResponseFunctionToolCall, ResponseOutputMessage, ResponseOutputText

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started

set_tracing_disabled(True)


class OpenAiAgents:
    RESULT = ERROR = {"text", "values", "error"}

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        # It waits five seconds for an answer unless it is told to wait longer.
        settings: Any = {"client_session_timeout_seconds": 60, "custom_data_extractor": _values_for_the_application}
        if isinstance(where, Stdio):
            parameters = {"command": where.command, "args": list(where.arguments), "env": where.environment}
            server: Any = MCPServerStdio(parameters, **settings)
        else:
            server = MCPServerStreamableHttp({"url": where.url, "headers": where.headers}, **settings)
        async with server as self._server:
            yield

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        agent = Agent("agent", model=ScriptedModel(turns), mcp_servers=[self._server])
        run = await Runner.run(agent, "go", max_turns=len(turns) + 1)
        assert run.final_output == "done"
        return [_seen(item) for item in run.new_items if isinstance(item, ToolCallOutputItem)]

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        await cancel_once_started(self.talk([[arguments]]), started)


class ScriptedModel(Model):
    def __init__(self, turns: list[list[Arguments]]) -> None:
        responses = [
            [_tool_call(f"{turn}-{number}", call) for number, call in enumerate(calls)]
            for turn, calls in enumerate(turns)
        ]
        self._responses = iter([*responses, [_message("done")]])

    async def get_response(self, *positional: Any, **named: Any) -> ModelResponse:
        tools = named["tools"] if "tools" in named else positional[3]
        assert {tool.name for tool in tools} == {"code_execute", "code_check"}
        return ModelResponse(next(self._responses), Usage(), None)

    def stream_response(self, *positional: Any, **named: Any) -> Any:
        raise NotImplementedError("nothing here streams")


def _values_for_the_application(context: MCPToolCustomDataContext) -> dict[str, Any]:
    values = context.structured_content
    return {"values": values and dict(values), "error": bool(context.is_error)}


def _tool_call(number: str, arguments: Arguments) -> ResponseFunctionToolCall:
    return ResponseFunctionToolCall(
        type="function_call", name="code_execute", call_id=f"call-{number}", arguments=json.dumps(arguments)
    )


def _message(text: str) -> ResponseOutputMessage:
    content = [ResponseOutputText(type="output_text", text=text, annotations=[])]
    return ResponseOutputMessage(id="message", type="message", role="assistant", status="completed", content=content)


def _seen(item: ToolCallOutputItem) -> Seen:
    return Seen(item.output["text"], item.custom_data["values"], item.custom_data["error"])
