//! Hostile input: every program is answered, in bounded time and on a small stack.
//!
//! Longer than other files because each way to exhaust a reader is a test with a program of its own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use code_execute_policy::{Base, Configuration, Finding, python, rules};
use proptest::prelude::*;

const MEBIBYTE: usize = 1024 * 1024;

/// Reads in a thread with the stack that a component has.
fn read(base: Base, code: String) -> Vec<Finding> {
    let reader = std::thread::Builder::new()
        .stack_size(MEBIBYTE)
        .spawn(move || python::read(&Configuration::from(base), &code));
    reader.unwrap().join().unwrap()
}

/// A program of about 1 MiB that opens with one text as often as it closes with another.
fn nested(open: &str, middle: &str, close: &str) -> String {
    nested_to(open, middle, close, MEBIBYTE / (open.len() + close.len()))
}

fn nested_to(open: &str, middle: &str, close: &str, times: usize) -> String {
    [&open.repeat(times), middle, &close.repeat(times), "\n"].concat()
}

const FORMS: &[(&str, &str, &str)] = &[
    ("(", "1", ")"),
    ("[", "", "]"),
    ("{", "1", "}"),
    ("{1:", "1", "}"),
    ("f(", "1", ")"),
    ("f[", "1", "]"),
    ("not ", "1", ""),
    ("-", "1", ""),
    ("- + ~", "1", ""),
    ("await ", "x", ""),
    ("1 ** ", "1", ""),
    ("1 + ", "1", ""),
    ("1 < ", "1", ""),
    ("1 or ", "1", ""),
    ("1 or 1 and ", "1", ""),
    ("x", "", ".a"),
    ("", "x", ".a"),
    ("", "x", "()"),
    ("", "x", "[0]"),
    ("", "x", ".a()"),
    ("", "x", "().a[0]"),
    ("lambda: ", "1", ""),
    ("lambda a, b: ", "1", ""),
    ("lambda a=", "1", ": 1"),
    ("1 if 1 else ", "1", ""),
    ("", "1", " if 1 else 1"),
    ("(x := ", "1", ")"),
    ("x := ", "1", ""),
    ("f'{", "1", "}'"),
    ("f'{f\"{", "1", "}\"}'"),
    ("f'{1:{", "1", "}}'"),
    ("[x for x in ", "y", "]"),
    ("[", "1", " for x in y]"),
    ("x = ", "1", ""),
    ("x, ", "1", ""),
    ("*", "x", ""),
    ("(*", "x", ",)"),
    ("yield ", "1", ""),
    ("async ", "def f(): pass", ""),
    ("@", "x", ""),
    ("@x\n", "def f(): pass", ""),
    ("if x: ", "pass", ""),
    ("class A: ", "pass", ""),
    ("else ", "x", ""),
    ("'a' ", "'a'", ""),
    ("x: ", "y", ""),
    ("print ", "x", ""),
    ("match ", "x", ""),
    ("type ", "x", ""),
    ("with (", "x", ")"),
    ("import a.", "a", ""),
    ("a if b else lambda: not -", "x", ""),
    ("x = [\n", "", ""),
    ("(\n", "", "]\n"),
    ("'", "", ""),
    ("'''", "", ""),
    ("f'{", "", ""),
    ("\\\n", "x", ""),
    ("\\", "", ""),
    ("\t", "", ""),
    (")", "", "("),
    ("#", "", ""),
    (";", "", ""),
    ("\r", "x", ""),
    ("$", "", ""),
    ("é", "", ""),
    ("𝐞", "", ""),
    ("case ", "x", ""),
    ("del ", "x", ""),
    ("return ", "x", ""),
    ("->", "x", ""),
    (":", "", ""),
    (",", "", ""),
    ("!", "", ""),
    ("try: ", "", ""),
    ("elif x:\n", "", ""),
];

