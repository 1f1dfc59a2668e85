"""The official SDK, 2.x, which speaks both eras of the protocol."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

from mcp import Client, StdioServerParameters

from scenarios import Arguments, Seen
from server import Stdio, Where

from .tasks import cancel_once_started


class Official2:
    RESULT = ERROR = {"text", "values", "error"}

    def __init__(self, mode: str, version: str) -> None:
        self._mode, self._version = mode, version

    @asynccontextmanager
    async def connected(self, where: Where) -> AsyncIterator[None]:
        server = where.url if not isinstance(where, Stdio) else StdioServerParameters(
            command=where.command, args=list(where.arguments), env=where.environment
        )
        async with Client(server, mode=self._mode, read_timeout_seconds=60) as self._client:
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
