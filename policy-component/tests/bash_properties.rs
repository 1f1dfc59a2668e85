//! Whatever comes in, the reader answers, and its spans lie in the source.

use code_execute_policy::{Configuration, Finding, bash};
use proptest::prelude::*;

fn read(code: &str) -> Vec<Finding> {
    bash::read(&Configuration::default(), code)
}

/// Pieces that mean something to the shell, to be put together at random.
const PIECES: &[&str] = &[
    "rm ",
    "-rf ",
    "/ ",
    "$(",
    ")",
    "\"",
    "'",
    "`",
    "${x:-",
    "}",
    "{a,b}",
    "$((",
    "))",
    "<<E\n",
    "E\n",
    "\n",
    ";",
    "&&",
    "| ",
    "bash -c ",
    "eval ",
    "x=",
    "$x ",
    "a=(",
    "[[ ",
    " ]]",
    "if ",
    "then ",
    "fi ",
    "for i in ",
    "do ",
    "done ",
    "case ",
    "esac ",
    "> ",
    "/etc/x ",
    "\\",
    "é",
    "\u{10FFFF}",
    "$'\\x",
    "function f ",
    "() { ",
    "; }",
    "~",
    "*",
    "?",
    "[",
    "]",
    "xargs ",
    "find ",
    "-exec ",
    "sed 's/a/b/' ",
    "tr a-z b ",
    "printf '%s' ",
    "${a[1]}",
    "${!x}",
    "read y ",
    "<(",
    "1+1",
    "while ",
    "base64 -d ",
];

fn check(code: &str) {
    for found in read(code) {
        assert!(found.start <= found.end && found.end <= code.len(), "{code:?} {found:?}");
        assert!(code.is_char_boundary(found.start) && code.is_char_boundary(found.end), "{code:?} {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(code in "\\PC{0,200}") {
        check(&code);
    }

    #[test]
    fn any_pieces_are_answered(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn reading_twice_gives_the_same(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..30)) {
        let code = pieces.concat();
        prop_assert_eq!(read(&code), read(&code));
    }
}
