"""What an operator decides: the options of `code-execute mcp` as keyword arguments."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

Path: TypeAlias = str | os.PathLike[str]
OneOrMore: TypeAlias = Path | Iterable[Path]


class Confinement(TypedDict, total=False):
    """The options that a whole process has. None of them is a matter of a single call."""

    config: Path
    """A file of settings, JSON or TOML. The other options win, and what they grant comes on top."""
    policy: OneOrMore
    """`default`, `balanced`, `none` or the path of a component; several review one after the other."""
    policy_config: OneOrMore
    policy_sha256: str | Iterable[str]
    formatter: str
    isolation: Literal["strict", "standard", "minimal", "none"]
    network: Literal["none", "loopback", "host"]
    read: OneOrMore
    """Files and directories that programs may read: absolute, without symbolic links."""
    write: OneOrMore
    """Files and directories that programs may read and write."""
    env: Mapping[str, str | None]
    """Variables of programs; `None` is this process's own value."""
    venv: Path
    memory: int | str
    """Bytes, or such as `512M`."""
    processes: int
    cpu_time: int
    """Seconds of processor time of each process."""
    file_size: int | str
    scratch: int | str
    """What a program can keep in `/tmp`."""
    audit: Path
    """A file that gets one line of JSON for every submission, before it is answered."""
    audit_code: bool
    """Whether the code stands there too, with the secrets that it may hold."""
    audit_bytes: int | str
    """The size at which the file is put aside for a new one."""
    log: Literal["text", "json"]
    """How the process logs. What it logs goes to the logger `code_execute`."""
    sandbox: bool
    """`False`: neither reviewed nor confined; programs have the rights of this process."""
    max_timeout: int
    """The longest deadline that a call may ask for, in seconds."""
    concurrency: int
    """How many programs run at the same time; further ones wait."""


class Keywords(Confinement, total=False):
    """Those, and what holds for calls that do not say it themselves."""

    language: Literal["python", "bash"]
    timeout: int
    """The deadline in seconds: 1 to 300."""


_SWITCHES = {"audit_code"}
_LISTS = {"policy", "policy_config", "policy_sha256", "read", "write"}
_FLAGS = (
    "config policy policy_config policy_sha256 formatter isolation network read write env venv memory processes "
    "cpu_time file_size scratch audit audit_code audit_bytes log"
).split()
_SETTINGS = {
    "language": "language",
    "timeout": "timeout_seconds",
    "max_timeout": "max_timeout_seconds",
    "concurrency": "concurrency",
}
"""What is no option of the command line, and its key in a file of settings."""


@dataclass(frozen=True)
class Options:
    """The same, checked and in an order of its own: equal options are equal."""

    arguments: tuple[str, ...]
    """What follows `code-execute mcp`."""
    settings: tuple[tuple[str, Any], ...]
    """What has to stand in a file of settings."""

    @classmethod
    def of(cls, **keywords: Unpack[Keywords]) -> "Options":
        given: dict[str, Any] = {name: value for name, value in keywords.items() if value is not None}
        for name in given:
            if name not in Keywords.__annotations__:
                known = ", ".join(sorted(Keywords.__annotations__))
                raise TypeError(f"there is no option `{name}`; the options are {known}")
        if given.pop("sandbox", True) is False:
            if given.setdefault("isolation", "none") != "none":
                raise ValueError(f"sandbox=False and isolation={given['isolation']!r} exclude each other; leave one out")
        settings = {key: given.pop(name) for name, key in _SETTINGS.items() if name in given}
        if settings and "config" in given:
            [(key, value), *_] = settings.items()
            raise ValueError(f"`{key}` is a matter of the file `{given['config']}`: write `{key} = {value!r}` into it")
        arguments: list[str] = []
        for name in _FLAGS:
            if name in given:
                if name in _SWITCHES:
                    arguments += [f"--{name.replace('_', '-')}"] if given[name] else []
                    continue
                for value in texts(name, given[name]):
                    # One word, so that a value that begins with a dash is one.
                    arguments.append(f"--{name.replace('_', '-')}={value}")
        return cls(tuple(arguments), tuple(settings.items()))


def texts(name: str, value: Any) -> list[str]:
    """The values of an option of the command line."""
    if name == "env":
        return [key if text is None else f"{key}={text}" for key, text in value.items()]
    if isinstance(value, bool):
        raise TypeError(f"{name} is {value}; it is no option that is on or off")
    if name in _LISTS and not isinstance(value, str | os.PathLike):
        return [os.fspath(item) for item in value]
    return [os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
