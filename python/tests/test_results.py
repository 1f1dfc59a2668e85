"""What programs come to."""

import unittest
from dataclasses import fields

from code_execute import Client, Result, check, run
from support import workspace


class Results(unittest.TestCase):
    def test_a_program_that_succeeds_gives_what_it_printed(self) -> None:
        result = run("print('héllo')\nprint([1, 2])")
        self.assertEqual((result.status, result.ok, result.exit_code, result.is_error), ("ok", True, 0, False))
        self.assertEqual((result.stdout, result.stderr, result.value), ("héllo\n[1, 2]\n", "", [1, 2]))
        self.assertEqual(result.text, "stdout:\nhéllo\n[1, 2]\nexit_code: 0\nresult: [1, 2]")
        self.assertIn(result.isolation, ("standard", "strict"))

    def test_a_program_that_fails_is_a_result(self) -> None:
        result = run("echo out; echo err >&2; exit 3", "bash")
        self.assertEqual((result.status, result.ok, result.exit_code, result.is_error), ("nonzero_exit", False, 3, False))
        self.assertEqual(result.text, "stdout:\nout\nstderr:\nerr\nexit_code: 3")
        self.assertEqual(run("kill -SEGV $$", "bash").signal, "SIGSEGV")

    def test_a_timeout_is_a_result_that_has_what_was_printed_before(self) -> None:
        result = run("echo working; sleep 60", "bash", timeout=1)
        self.assertEqual((result.status, result.exit_code, result.stdout), ("timeout", None, "working\n"))
        self.assertEqual(result.text, "Execution timed out after 1 seconds\nstdout:\nworking\n")

    def test_a_rejection_names_rule_place_and_remedy(self) -> None:
        result = run("x = 1\nimport os")
        self.assertEqual((result.status, result.exit_code, result.is_error), ("rejected", None, False))
        [violation] = result.violations
        self.assertEqual((violation.rule, violation.line, violation.column), ("py-import-os", 2, 8))
        self.assertIn("pathlib", violation.remedy)
        self.assertTrue(result.text.startswith("Security violation: line 2, column 8"), result.text)

    def test_ten_megabytes_of_output_are_cut_and_the_program_ends_well(self) -> None:
        result = run("print('x' * 10_000_000)\nprint('the end')")
        self.assertEqual((result.status, result.exit_code, result.stdout_truncated), ("ok", 0, True))
        self.assertLess(len(result.text), 1 << 20)
        self.assertIn("bytes", result.text)
        self.assertIn("the end", result.text)

    def test_bytes_that_are_no_text_are_replaced(self) -> None:
        result = run("import sys; sys.stdout.buffer.write(b'a\\xff\\x00b\\n')")
        self.assertEqual(result.stdout, "a\ufffd\x00b\n")

    def test_standard_input_reaches_the_program(self) -> None:
        text = "é\u2028\n" * 100_000
        result = run("import sys; print(len(sys.stdin.read()))", stdin=text)
        self.assertEqual(result.value, len(text))
        self.assertEqual(run("import sys; print(len(sys.stdin.read()))").value, 0)

    def test_large_code_is_taken_up_to_its_limit(self) -> None:
        self.assertEqual(run("print(1)#".ljust(1 << 20, "x")).value, 1)
        result = run("#" * ((1 << 20) + 1))
        self.assertEqual((result.status, result.is_error), ("invalid_request", True))
        self.assertIn("1048577 bytes", result.text)

    def test_arguments_that_make_no_submission_are_named(self) -> None:
        cases = [
            (run(" "), "Error: No code provided to execute"),
            (run("x", "ruby"), "Error: Language 'ruby' not supported. Use 'python' or 'bash'."),
            (run("x", timeout=0), "Error: timeout_seconds is 0; it must be between 1 and 300"),
            (run("x", timeout=301), "Error: timeout_seconds is 301; it must be between 1 and 300"),
            (run(7), "Error: code must be a string, not 7"),  # type: ignore[arg-type]
            (run("a\ud800"), r"Error: code has '\ud800' at character 1, which is no text; remove it"),
            (run("a\0"), "Error: code contains a NUL character at byte 1; remove it"),
        ]
        for result, text in cases:
            self.assertEqual((result.text, result.status, result.is_error), (text, "invalid_request", True))

    def test_a_review_runs_nothing(self) -> None:
        with workspace() as directory, Client(write=directory) as client:
            self.assertTrue(client.check(f"touch {directory}/ran", "bash").approved)
            self.assertEqual(list(directory.iterdir()), [])
        refused = check("rm -rf /", "bash")
        self.assertEqual((refused.approved, refused.is_error), (False, False))
        self.assertEqual([violation.rule for violation in refused.violations], ["sh-remove-root"])
        self.assertTrue(check("x", "ruby").is_error)
        self.assertTrue(check("\udfff").is_error)
        self.assertIn("reviews nothing", check("x", policy="none").text)

    def test_a_result_becomes_a_dictionary_of_every_field(self) -> None:
        values = run("import os").to_dict()
        self.assertEqual(list(values), [field.name for field in fields(Result)])
        self.assertEqual(values["violations"][0]["rule"], "py-import-os")
