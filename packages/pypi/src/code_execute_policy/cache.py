"""Compiled policies, kept between runs.

Compiling the default policy takes seconds, loading a compiled one hundredths. Compiled code is native code: whoever can
write it can run it. So it lives in a directory of the user's own (mode 0700, owner checked, no symbolic link), under a
name that holds its own checksum. A damaged, foreign or unwritable cache means compile again, never fail and never trust.
"""

import hashlib
import os
import platform
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from wasmtime import Engine, WasmtimeError
from wasmtime.component import Component


@dataclass(frozen=True, slots=True)
class Cache:
    """Where compiled policies are kept: nowhere, where `directory` is None. POSIX alone: elsewhere nothing is kept."""

    directory: Path | None = None

    @classmethod
    def none(cls) -> "Cache":
        """Keeps nothing: every load compiles."""
        return cls()

    @classmethod
    def of_user(cls) -> "Cache":
        """The user's own: `code-execute-policy` in `$XDG_CACHE_HOME` or `~/.cache`; none without either."""
        chosen, home = os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("HOME", "")
        if os.path.isabs(chosen):
            return cls(Path(chosen) / "code-execute-policy")
        if os.path.isabs(home):
            return cls(Path(home) / ".cache" / "code-execute-policy")
        return cls()

    def get(self, engine: Engine, sha256: str) -> Component | None:
        """The compiled form of the component with this hash, if it is there and can be trusted."""
        if self.directory is None or not _is_ours_alone(self.directory):
            return None
        for path in self.directory.glob(f"{_stem(sha256)}-*.cwasm"):
            # It was made by another build of the engine, or for other instructions of the processor.
            with suppress(OSError, WasmtimeError):
                compiled = _read_ours(path)
                if path.stem.endswith(_short(hashlib.sha256(compiled).hexdigest())):
                    return Component.deserialize(engine, compiled)
        return None

    def put(self, component: Component, sha256: str) -> None:
        """Keeps a compiled component. That it cannot be kept is no error: the next load compiles again."""
        if self.directory is None or os.name != "posix":
            return
        with suppress(OSError):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_ours_alone(self.directory):
                _keep(self.directory, bytes(component.serialize()), sha256)


def _keep(directory: Path, compiled: bytes, sha256: str) -> None:
    stem = _stem(sha256)
    path = directory / f"{stem}-{_short(hashlib.sha256(compiled).hexdigest())}.cwasm"
    # Whole or not at all, and readable by the user alone.
    handle, temporary = tempfile.mkstemp(dir=directory)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(compiled)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    for other in directory.glob(f"{stem}-*.cwasm"):
        if other != path:
            other.unlink(missing_ok=True)


def _stem(sha256: str) -> str:
    """A name that changes with the component and with the engine. The engine itself checks the rest when it loads."""
    machine = f"{version('wasmtime')} {platform.system()} {platform.machine()}"
    return f"{_short(sha256)}-{_short(hashlib.sha256(machine.encode()).hexdigest())}"


def _short(digest: str) -> str:
    return digest[:32]


def _is_ours_alone(directory: Path) -> bool:
    """Whether nobody else could have put something into the directory."""
    if os.name != "posix":
        return False
    try:
        status = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and status.st_mode & 0o077 == 0


def _read_ours(path: Path) -> bytes:
    """The bytes of a file that nobody else could have written; what is checked is what is read."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
            raise PermissionError(f"`{path}` could have been written by somebody else")
        return file.read()
