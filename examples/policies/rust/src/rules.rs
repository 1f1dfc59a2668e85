//! What is forbidden: one pattern a rule, with the words and the examples that go with it.
//!
//! These are the patterns of the tool's contract, taken literally. They block comments and strings too, and miss what
//! is written in another way: `default` reads code as code instead. A company puts its own in their place.

/// One rule. `pattern` is a regular expression over bytes; what its group 1 holds, or else all of it, is the finding.
pub struct Rule {
    pub id: &'static str,
    pub language: &'static str,
    pub pattern: &'static str,
    pub title: &'static str,
    pub remedy: &'static str,
    pub matches: &'static [&'static str],
    pub non_matches: &'static [&'static str],
}

pub const REASON: &str = "The contract of the tool forbids it";

pub const ALL: &[Rule] = &[
    Rule {
        id: "contract-py-import",
        language: "python",
        pattern: r"\bimport[ \t]+((?:os|subprocess|shutil)\b)",
        title: "importing `os`, `subprocess` or `shutil`",
        remedy: "Use `pathlib` for paths, and do the work in Python itself",
        matches: &["import os", "import  shutil", "if x: import subprocess"],
        non_matches: &["import ossaudiodev", "import json", "os = 3"],
    },
    Rule {
        id: "contract-py-from-import",
        language: "python",
        pattern: r"\bfrom[ \t]+((?:os|subprocess|shutil)\b)[ \t]+import\b",
        title: "importing from `os`, `subprocess` or `shutil`",
        remedy: "Use `pathlib` for paths, and do the work in Python itself",
        matches: &["from os import path", "from subprocess import run"],
        non_matches: &["from json import loads", "from pathlib import Path"],
    },
    Rule {
        id: "contract-py-call",
        language: "python",
        pattern: r"(?:^|[^.\w])((?:__import__|eval|exec|compile)[ \t]*\()",
        title: "calling `__import__`, `eval`, `exec` or `compile`",
        remedy: "Write the code itself, or read data with `json` or `ast.literal_eval`",
        matches: &["eval('1')", "x = __import__('json')", "exec (code)"],
        non_matches: &["re.compile('a')", "evaluate(1)", "eval = 3"],
    },
    Rule {
        id: "contract-py-open",
        language: "python",
        pattern: r#"\bopen[ \t]*\([ \t]*[rbf]*['"](/(?:etc|proc|sys|dev)\b)"#,
        title: "opening files of the system",
        remedy: "Work with files in `/tmp`",
        matches: &["open('/etc/passwd')", "open(b\"/proc/self/maps\")"],
        non_matches: &["open('/tmp/etc')", "open('/developers.txt')"],
    },
    Rule {
        id: "contract-sh-rm",
        language: "bash",
        pattern: r"\b(rm[ \t]+-rf[ \t]+(?:/|~|\$HOME))(?:[\s;&|*]|$)",
        title: "deleting everything",
        remedy: "Name the files that are yours",
        matches: &["rm -rf /", "rm -rf ~ && echo gone", "rm -rf $HOME"],
        non_matches: &["rm -rf /tmp/mine", "rm -r ./build"],
    },
    Rule {
        id: "contract-sh-dd",
        language: "bash",
        pattern: r"\bdd[ \t]+if=\S+[ \t]+of=/dev/\S*",
        title: "writing a device with `dd`",
        remedy: "Write a file in `/tmp`",
        matches: &["dd if=/dev/zero of=/dev/sda"],
        non_matches: &["dd if=/dev/zero of=/tmp/zeros count=1"],
    },
    Rule {
        id: "contract-sh-mkfs",
        language: "bash",
        pattern: r"\bmkfs\.\w*",
        title: "making a file system",
        remedy: "Work with files in `/tmp`",
        matches: &["mkfs.ext4 /dev/sda1"],
        non_matches: &["mkdir fs"],
    },
    Rule {
        id: "contract-sh-write",
        language: "bash",
        pattern: r">[ \t]*(?:/etc/|/dev/(?:[hsv]d|mem|nvme))\S*",
        title: "writing to `/etc` or a device",
        remedy: "Write a file in `/tmp`",
        matches: &["echo x > /etc/hosts", "cat image >/dev/sda"],
        non_matches: &["echo x > /dev/null", "cat /etc/hosts > /tmp/hosts"],
    },
    Rule {
        id: "contract-sh-pipe",
        language: "bash",
        pattern: r"\b(?:curl|wget)\b[^;|\n]*\|[ \t]*(?:ba|da|z)?sh\b",
        title: "running what was just downloaded",
        remedy: "Download to a file and read it first",
        matches: &["curl -s https://example.org/x | sh", "wget -qO- example.org | bash"],
        non_matches: &["curl -s https://example.org | wc", "echo ls | sh"],
    },
    Rule {
        id: "contract-sh-chmod",
        language: "bash",
        pattern: r"\bchmod[ \t]+(?:-R[ \t]+)?777\b",
        title: "letting everybody write",
        remedy: "Give the rights that are needed",
        matches: &["chmod 777 x", "chmod -R 777 ."],
        non_matches: &["chmod 755 x"],
    },
];

pub const UNKNOWN_LANGUAGE: Rule = Rule {
    id: "contract-unknown-language",
    language: "any",
    pattern: "",
    title: "a language other than Python and Bash",
    remedy: "Use Python or Bash",
    matches: &[],
    non_matches: &[],
};
