//! Reads as text what does not parse: the constructs of the contract, wherever they stand.
//!
//! An interpreter of another version may read what this parser does not, so text that looks like a forbidden
//! construct is refused. Only lines that are comments from their first character are left out: what is a string and
//! what is not cannot be told in a program that does not parse.

use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::paths;
use crate::configuration::{self, Kind, Stance};
use crate::rules::configured;
use crate::rules::python as rules;
use crate::{Configuration, Finding, Rule};

/// More findings than this are not kept.
const MOST_FINDINGS: usize = 200;

/// A pattern, the rule it stands for, and what is wrong in words.
type Pattern = (Regex, &'static Rule, &'static str);

/// Compiled at the first program that does not parse: most programs do, and compiling costs more than reading them.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let import = |module: &str| {
        format!(r"\b(?:import|from)[\s\\]+(?:[\w.]+(?:[\s\\]+as[\s\\]+\w+)?[\s\\]*,[\s\\]*)*(?:{module})\b")
    };
    let call =
        |name: &str| format!(r"(?:^|[^\w.]|\b(?:builtins|__builtins__)[\s\\]*\.[\s\\]*)({name}[\s\\]*\()");
    let patterns: [(String, &'static Rule, &'static str); 9] = [
        (import("os|posix|nt"), &rules::IMPORT_OS, "`os` gives access to the operating system"),
        (import("subprocess|pty"), &rules::IMPORT_SUBPROCESS, "this runs other programs"),
        (import("shutil"), &rules::IMPORT_SHUTIL, "`shutil` copies and deletes whole directory trees"),
        (
            r"\b__import__\b".to_owned(),
            &rules::DUNDER_IMPORT,
            "`__import__` imports a module by a computed name",
        ),
        (call("eval"), &rules::EVAL, "`eval` runs text as code"),
        (call("exec"), &rules::EXEC, "`exec` runs text as code"),
        (call("compile"), &rules::COMPILE, "`compile` turns text into code"),
        (
            r#"\b(?:open|Path|FileIO)[\s\\]*\([\s\\]*[rRbBuUfF]{0,2}["']+/+(?:\.*/+)*(?:etc|proc|sys|dev)\b"#
                .to_owned(),
            &rules::OPEN_SENSITIVE,
            "this path belongs to the system",
        ),
        (
            r"__(?:subclasses|globals|builtins|code)__|\b(?:f_globals|f_builtins|gi_frame|tb_frame)\b"
                .to_owned(),
            &rules::OBJECT_INTERNALS,
            "this leads into the interpreter's own structures",
        ),
    ];
    let compiled = patterns.into_iter().filter_map(|(pattern, rule, message)| {
        // Every pattern is a constant of this file; a test compiles them all.
        Regex::new(&pattern).ok().map(|regex| (regex, rule, message))
    });
    compiled.collect()
});

/// What the patterns find in `code`.
pub(super) fn read(configuration: &Configuration, code: &str) -> Vec<Finding> {
    let (text, offsets) = readable(code);
    let mut findings = Vec::new();
    let at = |offset: usize| match &offsets {
        Some(offsets) => offsets.get(offset).copied().unwrap_or(code.len()),
        None => offset,
    };
    for (rule, start, message) in configured(configuration, &text) {
        findings.push(Finding { rule, start: at(start), end: at(start), message });
    }
    for (regex, rule, message) in PATTERNS.iter() {
        // A plain search is a hundred times faster than the pattern, which most programs do not need.
        if !words(rule).iter().any(|word| text.contains(word)) {
            continue;
        }
        for captures in regex.captures_iter(&text).take(MOST_FINDINGS) {
            // A call is found with what stands before it; the call itself is a group.
            let Some(found) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            let (start, end) = (at(found.start()), at(found.end()));
            findings.push(Finding { rule, start, end: end.max(start), message: (*message).to_owned() });
        }
    }
    findings
}

