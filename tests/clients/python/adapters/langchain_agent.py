"""An agent of LangChain with the tools of `langchain-mcp-adapters`, made as its documentation says: a session for each
call, so over stdio a server for each call."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langchain_mcp_adapters.client import MultiServerMCPClient

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started


class LangChain:
    RESULT = {"text", "values", "error"}
    # The adapter drops the values of an error.
    ERROR = {"text", "error"}

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        if isinstance(where, Stdio):
            connection = {
                "transport": "stdio",
                "command": where.command,
                "args": list(where.arguments),
                "env": where.environment,
            }
        else:
            connection = {"transport": "streamable_http", "url": where.url, "headers": where.headers}
        self._tools = await MultiServerMCPClient({"code": connection}).get_tools()
        yield

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        messages = [AIMessage("", tool_calls=[_tool_call(*call) for call in enumerate(turn)]) for turn in turns]
        model = ScriptedModel(responses=[*messages, AIMessage("done")])
        agent = create_agent(model, self._tools)
        state = await agent.ainvoke({"messages": [("user", "go")]}, {"recursion_limit": 100})
        assert state["messages"][-1].content == "done"
        return [_seen(message) for message in state["messages"] if isinstance(message, ToolMessage)]

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        await cancel_once_started(self.talk([[arguments]]), started)


class ScriptedModel(FakeMessagesListChatModel):
    def bind_tools(self, tools: Any, **_: Any) -> "ScriptedModel":
        assert {tool.name for tool in tools} == {"code_execute", "code_check"}
        return self


def _tool_call(number: int, arguments: Arguments) -> dict[str, Any]:
    return {"name": "code_execute", "args": arguments, "id": f"call-{number}"}


def _seen(message: ToolMessage) -> Seen:
    (block,) = message.content
    values = message.artifact["structured_content"] if message.artifact else None
    return Seen(block["text"], values, message.status == "error")
