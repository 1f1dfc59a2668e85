//! `check`: reviews files without running them.

use std::path::{Path, PathBuf};

use code_execute::policy::{Chain, Identity, Policy, PolicyError, Rule};
use code_execute::{InvalidRequest, Language, Severity};

use super::args::{Check, CheckFormat};
use super::config::nearest;
use super::findings::{Findings, Reviewed};
use super::language::Guess;
use super::message::Failure;
use super::progress::Progress;
use super::source::Source;
use super::{exit, sarif, terminal, walk};

/// Reviews what the arguments name and returns the exit code.
pub(crate) fn check(arguments: &Check) -> Result<u8, Failure> {
    let language = arguments.language.as_deref().map(language).transpose()?;
    let policies = arguments.policies.open()?;
    let mut findings = Findings { policies: identities(&policies), files: Vec::new(), errors: Vec::new() };
    let mut add = |reviewed: Result<Reviewed, Failure>| match reviewed {
        Ok(reviewed) => findings.files.push(reviewed),
        Err(failure) => {
            findings.errors.push(failure.line());
            failure.print();
        }
    };
    if let Some(code) = &arguments.code {
        add(review(&policies, Source::inline(code), language));
    } else {
        let paths = walk::walk(&arguments.paths);
        let mut progress = Progress::new(paths.len());
        for (done, path) in paths.into_iter().enumerate() {
            progress.at(done);
            add(path.and_then(|path| read(&path)).and_then(|source| review(&policies, source, language)));
        }
        progress.end();
    }
    print(&findings, &policies, arguments)?;
    Ok(match (findings.errors.len(), findings.counts()) {
        (0, (0, _)) => exit::OK,
        (0, _) => exit::FOUND,
        _ => exit::FAILED,
    })
}

fn print(findings: &Findings, policies: &Chain, arguments: &Check) -> Result<(), Failure> {
    match arguments.format {
        CheckFormat::Human if findings.files.is_empty() && findings.errors.is_empty() => {
            let paths: Vec<_> = arguments.paths.iter().map(|path| format!("`{}`", path.display())).collect();
            terminal::print(&format!("no Python or Bash files in {}\n", paths.join(", ")))
        }
        CheckFormat::Human => terminal::print(&findings.human()),
        CheckFormat::Json => terminal::print_json(findings),
        CheckFormat::Sarif => {
            let here = std::env::current_dir().unwrap_or_default();
            terminal::print_json(&sarif::log(findings, &rules(policies)?, &here))
        }
    }
}

fn read(path: &PathBuf) -> Result<Source, Failure> {
    if path == Path::new("-") { Source::stdin() } else { Source::file(path) }
}

/// Reviews one file. Code that could not be submitted is an error of its file, in the same words.
fn review(policies: &Chain, source: Source, language: Option<Language>) -> Result<Reviewed, Failure> {
    let language = match (language, source.guess()) {
        (Some(language), _) | (None, Guess::Known(language)) => language,
        (None, Guess::Silent) => Language::Python,
        (None, Guess::Foreign(what)) => return Err(source.foreign(&what)),
    };
    let Source { name, path, code } = source;
    if let Some(at) = code.find('\0') {
        return Err(Failure::new(format!("`{name}`: {}", InvalidRequest::Nul { name: "code", at })));
    }
    let findings = policies
        .scan(language.name(), &code)
        .map_err(|error| Failure::new(format!("`{name}` could not be reviewed")).because(&error))?;
    let code = if findings.is_empty() { String::new() } else { code };
    let (violations, suspicions) =
        findings.into_iter().partition(|finding| finding.severity == Severity::Forbidden);
    Ok(Reviewed { name, path, language, violations, suspicions, code })
}

/// Finds a language by its name.
pub(crate) fn language(name: &str) -> Result<Language, Failure> {
    Language::named(name).ok_or_else(|| {
        let failure = Failure::new(InvalidRequest::Language { name: name.to_owned() }.to_string());
        match nearest(name, Language::ALL.map(Language::name)) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure,
        }
    })
}

fn identities(policies: &Chain) -> Vec<Identity> {
    policies.policies().iter().map(|policy| policy.identity().clone()).collect()
}

/// The rules of all policies; one that several have, once.
fn rules(policies: &Chain) -> Result<Vec<Rule>, PolicyError> {
    let described = policies.policies().iter().map(Policy::describe).collect::<Result<Vec<_>, _>>()?;
    let mut rules: Vec<Rule> = Vec::new();
    for rule in described.into_iter().flat_map(|description| description.rules) {
        if rules.iter().all(|known| known.id != rule.id) {
            rules.push(rule);
        }
    }
    Ok(rules)
}
