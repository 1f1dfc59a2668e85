"""What an operator decides."""

import os
import re
import subprocess
import unittest
from pathlib import Path

from code_execute import Client, StartFailed, find_bin, run
from code_execute.options import Confinement, Keywords, Options
from support import workspace


class ClientOptions(unittest.TestCase):
    def test_every_option_of_the_command_is_a_keyword(self) -> None:
        words = subprocess.run([find_bin(), "mcp", "--help"], capture_output=True, text=True, check=True).stdout
        options = {name.replace("-", "_") for name in re.findall(r"^ +(?:-\w, )?--([a-z0-9-]+)", words, re.MULTILINE)}
        self.assertGreater(len(options), 10)
        self.assertEqual(options - {"help"} - set(Keywords.__annotations__), set())

    def test_options_become_arguments_one_word_each(self) -> None:
        options = Options.of(
            policy=["default", Path("x.wasm")], read="/a", write=[Path("/b"), "/c"], memory="1G", processes=9,
            env={"A": "1=2", "B": None}, policy_sha256="0", cpu_time=None,  # type: ignore[arg-type]
        )
        expected = (
            "--policy=default --policy=x.wasm --policy-sha256=0 --read=/a --write=/b --write=/c --env=A=1=2 --env=B "
            "--memory=1G --processes=9"
        )
        self.assertEqual(" ".join(options.arguments), expected)

    def test_options_that_mean_the_same_are_the_same(self) -> None:
        self.assertEqual(Options.of(read="/a", memory=1 << 30), Options.of(memory="1073741824", read=[Path("/a")]))
        self.assertEqual(Options.of(sandbox=False), Options.of(isolation="none"))
        self.assertNotEqual(Options.of(timeout=1), Options.of(timeout=2))

    def test_options_that_are_none_or_that_exclude_each_other_are_named(self) -> None:
        with self.assertRaisesRegex(TypeError, "there is no option `tiemout`; the options are audit, .*, write$"):
            Client(tiemout=1)  # type: ignore[call-arg]
        with self.assertRaisesRegex(TypeError, "memory is True"):
            Client(memory=True)
        with self.assertRaisesRegex(ValueError, "sandbox=False and isolation='strict' exclude each other"):
            Client(sandbox=False, isolation="strict")
        with self.assertRaisesRegex(ValueError, "of the file `x.toml`: write `timeout_seconds = 5` into it"):
            Client(config="x.toml", timeout=5)

    def test_values_that_the_command_refuses_are_an_error_in_its_words(self) -> None:
        cases: list[tuple[Keywords, str]] = [
            ({"network": "some"}, "one of `none`, `loopback`, `host`"),  # type: ignore[typeddict-item]
            ({"policy": "/nowhere/policy.wasm"}, "/nowhere/policy.wasm"),
            ({"timeout": 0}, "timeout_seconds is 0; it must be between 1 and 300"),
            ({"language": "ruby"}, "Language 'ruby' not supported"),  # type: ignore[typeddict-item]
            ({"config": "/nowhere.toml"}, "/nowhere.toml"),
        ]
        for options, says in cases:
            with Client(**options) as client:
                with self.assertRaises(StartFailed) as raised:
                    client.run("print(1)")
                self.assertIn("did not start (exit code 2)", str(raised.exception))
                self.assertIn(says, str(raised.exception))

    def test_defaults_and_ceilings_hold(self) -> None:
        with Client(language="bash", timeout=1, max_timeout=2, concurrency=3) as client:
            self.assertEqual(client.run("echo $BASH").stdout, "/bin/bash\n")
            self.assertIn("after 1 seconds", client.run("sleep 9").text)
            self.assertIn("between 1 and 2", client.run("sleep 9", timeout=3).text)
            parameters = client.describe().parameters["properties"]
            self.assertEqual(parameters["timeout_seconds"]["maximum"], 2)
            self.assertIn("`bash` where it is left out", parameters["language"]["description"])

    def test_what_is_granted_is_there_and_nothing_else(self) -> None:
        with workspace() as directory:
            (directory / "data").write_text("data")
            (directory / "data").chmod(0o644)
            code = f"cat {directory}/data; touch {directory}/more"
            self.assertIn("No such file", run(code, "bash").stderr)
            readable = run(code, "bash", read=directory)
            self.assertEqual((readable.stdout, readable.exit_code), ("data", 1))
            self.assertEqual(run(code, "bash", write=directory).exit_code, 0)
            self.assertTrue((directory / "more").exists())

    def test_variables_reach_programs_and_those_of_this_process_do_not(self) -> None:
        os.environ["SECRET_OF_THE_TEST"] = "secret"
        code = "echo $GIVEN-$SECRET_OF_THE_TEST-"
        self.assertEqual(run(code, "bash", env={"GIVEN": "a b"}).stdout, "a b--\n")
        self.assertEqual(run(code, "bash", env={"SECRET_OF_THE_TEST": None}).stdout, "-secret-\n")

    def test_without_the_sandbox_nothing_is_reviewed_and_nothing_confined(self) -> None:
        result = run("import os; print(os.getcwd())", sandbox=False)
        self.assertEqual((result.status, result.isolation), ("ok", "none"))

    def test_submissions_are_audited_where_that_is_wanted(self) -> None:
        with workspace() as directory:
            run("print('in the audit')", audit=directory / "audit.jsonl", audit_code=True, audit_bytes="1M")
            [line] = (directory / "audit.jsonl").read_text().splitlines()
            self.assertIn("print('in the audit')", line)
            run("print('not there')", audit=directory / "other.jsonl", audit_code=False)
            self.assertNotIn("not there", (directory / "other.jsonl").read_text())

    def test_a_file_of_settings_is_read(self) -> None:
        with workspace() as directory:
            (directory / "settings.toml").write_text('timeout_seconds = 1\npolicy = "balanced"\n')
            result = run("import os, time; time.sleep(9)", config=directory / "settings.toml")
            self.assertIn("after 1 seconds", result.text)

    def test_functions_take_what_a_process_takes(self) -> None:
        self.assertEqual(set(Keywords.__annotations__) - set(Confinement.__annotations__), {"language", "timeout"})
