//! Where a run takes place: what it sees, as whom, and how it is kept apart.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use code_execute_init::protocol::{self, Confinement, ControlGroup, Order};

use super::RunError;
use super::control_group::Found;
use super::launcher::Place;
use crate::sandbox::containment::{Containment, Seen};
use crate::sandbox::landlock;
use crate::terms::Terms;
use crate::{Isolation, Network, Sandbox};

/// The oldest ABI of Landlock that is a second wall behind namespaces: any.
const LANDLOCK_BEHIND: u32 = 1;

/// The oldest that is the wall itself: since it, signals and abstract sockets of others are out of reach.
const LANDLOCK_ALONE: u32 = 6;

/// Where a run takes place.
#[derive(Debug)]
pub(super) struct Seat {
    sandbox: Sandbox,
    level: Isolation,
    network: Network,
    /// Whether the run shares an empty network with others.
    shares_network: bool,
    host_user: Option<u32>,
    /// In the host's own namespaces.
    alone: bool,
    interpreter: PathBuf,
    seen: Option<Arc<Seen>>,
    groups: Found,
}

impl Seat {
    /// Makes a seat for a run in a launcher's place.
    pub(super) fn take(
        containment: &Containment,
        terms: &Terms,
        interpreter: PathBuf,
        place: &Place,
        alone: bool,
    ) -> Result<Self, RunError> {
        let (sandbox, network, level) = (terms.sandbox, terms.network, containment.isolation());
        let launcher = || place.launcher().map_err(|source| RunError::Init { source });
        if sandbox == Sandbox::Off {
            launcher()?;
            return Ok(Self {
                sandbox,
                level,
                network,
                shares_network: false,
                host_user: None,
                alone: false,
                interpreter,
                seen: None,
                groups: Arc::clone(place.groups()),
            });
        }
        if alone && network != Network::None {
            return Err(RunError::NoNetwork { network });
        }
        let seen = containment.seen_by(&interpreter, alone);
        let host_user = containment.own_user(launcher()?, place.number(), alone);
        if level == Isolation::Strict && host_user.is_none() {
            return Err(RunError::NotRoot);
        }
        let interpreter = seen.interpreter.clone();
        let shares_network = !alone && shares_network(containment, terms);
        let (seen, groups) = (Some(seen), Arc::clone(place.groups()));
        Ok(Self { sandbox, level, network, shares_network, host_user, alone, interpreter, seen, groups })
    }

    /// What a launcher can do before it is asked for a run on these terms. Where the run may come to be without
    /// namespaces, nothing.
    pub(super) fn order_ahead(containment: &Containment, terms: &Terms) -> Option<Order> {
        let apart = terms.sandbox == Sandbox::On && containment.isolation() != Isolation::Minimal;
        apart.then(|| Order::Leave { network: shares_network(containment, terms) })
    }

    /// The least confinement that is insisted on, where there is to be any.
    pub(super) fn level(&self) -> Option<Isolation> {
        (self.sandbox == Sandbox::On).then_some(self.level)
    }

    /// Whether the run is confined.
    pub(super) fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    /// Whether the run is in the host's own namespaces.
    pub(super) fn is_alone(&self) -> bool {
        self.alone
    }

    /// What the run reaches of networks.
    pub(super) fn network(&self) -> Network {
        self.network
    }

    /// The host's user that the run's processes are, where that is not the caller.
    pub(super) fn host_user(&self) -> Option<u32> {
        self.host_user
    }

    /// Which control groups count the run's memory, or why none does.
    pub(super) fn control_group(&self) -> Result<ControlGroup, &str> {
        self.groups.as_ref().as_ref().map(|groups| groups.version).map_err(String::as_str)
    }

    /// The path inside of the interpreter.
    pub(super) fn interpreter(&self) -> &Path {
        &self.interpreter
    }

    /// The entries of the root.
    pub(super) fn root_strings(&self) -> Vec<u8> {
        self.seen.as_ref().map(|seen| seen.root.strings()).unwrap_or_default()
    }

    /// The path that an entry of the root is about.
    pub(super) fn path_of(&self, at: u64) -> Option<PathBuf> {
        self.seen.as_ref()?.root.path_of(at).map(Path::to_owned)
    }

    /// The protocol's words for all this.
    pub(super) fn confinement(&self) -> Confinement {
        let Some(seen) = &self.seen else { return Confinement::default() };
        Confinement {
            isolation: if self.alone { protocol::Isolation::Alone } else { protocol::Isolation::Namespaces },
            network: match self.network {
                _ if self.alone => protocol::Network::None,
                Network::None => protocol::Network::None,
                Network::Loopback => protocol::Network::Loopback,
                Network::Host => protocol::Network::Host,
            },
            shares_network: self.shares_network,
            probe: false,
            host_user: self.host_user.unwrap_or(0),
            root_strings: seen.root.count(),
            landlock_least: match (self.alone, self.shares_network) {
                (true, _) => LANDLOCK_ALONE,
                (false, true) => landlock::SCOPES,
                (false, false) => LANDLOCK_BEHIND,
            },
            control_group: self.control_group().unwrap_or_default(),
        }
    }
}

/// Whether a run that is kept apart shares an empty network with others.
fn shares_network(containment: &Containment, terms: &Terms) -> bool {
    terms.network == Network::None && containment.shares_network()
}