#[test]
fn nesting_of_every_form_is_answered() {
    for ((open, middle, close), base) in FORMS.iter().flat_map(|form| Base::ALL.map(|base| (form, base))) {
        let started = Instant::now();
        read(base, nested(open, middle, close));
        let taken = started.elapsed();
        assert!(taken < Duration::from_secs(3), "{open:?} {middle:?} {close:?}: {taken:?}");
    }
}

#[test]
fn nesting_as_deep_as_is_allowed_fits_the_stack() {
    for (open, middle, close) in FORMS {
        for times in [10, 30, 60, 90, 95, 99, 110, 120, 124, 200, 330, 490, 900, 999] {
            read(Base::Default, nested_to(open, middle, close, times));
        }
    }
}

#[test]
fn nesting_inside_a_command_fits_the_stack() {
    for (open, middle, close) in FORMS {
        for times in [30, 95, 124, 330, 490, 999] {
            let inner = nested_to(open, middle, close, times);
            for program in ["['python3', '-c', {}]", "['bash', '-c', {}]", "{}, shell=True"] {
                let given = program.replace("{}", &format!("{inner:?}"));
                read(Base::Balanced, format!("import subprocess\nsubprocess.run({given})\n"));
            }
        }
    }
}

#[test]
fn blocks_are_bounded() {
    for depth in [10, 50, 99, 105, 110, 111, 500, 2000] {
        for header in
            ["if x:", "def f():", "class A:", "for x in y:", "try:", "while x:", "with x:", "match x:"]
        {
            let mut code = String::new();
            for level in 0..depth {
                writeln!(code, "{}{header}", " ".repeat(level)).unwrap();
            }
            writeln!(code, "{}pass", " ".repeat(depth)).unwrap();
            read(Base::Default, code);
        }
    }
}

#[test]
fn deep_code_is_refused_by_that_name() {
    for code in [nested("-", "1", ""), nested("(", "1", ")"), nested("", "x", ".a"), nested("f'{", "1", "}'")]
    {
        let findings = read(Base::Default, code);
        assert_eq!(findings.iter().map(|one| one.rule.id).collect::<Vec<_>>(), [rules::python::TOO_DEEP.id]);
    }
}

