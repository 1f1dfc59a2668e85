"""From Python's positions to the interface's.

Both count bytes of UTF-8. But Python also ends a line at a CR, and the interface counts columns in characters and
ends lines with LF alone.
"""

import ast
import re
from functools import cached_property

from wit_world.exports.scanner import Span

NEWLINE = re.compile(rb"\r\n|\r|\n")


class Places:
    """Where things stand in one submission."""

    def __init__(self, code: bytes):
        self.code = code

    @cached_property
    def starts(self) -> list[int]:
        """Where Python's lines begin: looked for when something was found, in most code never."""
        return [0, *(newline.end() for newline in NEWLINE.finditer(self.code))]

    def offset(self, node: ast.stmt | ast.alias) -> int:
        """The offset in bytes at which a node begins."""
        return self.starts[node.lineno - 1] + node.col_offset

    def span(self, start: int, end: int) -> Span:
        """The span of the bytes from `start` to `end`."""
        line_start = self.code.rfind(b"\n", 0, start) + 1
        return Span(
            start=start,
            end=end,
            line=self.code.count(b"\n", 0, start) + 1,
            column=len(self.code[line_start:start].decode()) + 1,
        )