/// What is configured as forbidden, with its offset, once each: a module on a line that imports, a function where all
/// the parts of its name are words of the text, a path as it is written.
fn configured(configuration: &Configuration, text: &str) -> Vec<(&'static Rule, usize, String)> {
    let mut found = Vec::new();
    if let Some(names) = configuration.names() {
        let mut imported = FxHashMap::default();
        let mut start = 0;
        for line in text.split_inclusive(['\n', '\r', ';']) {
            let mut words = configuration::words(line, &[]);
            if words.any(|(_, word)| word.contains("import") || word == "from") {
                for (at, word) in configuration::words(line, &[]) {
                    imported.entry(word).or_insert(start + at);
                }
            }
            start += line.len();
        }
        let mut all = FxHashMap::default();
        for (at, word) in configuration::words(text, &[]) {
            all.entry(word).or_insert(at);
        }
        for (name, kind) in names.forbidden() {
            let (rule, known) = match kind {
                Kind::Module => (&configured::PYTHON_MODULE, &imported),
                Kind::Function => (&configured::PYTHON_FUNCTION, &all),
            };
            let name = name.trim_start_matches("builtins.");
            let places: Option<Vec<usize>> = name.split('.').map(|part| known.get(part).copied()).collect();
            if let Some(at) = places.and_then(|places| places.last().copied()) {
                found.push((rule, at, format!("`{name}` is forbidden by the configuration")));
            }
        }
    }
    if let Some(paths) = configuration.paths() {
        for (at, path) in configuration::paths_in_text(text) {
            let absolute = paths::absolute(path);
            if absolute.and_then(|path| paths.find(&path)) == Some(Stance::Forbidden) {
                found.push((
                    &configured::PYTHON_PATH,
                    at,
                    format!("`{path}` is forbidden by the configuration"),
                ));
            }
        }
    }
    found
}

/// Words one of which stands in whatever the pattern of a rule matches.
fn words(rule: &Rule) -> &'static [&'static str] {
    match rule.id {
        "py-import-os" => &["os", "posix", "nt"],
        "py-import-subprocess" => &["subprocess", "pty"],
        "py-import-shutil" => &["shutil"],
        "py-dunder-import" => &["__import__"],
        "py-eval" => &["eval"],
        "py-exec" => &["exec"],
        "py-compile" => &["compile"],
        "py-open-sensitive" => &["open", "Path", "FileIO"],
        _ => &["__", "f_", "gi_frame", "tb_frame"],
    }
}

/// The text without its comment lines, letters as the interpreter compares them (NFKC), and for each byte of it the
/// offset in `code`, where the two differ.
fn readable(code: &str) -> (String, Option<Vec<usize>>) {
    let mut text = String::with_capacity(code.len());
    let ascii = code.is_ascii();
    let mut offsets = Vec::with_capacity(if ascii { 0 } else { code.len() });
    let mut start = 0;
    for line in code.split_inclusive(['\n', '\r']) {
        if line.trim_start().starts_with('#') {
            text.extend(line.chars().map(|c| if matches!(c, '\n' | '\r') { c } else { ' ' }));
        } else if ascii {
            text.push_str(line);
        } else {
            for (at, c) in line.char_indices() {
                text.extend(c.nfkc());
                offsets.resize(text.len(), start + at);
            }
        }
        offsets.resize(if ascii { 0 } else { text.len() }, start);
        start += line.len();
    }
    (text, (!ascii).then_some(offsets))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(code: &str) -> Vec<&'static str> {
        read(&Configuration::default(), code).iter().map(|finding| finding.rule.id).collect()
    }

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(PATTERNS.len(), 9);
    }

    #[test]
    fn forbidden_text_is_found_in_code_that_does_not_parse() {
        for (code, expected) in [
            ("import os\nif (", "py-import-os"),
            ("import sys, os\nif (", "py-import-os"),
            ("import sys as s, \\\n os\nif (", "py-import-os"),
            ("from os.path import join\nif (", "py-import-os"),
            ("import subprocess as s\nif (", "py-import-subprocess"),
            ("from shutil import rmtree\nif (", "py-import-shutil"),
            ("𝐞val('x')\nif (", "py-eval"),
            ("x = exec ('x')\nif (", "py-exec"),
            ("builtins.compile('x')\nif (", "py-compile"),
            ("__import__('x')\nif (", "py-dunder-import"),
            ("open( '/etc/passwd')\nif (", "py-open-sensitive"),
            ("open(r'//./etc/passwd')\nif (", "py-open-sensitive"),
        ] {
            assert!(ids(code).contains(&expected), "{code}: {:?}", ids(code));
        }
    }

    #[test]
    fn harmless_text_is_left_alone_in_code_that_does_not_parse() {
        for code in [
            "# import os\nif (",
            "   # eval('x')\nif (",
            "re.compile('x')\nmodel.eval()\ndf.exec()\nif (",
            "import osgeo\nimport ossaudiodev\nfrom math import cos\nif (",
            "literal_eval('x')\nif (",
            "open('data/etc/x')\nif (",
            "open('/etcetera')\nif (",
        ] {
            assert_eq!(ids(code), Vec::<&str>::new(), "{code}");
        }
    }

    #[test]
    fn finding_after_other_scripts_is_where_it_stands() {
        let code = "ééé = 1 # 𝐱\n  eval(1)\nif (";
        let finding = read(&Configuration::default(), code).remove(0);
        assert_eq!(code.get(finding.start..finding.end), Some("eval("));
    }
}
