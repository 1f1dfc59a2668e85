"""Holds the plain JSON API to the OpenAPI document that it serves, with every check of schemathesis: run.py open|token

What follows is handed on: `run.py open --max-examples 2000` looks longer.
"""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "python"))

from server import serving  # noqa: E402 - it is beside the clients

# The programs that are made up may run for two seconds, or for three where the request says so.
CONFIGURATION = "timeout_seconds = 2\nmax_timeout_seconds = 3\n"


def main() -> int:
    access, *more = sys.argv[1:]
    if access not in ("open", "token"):
        raise SystemExit(f"the access is `open` or `token`, not `{access}`")
    with tempfile.TemporaryDirectory() as folder:
        configuration, token = Path(folder, "code-execute.toml"), Path(folder, "token")
        configuration.write_text(CONFIGURATION)
        token.write_text(secrets.token_hex())
        options = ["--concurrency", "2", "--config", str(configuration)]
        headers: list[str] = []
        if access == "token":
            options += ["--token-file", str(token)]
            headers = ["--header", f"Authorization: Bearer {token.read_text()}"]
        with serving(options) as address:
            referee = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml")]
            asked = ["run", f"{address}/openapi.json", "--checks", "all", "--max-examples", "50", "--no-color"]
            environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "disagreements.py")}
            command = [*referee, *asked, *headers, *more]
            return subprocess.run(command, cwd=folder, env=environment, timeout=240).returncode


if __name__ == "__main__":
    sys.exit(main())
