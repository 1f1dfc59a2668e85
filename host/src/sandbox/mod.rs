//! What confinement is asked for, and what the kernel gave.

pub(crate) mod containment;
pub(crate) mod grants;
mod isolation;
pub(crate) mod landlock;
pub(crate) mod missing;
pub(crate) mod root;

use schemars::JsonSchema;
use serde::Serialize;

pub use grants::{GrantError, Grants};
pub use isolation::{Isolation, Network};

/// Whether a submission is reviewed and confined. The contract's `sandbox` key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sandbox {
    /// Reviewed by the policy, run in the policy's environment, confined.
    #[default]
    On,
    /// Neither reviewed nor confined: it runs with the caller's environment and rights. Limits of time and output
    /// hold all the same, and so does the end of the whole process tree.
    Off,
}

/// What really confined a run, layer by layer. Never an assumption: a layer is on when the call that makes it
/// succeeded for this run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Enforcement {
    /// The level that the layers amount to; `none` where nothing ran.
    pub level: Isolation,
    /// Every layer that this host knows, in the order they are applied.
    pub layers: Vec<Layer>,
}

impl Default for Enforcement {
    /// What holds where nothing ran.
    fn default() -> Self {
        Self { level: Isolation::None, layers: Vec::new() }
    }
}

/// One layer of confinement and its state in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Layer {
    /// The layer's name, kebab-case.
    pub name: &'static str,
    /// Whether it held.
    pub state: LayerState,
    /// What it did, or why it was not on.
    pub detail: String,
}

/// Whether a layer held in a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LayerState {
    /// In force.
    On,
    /// In force with a gap, which the detail names.
    Degraded,
    /// Not in force.
    Off,
}
