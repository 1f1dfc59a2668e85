"""The official SDK, 2.x, which speaks both eras of the protocol."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started


class Official2:
    RESULT = ERROR = {"text", "values", "error"}

    def __init__(self, mode: str, version: str) -> None:
        self._mode, self._version = mode, version

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            if isinstance(where, Stdio):
                server = StdioServerParameters(
                    command=where.command, args=list(where.arguments), env=where.environment
                )
            else:
                # The SDK's own settings, with a header: a run may be silent for long.
                http = await stack.enter_async_context(create_mcp_http_client(headers=where.headers))
                server = streamable_http_client(where.url, http_client=http)
            client = Client(server, mode=self._mode, read_timeout_seconds=60)
            self._client = await stack.enter_async_context(client)
            assert self._client.protocol_version == self._version, self._client.protocol_version
            yield

    async def talk(self, turns: list[list[Arguments]]) -> list[Seen]:
        return [seen for turn in turns for seen in await asyncio.gather(*map(self._call, turn))]

    async def abandon(self, arguments: Arguments, started: Awaitable[None]) -> None:
        await cancel_once_started(self._call(arguments), started)

    async def _call(self, arguments: Arguments) -> Seen:
        result = await self._client.call_tool("code_execute", arguments)
        (block,) = result.content
        return Seen(block.text, result.structured_content, result.is_error)
