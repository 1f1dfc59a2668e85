//! What a program runs under: everything but its code and its input.

use crate::request::Request;
use crate::restriction::{Ceilings, Restriction};
use crate::{Language, Limits, Network, Sandbox};

/// The conditions of a run. Known for certain only after a review, which asks the policy; guessed before, so that an
/// interpreter can be started meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Terms {
    /// The language of the code.
    pub(crate) language: Language,
    /// The program's arguments.
    pub(crate) arguments: Vec<String>,
    /// The program's whole environment, `PATH` included.
    pub(crate) environment: Vec<(String, String)>,
    /// The bounds on the run.
    pub(crate) limits: Limits,
    /// Whether the run is confined.
    pub(crate) sandbox: Sandbox,
    /// What the program reaches of networks.
    pub(crate) network: Network,
    /// Whether there is input; without it the program reads from an empty file.
    pub(crate) has_input: bool,
}

impl Terms {
    /// The terms for a request, where the policy's answer is `restriction`.
    pub(crate) fn new(request: &Request, restriction: &Restriction) -> Self {
        let mut limits = request.limits.clone();
        let mut network = Network::Host;
        let environment = match request.sandbox {
            Sandbox::On => {
                Ceilings::apply(&restriction.ceilings, &mut limits);
                network = restriction.ceilings.network(request.grants.network);
                restriction.environment.variables(&request.grants, |name| std::env::var(name).ok())
            }
            Sandbox::Off => own_environment(),
        };
        Self {
            language: request.language,
            arguments: request.arguments.clone(),
            environment,
            limits,
            sandbox: request.sandbox,
            network,
            has_input: request.stdin.is_some(),
        }
    }
}

impl Terms {
    /// The same for a program without arguments and input, as most are.
    pub(crate) fn plain(&self) -> Self {
        Self { arguments: Vec::new(), has_input: false, ..self.clone() }
    }
}

/// This process's own environment, without what is not text.
fn own_environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}
