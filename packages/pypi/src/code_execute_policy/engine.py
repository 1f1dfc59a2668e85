"""The WebAssembly engine, and one instance with its budget. Nothing here knows what a policy is."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from wasmtime import Config, Engine, Store, WasmtimeError
from wasmtime.component import Component, ExportIndex, Linker

from .errors import PolicyError, PolicyExhausted, PolicyMalformed, PolicyTrapped

STACK_BYTES = 1 << 20
"""The stack of a policy's native frames, because parsers recurse: the host's."""

TABLE_ELEMENTS = 1 << 20
"""At most this many elements in a table: an interpreter compiled to WebAssembly has some ten thousand."""

MEMORIES = 4
"""At most this many memories, each with its own bound: a policy has one."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a policy may use for one answer. The defaults are the host's.

    Instructions are counted, not timed, so that the same code always gets the same verdict.
    """

    instructions: int = 2_000_000_000
    """WebAssembly instructions for any question: one to three seconds."""
    instructions_per_byte: int = 5_000
    """Further instructions for each byte that the question is about."""
    memory_bytes: int = 512 << 20
    """Linear memory in bytes."""

    def __post_init__(self) -> None:
        for name in ("instructions", "instructions_per_byte", "memory_bytes"):
            value = getattr(self, name)
            if not isinstance(value, int) or not 0 <= value < 2**48:
                raise ValueError(f"{name} is {value!r}; it is an int from 0 to 2**48")


@cache
def engine() -> Engine:
    config = Config()
    config.consume_fuel = True
    config.max_wasm_stack = STACK_BYTES
    return Engine(config)


class Instance:
    """A fresh instance of a component. It is asked about one thing, and closed."""

    def __init__(self, component: Component, linker: Linker, budget: Budget) -> None:
        self._budget = budget
        self._store = Store(engine())
        self._store.set_limits(memory_size=budget.memory_bytes, table_elements=TABLE_ELEMENTS, memories=MEMORIES)
        self._refuel(0)
        try:
            self._instance = linker.instantiate(self._store, component)
        except WasmtimeError as error:
            raise self._failed("instantiate", error) from error

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_: object) -> None:
        self._store.close()

    def ask(self, function: str, index: ExportIndex, argument: tuple[object, ...], size: int) -> Any:
        """Asks one question about `size` bytes, with a budget of its own."""
        self._refuel(size)
        try:
            exported = self._instance.get_func(self._store, index)
            if exported is None:
                raise PolicyMalformed(function, "it is no function")
            answer = exported(self._store, *argument)
            exported.post_return(self._store)
            return answer
        except WasmtimeError as error:
            raise self._failed(function, error) from error

    def _refuel(self, size: int) -> None:
        self._store.set_fuel(self._budget.instructions + self._budget.instructions_per_byte * size)

    def _failed(self, function: str, error: WasmtimeError) -> PolicyError:
        """Says why a question failed. The engine gives the reason in words alone."""
        words = str(error)
        if "wasm trap: " not in words:
            return PolicyMalformed(function, words.strip().splitlines()[-1].strip())
        if "all fuel consumed" in words:
            return PolicyExhausted(function, "instructions")
        if "call stack exhausted" in words:
            return PolicyExhausted(function, "stack")
        return PolicyTrapped(function)
