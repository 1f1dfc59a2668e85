//! Keeps `os`, `shutil` and `subprocess` in sight: what must not be used of them at all, and where it cannot be told.

use ruff_text_size::TextRange;

use super::super::calls::Arguments;
use super::super::modules::Verdict;
use super::super::reader::Reader;
use super::super::value::Value;
use super::commands;
use super::os_member;
use crate::Finding;
use crate::rules::{python, uses as rules};

/// Whether a module is one of those whose use is judged.
pub(in super::super) fn is_judged(module: &str) -> bool {
    matches!(module, "os" | "posix" | "nt" | "subprocess" | "_posixsubprocess" | "shutil")
}

/// What importing a module amounts to, where `os`, `shutil` and `subprocess` may be imported.
pub(in super::super) fn imported(root: &str) -> Option<Verdict> {
    matches!(root, "posix" | "nt" | "_posixsubprocess" | "popen2" | "commands")
        .then_some((&rules::HIDDEN_MODULE, "this is a module below `os` or `subprocess`"))
}

/// What mentioning a member amounts to, called or not: it can be called elsewhere.
pub(in super::super) fn mentioned(name: &str) -> Option<Verdict> {
    let member = os_member(name)?.trim_start_matches('_');
    Some(match member {
        "system" | "popen" | "popen2" | "popen3" | "popen4" | "startfile" => {
            (&rules::OS_PROCESS, "this hands a line to a shell; `subprocess.run` is judged by its command")
        }
        "fork" | "fork1" | "forkpty" => (&rules::OS_PROCESS, "this doubles the process"),
        "posix_spawn" | "posix_spawnp" => (&rules::OS_PROCESS, "this starts another program"),
        _ if member.starts_with("exec") || member.starts_with("spawn") => {
            (&rules::OS_PROCESS, "this starts another program; `subprocess.run` is judged by its command")
        }
        "setuid" | "seteuid" | "setreuid" | "setresuid" | "setgid" | "setegid" | "setregid" | "setresgid"
        | "setgroups" | "initgroups" => {
            (&rules::CHANGE_RIGHTS, "this takes another user's or group's rights")
        }
        "chroot" | "unshare" | "setns" => (&rules::CHANGE_RIGHTS, "this changes what the system looks like"),
        "mknod" => (&rules::CHANGE_RIGHTS, "this makes a device"),
        _ => return None,
    })
}

/// Findings in code that does not parse: what an imported module is used for cannot be judged there.
pub(in super::super) fn unread(findings: &mut [Finding]) {
    for finding in findings {
        let module = match finding.rule.id {
            id if id == python::IMPORT_OS.id => "os",
            id if id == python::IMPORT_SUBPROCESS.id => "subprocess",
            id if id == python::IMPORT_SHUTIL.id => "shutil",
            _ => continue,
        };
        finding.rule = &rules::HIDDEN_MODULE;
        finding.message = format!("what `{module}` is used for cannot be told in code that does not parse");
    }
}

impl<'a> Reader<'a> {
    /// Whether what is used of a module is judged; where the configuration allows the module, nothing of it is.
    fn keeps_in_sight(&self, module: &str) -> bool {
        self.judges_uses() && is_judged(module) && !self.configuration.allows_name(module)
    }

    /// A module that is taken out of another, `glob.os`, where it could be imported.
    pub(in super::super) fn module_of_another(&mut self, whole: &str, module: &str, range: TextRange) {
        if self.keeps_in_sight(module) {
            let message = format!("`{whole}` is the module `{module}`, which can be imported by its name");
            self.report(&rules::HIDDEN_MODULE, range, message);
        }
    }

    /// A member that is taken by a name which is not known.
    pub(in super::super) fn member_out_of_sight(&mut self, module: &str, range: TextRange) -> Value {
        if self.keeps_in_sight(module) {
            let message = format!("which member of `{module}` this takes cannot be told");
            self.report(&rules::HIDDEN_MODULE, range, message);
        }
        Value::Unknown
    }

    /// A module that is passed to a function which may take anything of it.
    pub(in super::super) fn passed_out_of_sight(
        &mut self,
        callee: &str,
        arguments: &Arguments<'a>,
        range: TextRange,
    ) {
        if !self.judges_uses() || leaves_alone(callee) || self.configuration.allows_name(callee) {
            return;
        }
        let named = arguments.named.iter().map(|(_, value)| value);
        let passed = arguments.positional.iter().chain(named).flat_map(Value::alternatives);
        let module = passed.into_iter().find_map(|value| match value {
            Value::Name(name) | Value::Namespace(name) if self.keeps_in_sight(name) => Some(name.clone()),
            _ => None,
        });
        if let Some(module) = module {
            let message = format!("what `{callee}` takes of `{module}` cannot be told");
            self.report(&rules::HIDDEN_MODULE, range, message);
        }
    }

    /// A class that is derived from one which starts commands: its own calls do so under another name.
    pub(in super::super) fn derived(&mut self, base: &Value, range: TextRange) {
        if self.judges_uses() && base.alternatives().iter().filter_map(Value::as_name).any(commands::starts) {
            let message = "what a class of this kind starts cannot be told";
            self.report(&rules::HIDDEN_MODULE, range, message);
        }
    }

    /// Whether a callee is a function of `os` or `subprocess`, which is judged by its name and arguments and not by
    /// the name of a method.
    pub(in super::super) fn is_judged_by_use(&self, callee: &Value) -> bool {
        let root = |value: &Value| value.as_name().and_then(|name| name.split('.').next().map(is_judged));
        self.judges_uses() && callee.alternatives().iter().all(|value| root(value) == Some(true))
    }

    /// Reports what a name amounts to which `from os import *` has bound: the import does not name it.
    pub(in super::super) fn mention_from_star(&mut self, name: &str, value: &Value, range: TextRange) {
        if !self.judges_uses() || self.table.stars.is_empty() {
            return;
        }
        for bound in value.alternatives().iter().filter_map(Value::as_name) {
            if bound.rsplit_once('.').is_some_and(|(module, member)| is_judged(module) && member == name) {
                self.mention(bound, range);
            }
        }
    }

    /// What a name is that only `from os import *` can have bound.
    pub(in super::super) fn imported_by_star(&self, name: &str) -> Value {
        if !self.judges_uses() {
            return Value::Unknown;
        }
        let modules = self
            .table
            .stars
            .iter()
            .filter(|module| is_judged(module) || matches!(**module, "os.path" | "posixpath"));
        Value::one_of(modules.map(|module| Value::name(&format!("{module}.{name}"))).collect())
    }
}

/// Functions that take nothing out of a module, or whose taking is judged where it happens.
fn leaves_alone(callee: &str) -> bool {
    callee.starts_with("builtins.") && callee != "builtins.dict"
        || matches!(
            callee,
            "inspect.ismodule"
                | "inspect.getsource"
                | "inspect.getsourcefile"
                | "inspect.getfile"
                | "inspect.getdoc"
                | "inspect.getattr_static"
                | "importlib.reload"
                | "unittest.mock.patch.object"
                | "pprint.pprint"
        )
}
