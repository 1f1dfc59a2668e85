//! Hostile input: a mebibyte of every form of nesting, on the stack that a component has, in bounded time.

use std::time::{Duration, Instant};

use code_execute_policy::{Configuration, Finding, bash};

fn read(code: &str) -> Vec<Finding> {
    bash::read(&Configuration::default(), code)
}

const MEBIBYTE: usize = 1 << 20;

/// Generous, for a debug build on a busy machine; released code takes a tenth of a second for most.
const LONGEST: Duration = Duration::from_secs(20);

/// Reads on a stack of one mebibyte and says how long it took; nothing if that failed.
fn timed(code: String) -> Option<Duration> {
    let reader = std::thread::Builder::new().stack_size(MEBIBYTE).spawn(move || {
        let start = Instant::now();
        for found in read(&code) {
            assert!(found.start <= found.end && found.end <= code.len());
            assert!(code.is_char_boundary(found.start) && code.is_char_boundary(found.end));
        }
        start.elapsed()
    });
    reader.ok()?.join().ok()
}

fn filled(piece: &str) -> String {
    piece.repeat(MEBIBYTE / piece.len())
}

#[test]
fn nesting_of_every_form_comes_back() {
    let forms = [
        "$(",
        "\"$(",
        "${a:-",
        "\"${a:-",
        "$((",
        "((",
        "( ",
        "{ ",
        "if a; then ",
        "while a; do ",
        "case a in a) ",
        "`",
        "$[",
        "<(",
        "f() { ",
        "function f { ",
        "[[ ( ",
        "! ",
        "time ",
        "coproc ",
        "a=(",
        "a[",
        "\\`",
        "$((1+(",
        "$((-",
        "$((1?",
        "${a[",
        "{a,",
        "for a in $(",
        "if ",
        "a() b() ",
        "@(",
        "x+=(",
        "\"",
        "'",
        "$'",
        "<<a ",
        "<<a\n",
        "eval '",
        "bash -c \"",
        "${!",
        "(a)",
        "&& ",
        "| ",
        "$(<",
        "${a//",
        "for ((",
        "case $(",
        "~",
        "[",
        "{",
        "\\",
        "\u{10FFFF}",
        "é$(",
        "a() { a; }; ",
    ];
    for form in forms {
        let took = timed(filled(form)).unwrap();
        assert!(took < LONGEST, "{form:?} took {took:?}");
    }
}

#[test]
fn length_of_every_form_is_near_linear() {
    let forms = [
        "a;",
        "a\n",
        "a b ",
        "a|",
        "a&&",
        "echo $(a);",
        "x=$x$x;",
        "x+=a;",
        "x+=$x;",
        "a[1]=2;",
        "a+=(1);",
        "cat <<E\nb\nE\n",
        "f(){ f;f; };",
        "for i in {1..9}; do echo $i; done\n",
        "echo {a,b}{c,d};",
        "x",
        "'a'",
        "\"a\"",
        "$x",
        "${x}",
        "$((1+1));",
        "[[ a = b ]]\n",
        "echo rm -rf / | sh\n",
        "eval 'echo a';",
        "bash -c 'ls';",
        "rm -rf x\n",
        "a=b ",
        ">a ",
        "echo ${x//a/b};",
        "#\n",
        "a&",
        "`a`;",
        "while a; do b; done;",
        "case a in b) c;; esac;",
        "if a; then b; fi;",
        "echo x > $x$x\n",
        "cd a;",
        "( a );",
        "{ a; };",
        "a\\\n",
        "while :; do x=$x$x; done;",
        "for i in 1 2 3 4 5 6 7 8 9; do for j in 1 2 3 4 5 6 7 8 9; do a; done; done;",
    ];
    for form in forms {
        let took = timed(filled(form)).unwrap();
        assert!(took < LONGEST, "{form:?} took {took:?}");
    }
}

