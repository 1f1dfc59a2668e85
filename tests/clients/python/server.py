"""How a client reaches a server of its own."""

import os
import secrets
import subprocess
import threading
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
    """The server runs already, and answers those who have its token."""

    url: str
    headers: dict[str, str]


Where = Stdio | Http


@contextmanager
def reachable(transport: str) -> Iterator[Where]:
    """A server over one of the transports: `stdio`, `http`, or `http-stateless`, which keeps no sessions."""
    if transport == "stdio":
        # Clients give the servers that they start a part of the environment; the cache is not in it.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME") if name in os.environ}
        yield Stdio(COMMAND, ("mcp",), kept)
    elif transport in ("http", "http-stateless"):
        token = secrets.token_hex()
        with serving(["--stateless"] if transport == "http-stateless" else [], token) as address:
            yield Http(f"{address}/mcp", {"Authorization": f"Bearer {token}"})
    else:
        raise SystemExit(f"the transport is `stdio`, `http` or `http-stateless`, not `{transport}`")


@contextmanager
def serving(options: list[str], token: str | None = None) -> Iterator[str]:
    """The address of a server that is there for so long, and that has to end well."""
    command = [COMMAND, "serve", "--listen", "127.0.0.1:0", *options]
    environment = os.environ | ({"CODE_EXECUTE_TOKEN": token} if token else {})
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as server:
        said: list[str] = []
        try:
            yield _address(server, said)
        finally:
            server.terminate()
        # It ends by itself once its clients are gone.
        status = server.wait(timeout=20)
        assert status in (0, 143), f"the server ended with {status}: {''.join(said)}"
        assert not any("panicked" in line for line in said), "".join(said)


def _address(server: subprocess.Popen[str], said: list[str]) -> str:
    """Where the server says that it listens. What it says from then on is read too, so that it can go on."""
    for line in server.stderr:
        said.append(line)
        if "listening on " in line:
            threading.Thread(target=lambda: said.extend(server.stderr), daemon=True).start()
            return line.split("listening on ")[1].strip()
    raise SystemExit(f"the server did not say where it listens: {''.join(said)}")