/// Programs that would take quadratic or exponential time to resolve naively.
fn costly() -> Vec<(&'static str, String)> {
    let many = |line: &dyn Fn(usize) -> String, count: usize| (0..count).map(line).collect::<String>();
    vec![
        ("aliases, forwards", many(&|n| format!("a{} = a{n}\n", n + 1), 40_000)),
        ("aliases, backwards", many(&|n| format!("a{n} = a{}\n", n + 1), 40_000)),
        ("doubling", format!("a0 = 'x'\n{}", many(&|n| format!("a{} = a{n} + a{n}\n", n + 1), 20_000))),
        ("functions", many(&|n| format!("def f{n}(): return f{}() + f{}()\n", n + 1, n + 2), 15_000)),
        ("parameters", many(&|n| format!("def f(a{n}): f(a{n})\n"), 20_000)),
        ("one name", "x = x + 'a'\n".repeat(60_000)),
        ("augmented", "x += 'a'\n".repeat(80_000)),
        ("findings", "eval(x)\n".repeat(100_000)),
        ("suspicions", "import math\n".to_owned() + &"getattr(math, x)\n".repeat(50_000)),
        ("deleted", many(&|n| format!("del a{n}\nprint(a{n})\n"), 30_000)),
        ("globals", format!("def f():\n global x\n{}", " global y\n y = 1\n".repeat(40_000))),
        ("comprehensions", format!("x = {}", "[chr(c) for c in [1, 2, 3]] + ".repeat(400) + "[]")),
        ("nested comprehensions", "[[[[[a for a in 'abcdefgh'] for b in 'abcdefgh'] for c in 'abcdefgh'] for d in 'abcdefgh'] for e in 'abcdefgh']\n".repeat(2000)),
        ("formats", format!("'{}'.format(x)\n", "{0.a}".repeat(1500)).repeat(100)),
        ("braces", format!("'{}'.format(x)\n", "{".repeat(8000)).repeat(100)),
        ("percents", format!("'{}' % x\n", "%s".repeat(4000)).repeat(100)),
        ("joins", "','.join(['aaaaaaaaaaaaaaaaaaaaaaa'] * 1000)\n".repeat(10_000)),
        ("replacements", "'aaaaaaaaaaaaaaaaaa'.replace('a', 'bbbbbbbbbbbbbbbbb')\n".repeat(15_000)),
        ("list", format!("x = [{}]\nfor y in x: open(y)\n", "'/tmp/a', ".repeat(100_000))),
        ("dictionary", format!("x = {{{}}}\n{}", "'a': 1, ".repeat(50_000), "x['b']\n".repeat(50_000))),
        ("arguments", format!("f({})\n", "a, ".repeat(300_000))),
        ("paths", format!("open('{}')\n", "/..".repeat(5000)).repeat(60)),
        ("maps", "list(map(list, map(list, map(list, [[1, 2, 3], [4, 5, 6]]))))\n".repeat(10_000)),
        ("unreadable", "import os\n".repeat(100_000) + "if ("),
        ("unreadable text", "x = 1 é\n".repeat(100_000) + "if ("),
        ("unclosed", "x = (\n".to_owned() + &"y = 1\n".repeat(150_000)),
        ("attributes", many(&|n| format!("self.a{n} = self.a{}\n", n + 1), 30_000)),
        ("same attribute", "self.a = self.a.b(self.a)\n".repeat(40_000)),
        ("timeit", "import timeit\n".to_owned() + &"timeit.timeit('import os; x = 1')\n".repeat(20_000)),
    ]
}

/// Programs that start many commands, or commands that are costly to read.
fn costly_uses() -> Vec<(&'static str, String)> {
    let start = |command: &str, times: usize| {
        format!("import subprocess\n{}", format!("subprocess.run({command})\n").repeat(times))
    };
    let endless = r#"s = "import subprocess\ns = %r\nsubprocess.run(['python3', '-c', s %% s])"
import subprocess
subprocess.run(['python3', '-c', s % s])
"#;
    let program = |depth: u32| {
        let inner = (0..depth).fold("import os".to_owned(), |inner, _| {
            format!("import subprocess\nfor i in range(9): subprocess.run(['python3', '-c', {inner:?}])")
        });
        format!("{inner}\n").repeat(200)
    };
    vec![
        ("commands", start("['ls', '-l']", 35_000)),
        ("lines", start("'ls | wc -l > x', shell=True", 25_000)),
        ("unknown commands", start("[x, y]", 30_000)),
        ("loops", start("'for i in {1..9999}; do echo $i; done', shell=True", 15_000)),
        (
            "loops in Python in commands",
            start(
                "['python3', '-c', 'import subprocess; subprocess.run(\"for i in {1..9999}; do echo $i; done\", shell=True)']",
                6_000,
            ),
        ),
        ("programs in commands", program(2)),
        ("programs in programs in commands", program(4)),
        ("a program that starts itself", endless.to_owned()),
        (
            "long commands",
            format!(
                "import subprocess\nx = 'echo a;' * 2000\n{}",
                "subprocess.run(x, shell=True)\n".repeat(20_000)
            ),
        ),
        (
            "choices",
            format!(
                "import subprocess\nfor x in [{}]:\n{}",
                "'a', 'b', ".repeat(32),
                "  subprocess.run([x, x, x])\n".repeat(20_000)
            ),
        ),
        ("growing lists", format!("x = []\n{}", "x.append(x)\n".repeat(60_000))),
        (
            "lists that grow by each other",
            format!("x = ['a']\ny = ['b']\n{}", "x.extend(y)\ny.extend(x)\n".repeat(30_000)),
        ),
        ("directories", format!("import os\n{}", "os.chdir('..')\nos.remove('x')\n".repeat(30_000))),
        ("removals", format!("import os\n{}", format!("os.remove('{}')\n", "/..".repeat(5000)).repeat(60))),
        ("stars", format!("{}{}", "from os import *\n".repeat(100), "system('ls')\n".repeat(60_000))),
    ]
}

