"""Policies other than the package's own: honest, broken and hostile ones."""

import tempfile
import unittest
from typing import Any

from code_execute_policy import (
    Budget,
    Cache,
    ConfigurationRefused,
    NotConfigurable,
    Outcome,
    Policy,
    PolicyError,
    PolicyExhausted,
    PolicyTrapped,
    PolicyUnusable,
    Problem,
    Restriction,
    Severity,
)
from components import CASES, component
from wasmtime import wat2wasm

BODIES = ("scan", "format", "configure")


def policy_of(configuration: str | None = None, **made: Any) -> Policy:
    """A policy with the given bodies of functions, and a tenth of the instructions, so that endless ones end soon."""
    budget = Budget(instructions=200_000_000)
    return Policy(component(**made), configuration=configuration, budget=budget, cache=Cache.none())


class Policies(unittest.TestCase):
    def test_a_policy_of_somebody_else_loads_and_answers(self) -> None:
        with tempfile.NamedTemporaryFile(suffix=".wasm") as file:
            file.write(component())
            file.flush()
            policy = Policy.from_file(file.name, cache=Cache.none())
        self.assertEqual(policy.scan("import os"), [])
        self.assertEqual(policy.format(Outcome("ok")).text, "formatted")
        self.assertEqual(policy.describe().name, "hostile")
        self.assertEqual(policy.restrict(""), Restriction(), "it has no restrictions of its own")
        self.assertRegex(policy.sha256, "^[0-9a-f]{64}$")
        names = ("configuration", "formatter", "scanner")
        self.assertEqual(policy.interfaces, tuple(f"code-execute:policy/{name}@0.1.1" for name in names))

    def test_broken_and_hostile_policies_are_typed_errors(self) -> None:
        self.assertGreater(len(CASES), 10)
        for case in CASES:
            bodies = {name: case[name] for name in BODIES if name in case}
            with self.subTest(case["name"]), self.assertRaises(PolicyError) as raised:
                # A configuration, so that every function is asked.
                policy = policy_of(configuration="", **bodies)
                policy.scan("x = 1")
                policy.format(Outcome("ok"))
            self.assertIn(raised.exception.kind, case["kinds"], case["name"])
            self.assertIn(case["says"], str(raised.exception))

    def test_what_ran_out_is_named(self) -> None:
        with self.assertRaises(PolicyExhausted) as raised:
            policy_of(scan="(loop $ever (br $ever)) (i32.const 0)").scan("")
        self.assertEqual((raised.exception.function, raised.exception.resource), ("scan", "instructions"))

    def test_a_policy_gets_no_more_memory_than_its_budget(self) -> None:
        grow = "(if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then unreachable)) (i32.const 304)"
        made = component(scan=grow)
        self.assertEqual(Policy(made, cache=Cache.none()).scan(""), [])
        with self.assertRaises(PolicyTrapped):
            Policy(made, budget=Budget(memory_bytes=1 << 20), cache=Cache.none()).scan("")

    def test_a_policy_that_failed_answers_the_next_question(self) -> None:
        # Traps on code of one byte.
        policy = policy_of(scan="(if (i32.eq (local.get 3) (i32.const 1)) (then unreachable)) (i32.const 304)")
        with self.assertRaises(PolicyTrapped):
            policy.scan("x")
        self.assertEqual(policy.scan("xx"), [])

    def test_a_word_that_nobody_knows_is_taken_for_forbidden(self) -> None:
        span = "(i32.store (i32.const 152) (i32.const 1)) (i32.store (i32.const 156) (i32.const 1))"
        policy = policy_of(scan=f"{span} (i32.store8 (i32.const 208) (i32.const 70)) (i32.const 120)")
        self.assertEqual([violation.severity for violation in policy.scan("")], [Severity.FORBIDDEN])

    def test_a_byte_order_mark_in_a_policys_words_is_kept(self) -> None:
        text = "(i32.store (i32.const 336) (i32.const 0x78bfbbef)) (i32.store (i32.const 316) (i32.const 4))"
        policy = policy_of(format=f"{text} (i32.const 312)")
        self.assertEqual(policy.format(Outcome("ok")).text, "\ufeffx")

    def test_what_is_no_policy_is_refused(self) -> None:
        def check(made: bytes, kind: str, says: str) -> None:
            with self.assertRaisesRegex(PolicyUnusable, says) as raised:
                Policy(made, cache=Cache.none())
            self.assertEqual(raised.exception.kind, kind)

        for text in (b"", b"hello", b"\0asm", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0hello", b"(component)"):
            check(text, "not-a-component", "no WebAssembly component")
        check(component(version="0.2.0"), "version", "@0.2.0`; this package speaks `0.1.x`")
        check(
            component(edit=lambda text: text.replace("formatter@", "wording@")),
            "interface",
            "does not export `code-execute:policy/formatter@0.1.x`",
        )
        imports = bytes(wat2wasm('(component (import "wasi:cli/environment@0.2.0" (instance)))'))
        check(imports, "imports", "`wasi:cli/environment@0.2.0`")

    def test_a_later_patch_release_is_the_same_track(self) -> None:
        self.assertEqual(policy_of(version="0.1.7").scan(""), [])

    def test_a_configuration_reaches_every_instance_before_the_question(self) -> None:
        taken = {
            "configure": "(global.set $configured (local.get 1)) (i32.const 304)",
            "scan": "(if (i32.ne (global.get $configured) (i32.const 5)) (then unreachable)) (i32.const 304)",
        }
        self.assertEqual(policy_of(configuration="abcde", **taken).scan(""), [])
        with self.assertRaises(PolicyTrapped):
            policy_of(configuration="abcd", **taken).scan("")

    def test_a_refused_configuration_is_an_error_that_lists_every_problem(self) -> None:
        # One problem { line: 2, column: 5, message: "rule" } at 400, in a list at 392.
        words = [(392, 400), (396, 1), (400, 2), (404, 5), (408, 200), (412, 4)]
        problem = " ".join(f"(i32.store (i32.const {at}) (i32.const {value}))" for at, value in words)
        with self.assertRaises(ConfigurationRefused) as raised:
            policy_of(configuration="x", configure=f"{problem} (i32.const 392)")
        self.assertEqual(raised.exception.problems, (Problem(2, 5, "rule"),))
        says = "the policy refuses its configuration\nline 2, column 5: rule"
        self.assertEqual(str(raised.exception), says)

    def test_a_configuration_for_a_policy_that_takes_none_is_refused(self) -> None:
        with self.assertRaises(NotConfigurable):
            policy_of(configuration="x", configurable=False)
        self.assertEqual(policy_of(configurable=False).scan(""), [])
