"""Giving up a call in the way of asyncio."""

import asyncio
from collections.abc import Awaitable, Coroutine
from typing import Any


async def cancel_once_started(call: Coroutine[Any, Any, Any], started: Awaitable[None]) -> None:
    """Cancels the task that makes a call, once the program runs."""
    task = asyncio.create_task(call)
    starting = asyncio.ensure_future(started)
    done, _ = await asyncio.wait({task, starting}, return_when=asyncio.FIRST_COMPLETED)
    if task in done:
        starting.cancel()
        raise AssertionError(f"the call ended by itself: {task.result()}")
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        return
    raise AssertionError("a cancelled call came to an end")