#[test]
fn costly_programs_are_answered_in_time() {
    // A debug build is much slower; what is asked of it is only an answer.
    let most = if cfg!(debug_assertions) { 60 } else { 2 };
    for base in Base::ALL {
        for (name, code) in costly().into_iter().chain(costly_uses()) {
            let (length, started) = (code.len(), Instant::now());
            read(base, code);
            let taken = started.elapsed();
            assert!(taken < Duration::from_secs(most), "{name}: {taken:?} for {length} bytes as {base:?}");
        }
    }
}

/// Whether every finding lies in the code, on character boundaries.
fn is_placed(code: &str) -> bool {
    Base::ALL.iter().all(|base| {
        let found = python::read(&Configuration::from(*base), code);
        found.iter().all(|found| code.get(found.start..found.end).is_some())
    })
}

const PIECES: &[&str] = &[
    "import os",
    "import os, subprocess as s, shutil",
    "from os import *",
    "os.chdir(",
    "s.run(",
    "['rm', '-rf', '/']",
    "'rm -rf /', shell=True",
    "x.append(",
    "from a import b as c",
    "eval",
    "getattr",
    "__builtins__",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    ":=",
    ".",
    "'",
    "\"",
    "'''",
    "f'",
    "f\"{",
    "}\"",
    "b'\\xff'",
    "'\\N{DASH}'",
    "\\",
    "\n",
    "\r",
    "\r\n",
    "\n    ",
    "\n  ",
    "\t",
    " ",
    "\u{c}",
    "\0",
    "\u{feff}",
    "é",
    "𝐞",
    "lambda",
    "lambda x:",
    "def f(a, *b, c=1, **d):",
    "class A:",
    "for x in",
    "if",
    "else",
    "elif",
    "try:",
    "except",
    "match x:",
    "case",
    "async",
    "await",
    "yield",
    "with",
    "as",
    "not",
    "and",
    "or",
    "in",
    "is",
    "*",
    "**",
    "+",
    "-",
    "%",
    "/",
    "//",
    "@",
    "->",
    "del",
    "global x",
    "x",
    "'a'",
    "1",
    "0x",
    "1e",
    "1_000",
    ".format",
    ".join",
    "# coding: x",
    "#",
    ";",
    "~",
    "import",
    "from",
    "type X =",
    "t'{x}'",
    "\u{2028}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_text_is_answered(code in ".{0,200}") {
        prop_assert!(is_placed(&code));
    }

    #[test]
    fn arbitrary_pieces_are_answered(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60)) {
        let (close, spaced) = (pieces.concat(), pieces.join(" "));
        prop_assert!(is_placed(&close), "{:?}", close);
        prop_assert!(is_placed(&spaced), "{:?}", spaced);
    }

    #[test]
    fn mutated_programs_are_answered(
        rule in 0..rules::python::ALL.len() + rules::uses::ALL.len(),
        at in 0..200_usize,
        length in 0..6_usize,
        piece in prop::sample::select(PIECES),
    ) {
        for code in rules::python::ALL.iter().chain(rules::uses::ALL).nth(rule).unwrap().matches {
            let letters: Vec<char> = code.chars().collect();
            let at = at.min(letters.len());
            let end = (at + length).min(letters.len());
            let mutated: String = letters[..at].iter().copied().chain(piece.chars()).chain(letters[end..].iter().copied()).collect();
            prop_assert!(is_placed(&mutated), "{:?}", mutated);
        }
    }
}
