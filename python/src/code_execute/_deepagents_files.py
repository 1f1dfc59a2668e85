"""The files of a deep agent, from inside the sandbox.

A program can put a symbolic link into its workspace at any time, so nothing here follows one outside of the sandbox: each
operation is a program of its own, with the rights that the agent's commands have. Their output is larger than what a
model reads, so each is a `code-execute run`, which gives it whole.
"""

import base64
import json
import os
import subprocess
import tempfile
from typing import Any

from deepagents.backends.protocol import (
    FILE_NOT_FOUND,
    INVALID_PATH,
    IS_DIRECTORY,
    PERMISSION_DENIED,
    EditResult,
    ExecuteResponse,
    FileDownloadResponse,
    FileUploadResponse,
)
from deepagents.backends.sandbox import BaseSandbox

from .binary import find_bin
from .errors import CodeExecuteError
from .options import Keywords, Options

SHARED = "umask 0; " if os.geteuid() == 0 else ""
"""No two programs that root starts are the same user: what one leaves in a workspace has to be for all."""

_KEPT = 4 << 20
"""Bytes of each end of the output that are kept: as many as the command can keep."""

_PROBLEMS = {21: IS_DIRECTORY, 44: FILE_NOT_FOUND, 13: PERMISSION_DENIED}
"""What the exit codes of the two programs below mean."""

_UPLOAD = """
[[ -d $1 ]] && exit 21
mkdir -p -- "$(dirname -- "$1")" 2>/dev/null || exit 13
{ cat > "$1"; } 2>/dev/null || exit 13
"""

_DOWNLOAD = """
[[ -d $1 ]] && exit 21
[[ -e $1 ]] || exit 44
[[ -r $1 ]] || exit 13
base64 --wrap=0 -- "$1"
"""


class Files(BaseSandbox):
    """What deepagents makes of a shell: its own programs, which are not reviewed."""

    def __init__(self, keywords: Keywords) -> None:
        own: dict[str, Any] = dict(keywords)
        for name in ("policy_config", "policy_sha256", "formatter", "log"):
            own.pop(name, None)
        self._options = Options.of(**{**own, "policy": "none"})

    @property
    def id(self) -> str:
        return "code-execute-files"

    def execute(self, command: str, *, timeout: int | None = None) -> ExecuteResponse:
        report = self._run(command, timeout=timeout)
        if report["status"] not in ("ok", "nonzero_exit"):
            return ExecuteResponse(report["text"], report["exit_code"])
        output = _whole(report["stdout"])
        if output is None:
            return ExecuteResponse(report["stdout"]["text"], report["exit_code"], truncated=True)
        return ExecuteResponse(output + report["stderr"]["text"], report["exit_code"])

    def upload_files(self, files: list[tuple[str, bytes]]) -> list[FileUploadResponse]:
        return [FileUploadResponse(path, self._upload(path, content)) for path, content in files]

    def download_files(self, paths: list[str]) -> list[FileDownloadResponse]:
        return [self._download(path) for path in paths]

    def _edit_via_upload(self, file_path: str, old_string: str, new_string: str, replace_all: bool) -> EditResult:
        # The other way goes through `/tmp`, which is another one in every program.
        return self._edit_inline(file_path, old_string, new_string, replace_all)

    def _upload(self, path: str, content: bytes) -> str | None:
        if not path.startswith("/"):
            return INVALID_PATH
        return _problem(self._run(_UPLOAD, path, stdin=content))

    def _download(self, path: str) -> FileDownloadResponse:
        if not path.startswith("/"):
            return FileDownloadResponse(path, error=INVALID_PATH)
        report = self._run(_DOWNLOAD, path)
        if problem := _problem(report):
            return FileDownloadResponse(path, error=problem)
        if (output := _whole(report["stdout"])) is None:
            return FileDownloadResponse(path, error=f"larger than {_KEPT * 2 // 4 * 3} bytes, which is the most")
        return FileDownloadResponse(path, base64.b64decode(output))

    def _run(self, code: str, *arguments: str, stdin: bytes = b"", timeout: int | None = None) -> dict[str, Any]:
        settings = {"output_head_bytes": _KEPT, "output_tail_bytes": _KEPT, **dict(self._options.settings)}
        if timeout:
            settings["timeout_seconds"] = timeout
        with tempfile.NamedTemporaryFile("w", suffix=".json") as config, tempfile.NamedTemporaryFile() as input:
            json.dump(settings, config)
            config.flush()
            input.write(stdin)
            input.flush()
            with tempfile.NamedTemporaryFile("w", suffix=".sh") as program:
                program.write(SHARED + code)
                program.flush()
                own = ["--format=json", "--language=bash", f"--config={config.name}", f"--stdin={input.name}"]
                command = [find_bin(), "run", *own, *self._options.arguments, program.name, "--", *arguments]
                done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            raise CodeExecuteError(f"`code-execute run` failed: {done.stderr.decode(errors='replace').strip()}") from None
        if not isinstance(report, dict) or report["status"] in ("sandbox_error", "invalid_request"):
            raise CodeExecuteError(f"the sandbox failed: {report['text']}")
        return report


def _whole(stream: dict[str, Any]) -> str | None:
    """The text of a stream, if nothing of it is missing."""
    return None if stream["omitted_bytes"] else str(stream["text"] + stream["tail"])


def _problem(report: dict[str, Any]) -> str | None:
    if report["exit_code"] == 0:
        return None
    return _PROBLEMS.get(report["exit_code"], str(report["text"]))
