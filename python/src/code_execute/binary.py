"""Where the command `code-execute` is."""

import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from .errors import BinaryNotFound

NAME = "code-execute"


def find_bin() -> str:
    """Gives the path of the command that came with this package.

    The environment's `CODE_EXECUTE` comes first. Then the places where `pip install` puts commands: the scripts of this
    interpreter, those of `--user`, those of `--target`; last, `PATH`.
    """
    if chosen := os.environ.get("CODE_EXECUTE"):
        if _runs(Path(chosen)):
            return chosen
        raise BinaryNotFound(f"CODE_EXECUTE is `{chosen}`, which is no command; correct it or remove it")
    looked = list(_places())
    for directory in looked:
        if _runs(directory / NAME):
            return str(directory / NAME)
    if found := shutil.which(NAME):
        return found
    places = ", ".join(f"`{directory}`" for directory in looked)
    raise BinaryNotFound(
        f"the command `{NAME}` is neither in {places} nor on PATH; "
        "install it with `pip install code-execute`, or name it in the environment as CODE_EXECUTE"
    )


def _places() -> Iterator[Path]:
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sysconfig.get_path("scripts", scheme=sysconfig.get_preferred_scheme("user")))
    # `pip install --target DIRECTORY` puts commands into `DIRECTORY/bin`.
    yield Path(__file__).resolve().parents[1] / "bin"


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
