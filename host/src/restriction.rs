//! What a policy wants a submission to run under, and how it meets what the operator allows.

use crate::{Grants, Limits, Network};

/// What a policy wants a submission to run under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restriction {
    /// The environment variables it sees.
    pub environment: Environment,
    /// What it may use.
    pub ceilings: Ceilings,
}

/// The environment variables that a policy wants a program to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// The value of `PATH`.
    pub path: String,
    /// Names of the host's variables to keep; `*` is all that the operator allows.
    pub kept: Vec<String>,
    /// Names of variables to remove, whatever `kept` says.
    pub removed: Vec<String>,
}

/// Upper bounds that a policy wants; `None` leaves the operator's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ceilings {
    /// Wall-clock time in milliseconds.
    pub time_ms: Option<u32>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Processes and threads at the same time.
    pub processes: Option<u32>,
    /// `none`, `loopback` or `host`.
    pub network: Option<String>,
}

/// The host's variables that a policy may let a program see. A closed list: anything else may be a secret, and a
/// policy is not trusted with the operator's secrets.
const ALLOWED: [&str; 9] = ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "SHELL", "TERM", "TZ", "USER"];

/// What the host itself sets. `PYTHONUNBUFFERED`: what was printed before a deadline must have left the
/// process. `LANG`: text is UTF-8 wherever the host's own locale does not say otherwise.
const SET: [(&str, &str); 2] = [("LANG", "C.UTF-8"), ("PYTHONUNBUFFERED", "1")];

impl Default for Restriction {
    /// The contract's environment, for a policy that states none.
    fn default() -> Self {
        Self {
            environment: Environment {
                path: "/usr/bin:/bin:/usr/local/bin".to_owned(),
                kept: Vec::new(),
                removed: vec!["HOME".to_owned(), "USER".to_owned()],
            },
            ceilings: Ceilings::default(),
        }
    }
}

impl Restriction {
    /// What two policies want together: of each wish the narrower.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            environment: self.environment.and(other.environment),
            ceilings: self.ceilings.and(&other.ceilings),
        }
    }
}

impl Environment {
    /// The directories that are on both paths, in this one's order; the variables that both keep.
    fn and(self, other: Self) -> Self {
        let on_other = |directory: &&str| other.path.split(':').any(|known| known == *directory);
        let path: Vec<&str> = self.path.split(':').filter(on_other).collect();
        let path = path.join(":");
        let all = |kept: &[String]| kept.iter().any(|name| name == "*");
        let kept = match (all(&self.kept), all(&other.kept)) {
            (true, _) => other.kept,
            (false, true) => self.kept,
            (false, false) => self.kept.into_iter().filter(|name| other.kept.contains(name)).collect(),
        };
        let removed = self.removed.into_iter().chain(other.removed).collect();
        Self { path, kept, removed }
    }

    /// The whole environment of a program, sorted by name. `host` looks a variable of the host up.
    pub(crate) fn variables(
        &self,
        grants: &Grants,
        host: impl Fn(&str) -> Option<String>,
    ) -> Vec<(String, String)> {
        let named = |names: &[String], name: &str| names.iter().any(|one| one == name || one == "*");
        let mut variables: Vec<(String, String)> = ALLOWED
            .iter()
            .filter(|name| named(&self.kept, name))
            .filter_map(|name| host(name).map(|value| ((*name).to_owned(), value)))
            .collect();
        for (name, value) in SET {
            if variables.iter().all(|(known, _)| known != name) {
                variables.push((name.to_owned(), value.to_owned()));
            }
        }
        variables.retain(|(name, value)| !named(&self.removed, name) && !value.contains('\0'));
        variables.push(("PATH".to_owned(), self.path.clone()));
        if let Some(venv) = grants.venv.as_ref().and_then(|venv| venv.to_str()) {
            variables.retain(|(name, _)| name != "PATH");
            variables.push(("PATH".to_owned(), format!("{venv}/bin:{}", self.path)));
            variables.push(("VIRTUAL_ENV".to_owned(), venv.to_owned()));
        }
        // What the operator grants by name is the operator's own word.
        for (name, value) in &grants.environment {
            if let Some(value) = value.clone().or_else(|| host(name)) {
                variables.retain(|(present, _)| present != name);
                variables.push((name.clone(), value));
            }
        }
        variables.sort();
        variables
    }
}

