//! `rules`: lists and explains what a policy says of itself.

use std::fmt::Write as _;

use code_execute::policy::{Description, Rule};

use super::args::{Rules, RulesFormat};
use super::check::language;
use super::config::nearest;
use super::message::Failure;
use super::terminal::{NOTICE, STRONG, WELL, WRONG, visible};
use super::{exit, markdown, terminal};

/// Prints the rules that the arguments ask for.
pub(crate) fn rules(arguments: &Rules) -> Result<u8, Failure> {
    let mut description = arguments.policies.open_one()?.describe()?;
    if let Some(name) = &arguments.language {
        let name = language(name)?.name();
        description.rules.retain(|rule| rule.language == name || rule.language == "any");
    }
    match (&arguments.id, arguments.format) {
        (None, RulesFormat::Human) => terminal::print(&list(&description))?,
        (None, RulesFormat::Json) => terminal::print_json(&description)?,
        (None, RulesFormat::Markdown) => terminal::print_bytes(markdown::document(&description).as_bytes())?,
        (Some(id), format) => {
            let rule = find(&description, id)?;
            match format {
                RulesFormat::Human => terminal::print(&explain(rule))?,
                RulesFormat::Json => terminal::print_json(rule)?,
                RulesFormat::Markdown => terminal::print_bytes(markdown::rule(rule).as_bytes())?,
            }
        }
    }
    Ok(exit::OK)
}

fn find<'a>(description: &'a Description, id: &str) -> Result<&'a Rule, Failure> {
    description.rules.iter().find(|rule| rule.id == id).ok_or_else(|| {
        let failure = Failure::new(format!("the policy `{}` has no rule `{id}`", description.name));
        match nearest(id, description.rules.iter().map(|rule| rule.id.as_str())) {
            Some(near) => failure.hint(format!("did you mean `{near}`? `code-execute rules` lists all")),
            None => failure.hint("`code-execute rules` lists all"),
        }
    })
}

/// One line a rule.
fn list(description: &Description) -> String {
    let width = description.rules.iter().map(|rule| rule.id.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in &description.rules {
        let (style, severity) = severity(rule);
        let padding = " ".repeat(width.saturating_sub(rule.id.chars().count()));
        let (id, title) = (visible(&rule.id), visible(&rule.title));
        let _infallible =
            writeln!(text, "{STRONG}{id}{STRONG:#}{padding}  {style}{severity:<10}{style:#}  {title}");
    }
    text
}

fn severity(rule: &Rule) -> (anstyle::Style, &str) {
    if rule.severity == "suspicious" { (NOTICE, "suspicious") } else { (WRONG, "forbidden") }
}

/// Everything about one rule.
fn explain(rule: &Rule) -> String {
    let (style, severity) = severity(rule);
    let mut text = String::new();
    let _infallible = write!(
        text,
        "{STRONG}{}{STRONG:#}: {}\n{style}{severity}{style:#}, {}\n\n{}.\n",
        visible(&rule.id),
        visible(&rule.title),
        visible(&rule.language),
        visible(&rule.reason),
    );
    if !rule.remedy.is_empty() {
        let _infallible = writeln!(text, "{}.", visible(&rule.remedy));
    }
    examples(&mut text, &format!("{WRONG}finds{WRONG:#}"), &rule.matches);
    examples(&mut text, &format!("{WELL}leaves alone{WELL:#}"), &rule.non_matches);
    text
}

fn examples(text: &mut String, title: &str, programs: &[String]) {
    if programs.is_empty() {
        return;
    }
    let _infallible = writeln!(text, "\n{title}");
    for program in programs {
        for (number, line) in program.lines().enumerate() {
            let mark = if number == 0 { "  - " } else { "    " };
            let _infallible = writeln!(text, "{mark}{}", visible(line));
        }
    }
}
