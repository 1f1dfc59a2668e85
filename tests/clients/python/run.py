"""Runs every scenario with one client over one transport: run.py CLIENT TRANSPORT"""

import asyncio
import importlib
import sys
import time
import traceback
from pathlib import Path

from adapters import Adapter
from processes import marker, sleeping, until_sleeping
from scenarios import Scenario, load
from server import reachable

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios.json"

# Longer than any scenario takes, on a machine with other work.
SECONDS = 90

# The official SDK kills a server that has not ended two seconds after it closed its end.
AT_MOST_TO_END = 1.5

CLIENTS = {
    "official-1": ("official_1", "Official1", ()),
    "official-2-handshake": ("official_2", "Official2", ("legacy", "2025-11-25")),
    "official-2-stateless": ("official_2", "Official2", ("auto", "2026-07-28")),
    "langchain": ("langchain_agent", "LangChain", ()),
    "pydantic-ai": ("pydantic_agent", "PydanticAi", ()),
    "openai-agents": ("openai_agent", "OpenAiAgents", ()),
}


def main() -> None:
    client, transport = sys.argv[1:]
    module, name, arguments = CLIENTS[client]
    adapter = getattr(importlib.import_module(f"adapters.{module}"), name)(*arguments)
    with reachable(transport) as where:
        passed, failed = asyncio.run(run(adapter, where))
    print(f"{client} over {transport}: {passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


async def run(adapter: Adapter, where: object) -> tuple[int, int]:
    passed = failed = 0
    async with adapter.connected(where):
        for scenario in load(SCENARIOS):
            started = time.monotonic()
            try:
                async with asyncio.timeout(SECONDS):
                    await (cancelled if scenario.cancel else called)(adapter, scenario)
            except Exception as problem:
                failed += 1
                said = problem if isinstance(problem, AssertionError) else traceback.format_exc()
                print(f"FAILED {scenario.name}: {said}", flush=True)
            else:
                passed += 1
                print(f"ok {scenario.name} ({time.monotonic() - started:.2f}s)", flush=True)
    return passed, failed


async def called(adapter: Adapter, scenario: Scenario) -> None:
    answers = await adapter.talk(scenario.turns())
    given = adapter.ERROR if scenario.expected.get("error") else adapter.RESULT
    for seen in answers:
        handed_on = {name for name, value in vars(seen).items() if value is not None}
        assert handed_on == given, f"this client hands on {handed_on}, not {given}: {str(seen)[:500]}"
    scenario.check(answers)


async def cancelled(adapter: Adapter, scenario: Scenario) -> None:
    seconds = marker()
    arguments = scenario.arguments | {"code": scenario.arguments["code"].replace("{marker}", seconds)}
    since = 0.0

    async def started() -> None:
        nonlocal since
        await until_sleeping(seconds, scenario.cancel)
        since = time.monotonic()

    await adapter.abandon(arguments, started())
    try:
        async with asyncio.timeout(10):
            await until_sleeping(seconds, 0)
    except TimeoutError:
        raise AssertionError(f"still there ten seconds after the cancellation: {sleeping(seconds)}") from None
    took = time.monotonic() - since
    assert took < AT_MOST_TO_END, f"the program was there for {took:.1f} s after the cancellation"


if __name__ == "__main__":
    main()
