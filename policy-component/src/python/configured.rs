//! What an operator forbids or allows by name: modules, functions, paths.
//!
//! Names come here as they are resolved for the rules, so what is configured is found wherever a rule would find it.
//! What is forbidden is reported beside what the rules report; what is allowed keeps the rules about that name, and
//! no others, from reporting.

use ruff_text_size::TextRange;

use super::modules;
use super::paths;
use super::reader::Reader;
use super::standard;
use super::value::Value;
use crate::configuration::{Kind, Named, Stance};
use crate::rules::configured as rules;

impl Reader<'_> {
    /// Reports an import of a module that is forbidden or in one that is, and says whether it is allowed.
    pub(super) fn is_allowed_import(&mut self, module: &str, range: TextRange) -> bool {
        match self.configuration.named(module) {
            Some(named) if named.stance == Stance::Forbidden => {
                self.report_named(named, module, range);
                false
            }
            named => named.is_some(),
        }
    }

    /// Reports a qualified name that is forbidden, and says whether it is allowed. What is in something forbidden was
    /// reported where that was reached.
    pub(super) fn is_allowed_mention(&mut self, name: &str, range: TextRange) -> bool {
        match self.configuration.named(name) {
            Some(named) if named.stance == Stance::Forbidden => {
                if named.exact {
                    self.report_named(named, name, range);
                }
                false
            }
            named => named.is_some(),
        }
    }

    fn report_named(&mut self, named: Named<'_>, name: &str, range: TextRange) {
        let rule = match named.kind {
            Kind::Module => &rules::PYTHON_MODULE,
            Kind::Function => &rules::PYTHON_FUNCTION,
        };
        let entry = named.entry.trim_start_matches("builtins.");
        let name = name.trim_start_matches("builtins.");
        let message = if entry == name {
            format!("`{name}` is forbidden by the configuration")
        } else if named.exact {
            format!("`{name}` is `{entry}`, which is forbidden by the configuration")
        } else {
            format!("`{name}` is in `{entry}`, which is forbidden by the configuration")
        };
        self.report(rule, range, message);
    }

    /// Whether everything that `from module import names` brings in is allowed.
    pub(super) fn allows_all<'n>(&self, module: &str, mut names: impl Iterator<Item = &'n str>) -> bool {
        self.configuration.names().is_some()
            && names.all(|name| self.configuration.allows_name(&format!("{module}.{name}")))
    }

    /// Whether whatever this value can be is allowed by its name.
    pub(super) fn allows_value(&self, value: &Value) -> bool {
        let allows = |value: &Value| value.as_name().is_some_and(|name| self.configuration.allows_name(name));
        self.configuration.names().is_some() && value.alternatives().iter().all(allows)
    }

    /// `from module import *`, where something in the module is forbidden.
    pub(super) fn star_import(&mut self, module: &str, range: TextRange) {
        let inside = self.configuration.names().and_then(|names| names.forbidden_inside(module));
        if let Some(named) = inside.and_then(|inside| self.configuration.named(inside)) {
            self.report_named(named, named.entry, range);
        }
    }

    /// The module that an attribute of another module is, where modules keep it. A module that is forbidden is one
    /// wherever the standard library keeps it: `ssl.socket`.
    pub(super) fn re_exported<'n>(&self, module: &str, attribute: &'n str) -> Option<&'n str> {
        let forbidden = || {
            self.configuration.names().is_some_and(|names| names.forbids_top_module(attribute))
                && standard::keeps_module(module, attribute)
        };
        modules::re_exported(attribute).or_else(|| forbidden().then_some(attribute))
    }

    /// Reports a path that is forbidden, and says whether it is allowed.
    pub(super) fn is_allowed_path(&mut self, path: &str, range: TextRange) -> bool {
        let Some(configured) = self.configuration.paths() else { return false };
        let absolute = paths::absolute(path);
        match absolute.and_then(|absolute| configured.find_written(path, &absolute, "/tmp")) {
            Some(Stance::Forbidden) => {
                let shown = path.replace(paths::UNKNOWN, "…");
                self.report(
                    &rules::PYTHON_PATH,
                    range,
                    format!("`{shown}` is forbidden by the configuration"),
                );
                false
            }
            stance => stance.is_some(),
        }
    }
}
