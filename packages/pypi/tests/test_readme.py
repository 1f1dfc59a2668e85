"""The example in the README prints what stands below it."""

import contextlib
import io
import re
import unittest
from pathlib import Path


class Readme(unittest.TestCase):
    def test_the_example_prints_what_stands_below_it(self) -> None:
        readme = (Path(__file__).parents[1] / "README.md").read_text()
        found = re.search(r"```python\n(.*?)```\n\n```text\n(.*?)```", readme, re.DOTALL)
        assert found
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(found[1], "README.md", "exec"), {})
        self.assertEqual(printed.getvalue(), found[2])
