//! The probes as data: `tests/probes/*.toml`. `tests/probes/README.md` explains every key.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Where probes, preludes and the launcher are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/probes")
}

#[derive(Deserialize)]
struct File {
    /// None in `faults.toml`, which is another module's.
    #[serde(default)]
    probe: Vec<Probe>,
}

/// One probe.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "they are the keys of the files")]
pub(crate) struct Probe {
    pub(crate) id: String,
    pub(crate) about: String,
    /// The layers that hold it, for the ledger.
    #[serde(default)]
    pub(crate) held_by: Vec<String>,
    #[serde(default = "python")]
    pub(crate) language: String,
    pub(crate) code: String,
    /// Run at the same time as `code`, in another sandbox.
    pub(crate) beside: Option<String>,
    /// Run when `code` has ended, in another sandbox.
    pub(crate) after: Option<String>,
    #[serde(default)]
    pub(crate) attacks: Vec<String>,
    #[serde(default)]
    pub(crate) root_attacks: Vec<String>,
    #[serde(default)]
    pub(crate) if_present: Vec<String>,
    #[serde(default)]
    pub(crate) untried: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) works: Vec<String>,
    #[serde(default)]
    pub(crate) works_if_installed: Vec<String>,
    #[serde(default)]
    pub(crate) works_where: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) gaps: BTreeMap<String, Vec<String>>,
    pub(crate) gap_reason: Option<String>,
    #[serde(default = "all_tiers")]
    pub(crate) tiers: Vec<String>,
    #[serde(default = "ok")]
    pub(crate) status: Words,
    #[serde(default = "yes")]
    pub(crate) ends: bool,
    /// Whether there is a positive control.
    #[serde(default = "yes")]
    pub(crate) native: bool,
    #[serde(default = "everyone")]
    pub(crate) native_as: Vec<String>,
    /// Whether the positive control leaves a process behind.
    #[serde(default)]
    pub(crate) leaves: bool,
    #[serde(default)]
    pub(crate) alone: bool,
    #[serde(default = "twenty")]
    pub(crate) timeout: u64,
    pub(crate) within_ms: Option<u64>,
    #[serde(default)]
    pub(crate) args: Vec<String>,
    pub(crate) config: Option<String>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) leaks: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tty: bool,
    pub(crate) stdin_bytes: Option<usize>,
    pub(crate) padding: Option<usize>,
    #[serde(default)]
    pub(crate) stdout: Vec<String>,
    #[serde(default)]
    pub(crate) stdout_lacks: Vec<String>,
    #[serde(default)]
    pub(crate) report: BTreeMap<String, toml::Value>,
    pub(crate) arch: Option<String>,
}

/// One word or several of which any will do.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Words {
    One(String),
    Several(Vec<String>),
}

impl Words {
    pub(crate) fn has(&self, word: &str) -> bool {
        match self {
            Self::One(one) => one == word,
            Self::Several(several) => several.iter().any(|one| one == word),
        }
    }
}

impl Probe {
    /// The names of everything that the code tries and that must be denied.
    pub(crate) fn tried(&self) -> impl Iterator<Item = &str> {
        let named = self.attacks.iter().chain(&self.root_attacks).chain(&self.if_present);
        named.chain(self.untried.keys()).map(String::as_str)
    }

    /// What its positive control must reach: `root` says as whom it runs.
    pub(crate) fn controls(&self, root: bool) -> impl Iterator<Item = &str> {
        let only_root = if root { self.root_attacks.as_slice() } else { &[] };
        let loose = |name: &&str| !self.if_present.iter().any(|other| other == name);
        self.attacks.iter().chain(only_root).map(String::as_str).filter(loose)
    }

    pub(crate) fn is_gap(&self, tier: &str, name: &str) -> bool {
        self.gaps.get(tier).is_some_and(|gaps| gaps.iter().any(|gap| gap == name))
    }

    /// The code as it is run: the prelude before it, the word that it came to its end after it.
    pub(crate) fn program(&self, code: &str) -> String {
        let python = self.language == "python";
        let file = folder().join(if python { "prelude.py" } else { "prelude.sh" });
        let mut text = std::fs::read_to_string(file).unwrap() + code;
        if self.ends {
            text += if python { "\nsaid(\"end\", \"\")\n" } else { "\necho end\n" };
        }
        if let Some(bytes) = self.padding {
            text.extend(["# ", &"x".repeat(bytes), "\n"]);
        }
        text
    }
}

/// Every probe, in the order of its name.
pub(crate) fn all() -> Vec<Probe> {
    let mut probes = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            let file: File =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            probes.extend(file.probe);
        }
    }
    probes.sort_by(|a, b| a.id.cmp(&b.id));
    probes.retain(|probe| probe.arch.as_deref().is_none_or(|arch| arch == std::env::consts::ARCH));
    probes
}

fn python() -> String {
    "python".to_owned()
}

fn ok() -> Words {
    Words::One("ok".to_owned())
}

fn all_tiers() -> Vec<String> {
    ["A", "B", "C"].map(str::to_owned).to_vec()
}

fn everyone() -> Vec<String> {
    ["root", "user"].map(str::to_owned).to_vec()
}

fn yes() -> bool {
    true
}

fn twenty() -> u64 {
    20
}

/// What a probe claims is in its code, and nothing is claimed twice.
#[test]
fn probes_are_well_formed() {
    let probes = all();
    assert!(probes.len() >= 100, "{}", probes.len());
    for pair in probes.windows(2) {
        assert_ne!(pair[0].id, pair[1].id);
    }
    for probe in probes {
        let code = format!("{}{}{}", probe.code, probe.beside.as_deref().unwrap_or_default(), {
            probe.after.as_deref().unwrap_or_default()
        });
        let mut named: Vec<&str> =
            probe.attacks.iter().chain(&probe.root_attacks).map(String::as_str).collect();
        named.extend(probe.untried.keys().map(String::as_str));
        named.sort_unstable();
        let claimed = named.len();
        named.dedup();
        assert_eq!(named.len(), claimed, "{}: an attack is claimed twice", probe.id);
        for name in probe.works.iter().map(String::as_str).chain(named) {
            let last = name.rsplit('-').next().unwrap();
            assert!(code.contains(name) || code.contains(last), "{}: `{name}` is not in the code", probe.id);
        }
        // What is attacked is held by something that can be named.
        assert!(probe.tried().next().is_none() || !probe.held_by.is_empty(), "{}: held by nothing", probe.id);
        assert!(probe.gaps.is_empty() || probe.gap_reason.is_some(), "{}: a gap without reason", probe.id);
        assert!(probe.about.ends_with('.'), "{}: what it does is a sentence", probe.id);
    }
}
