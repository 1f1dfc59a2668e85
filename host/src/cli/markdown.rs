//! The rules of a policy as a Markdown document: `docs/rules.md` is made with it.

use std::fmt::Write as _;

use code_execute::Language;
use code_execute::policy::{Description, Rule};

/// All rules, by language.
pub(crate) fn document(description: &Description) -> String {
    let Description { name, version, summary, rules } = description;
    let mut text = format!(
        "# Rules of the policy `{name}` {version}\n\n{summary}.\n\n\
         Made by `code-execute rules --format markdown`. The review is advice to whoever wrote the code; what confines\n\
         the program is the sandbox.\n",
        summary = summary.trim_end_matches('.'),
    );
    for (language, title) in
        [(Language::Python.name(), "Python"), (Language::Bash.name(), "Bash"), ("any", "Any language")]
    {
        let mut of_language = rules.iter().filter(|rule| rule.language == language).peekable();
        if of_language.peek().is_some() {
            let _infallible = write!(text, "\n## {title}\n");
            for one in of_language {
                text.push('\n');
                text.push_str(&rule(one));
            }
        }
    }
    text
}

/// One rule.
pub(crate) fn rule(rule: &Rule) -> String {
    let mut text =
        format!("### `{}`\n\n{}: {}.\n\n{}.", rule.id, capital(&rule.severity), rule.title, rule.reason);
    if !rule.remedy.is_empty() {
        let _infallible = write!(text, " {}.", rule.remedy);
    }
    text.push('\n');
    examples(&mut text, "Finds:", rule, &rule.matches);
    examples(&mut text, "Leaves alone:", rule, &rule.non_matches);
    text
}

fn examples(text: &mut String, title: &str, rule: &Rule, programs: &[String]) {
    if programs.is_empty() {
        return;
    }
    let _infallible = write!(text, "\n{title}\n");
    for program in programs {
        // A fence is longer than any run of backticks inside it.
        let mut fence = "```".to_owned();
        while program.contains(&fence) {
            fence.push('`');
        }
        let language = if rule.language == "any" { "text" } else { &rule.language };
        let _infallible = write!(text, "\n{fence}{language}\n{}\n{fence}\n", program.trim_end_matches('\n'));
    }
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
