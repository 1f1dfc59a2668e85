"""How outcomes are worded."""

import unittest

from code_execute_policy import Captured, Outcome, Policy, format

TEXTS = [
    (
        Outcome("ok", exit_code=0, stdout="hello\n[1,2]\n", stderr="careful\n"),
        "stdout:\nhello\n[1,2]\nstderr:\ncareful\nexit_code: 0\nresult: [1, 2]",
    ),
    (Outcome("nonzero_exit", exit_code=3), "exit_code: 3"),
    (Outcome("timeout", timeout_seconds=7, stdout="1\n"), "Execution timed out after 7 seconds\nstdout:\n1\n"),
    (Outcome("signal", exit_code=139, signal="SIGSEGV"), "Execution ended by SIGSEGV\nexit_code: 139"),
    (Outcome("ok", exit_code=0, stdout=b"a\xff\n"), "stdout:\na\ufffd\nexit_code: 0"),
    (Outcome("invalid_request", detail="No code provided to execute"), "Error: No code provided to execute"),
]
"""What the contract says that a reader gets."""


class Format(unittest.TestCase):
    def test_format_of_every_kind_of_outcome_is_the_text_of_the_contract(self) -> None:
        for outcome, text in TEXTS:
            self.assertEqual(format(outcome).text, text)

    def test_format_gives_the_last_line_as_a_result_where_it_is_json(self) -> None:
        self.assertEqual(format(Outcome("ok", exit_code=0, stdout="x\n42\n")).result, "42")
        self.assertIsNone(format(Outcome("ok", exit_code=0, stdout="x\n")).result)

    def test_format_of_a_rejection_names_what_scan_found(self) -> None:
        policy = Policy.default()
        text = policy.format(Outcome("rejected", violations=policy.scan("import os"))).text
        pattern = r"^Security violation: line 1, column 8: `os`: .* \(py-import-os\)\. Use `pathlib`"
        self.assertRegex(text, pattern)

    def test_format_says_how_much_was_left_out(self) -> None:
        text = format(Outcome("ok", exit_code=0, stdout=Captured(b"begin\n", b"end\n", 12345))).text
        self.assertRegex(text, r"begin\n.*12345.*\nend\n")

    def test_format_refuses_an_outcome_of_another_shape_and_names_the_field(self) -> None:
        cases: list[tuple[object, type[Exception], str]] = [
            ("ok", TypeError, "^outcome is str; it is an Outcome$"),
            (Outcome(None), TypeError, "^status is NoneType; it is str$"),  # type: ignore[arg-type]
            (Outcome("ok", exit_code=1.5), TypeError, "^exit_code is float; it is int$"),  # type: ignore[arg-type]
            (Outcome("ok", timeout_seconds=-1), ValueError, "^timeout_seconds is -1; "),
            (Outcome("ok", stdout=7), TypeError, "^stdout is int; "),  # type: ignore[arg-type]
            (Outcome("ok", stdout=Captured("")), TypeError, "^a part of stdout is str"),  # type: ignore[arg-type]
        ]
        for outcome, error, says in cases:
            with self.assertRaisesRegex(error, says):
                format(outcome)  # type: ignore[arg-type]