/// Well-formed nesting, which is walked to its end: as deep as the parser goes, alone and inside other code.
#[test]
fn nesting_that_is_well_formed_fits_the_stack() {
    let forms = [
        ("$(", ")"),
        ("\"$(", ")\""),
        ("( ", " )"),
        ("{ ", "; }"),
        ("if a; then ", "; fi"),
        ("while a; do ", "; done"),
        ("case a in a) ", ";; esac"),
        ("<(", ")"),
        ("echo ${a:-", "}"),
        ("echo \"${a:-$(", ")}\""),
        ("echo $((1+", "))"),
        ("f() { ", "; }; f"),
        ("for a in b; do ", "; done"),
        ("x=$(", ")"),
        ("a=($(", "))"),
        ("echo > $(", ")"),
        ("cat <<< $(", ")"),
        ("coproc { ", "; }"),
        ("for a in $(", "); do b; done"),
        ("[[ -n $(", ") ]]"),
        ("case $(", ") in a) b;; esac"),
        ("echo ${a//$(", ")/b}"),
        ("sudo env nice ", ""),
        ("find . -exec ", " ;"),
        ("bash -c $(", ")"),
        ("eval $(echo ", ")"),
        ("a | { ", "; }"),
        ("a() { ", "; a; }; a"),
    ];
    for outer in forms {
        for inner in forms {
            for depth in [8, 19, 20, 39, 40, 41, 200] {
                let code = format!(
                    "{}{}echo x{}{}",
                    outer.0.repeat(depth / 2),
                    inner.0.repeat(depth - depth / 2),
                    inner.1.repeat(depth - depth / 2),
                    outer.1.repeat(depth / 2)
                );
                assert!(timed(code.clone()).is_some(), "{code}");
                let quoted = format!("eval '{}'", code.replace('\'', "'\\''"));
                assert!(timed(quoted).is_some());
            }
        }
    }
}

/// Budgets limit the reading of loops and calls, never what a program may hide behind them.
#[test]
fn budgets_that_are_spent_hide_nothing() {
    let burn =
        "for i in {1..299}; do for j in {1..299}; do for k in {1..299}; do x=$i$j$k; done; done; done\n";
    let deep = format!("{}rm -rf /{}", "{ ".repeat(30), "; }".repeat(30));
    let cases = [
        format!("{burn}bash -c 'rm -rf /'"),
        format!("{burn}x=rm; $x -rf /"),
        format!("{burn}x='rm -rf /'; eval \"$x\""),
        format!("{burn}x=/etc/passwd; echo y > $x"),
        format!("{burn}echo 'rm -rf /' > y; . ./y"),
        format!("{}rm -rf /", "$(a)\n".repeat(3000)),
        format!("for c in {} rm; do $c -rf /; done", "a ".repeat(5000)),
        format!("f() {{ {deep}; }}; g() {{ f; }}; h() {{ g; }}; i() {{ h; }}; i"),
        "f() { g() { h() { rm -rf /; }; }; }".to_owned(),
    ];
    for code in cases {
        let forbidden =
            read(&code).iter().any(|found| found.rule.severity == code_execute_policy::Severity::Forbidden);
        assert!(forbidden, "{}", code.chars().rev().take(80).collect::<String>());
    }
}

#[test]
fn long_ordinary_programs_are_no_crime() {
    for line in [
        "if [ -f x ]; then echo \"y $z\" >> log; fi\n",
        "cat hosts | grep foo | sort > out.txt\n",
        "x=a; echo \"$x\" > \"$x.txt\"\n",
        "for i in 1 2 3; do echo \"$i\" >> out; done\n",
        "f() { echo \"$1\"; }; f a > b\n",
    ] {
        assert_eq!(read(&filled(line)), [], "{line:?}");
    }
}

#[test]
fn recursion_is_no_crime() {
    let code = "f() { if [ \"$1\" -le 1 ]; then echo 1; else local p; p=$(f $(( $1 - 1 ))); echo $(( $1 * p )); fi; }\nf 10\n\
                g() { for d in \"$1\"/*; do if [ -d \"$d\" ]; then g \"$d\"; else echo \"$d\"; fi; done; }\ng .\n";
    assert_eq!(read(code), []);
}
