"""Runs the shared cases, and a directory's own, on the policy in each directory that is named.

`cases.jsonl`: a program a line, and what must be found in it: rule, line, column. The directories whose policy is
`acme` share the one beside this file; any of them may have its own. `texts.jsonl`: a program that runs, and the text
that the policy makes of its outcome.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ENDINGS = {"python": ".py", "bash": ".sh"}


def main(program: str, directories: list[str]) -> int:
    passed, failures = 0, []
    for directory in directories:
        policy = HERE / directory / "policy.wasm"
        name = json.loads(run(program, "check", "--policy", policy, "--format", "json", "-c", ""))["policies"][0]["name"]
        cases = rows(HERE / directory / "cases.jsonl")
        if name == "acme":
            cases += rows(HERE / "cases.jsonl")
        outcomes = [*found(program, policy, cases), *worded(program, policy, name, rows(HERE / "texts.jsonl"))]
        wrong = [outcome for outcome in outcomes if outcome]
        passed += len(outcomes) - len(wrong)
        failures += [f"{directory}: {outcome}" for outcome in wrong]
        print(f"{directory}: {len(outcomes) - len(wrong)} of {len(outcomes)} cases", flush=True)
        if not cases:
            failures.append(f"{directory}: no cases for the policy `{name}`")
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0


def found(program: str, policy: Path, cases: list[dict]) -> list[str]:
    """Reviews all cases in one call; what is wrong with each, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(cases):
            Path(folder, f"{number:04}{ENDINGS[case['language']]}").write_bytes(case["code"].encode())
        answer = json.loads(run(program, "check", "--policy", policy, "--format", "json", folder))
    reviewed = {int(Path(file["path"]).stem): file["violations"] for file in answer["files"]}
    wrong = []
    for number, case in enumerate(cases):
        violations = reviewed.get(number)
        seen = violations and [[each["rule"], each["span"]["line"], each["span"]["column"]] for each in violations]
        met = violations is not None and (seen or []) == case["expected"]
        wrong.append("" if met else f"{case['code']!r}: expected {case['expected']}, found {seen} {answer['errors']}")
    return wrong


def worded(program: str, policy: Path, name: str, cases: list[dict]) -> list[str]:
    """Runs each program; what is wrong with its text, or nothing."""
    wrong = []
    for case in cases:
        if case.get("policy", name) != name:
            continue
        arguments = ["--timeout", str(case.get("timeout", 30)), "--language", case["language"], "-c", case["code"]]
        text = run(program, "run", "--policy", policy, *arguments)
        met = text == case.get("text", text) and text.endswith(case.get("ends", "")) and case.get("contains", "") in text
        wrong.append("" if met else f"{case['code']!r}: expected {case}, the text ends with {text[-300:]!r}")
    return wrong


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run(program: str, *arguments: object) -> str:
    done = subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    output = done.stdout.decode()
    if not output:
        sys.exit(f"`{program} {' '.join(map(str, arguments))[:200]}` printed nothing: {done.stderr.decode()}")
    return output


if __name__ == "__main__":
    sys.exit(main(os.environ["CODE_EXECUTE"], sys.argv[1:]))
