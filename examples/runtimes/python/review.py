"""Reviews the code in a file and prints each violation as a line of JSON: `python review.py FILE`.

The language is the file's ending, `.sh` for Bash and anything else for Python.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from code_execute_policy import scan

if len(sys.argv) != 2:
    sys.exit("usage: python review.py FILE")
file = Path(sys.argv[1])
for violation in scan(file.read_bytes().decode(), "bash" if file.suffix == ".sh" else "python"):
    found = asdict(violation)
    rule, severity, span = found.pop("rule"), found.pop("severity"), found.pop("span")
    line = {"rule": rule, "severity": severity, **span, **found}
    print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
