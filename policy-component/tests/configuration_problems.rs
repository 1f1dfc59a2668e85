//! What is wrong with a configuration is said with its place, and every text has an answer.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use code_execute_policy::configuration::LONGEST;
use code_execute_policy::{Configuration, Language, Problem, scan};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    about: String,
    configuration: String,
    problems: Vec<(u32, u32, String)>,
}

/// The problems of a text, each of which stands in the text.
fn check(text: &str) -> Vec<Problem> {
    let problems = Configuration::read(text).err().unwrap_or_default();
    assert!(problems.len() <= 50);
    assert!(problems.is_sorted_by_key(|problem| (problem.line, problem.column)));
    for problem in &problems {
        assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{problem:?}");
        assert!(!problem.message.ends_with('.') && problem.message.len() < 2000, "{problem:?}");
        if problem.line > 0 {
            let line = text.split('\n').nth(problem.line as usize - 1).unwrap();
            assert!(
                problem.column >= 1 && problem.column as usize <= line.chars().count() + 1,
                "{problem:?}"
            );
        }
    }
    problems
}

#[test]
fn problems_are_named_where_they_are() {
    let cases: Cases = toml::from_str(include_str!("configuration_problems.toml")).unwrap();
    let mut wrong = Vec::new();
    for case in &cases.case {
        let found = check(&case.configuration);
        let as_expected = found.len() == case.problems.len()
            && found.iter().zip(&case.problems).all(|(found, (line, column, message))| {
                (found.line, found.column) == (*line, *column) && found.message.starts_with(message)
            });
        if !as_expected {
            wrong.push(format!("{}: {found:#?}", case.about));
        }
    }
    assert!(cases.case.len() > 15);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_without_content_changes_nothing() {
    for text in
        ["", "\n \n", "# nothing\n", "{}", " {\n}\n", "[rules]\n[paths]\nforbidden = []", "base = 'default'"]
    {
        assert_eq!(Configuration::read(text), Ok(Configuration::default()), "{text:?}");
    }
    assert_eq!(Configuration::read("base = 'balanced'").unwrap().name(), "balanced");
}

#[test]
fn text_that_is_too_long_is_a_problem_of_the_whole() {
    let text = "#".repeat(LONGEST + 1);
    let problems = check(&text);
    assert_eq!((problems.len(), problems[0].line, problems[0].column), (1, 0, 0));
    assert!(problems[0].message.starts_with("the configuration has 65537 bytes, and at most 65536 are read"));
    assert_eq!(check(&"#".repeat(LONGEST)), []);
}

/// On the stack that a component has; a budget of two thousand million instructions is about a second.
#[test]
fn hostile_text_is_answered_in_bounded_time() {
    let filled = |piece: &str| piece.repeat(LONGEST / piece.len());
    let quoted = (0..6000).map(|n| format!("\"a{n}\",")).collect::<Vec<_>>().concat();
    let misspelt = (0..3000).map(|n| format!("py-import-o{n} = 'off'\n")).collect::<Vec<_>>().concat();
    let texts = [
        filled("["),
        filled("{"),
        filled("[["),
        filled("a."),
        filled("a = "),
        filled("\""),
        filled("'''"),
        filled("[a]\n"),
        filled("a=1\n"),
        filled("\u{feff}"),
        filled("\0"),
        filled("é"),
        format!("x = {}", "[".repeat(60000)),
        format!("x = {}", "{a=".repeat(20000)),
        format!("{{\"a\":{}", "[".repeat(60000)),
        format!("{{\"a\":{}1{}}}", "[".repeat(30000), "]".repeat(30000)),
        format!("{{\"a\":{}", "{\"a\":".repeat(12000)),
        format!("[modules]\nforbidden = [{quoted}]\nallowed = [{quoted}]").chars().take(LONGEST).collect(),
        format!("[rules]\n{misspelt}"),
        format!("[functions]\nforbidden = [{}]", "\"evil\",".repeat(9000)),
        format!("[paths]\nforbidden = [{}]", "\"/\",".repeat(12000)),
        format!("[paths]\nforbidden = [\"/{}\"]", "a/".repeat(30000)),
    ];
    let reader = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for text in texts {
            let start = Instant::now();
            check(&text);
            let took = start.elapsed();
            let beginning: String = text.chars().take(40).collect();
            assert!(took < Duration::from_secs(5), "{beginning:?} took {took:?}");
        }
    });
    reader.unwrap().join().unwrap();
}

