"""What every client is asked for, and what it must be given: `scenarios.json` as Python sees it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What one call came to. `None` is what a client does not hand on."""

    text: str | None
    values: dict[str, Any] | None
    error: bool | None


@dataclass(frozen=True)
class Scenario:
    name: str
    arguments: Arguments
    in_a_row: int
    at_once: int
    cancel: int
    """The number of processes that the program is known by; 0 where nothing is cancelled."""
    expected: dict[str, Any]

    def turns(self) -> list[list[Arguments]]:
        """The calls that a model makes: those of one turn are made at once."""
        if self.at_once:
            return [[_filled(self.arguments, number) for number in range(self.at_once)]]
        return [[self.arguments]] * self.in_a_row

    def check(self, answers: list[Seen]) -> None:
        count = self.at_once or self.in_a_row
        assert len(answers) == count, f"{len(answers)} answers to {count} calls"
        for number, seen in enumerate(answers):
            _check_answer(seen, _filled(self.expected, number) if self.at_once else self.expected)


def load(path: Path) -> list[Scenario]:
    return [_read(entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def _read(entry: dict[str, Any]) -> Scenario:
    known = ("code", "language", "timeout_seconds", "stdin")
    scenario = Scenario(
        name=entry.pop("name"),
        arguments={name: entry.pop(name) for name in known if name in entry},
        in_a_row=entry.pop("in_a_row", 1),
        at_once=entry.pop("at_once", 0),
        cancel=entry.pop("cancel", 0),
        expected={name: entry.pop(name) for name in ("text", "values", "error") if name in entry},
    )
    entry.pop("why", None)
    assert not entry, f"{scenario.name}: unknown {list(entry)}"
    assert scenario.cancel or {"text", "values"} <= scenario.expected.keys(), scenario.name
    return scenario


def _filled(value: Any, number: int) -> Any:
    """The value with `{number}` and `{product}` filled in."""
    text = json.dumps(value).replace("{number}", str(number)).replace("{product}", str(number * 10))
    return json.loads(text)


def _check_answer(seen: Seen, expected: dict[str, Any]) -> None:
    if seen.error is not None:
        assert seen.error == expected.get("error", False), f"isError is {seen.error}: {seen.text}"
    if seen.text is not None:
        _check_text("the text", seen.text, expected["text"])
    if seen.values is not None:
        _check_values(seen.values, expected["values"])


def _check_values(values: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, wanted in expected.items():
        value = values.get(name)
        if name == "rules":
            value = [violation["rule"] for violation in values["violations"]]
        if isinstance(wanted, dict):
            assert isinstance(value, str), f"{name} is {value!r}"
            _check_text(name, value, wanted)
        else:
            assert value == wanted, f"{name} is {value!r}, not {wanted!r}"


def _check_text(name: str, text: str, wanted: dict[str, Any]) -> None:
    said = repr(text) if len(text) < 400 else f"{text[:60]!r} ... {text[-60:]!r}"
    for how, value in wanted.items():
        met = {
            "is": lambda: text == value,
            "starts": lambda: text.startswith(value),
            "ends": lambda: text.endswith(value),
            "has": lambda: all(part in text for part in value),
            # A lone surrogate is no text: encoding it fails.
            "most_bytes": lambda: len(text.encode()) <= value,
        }[how]()
        assert met, f"{name}: {how} {value!r} is not so: {said}"
