"""Finding the command, and what is said where there is none."""

import os
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import code_execute
from code_execute import BinaryNotFound, Client, ProtocolError, StartFailed, find_bin


def environment(**variables: str) -> "unittest.mock._patch_dict":
    return unittest.mock.patch.dict(os.environ, variables)


class Binary(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = Path(temporary.name)

    def command(self, name: str, text: str = "#!/bin/sh\n") -> str:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def test_the_environment_names_the_command(self) -> None:
        path = self.command("other")
        with environment(CODE_EXECUTE=path):
            self.assertEqual(find_bin(), path)

    def test_a_name_in_the_environment_that_is_no_command_is_an_error(self) -> None:
        with environment(CODE_EXECUTE="/nowhere"), self.assertRaisesRegex(BinaryNotFound, "CODE_EXECUTE is `/nowhere`"):
            find_bin()

    def test_the_scripts_of_the_interpreter_come_before_those_of_the_user_and_path(self) -> None:
        found: list[str] = []
        for place in ("path", "user", "scripts"):
            found.append(self.command(f"{place}/code-execute"))

            def get_path(_name: str, scheme: str | None = None) -> str:
                return str(self.directory / ("user" if scheme else "scripts"))

            with (
                environment(CODE_EXECUTE="", PATH=str(self.directory / "path")),
                unittest.mock.patch("sysconfig.get_path", get_path),
            ):
                self.assertEqual(find_bin(), found[-1])

    def test_a_command_installed_with_target_is_found_beside_the_package(self) -> None:
        package = self.directory / "code_execute"
        package.symlink_to(Path(code_execute.__file__).parent, target_is_directory=True)
        path = self.command("bin/code-execute")
        with unittest.mock.patch("code_execute.binary.__file__", str(self.directory / "code_execute/binary.py")):
            with unittest.mock.patch("pathlib.Path.resolve", lambda path: path):
                with environment(CODE_EXECUTE="", PATH=""), unittest.mock.patch("sysconfig.get_path", lambda *_a, **_k: "/nowhere"):
                    self.assertEqual(find_bin(), path)

    def test_no_command_anywhere_is_an_error_with_the_way_out(self) -> None:
        with environment(CODE_EXECUTE="", PATH=""), unittest.mock.patch("sysconfig.get_path", lambda *_a, **_k: "/nowhere"):
            with self.assertRaisesRegex(BinaryNotFound, "`/nowhere`.*nor on PATH; install it with `pip install code-execute`"):
                Client().run("print(1)")

    def test_a_command_that_is_another_one_is_an_error(self) -> None:
        cases: list[tuple[str, type[Exception], str]] = [
            ("#!/bin/sh\necho sorry >&2; exit 7\n", StartFailed, r"did not start \(exit code 7\)\nsorry"),
            ("#!/bin/sh\necho hello; cat\n", StartFailed, "wrote what is no message: b'hello'"),
            ("#!/bin/sh\necho '[1]'; cat\n", StartFailed, r"wrote what is no message: b'\[1\]'"),
            ("#!/bin/sh\nexec cat\n", ProtocolError, "refused a request"),
            ("no program", BinaryNotFound, "cannot be started: Exec format error"),
        ]
        for text, error, says in cases:
            path = self.command("other", text)
            with environment(CODE_EXECUTE=path), self.assertRaisesRegex(error, says), Client() as client:
                client.run("print(1)")

    def test_the_package_runs_as_the_command(self) -> None:
        command = [sys.executable, "-m", "code_execute", "run", "-c", "import sys; print(sys.stdin.read())", "--stdin", "-"]
        done = subprocess.run(command, input="hi", capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("stdout:\nhi\nexit_code: 0\n", "", 0))
        done = subprocess.run([sys.executable, "-m", "code_execute"], env={**os.environ, "CODE_EXECUTE": "/nowhere"}, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error: CODE_EXECUTE is `/nowhere`", done.stderr)
