"""The policy of an imaginary company: what it forbids, and how it finds that in code.

Python is read with the standard `ast` module, Bash and the names of secrets as text. What is imported and compiled
here, at the top of a module, is done when the component is built: a review finds it ready.
"""

import ast
import gc
import re
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from wit_world.exports.scanner import Description, Rule, Submission, Violation

import format
from places import Places

MODULES = {"ftplib", "http", "requests", "smtplib", "socket", "urllib", "urllib3"}
COMMANDS = re.compile(
    rb"(?:^|[;&|(`]|\b(?:do|else|exec|sudo|then|time)[ \t])[ \t]*(curl|nc|scp|ssh|wget|git[ \t]+push)(?![\w./-])",
    re.MULTILINE,
)
SECRETS = re.compile(rb"\b(ACME_[A-Z0-9_]*(?:KEY|PASSWORD|SECRET|TOKEN))\b")
FROM = re.compile(rb"from[\s\\]*")
NAME = re.compile(rb"[^\s\\,;#]+")

# An instance serves one review: it ends before there is anything to collect.
gc.disable()

# Of doubtful string escapes, Python warns on standard error, which there is none of here.
warnings.simplefilter("ignore")

# Of a syntax error, Python shows the line, and opens the file for it. This name cannot be encoded: nothing is opened.
NO_FILE = "\ud800"

# The fields of each kind of statement that hold further statements.
BLOCKS = {
    kind: [name for name in kind._fields if name in {"body", "orelse", "handlers", "finalbody", "cases"}]
    for base in (ast.stmt, ast.excepthandler, ast.match_case)
    for kind in [base, *base.__subclasses__()]
}

# More than anybody reads, and less than the host refuses.
MOST_VIOLATIONS = 100
LONGEST_EXCERPT = 100

PY_NETWORK = Rule(
    id="acme-py-network",
    language="python",
    severity="forbidden",
    title="importing a module that reaches the network",
    reason="Programs do not talk to other machines: what they need is handed to them as files",
    remedy="Read the files that you were given",
    matches=["import requests", "import json, socket", "from urllib.request import urlopen"],
    non_matches=["import json", "requests = 3", "from . import http", "import socketserver", "'''\nimport socket\n'''"],
)
PY_UNREADABLE = Rule(
    id="acme-py-unreadable",
    language="python",
    severity="forbidden",
    title="Python that does not parse",
    reason="Code that cannot be read cannot be reviewed",
    remedy="Correct the syntax",
    matches=["import", "print('"],
    non_matches=["print()", ""],
)
SH_NETWORK = Rule(
    id="acme-sh-network",
    language="bash",
    severity="forbidden",
    title="a command that reaches the network",
    reason="Programs do not talk to other machines: what they need is handed to them as files",
    remedy="Read the files that you were given",
    matches=["curl https://example.org", "cd src && git push origin main", "echo hello | nc host 80"],
    non_matches=["echo curl", "git status", "ssh-keygen -t ed25519", "man wget"],
)
SECRET = Rule(
    id="acme-secret",
    language="any",
    severity="forbidden",
    title="the name of a secret of the company",
    reason="Who knows the name of a secret can ask for it",
    remedy="Leave credentials to the tools that hold them",
    matches=["ACME_DEPLOY_TOKEN", "print(ACME_KEY)"],
    non_matches=["ACME_REGION", "ACME_KEYBOARD", "MY_ACME_KEY", "acme_key"],
)
UNKNOWN_LANGUAGE = Rule(
    id="acme-unknown-language",
    language="any",
    severity="forbidden",
    title="a language that this policy does not read",
    reason="Code that cannot be read cannot be reviewed",
    remedy="Use Python or Bash",
    matches=[],
    non_matches=[],
)




class Finding(NamedTuple):
    """A rule that applies, the offset in bytes of what it found and of what follows, and what is wrong with it."""

    start: int
    end: int
    rule: Rule
    message: str


class Scanner:
    def describe(self) -> Description:
        return Description(
            name="acme",
            version="0.1.0",
            summary="Keeps programs off the network and away from the names of secrets",
            rules=[PY_NETWORK, PY_UNREADABLE, SH_NETWORK, SECRET, UNKNOWN_LANGUAGE],
        )

    def scan(self, submission: Submission) -> list[Violation]:
        code = submission.code.encode()
        places = Places(code)
        findings = sorted(find(submission.language, code, places), key=lambda finding: finding.start)
        return [
            Violation(
                rule=rule.id,
                severity=rule.severity,
                span=places.span(start, end),
                excerpt=shown(code[start:end]),
                message=message,
                remedy=rule.remedy,
            )
            for start, end, rule, message in findings[:MOST_VIOLATIONS]
        ]


class Formatter:
    format = staticmethod(format.format)


def find(language: str, code: bytes, places: Places) -> Iterator[Finding]:
    """Everything that is forbidden in `code`, in no particular order."""
    match language:
        case "python":
            yield from find_in_python(code, places)
        case "bash":
            for match in COMMANDS.finditer(code):
                yield Finding(*match.span(1), SH_NETWORK, f"`{shown(match[1])}` reaches the network")
        case _:
            message = f"this policy reads Python and Bash, not `{language[:50]}`"
            yield Finding(0, 0, UNKNOWN_LANGUAGE, message)
            return
    for match in SECRETS.finditer(code):
        yield Finding(*match.span(1), SECRET, f"`{shown(match[1])}` names a secret of the company")


def find_in_python(code: bytes, places: Places) -> Iterator[Finding]:
    try:
        tree = ast.parse(code.decode(), NO_FILE)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield Finding(0, 0, PY_UNREADABLE, f"this does not parse as Python: {getattr(error, 'msg', error)}")
        return
    for node in statements(tree):
        match node:
            case ast.Import(names=names):
                starts = [places.offset(name) for name in names if is_network(name.name)]
            case ast.ImportFrom(module=str(module), level=0) if is_network(module):
                starts = [FROM.match(code, places.offset(node)).end()]
            case _:
                continue
        for start in starts:
            name = NAME.match(code, start)
            yield Finding(*name.span(), PY_NETWORK, f"`{shown(name[0])}` reaches the network")


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement. An import is one: the expressions, most of a tree, need no look."""
    blocks = [tree.body]
    for block in blocks:
        for node in block:
            yield node
            blocks.extend(getattr(node, name) for name in BLOCKS[type(node)])


def is_network(module: str) -> bool:
    return module.partition(".")[0] in MODULES


def shown(text: bytes) -> str:
    return text.decode()[:LONGEST_EXCERPT]


def rehearse() -> None:
    """Reviews this file, until Python has fitted its functions to their use and taken the memory that they need."""
    with open(__file__) as file:
        code = file.read()
    for language in ("python", "bash") * 10:
        Scanner().scan(Submission(language=language, code=code, attributes=[]))


# Done while the component is built, and kept: no review waits for it.
rehearse()
