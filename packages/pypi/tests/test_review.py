"""The policy in the package: what it finds, and what it is not asked."""

import unittest
from concurrent.futures import ThreadPoolExecutor

from code_execute_policy import Policy, Severity, Span, Violation, approves, describe, restrict, scan


class Review(unittest.TestCase):
    def test_scan_of_an_import_names_rule_place_reason_and_remedy(self) -> None:
        [violation] = scan("x = 1\nimport os\n")
        self.assertEqual((violation.rule, violation.severity), ("py-import-os", Severity.FORBIDDEN))
        self.assertEqual(violation.span, Span(start=13, end=15, line=2, column=8))
        self.assertEqual(violation.excerpt, "os")
        self.assertIn("operating system", violation.message)
        self.assertIn("pathlib", violation.remedy)
        self.assertFalse(approves([violation]))

    def test_scan_of_harmless_code_finds_nothing(self) -> None:
        self.assertEqual(scan("print(6 * 7)"), [])
        self.assertTrue(approves([]))

    def test_scan_reads_bash_where_it_is_told_so(self) -> None:
        self.assertEqual([violation.rule for violation in scan("rm -rf /", "bash")], ["sh-remove-root"])

    def test_scan_of_an_unknown_language_is_a_violation(self) -> None:
        self.assertFalse(approves(scan("puts 1", "ruby")))

    def test_scan_answers_the_same_whatever_was_asked_before_and_by_whom(self) -> None:
        policy = Policy.default()
        codes = ["import os", "print(1)", "eval('1')", "import os"] * 8
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(policy.scan, codes))
        for code, answer in zip(codes[:4], answers):
            self.assertEqual(Policy.default().scan(code), answer)
        self.assertEqual(answers, answers[:4] * 8)

    def test_suspicions_stop_nothing(self) -> None:
        span = Span(0, 0, 1, 1)
        self.assertTrue(approves([Violation("x", Severity.SUSPICIOUS, span, "", "", "")]))
        self.assertFalse(approves([Violation("x", Severity.FORBIDDEN, span, "", "", "")]))

    def test_text_of_a_span_is_that_of_the_code(self) -> None:
        code = '\ufeffa = "\U0001f980é"; import os'
        [violation] = scan(code)
        self.assertEqual(violation.span.text(code), "os")
        self.assertNotEqual(violation.span.start, code.index("os"))

    def test_scan_refuses_what_is_no_text_and_says_so(self) -> None:
        policy = Policy.default()
        with self.assertRaisesRegex(TypeError, "^code is bytes; it is str$"):
            policy.scan(b"")  # type: ignore[arg-type]
        with self.assertRaisesRegex(TypeError, "^language is int; it is str$"):
            policy.scan("", 1)  # type: ignore[arg-type]
        with self.assertRaisesRegex(ValueError, "^code cannot be encoded in UTF-8: .*surrogates"):
            policy.scan("a\ud800")

    def test_scan_takes_a_mebibyte_of_code_and_no_byte_more(self) -> None:
        policy = Policy.default()
        self.assertEqual(policy.scan("#" * (1 << 20)), [])
        for code in ("#" * ((1 << 20) + 1), "é" * (1 << 19) + "#"):
            with self.assertRaisesRegex(ValueError, "1048577 bytes; at most 1048576"):
                policy.scan(code)

    def test_describe_lists_every_rule_with_its_examples(self) -> None:
        description = describe()
        self.assertEqual(description.name, "default")
        self.assertRegex(description.version, r"^\d+\.\d+\.\d+$")
        self.assertGreater(len(description.rules), 30)
        policy = Policy.default()
        for rule in description.rules:
            if rule.language != "any":
                for wanted, programs in ((True, rule.matches), (False, rule.non_matches)):
                    for program in programs:
                        found = {violation.rule for violation in policy.scan(program, rule.language)}
                        self.assertEqual(rule.id in found, wanted, (rule.id, program))

    def test_restrict_states_the_environment_of_the_contract(self) -> None:
        environment = restrict("print(1)").environment
        self.assertEqual(environment.path, "/usr/bin:/bin:/usr/local/bin")
        self.assertEqual(environment.removed, ("HOME", "USER"))
