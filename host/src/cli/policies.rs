//! Which policies review: from flags and from the configuration file to where they come from.

use std::path::{Path, PathBuf};

use clap::Args;
use code_execute::policy::{Cache, Chain, Policy, Source, Sources};

use super::message::Failure;

/// The policies, as they are named on the command line or in a configuration file.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Policy")]
pub(crate) struct Policies {
    /// `default`, `balanced`, `none` (no review) or the path of a component; several review one after the other, and
    /// the strictest verdict counts
    #[arg(long = "policy", value_name = "NAME|PATH")]
    pub(crate) names: Vec<String>,
    /// What a policy is configured with; `POLICY=` where there are several
    #[arg(long = "policy-config", value_name = "[POLICY=]FILE")]
    pub(crate) configurations: Vec<String>,
    /// The SHA-256 that a policy must have, looked at before anything else of it
    #[arg(long = "policy-sha256", value_name = "[POLICY=]HASH")]
    pub(crate) pins: Vec<String>,
}

impl Policies {
    /// These, where they name any; else those of `others`, with what these add to them.
    pub(crate) fn or(&self, others: &Self) -> Self {
        if !self.names.is_empty() {
            return self.clone();
        }
        let first = |these: &Vec<String>, those: &Vec<String>| {
            if these.is_empty() { those.clone() } else { these.clone() }
        };
        Self {
            names: others.names.clone(),
            configurations: first(&self.configurations, &others.configurations),
            pins: first(&self.pins, &others.pins),
        }
    }

    /// Takes relative paths for relative to `directory`.
    pub(crate) fn relative_to(&mut self, directory: &Path) {
        let resolve = |path: &str| directory.join(path).display().to_string();
        let old = std::mem::take(&mut self.names);
        self.names =
            old.iter().map(|name| if is_path(name) { resolve(name) } else { name.clone() }).collect();
        for configuration in &mut self.configurations {
            *configuration = match owner(&old, configuration) {
                Some((index, file)) => {
                    let policy = self.names.get(index).map_or("", String::as_str);
                    format!("{policy}={}", resolve(file))
                }
                None => resolve(configuration),
            };
        }
        for named in &mut self.pins {
            if let Some((index, hash)) = owner(&old, named) {
                *named = format!("{}={hash}", self.names.get(index).map_or("", String::as_str));
            }
        }
    }

    /// Where the policies come from.
    pub(crate) fn sources(&self) -> Result<Sources, Failure> {
        let names = if self.names.is_empty() { vec!["default".to_owned()] } else { self.names.clone() };
        let configurations = assign(&names, &self.configurations, "policy-config")?;
        let pins = assign(&names, &self.pins, "policy-sha256")?;
        let sources = names.iter().zip(configurations).zip(pins).map(|((name, configuration), pin)| {
            let mut source = Source::new(name);
            if let Some(file) = configuration {
                source = source.configuration_file(PathBuf::from(file));
            }
            if let Some(hash) = pin {
                source = source.sha256(hash);
            }
            source
        });
        Ok(Sources::new(sources)?)
    }

    /// Loads the policies for a command that reviews without running.
    pub(crate) fn open(&self) -> Result<Chain, Failure> {
        let chain = self.sources()?.open(&Cache::of_user())?;
        if chain.policies().is_empty() {
            return Err(Failure::new("the policy `none` reviews nothing and has no rules")
                .hint("give `default`, `balanced` or the path of a component"));
        }
        Ok(chain)
    }

    /// Loads the policy for a command that asks one alone.
    pub(crate) fn open_one(&self) -> Result<Policy, Failure> {
        match self.open()?.policies() {
            [only] => Ok(only.clone()),
            several => Err(Failure::new(format!("{} policies are given where one is asked", several.len()))
                .hint("give one `--policy`")),
        }
    }
}

/// Says for each policy which of `values` is its own.
fn assign(names: &[String], values: &[String], flag: &str) -> Result<Vec<Option<String>>, Failure> {
    let mut assigned = vec![None; names.len()];
    for value in values {
        let (index, own) = match (owner(names, value), names.len()) {
            (Some(owned), _) => owned,
            (None, 1) => (0, value.as_str()),
            (None, _) => {
                return Err(Failure::new(format!("`--{flag} {value}` does not say which policy it is for"))
                    .hint(format!(
                        "put one of the policies before it: `--{flag} {}={value}`",
                        names.first().map_or("", String::as_str)
                    )));
            }
        };
        let place = assigned.get_mut(index).filter(|place| place.is_none());
        let name = names.get(index).map_or("", String::as_str);
        *place.ok_or_else(|| Failure::new(format!("`--{flag}` is given twice for the policy `{name}`")))? =
            Some(own.to_owned());
    }
    Ok(assigned)
}

/// Whether a policy is named by a path.
pub(crate) fn is_path(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|end| end == "wasm")
}

/// The policy that a value `POLICY=VALUE` is for, and the value.
fn owner<'a>(names: &[String], value: &'a str) -> Option<(usize, &'a str)> {
    let own = |name: &String| value.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('='));
    names.iter().enumerate().find_map(|(index, name)| own(name).map(|own| (index, own)))
}
