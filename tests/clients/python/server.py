"""How a client reaches a server of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

COMMAND = os.environ["CODE_EXECUTE"]


@dataclass(frozen=True)
class Stdio:
    """The client starts the server itself."""

    command: str
    arguments: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class Http:
    url: str


Where = Stdio | Http


@contextmanager
def reachable(transport: str) -> Iterator[Where]:
    """A server over one of the transports, `stdio` or `http`."""
    if transport == "stdio":
        # Clients give the servers that they start a part of the environment; the cache is not in it.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME") if name in os.environ}
        yield Stdio(COMMAND, ("mcp",), kept)
    elif transport == "http":
        with _serving() as address:
            yield Http(f"{address}/mcp")
    else:
        raise SystemExit(f"the transport is `stdio` or `http`, not `{transport}`")


@contextmanager
def _serving() -> Iterator[str]:
    announcement = "listening on "
    command = [COMMAND, "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            said = []
            for line in server.stderr:
                said.append(line)
                if announcement in line:
                    break
            else:
                raise SystemExit(f"`{' '.join(command)}` did not say where it listens: {''.join(said)}")
            yield said[-1].split(announcement)[1].split()[0]
        finally:
            server.terminate()
        # It ends by itself once its clients are gone, and says nothing that nobody reads.
        _, rest = server.communicate(timeout=20)
        assert server.returncode in (0, 143), f"the server ended with {server.returncode}: {rest}"