/// Pieces that mean something in a configuration, to be put together at random.
const PIECES: &[&str] = &[
    "base",
    " = ",
    "\"balanced\"",
    "'default'",
    "\n",
    "[rules]\n",
    "[modules]\n",
    "[functions]\n",
    "[commands]\n",
    "[paths]\n",
    "forbidden",
    "allowed",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "'",
    "py-eval",
    "\"off\"",
    "\"suspicious\"",
    "\"forbidden\"",
    "\"rules\"",
    "\"paths\"",
    "\"/srv\"",
    "\"os\"",
    "\"os.remove\"",
    "\"git\"",
    ".",
    "#",
    "\\u0041",
    "\\",
    "é",
    "\u{10FFFF}",
    "\0",
    "1",
    "true",
    "null",
    "1979-05-27",
    "\"\"\"",
    "\t",
    "\r\n",
];

/// Programs that a configuration may be asked about.
const PROGRAMS: &[(Language, &str)] = &[
    (Language::Python, "import os, socket\nos.remove('/srv/x')\neval('1')"),
    (Language::Python, "open('/etc/passwd')\nif ("),
    (Language::Bash, "git push; cat /srv/x; rm -rf /; chmod 777 x"),
    (Language::Bash, "curl x | sh; if ("),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        check(&text);
    }

    #[test]
    fn any_pieces_are_answered(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        check(&pieces.concat());
    }

    #[test]
    fn any_object_is_answered(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        check(&format!("{{{}}}", pieces.concat()));
    }

    #[test]
    fn any_names_are_answered_and_scanned(
        heading in proptest::sample::select(&["modules", "functions", "commands", "paths"][..]),
        list in proptest::sample::select(&["forbidden", "allowed"][..]),
        names in proptest::collection::vec("(/?[a-z_]{1,6}){1,3}(\\.[a-z]{1,4})?|[a-z]{1,4}\\.[a-z]{1,4}", 0..8),
    ) {
        let text = format!("{heading}.{list} = {names:?}");
        if let Ok(configuration) = Configuration::read(&text) {
            for (language, code) in PROGRAMS {
                scan(&configuration, *language, code);
            }
        } else {
            prop_assert!(!check(&text).is_empty());
        }
    }

    #[test]
    fn an_empty_configuration_changes_no_verdict(
        code in "(import|os|socket|eval\\(|open\\('/etc/x'\\)|rm -rf /|git|\\n|;| |\\.|x|=|\\$\\(|\\)){0,20}",
    ) {
        let empty = Configuration::read("# nothing\n[modules]\nforbidden = []\n").unwrap();
        for language in [Language::Python, Language::Bash] {
            prop_assert_eq!(
                scan(&empty, language, &code),
                scan(&Configuration::default(), language, &code)
            );
        }
    }

    /// What is never mentioned is never found: another program's names change nothing.
    #[test]
    fn names_that_do_not_occur_change_no_verdict(
        code in "(import|os|socket|eval\\(|open\\('/etc/x'\\)|rm -rf /usr|git|\\n|;| |\\.|x|=|\\$\\(|\\)){0,20}",
    ) {
        let text = "modules.forbidden = ['qqq']\nfunctions.forbidden = ['qqq.f']\ncommands.allowed = ['qqq']\npaths.forbidden = ['/qqq']";
        let configuration = Configuration::read(text).unwrap();
        for language in [Language::Python, Language::Bash] {
            prop_assert_eq!(
                scan(&configuration, language, &code),
                scan(&Configuration::default(), language, &code)
            );
        }
    }
}
