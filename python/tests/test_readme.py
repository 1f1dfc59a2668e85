"""Every example in the README runs, and prints what stands below it."""

import contextlib
import io
import re
import unittest
from pathlib import Path
from typing import Any

from langchain_core.language_models import FakeListChatModel
from support import workspace

README = Path(__file__).parents[1] / "README.md"


class Readme(unittest.TestCase):
    def test_every_example_prints_what_stands_below_it(self) -> None:
        text = README.read_text()
        examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
        self.assertEqual(len(examples), text.count("```python"))
        self.assertGreaterEqual(len(examples), 6)
        with workspace() as directory:
            for code, expected in examples:
                given: dict[str, Any] = {"model": FakeListChatModel(responses=[]), "workspace": str(directory)}
                with contextlib.redirect_stdout(io.StringIO()) as printed:
                    exec(compile(code, "README.md", "exec"), given)
                self.assertEqual(printed.getvalue(), expected)
                if "backend" in given:
                    given["backend"].close()
