"""`python -m code_execute` is `code-execute`."""

import os
import sys

from .binary import find_bin
from .errors import BinaryNotFound


def main() -> None:
    try:
        command = find_bin()
    except BinaryNotFound as error:
        sys.exit(f"error: {error}")
    os.execv(command, [command, *sys.argv[1:]])


main()