impl Ceilings {
    /// The lower of every two ceilings.
    fn and(&self, other: &Self) -> Self {
        fn lower<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
            match (one, other) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            }
        }
        let network = |name: &String| Network::named(name).unwrap_or_default();
        let networks = lower(self.network.as_ref().map(network), other.network.as_ref().map(network));
        Self {
            time_ms: lower(self.time_ms, other.time_ms),
            memory_bytes: lower(self.memory_bytes, other.memory_bytes),
            processes: lower(self.processes, other.processes),
            network: networks.map(|network| network.name().to_owned()),
        }
    }

    /// What the operator grants of networks, lowered where the policy wants less. A word that is none of ours is
    /// taken for the least.
    pub(crate) fn network(&self, granted: Network) -> Network {
        let wanted = self.network.as_deref().map(|name| Network::named(name).unwrap_or_default());
        wanted.map_or(granted, |wanted| wanted.min(granted))
    }

    /// The operator's limits, lowered where the policy wants less.
    pub(crate) fn apply(&self, limits: &mut Limits) {
        if let Some(time_ms) = self.time_ms {
            limits.timeout_seconds = limits.timeout_seconds.min((time_ms / 1_000).max(1));
        }
        if let Some(memory_bytes) = self.memory_bytes {
            limits.memory_bytes = limits.memory_bytes.min(memory_bytes);
        }
        if let Some(processes) = self.processes {
            limits.processes = limits.processes.min(u64::from(processes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(kept: &[&str], removed: &[&str]) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let environment = Environment { path: "/bin".to_owned(), kept: owned(kept), removed: owned(removed) };
        let host = |name: &str| match name {
            "HOME" | "USER" | "TZ" | "SECRET_TOKEN" => Some(format!("host's {name}")),
            _ => None,
        };
        environment
            .variables(&Grants::default(), host)
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect()
    }

    #[test]
    fn environment_without_kept_variables_is_what_the_host_sets() {
        assert_eq!(environment(&[], &[]), ["LANG=C.UTF-8", "PATH=/bin", "PYTHONUNBUFFERED=1"]);
    }

    #[test]
    fn environment_never_holds_what_the_operator_does_not_allow() {
        assert!(environment(&["SECRET_TOKEN"], &[]).iter().all(|variable| !variable.contains("SECRET")));
        assert!(environment(&["*"], &[]).iter().all(|variable| !variable.contains("SECRET")));
    }

    #[test]
    fn environment_removed_wins_over_kept() {
        let variables = environment(&["*"], &["HOME"]);
        assert!(variables.contains(&"USER=host's USER".to_owned()), "{variables:?}");
        assert!(!variables.iter().any(|variable| variable.starts_with("HOME=")), "{variables:?}");
    }

    #[test]
    fn restrictions_of_two_policies_are_the_narrower_of_each() {
        let restriction =
            |path: &str, kept: &[&str], removed: &str, time_ms, network: Option<&str>| Restriction {
                environment: Environment {
                    path: path.to_owned(),
                    kept: kept.iter().map(|name| (*name).to_owned()).collect(),
                    removed: vec![removed.to_owned()],
                },
                ceilings: Ceilings { time_ms, network: network.map(str::to_owned), ..Ceilings::default() },
            };
        let one = restriction("/usr/bin:/bin:/opt/bin", &["*"], "HOME", Some(2_000), Some("host"));
        let other = restriction("/bin:/usr/bin", &["LANG", "TZ"], "USER", None, Some("unheard-of"));
        let both = one.clone().and(other.clone());
        assert_eq!(both.environment.path, "/usr/bin:/bin");
        assert_eq!(both.environment.kept, ["LANG", "TZ"]);
        assert_eq!(both.environment.removed, ["HOME", "USER"]);
        assert_eq!((both.ceilings.time_ms, both.ceilings.network.as_deref()), (Some(2_000), Some("none")));
        let turned = other.and(one);
        assert_eq!((turned.environment.kept, turned.ceilings), (both.environment.kept, both.ceilings));
    }

    #[test]
    fn ceilings_lower_limits_and_never_raise_them() {
        let operator = Limits::default();
        let mut limits = operator.clone();
        Ceilings { time_ms: Some(2_500), processes: Some(4), ..Ceilings::default() }.apply(&mut limits);
        assert_eq!((limits.timeout_seconds, limits.processes), (2, 4));
        let mut limits = operator.clone();
        Ceilings { time_ms: Some(u32::MAX), memory_bytes: Some(u64::MAX), ..Ceilings::default() }
            .apply(&mut limits);
        assert_eq!(limits, operator);
    }
}
