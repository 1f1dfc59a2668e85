"""Reviews every program of some corpora and prints one line of JSON for each, for `../compare`.

`python verdicts.py FOLDER...`: the files `*.jsonl` of each folder by name, their programs by line.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from code_execute_policy import Policy, Violation


def flat(violation: Violation) -> dict[str, object]:
    found = asdict(violation)
    rule, severity, span = found.pop("rule"), found.pop("severity"), found.pop("span")
    return {"rule": rule, "severity": severity, **span, **found}


sys.stdout.reconfigure(encoding="utf-8", newline="\n")
policy = Policy.default()
for folder in sys.argv[1:]:
    for file in sorted(Path(folder).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                program = json.loads(line)
                # `solution` stands for `code` where a program carries its own tests.
                solution = program.get("solution")
                code = program["code"] if solution is None else solution
                violations = [flat(violation) for violation in policy.scan(code, program["language"])]
                verdict = {"id": program["id"], "violations": violations}
                print(json.dumps(verdict, ensure_ascii=False, separators=(",", ":")))
