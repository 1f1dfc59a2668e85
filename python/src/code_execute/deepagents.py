"""A backend for deepagents: `pip install "code-execute[deepagents]"`."""

import os
import shlex
import uuid
from typing import Any, Unpack

from deepagents.backends.protocol import (
    DeleteResult,
    EditResult,
    ExecuteResponse,
    FileDownloadResponse,
    FileUploadResponse,
    GlobResult,
    GrepResult,
    LsResult,
    ReadResult,
    SandboxBackendProtocol,
    WriteResult,
)

from ._deepagents_files import SHARED, Files
from .client import Client
from .errors import ProcessEnded
from .options import Keywords, texts
from .result import Result, Review


class CodeExecuteBackend(SandboxBackendProtocol):
    """A deep agent's shell and files: commands are reviewed and confined, files live in one directory.

    `workspace` is a directory that exists. What a command leaves there is kept, and nothing else is: every command is a
    new program with a `/tmp` of its own. Commands start in the workspace, and stop at the first that fails, as the tool's
    Bash does (`set -e`). The file tools work inside the same sandbox, so they reach what commands reach; what they run
    there is deepagents' own and is not reviewed.

    The keywords are those of `Client`, but for `config` and `language`.
    """

    def __init__(self, workspace: str | os.PathLike[str], **options: Unpack[Keywords]) -> None:
        for name in ("config", "language"):
            if name in options:
                raise ValueError(f"a backend takes no `{name}`: commands are Bash, and settings are keywords of their own")
        self.workspace = os.path.realpath(workspace)
        if not os.path.isdir(self.workspace):
            raise NotADirectoryError(f"the workspace `{self.workspace}` is no directory; create it first")
        granted: Keywords = {**options, "write": [self.workspace, *texts("write", options.get("write", ()))]}
        granted["language"] = "bash"
        self.client = Client(**granted)
        self._files = Files(granted)
        self._id = f"code-execute-{uuid.uuid4()}"

    @property
    def id(self) -> str:
        return self._id

    def execute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        try:
            result = self.client.run(self._here(command), timeout=timeout or None)
            return _refusal(self.client.check(command)) if result.status == "rejected" else _response(result)
        except ProcessEnded as error:
            return ExecuteResponse(f"Error: {error}")

    async def aexecute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        """Like `execute`. Cancelling the task kills the command."""
        try:
            result = await self.client.arun(self._here(command), timeout=timeout or None)
            return _refusal(await self.client.acheck(command)) if result.status == "rejected" else _response(result)
        except ProcessEnded as error:
            return ExecuteResponse(f"Error: {error}")

    def close(self) -> None:
        """Ends the process behind this backend."""
        self.client.close()

    def _here(self, command: str) -> str:
        return f"{SHARED}cd {shlex.quote(self.workspace)}; {command}" if command.strip() else command

    def ls(self, path: str) -> LsResult:
        return self._files.ls(path)

    def read(self, file_path: str, offset: int = 0, limit: int = 2000) -> ReadResult:
        return self._files.read(file_path, offset, limit)

    def write(self, file_path: str, content: str) -> WriteResult:
        return self._files.write(file_path, content)

    def edit(self, file_path: str, old_string: str, new_string: str, replace_all: bool = False) -> EditResult:
        return self._files.edit(file_path, old_string, new_string, replace_all)

    def delete(self, file_path: str) -> DeleteResult:
        return self._files.delete(file_path)

    def grep(self, pattern: str, path: str | None = None, glob: str | None = None, **more: Any) -> GrepResult:
        return self._files.grep(pattern, path or self.workspace, glob, **more)

    def glob(self, pattern: str, path: str | None = None) -> GlobResult:
        return self._files.glob(pattern, path or self.workspace)

    def upload_files(self, files: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        return self._files.upload_files(files)

    def download_files(self, paths: list[str]) -> list[FileDownloadResponse]:
        return self._files.download_files(paths)


def _refusal(review: Review) -> ExecuteResponse:
    """A review of the command alone names lines and columns as the model wrote them."""
    return ExecuteResponse(review.text)


def _response(result: Result) -> ExecuteResponse:
    truncated = result.stdout_truncated or result.stderr_truncated
    if result.status not in ("ok", "nonzero_exit"):
        # Why it was stopped, or did not run, stands in the text alone.
        return ExecuteResponse(result.text, result.exit_code, truncated)
    between = "\n" if result.stdout and result.stderr and not result.stdout.endswith("\n") else ""
    return ExecuteResponse(result.stdout + between + result.stderr, result.exit_code, truncated)
