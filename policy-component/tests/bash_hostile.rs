//! Hostile input: a mebibyte of every form of nesting, on the stack that a component has, in bounded time.

use std::time::{Duration, Instant};

use code_execute_policy::bash::read;

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
