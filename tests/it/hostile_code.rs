//! Code made to break its reader: a mebibyte of each form comes back from the component with an answer, within its
//! budget and without a trap.

use code_execute::policy::{Cache, Policy};

const MEBIBYTE: usize = 1 << 20;

/// What is repeated before and after a middle, for each language.
const PYTHON: &[(&str, &str, &str)] = &[
    ("(", "", ")"),
    ("[", "", "]"),
    ("{", "", "}"),
    ("(", "", ""),
    ("-", "1", ""),
    ("not ", "x", ""),
    ("await ", "x", ""),
    ("x", "", ".a"),
    ("x", "", "()"),
    ("x", "", "[0]"),
    ("1", "", "+1"),
    ("1", "", "**1"),
    ("1", "", "<1"),
    ("lambda: ", "x", ""),
    ("x if y else ", "z", ""),
    ("f'{", "x", "}'"),
    ("a = ", "1", ""),
    ("import a\n", "", ""),
    ("x = x + 'a'\n", "", ""),
    ("if x:\n  pass\nelif y:\n  pass\n", "", ""),
    ("eval(", "x", ")"),
    ("@a\n", "def f(): pass", ""),
    ("\\\n", "", ""),
    ("\t", "", ""),
    ("*", "x", ""),
    (":", "", ""),
];

const BASH: &[(&str, &str, &str)] = &[
    ("$(", "", ")"),
    ("\"$(", "", ")\""),
    ("${a:-", "", "}"),
    ("$((", "1", "))"),
    ("((", "1", "))"),
    ("(", "a", ")"),
    ("{ ", "a", "; }"),
    ("if a; then ", "b", "; fi"),
    ("while a; do ", "b", "; done"),
    ("case a in a) ", "b", ";; esac"),
    ("! ", "a", ""),
    ("`", "", ""),
    ("a | ", "b", ""),
    ("a; ", "", ""),
    ("a && ", "b", ""),
    ("[[ ( ", "a", " ) ]]"),
    ("{a,", "b", "}"),
    ("<(", "a", ")"),
    ("cat <<A\n", "", "\nA\n"),
    ("a=$a$a; ", "", ""),
    ("f() { ", "a", "; }"),
    ("eval ", "a", ""),
    ("bash -c '", "a", "'"),
    ("\\", "", ""),
    ("'", "", ""),
    ("$'\\x41'", "", ""),
    ("for i in 1 2 3; do ", "a", "; done"),
    ("a[", "1", "]"),
];

fn check(language: &str, forms: &[(&str, &str, &str)]) {
    let policy = Policy::embedded(&Cache::of_user()).unwrap();
    for (before, middle, after) in forms {
        let times = MEBIBYTE / (before.len() + after.len()).max(1) - 1;
        let code = [before.repeat(times), (*middle).to_owned(), after.repeat(times)].concat();
        let answer = policy.scan(language, &code);
        assert!(answer.is_ok(), "{language} {before:?} {after:?}: {:?}", answer.err());
    }
}

#[test]
fn mebibyte_of_hostile_python_is_answered() {
    check("python", PYTHON);
}

#[test]
fn mebibyte_of_hostile_bash_is_answered() {
    check("bash", BASH);
}
