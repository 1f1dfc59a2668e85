"""The official SDK, 1.x, which many frameworks are on still. It speaks the era of the handshake alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started


class Official1:
    RESULT = ERROR = {"text", "values", "error"}

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        self._where = where
        async with self._session() as self._held:
            yield

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        calls = [[_call(self._held, arguments) for arguments in turn] for turn in turns]
        return [seen for turn in calls for seen in await asyncio.gather(*turn)]

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        """This SDK tells a server nothing of a call that is given up, so an application leaves the session."""

        async def whole_session() -> None:
            async with self._session() as session:
                await _call(session, arguments)

        await cancel_once_started(whole_session(), started)

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[ClientSession]:
        async with AsyncExitStack() as stack:
            if isinstance(self._where, Stdio):
                parameters = StdioServerParameters(
                    command=self._where.command, args=list(self._where.arguments), env=self._where.environment
                )
                streams = await stack.enter_async_context(stdio_client(parameters))
            else:
                http = await stack.enter_async_context(create_mcp_http_client(self._where.headers))
                transport = streamable_http_client(self._where.url, http_client=http)
                streams = await stack.enter_async_context(transport)
            session = ClientSession(streams[0], streams[1], read_timeout_seconds=timedelta(seconds=60))
            await stack.enter_async_context(session)
            about = await session.initialize()
            assert about.protocolVersion == "2025-11-25", about
            yield session


async def _call(session: ClientSession, arguments: Arguments) -> Seen:
    result = await session.call_tool("code_execute", arguments)
    (block,) = result.content
    return Seen(block.text, result.structuredContent, result.isError)
