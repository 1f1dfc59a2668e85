"""Runs the Python programs of a page, each with a model that is a script: programs.py PAGE

A program is a block marked `python`. It prints what the block marked `text` below it shows.
"""

import contextlib
import io
import re
import sys
from pathlib import Path

import models

MODELS = {"langchain": models.langchain, "openai-agents": models.openai_agents, "pydantic-ai": models.pydantic_ai}


def main() -> None:
    page = Path(sys.argv[1])
    text = page.read_text()
    programs = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    if not programs or len(programs) != text.count("```python"):
        raise SystemExit(f"FAILED {page}: it has no program, or one whose output is not shown below it")
    for program, shown in programs:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(program, str(page), "exec"), {"model": MODELS[page.stem]()})
        if printed.getvalue() != shown:
            raise SystemExit(f"FAILED {page}: a program printed\n{printed.getvalue()}and not\n{shown}")
    print(f"{len(programs)} passed, 0 failed")


if __name__ == "__main__":
    main()
