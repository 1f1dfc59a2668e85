//! The reader: walks a program once, evaluates what it can, and reports what the rules find.
//!
//! Evaluating and reporting are one walk, so that no expression is evaluated more often than it is written, and
//! once more for each name that it is bound to. Nothing here executes anything.

use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashMap;

use super::modules::{self, Verdict};
use super::names::Memo;
use super::scope::{ScopeId, Table};
use super::uses::{self, Uses};
use super::value::Value;
use crate::bash::started::Budget;
use crate::rules::python as rules;
use crate::{Configuration, Finding, Rule, Severity};

/// More findings than this of one severity are not kept: far more than a report shows.
const MOST_FINDINGS: usize = 400;

/// How many expressions may be evaluated beyond those that are written, for comprehensions and aliases.
const FUEL: u32 = 100_000;

/// Programs within programs are read this deep: `timeit("timeit('...')")`.
pub(super) const MOST_NESTED: u32 = 3;

/// The state of one reading.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) configuration: &'a Configuration,
    pub(super) table: Table<'a>,
    pub(super) findings: Vec<Finding>,
    pub(super) memos: Vec<Memo>,
    pub(super) results: Vec<Memo>,
    /// All that is bound to a name in a scope, and to an attribute on any object.
    pub(super) unions: Vec<Option<Value>>,
    pub(super) attribute_unions: FxHashMap<String, Value>,
    /// How many bindings are being evaluated, one for the sake of another.
    pub(super) quiet: u32,
    /// How deep the evaluation of bindings has gone into expressions.
    pub(super) inner: u32,
    pub(super) fuel: u32,
    /// What the names of a comprehension are while it is evaluated step by step.
    pub(super) overrides: Vec<(ScopeId, &'a str, Value)>,
    /// How many programs this one is nested in.
    pub(super) nested: u32,
    /// What the commands that the program starts may still cost to read.
    pub(super) budget: Budget,
    /// What the program uses `os`, `shutil` and `subprocess` for, where that is judged later.
    pub(super) uses: Uses,
    /// The commands that the program starts, and where, if any could be forbidden.
    pub(super) started: Vec<(String, TextRange)>,
    counts: [usize; 2],
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        configuration: &'a Configuration,
        table: Table<'a>,
        nested: u32,
        budget: Budget,
    ) -> Self {
        Self {
            configuration,
            memos: vec![Memo::Unread; table.bindings.len()],
            results: vec![Memo::Unread; table.functions.len()],
            unions: vec![None; table.names()],
            attribute_unions: FxHashMap::default(),
            table,
            findings: Vec::new(),
            quiet: 0,
            inner: 0,
            fuel: FUEL,
            overrides: Vec::new(),
            nested,
            budget,
            uses: Uses::default(),
            started: Vec::new(),
            counts: [0; 2],
        }
    }

    /// Reports what a rule finds at a place, unless the place is only evaluated for the sake of another.
    pub(super) fn report(&mut self, rule: &'static Rule, range: TextRange, message: impl Into<String>) {
        let Some(severity) = self.configuration.severity(rule) else { return };
        let [suspicious, forbidden] = &mut self.counts;
        let count = if severity == Severity::Forbidden { forbidden } else { suspicious };
        if self.quiet > 0 || *count >= MOST_FINDINGS {
            return;
        }
        *count += 1;
        let (start, end) = (range.start().to_usize(), range.end().to_usize());
        self.findings.push(Finding { rule, start, end, message: message.into() });
    }

    pub(super) fn report_verdict(&mut self, verdict: Option<Verdict>, range: TextRange) {
        if let Some((rule, message)) = verdict {
            self.report(rule, range, message);
        }
    }

    pub(super) fn report_builtins(&mut self, range: TextRange) {
        self.report(&rules::BUILTINS_ACCESS, range, "`__builtins__` is the namespace of every builtin");
    }

    /// Reports a qualified name, where the name alone is a finding.
    pub(super) fn mention(&mut self, name: &str, range: TextRange) {
        if self.is_allowed_mention(name, range) {
            return;
        }
        self.report_verdict(modules::mentioned(name), range);
        if self.judges_uses() {
            self.report_verdict(uses::mentioned(name), range);
        }
    }

    /// Reports an import of a module by its full name.
    pub(super) fn import(&mut self, module: &str, range: TextRange) {
        let root = module.split('.').next().unwrap_or(module);
        if self.is_allowed_import(module, range) || self.configuration.allows_name(root) {
            return;
        }
        self.report_verdict(modules::imported(root), range);
        if self.judges_uses() {
            self.report_verdict(uses::imported(root), range);
        }
    }

    /// Reads a program that is a constant of this one. What is found in it is found at `range`.
    pub(super) fn program(&mut self, code: &str, range: TextRange) {
        if self.quiet > 0 || self.nested >= MOST_NESTED {
            return;
        }
        let mut budget = self.budget;
        let found = super::read_nested(self.configuration, code, self.nested + 1, &mut budget);
        self.budget = budget;
        for finding in found {
            self.report(finding.rule, range, format!("in the code of this string: {}", finding.message));
        }
    }

    /// Reads `import` and `from` statements.
    pub(super) fn import_statement(&mut self, import: &'a ruff_python_ast::StmtImport) {
        for alias in &import.names {
            self.import(alias.name.as_str(), alias.range());
        }
    }

    pub(super) fn import_from_statement(&mut self, import: &'a ruff_python_ast::StmtImportFrom) {
        if import.level > 0 {
            return;
        }
        let module = import.module.as_ref().map_or("", ruff_python_ast::Identifier::as_str);
        if !self.allows_all(module, import.names.iter().map(|alias| alias.name.as_str())) {
            self.import(module, import.range());
        }
        for alias in &import.names {
            let name = alias.name.as_str();
            if name == "*" {
                self.star_import(module, alias.range());
            } else if let Some(known) = self.re_exported(module, name).filter(|known| *known != module) {
                self.import(known, alias.range());
                self.module_of_another(&format!("{module}.{name}"), known, alias.range());
            } else {
                self.mention(&format!("{module}.{name}"), alias.range());
                self.report_verdict(modules::internal(name), alias.range());
            }
        }
    }
}

/// The member of a module, however it was reached: `from module import name` or `module.name`.
pub(super) fn module_member(module: &str, name: &str) -> Value {
    match modules::re_exported(name) {
        Some(known) => Value::name(known),
        None if module == "string" => string_constant(name),
        None => Value::name(&format!("{module}.{name}")),
    }
}

/// The constants of `string`, out of which names can be spelled.
fn string_constant(name: &str) -> Value {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    match name {
        "ascii_lowercase" => Value::text(LOWER),
        "ascii_uppercase" => Value::text(UPPER),
        "ascii_letters" => Value::text(&[LOWER, UPPER].concat()),
        "digits" => Value::text("0123456789"),
        _ => Value::name(&format!("string.{name}")),
    }
}
