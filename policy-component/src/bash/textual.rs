//! Reads as text what is no valid Bash: the fail-closed reading, by patterns of the contract.
//!
//! Code that parses never comes here, so it does not pay for the patterns.

use std::sync::OnceLock;

use regex::{Regex, RegexSet};

use crate::Rule;
use crate::rules::bash as rules;

/// A pattern, its rule, and what it found.
type Pattern = (&'static str, &'static Rule, &'static str);

const PATTERNS: &[Pattern] = &[
    (
        r#"\brm\s+(-[\w-]+\s+)*["']?/(\*|["']|\s|;|$|(usr|bin|etc|lib|var|home|boot|root)\b)"#,
        &rules::REMOVE_ROOT,
        "removes the system",
    ),
    (
        r#"\brm\s+(-[\w-]+\s+)*["']?(~|\$HOME|\$\{HOME)["'}]*/?\*?["']?(\s|;|$)"#,
        &rules::REMOVE_HOME,
        "removes a home",
    ),
    (
        r#"\bdd\b.*\bof=["']?/dev/(sd|hd|vd|nvme|mmcblk|xvd|mem|disk)"#,
        &rules::DD_DEVICE,
        "`dd` writes to a device",
    ),
    (r"\bmkfs(\.|\s)", &rules::MKFS, "makes a file system"),
    (r#">\s*["']?/etc/"#, &rules::WRITE_ETC, "writes to `/etc`"),
    (r#"\btee\s+(-a\s+)?["']?/etc/"#, &rules::WRITE_ETC, "writes to `/etc`"),
    (r#">\s*["']?/dev/(sd|hd|vd|nvme|mmcblk|xvd|mem|tcp/|udp/)"#, &rules::WRITE_DEVICE, "writes to a device"),
    (
        r"\b(curl|wget)\b[^\n]*\|\s*(sudo\s+)?(/bin/)?(ba|z|da|k)?sh\b",
        &rules::REMOTE_CODE,
        "runs code from the network",
    ),
    (r"\b(ba|z|da|k)?sh\s+<\(\s*(curl|wget)", &rules::REMOTE_CODE, "runs code from the network"),
    (r"\bchmod\s+(-\w+\s+|--recursive\s+)*0?777\b", &rules::CHMOD_777, "lets everybody write"),
    (
        r"\bbase64\s+(-d|--decode|-D)[^\n]*\|\s*(ba|z|da|k)?sh\b",
        &rules::DECODED_CODE,
        "runs what a decoder makes",
    ),
];

/// A line that has none of these is not worth a search.
const WORDS: &[&str] = &["rm", "dd", "mkfs", "/etc/", "/dev/", "curl", "wget", "chmod", "base64"];

/// What the patterns find, each once. Comments do not count.
pub(crate) fn search(code: &str) -> Vec<(&'static Rule, String)> {
    let mut text = String::new();
    for line in code.lines() {
        let named = WORDS.iter().any(|word| line.contains(word));
        if named && !line.trim_start().starts_with('#') {
            text.push_str(line);
            text.push('\n');
        }
    }
    let Some(set) = patterns() else { return Vec::new() };
    let found = set.matches(&text);
    let rules = PATTERNS.iter().enumerate().filter(|(i, _)| found.matched(*i));
    rules.map(|(_, (_, rule, message))| (*rule, format!("{message}, in code that does not parse"))).collect()
}

/// Where a pattern of `rule` first matches, from an offset on.
pub(crate) fn position(code: &str, rule: &Rule) -> Option<(usize, usize)> {
    let patterns = PATTERNS.iter().filter(|(_, of, _)| std::ptr::eq(*of, rule));
    patterns
        .filter_map(|(pattern, ..)| Regex::new(&flagged(pattern)).ok()?.find(code))
        .map(|m| (m.start(), m.end()))
        .min()
}

fn patterns() -> Option<&'static RegexSet> {
    static SET: OnceLock<Option<RegexSet>> = OnceLock::new();
    SET.get_or_init(|| RegexSet::new(PATTERNS.iter().map(|(pattern, ..)| flagged(pattern))).ok()).as_ref()
}

/// Lines end where `$` stands.
fn flagged(pattern: &str) -> String {
    format!("(?m){pattern}")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn patterns_compile_and_find() {
        assert!(patterns().is_some());
        assert_eq!(search("if ( rm -rf /\n").len(), 1);
        assert!(search("# rm -rf /\n").is_empty());
        assert!(search("rm -rf /tmp/x\n").is_empty());
    }
}
