"""The backend of deepagents."""

import asyncio
import unittest
from pathlib import Path

from code_execute import StartFailed
from code_execute.deepagents import CodeExecuteBackend
from support import endless, none_left, sleepers, started, workspace


class DeepAgents(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = self.enterContext(workspace())
        self.backend = CodeExecuteBackend(self.directory)
        self.addCleanup(self.backend.close)

    def test_a_command_gives_what_it_wrote_and_its_exit_code(self) -> None:
        response = self.backend.execute("pwd; printf out; echo err >&2; exit 3")
        self.assertEqual((response.output, response.exit_code), (f"{self.directory}\nout\nerr\n", 3))
        self.assertEqual(self.backend.execute("sleep 9", timeout=1).output, "Execution timed out after 1 seconds")
        self.assertTrue(self.backend.execute("head -c 1000000 /dev/zero | tr '\\0' x").truncated)

    def test_the_workspace_is_kept_and_nothing_else(self) -> None:
        self.backend.execute("echo kept > file; echo lost > /tmp/file; variable=lost")
        response = self.backend.execute("cat file; cat /tmp/file; echo $variable")
        self.assertEqual(response.exit_code, 1)
        self.assertIn("kept\n", response.output)
        self.assertNotIn("lost", response.output)

    def test_a_refused_command_names_line_and_column_as_they_were_written(self) -> None:
        response = self.backend.execute("echo\nchmod 777 x")
        self.assertRegex(response.output, "^Security violation: line 2, column ")
        response = self.backend.execute("rm -rf /")
        self.assertRegex(response.output, "^Security violation: line 1, column 1: ")
        self.assertIsNone(response.exit_code)
        self.assertEqual(asyncio.run(self.backend.aexecute("rm -rf /")), response)

    def test_an_empty_command_says_so(self) -> None:
        self.assertEqual(self.backend.execute(" ").output, "Error: No code provided to execute")

    def test_files_are_written_read_edited_found_and_deleted(self) -> None:
        file = f"{self.directory}/sub/file.txt"
        self.assertIsNone(self.backend.write(file, "one\ntwo\n").error)
        large = "x" * 60_000
        self.assertEqual(self.backend.edit(file, "two", large).occurrences, 1)
        self.assertEqual(self.backend.edit(file, large, "thrée").occurrences, 1)
        data = self.backend.read(file).file_data
        self.assertEqual(data and data["content"], "one\nthrée")
        [entry] = self.backend.ls(str(self.directory)).entries or []
        self.assertEqual((entry["path"], entry["is_dir"]), (f"{self.directory}/sub", True))
        [match] = self.backend.grep("thrée").matches or []
        self.assertEqual((match["path"], match["line"]), (file, 2))
        self.assertEqual([found["path"] for found in self.backend.glob("*.txt").matches or []], [file])
        self.assertIsNone(self.backend.delete(file).error)
        self.assertIn("file_not_found", self.backend.read(file).error or "")

    def test_large_and_binary_files_go_both_ways(self) -> None:
        content = bytes(range(256)) * 8_000
        path = f"{self.directory}/a file"
        self.assertIsNone(self.backend.upload_files([(path, content)])[0].error)
        [response] = self.backend.download_files([path])
        self.assertEqual(response.content, content)
        text = "line\n" * 100_000
        self.assertIsNone(self.backend.write(path, text).error)
        data = self.backend.read(path, limit=50_000).file_data
        self.assertEqual(data and len(data["content"]), 50_000 * 5 - 1)

    def test_what_cannot_be_transferred_says_why(self) -> None:
        uploads = self.backend.upload_files([("/usr/x", b""), (str(self.directory), b""), ("x", b"")])
        self.assertEqual([upload.error for upload in uploads], ["permission_denied", "is_directory", "invalid_path"])
        paths = [f"{self.directory}/none", str(self.directory), "/etc/shadow", "x"]
        errors = [download.error for download in self.backend.download_files(paths)]
        self.assertEqual(errors, ["file_not_found", "is_directory", "file_not_found", "invalid_path"])

    def test_a_link_out_of_the_workspace_leads_nowhere(self) -> None:
        with workspace() as outside:
            (outside / "secret").write_text("secret")
            (outside / "secret").chmod(0o644)
            self.backend.execute(f"ln -s {outside}/secret link; ln -s {outside} directory")
            self.assertTrue((self.directory / "link").is_symlink())
            self.assertIn("file_not_found", self.backend.read(f"{self.directory}/link").error or "")
            [download] = self.backend.download_files([f"{self.directory}/directory/secret"])
            self.assertEqual(download.error, "file_not_found")
            [upload] = self.backend.upload_files([(f"{self.directory}/directory/new", b"x")])
            self.assertEqual(upload.error, "permission_denied")
            self.assertEqual([path.name for path in outside.iterdir()], ["secret"])

    def test_a_cancelled_command_is_killed(self) -> None:
        async def main() -> list[int]:
            task = asyncio.create_task(self.backend.aexecute(endless(self.directory)))
            await asyncio.to_thread(started, self.directory)
            running = sleepers(self.backend.client.pid)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            return running

        none_left(asyncio.run(main()))

    def test_what_makes_no_backend_is_named(self) -> None:
        with self.assertRaisesRegex(NotADirectoryError, "`/nowhere` is no directory; create it first"):
            CodeExecuteBackend("/nowhere")
        with self.assertRaisesRegex(ValueError, "takes no `config`"):
            CodeExecuteBackend(self.directory, config="x.toml")
        with self.assertRaises(StartFailed):
            CodeExecuteBackend(Path("/usr/bin/..") / "bin", network="some").execute("echo")  # type: ignore[arg-type]
