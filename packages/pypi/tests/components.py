"""Components that the tests make: honest, broken and hostile ones."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wasmtime import wat2wasm

REPOSITORY = Path(__file__).parents[3]
FRAME = (REPOSITORY / "tests/policies/frame.wat").read_text()
AROUND = (REPOSITORY / "packages/fixtures/component.wat").read_text()
DASHES = re.compile(r"\n *;; -+ configuration\n.*;; -+\n", re.DOTALL)

CASES: list[dict[str, Any]] = json.loads((REPOSITORY / "packages/fixtures/cases.json").read_text())
"""The cases that the tests of both packages go through."""


def component(
    version: str = "0.1.1",
    configurable: bool = True,
    edit: Callable[[str], str] = lambda text: text,
    scan: str = "(i32.const 304)",
    format: str = "(i32.const 312)",
    configure: str = "(i32.const 304)",
) -> bytes:
    """Gives the bytes of a component whose functions have these bodies in WebAssembly text.

    Those of an honest one find nothing, say `formatted` and take every configuration.
    """
    functions = rf"""
    (global $configured (mut i32) (i32.const 0))
    (func $scan (export "code-execute:policy/scanner@VERSION#scan") (param i32 i32 i32 i32 i32 i32) (result i32) {scan})
    (data (i32.const 312) "\50\01\00\00\09\00\00\00\00")
    (data (i32.const 336) "formatted")
    (func (export "code-execute:policy/formatter@VERSION#format") (param i32) (result i32) {format})
    (func (export "code-execute:policy/configuration@VERSION#configure") (param i32 i32) (result i32) {configure})"""
    core = FRAME.replace("(module", "(core module $core", 1).replace("CASE)", f"{functions})")
    around = AROUND if configurable else DASHES.sub("\n", AROUND)
    return bytes(wat2wasm(edit(around.replace("MODULE", core).replace("VERSION", version))))
