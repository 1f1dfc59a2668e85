//! From the bytes of a component to a policy that can be asked.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Linker;
use wasmtime::component::types::ComponentItem;

use super::bindings::{configuration, formatter, restrictions, scanner};
use super::{Budget, Cache, Description, Identity, Inner, Policy, PolicyError, Source, engine};

const PACKAGE: &str = "code-execute:policy/";
const SCANNER: &str = "code-execute:policy/scanner@0.1.1";
const FORMATTER: &str = "code-execute:policy/formatter@0.1.1";
const RESTRICTIONS: &str = "code-execute:policy/restrictions@0.1.1";
const CONFIGURATION: &str = "code-execute:policy/configuration@0.1.1";

impl Policy {
    /// Loads the default policy, which is embedded in this program.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Engine`] where the machine cannot run WebAssembly.
    pub fn embedded(cache: &Cache) -> Result<Self, PolicyError> {
        Self::open("default", cache)
    }

    /// Loads a policy by the name of an embedded one or the path of a component; a [`Source`] can also say what it
    /// is configured with and pin it.
    ///
    /// # Errors
    ///
    /// As [`Source::open`].
    pub fn open(name: &str, cache: &Cache) -> Result<Self, PolicyError> {
        Source::new(name).open(cache)
    }

    /// Loads a policy from the bytes of a component; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that speaks of loading: no component, imports, version, interface.
    pub fn from_bytes(name: &str, component: &[u8], cache: &Cache) -> Result<Self, PolicyError> {
        let sha256 = format!("{:x}", Sha256::digest(component));
        Component { origin: name, size: component.len(), sha256, configuration: None }.load(component, cache)
    }
}

/// A component, and what it is configured with.
#[derive(Debug, Clone)]
pub(super) struct Component<'a> {
    /// What errors call it.
    pub(super) origin: &'a str,
    /// How many bytes it has.
    pub(super) size: usize,
    /// The hash of the bytes.
    pub(super) sha256: String,
    pub(super) configuration: Option<Cow<'a, str>>,
}

impl Component<'_> {
    /// Maps what was compiled before, or compiles the bytes.
    pub(super) fn load(self, bytes: &[u8], cache: &Cache) -> Result<Policy, PolicyError> {
        if let Some(policy) = self.load_compiled(cache)? {
            return Ok(policy);
        }
        let engine = engine()?;
        let compiling = engine::compiler().map_err(no_engine)?;
        let native = compiling.precompile_component(bytes).map_err(|error| PolicyError::NotAComponent {
            name: self.origin.to_owned(),
            source: error.into(),
        })?;
        let component = engine::adopt(&engine, &native).map_err(no_engine)?;
        let unnamed = Identity {
            name: String::new(),
            version: String::new(),
            sha256: self.sha256.clone(),
            configuration_sha256: None,
        };
        let policy = assemble(&self.code(true), &engine, &component, unnamed)?.named()?;
        cache.put(&engine, &native, policy.identity());
        self.configure(policy, cache)
    }

    /// Maps what was compiled before; nothing where that is not kept.
    pub(super) fn load_compiled(&self, cache: &Cache) -> Result<Option<Policy>, PolicyError> {
        let engine = engine()?;
        let Some((mapped, identity)) = cache.get(&engine, &self.sha256) else { return Ok(None) };
        let policy = assemble(&self.code(false), &engine, &mapped, identity)?;
        self.configure(policy, cache).map(Some)
    }

    fn code(&self, compiled: bool) -> Code<'_> {
        Code { origin: self.origin, size: self.size, compiled }
    }

    fn configure(&self, policy: Policy, cache: &Cache) -> Result<Policy, PolicyError> {
        match &self.configuration {
            None => Ok(policy),
            Some(text) => policy.configured(text, cache),
        }
    }
}

fn engine() -> Result<Engine, PolicyError> {
    engine::engine().map_err(no_engine)
}

fn no_engine(error: wasmtime::Error) -> PolicyError {
    PolicyError::Engine { source: error.into() }
}

impl Policy {
    /// The policy by the name that it gives itself.
    fn named(self) -> Result<Self, PolicyError> {
        let Description { name, version, .. } = self.describe()?;
        let mut inner = Arc::unwrap_or_clone(self.inner);
        inner.identity = Identity { name, version, ..inner.identity };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The policy with a configuration, under the name that it then gives itself.
    fn configured(self, text: &str, cache: &Cache) -> Result<Self, PolicyError> {
        let mut inner = Arc::unwrap_or_clone(self.inner);
        if inner.configuration.is_none() {
            return Err(PolicyError::NotConfigurable { name: inner.origin, wanted: CONFIGURATION });
        }
        let sha256 = format!("{:x}", Sha256::digest(text));
        inner.configured_with = Some(Arc::from(text));
        // A name that is known is the name of a configuration that was taken.
        if let Some(identity) = cache.named(&inner.engine, &inner.identity.sha256, &sha256) {
            inner.identity = identity;
            return Ok(Self { inner: Arc::new(inner) });
        }
        inner.identity.configuration_sha256 = Some(sha256);
        let policy = Self { inner: Arc::new(inner) }.named()?;
        cache.put_named(&policy.inner.engine, policy.identity());
        Ok(policy)
    }
}

/// Where compiled code came from.
struct Code<'a> {
    origin: &'a str,
    size: usize,
    compiled: bool,
}

/// Checks what the component asks for and offers, and links it to nothing.
fn assemble(
    code: &Code<'_>,
    engine: &Engine,
    component: &wasmtime::component::Component,
    identity: Identity,
) -> Result<Policy, PolicyError> {
    let name = code.origin;
    let ty = component.component_type();
    let imports: Vec<String> = ty.imports(engine).map(|(import, _)| import.to_owned()).collect();
    if !imports.is_empty() {
        return Err(PolicyError::Imports { name: name.to_owned(), imports });
    }
    let interfaces: Vec<String> = ty
        .exports(engine)
        .filter(|(export, item)| export.starts_with(PACKAGE) && is_instance(&item.ty))
        .map(|(export, _)| export.to_owned())
        .collect();
    let pre =
        Linker::new(engine).instantiate_pre(component).map_err(|error| interface(name, SCANNER, error))?;
    let wanted = |wanted| check_version(name, wanted, &interfaces);
    wanted(SCANNER)?;
    wanted(FORMATTER)?;
    let scanner = scanner::GuestIndices::new(&pre).map_err(|error| interface(name, SCANNER, error))?;
    let formatter = formatter::GuestIndices::new(&pre).map_err(|error| interface(name, FORMATTER, error))?;
    let restrictions = if exports(&interfaces, RESTRICTIONS) {
        wanted(RESTRICTIONS)?;
        let indices = restrictions::GuestIndices::new(&pre);
        Some(indices.map_err(|error| interface(name, RESTRICTIONS, error))?)
    } else {
        None
    };
    let configuration = if exports(&interfaces, CONFIGURATION) {
        wanted(CONFIGURATION)?;
        let indices = configuration::GuestIndices::new(&pre);
        Some(indices.map_err(|error| interface(name, CONFIGURATION, error))?)
    } else {
        None
    };
    let inner = Inner {
        engine: engine.clone(),
        pre,
        scanner,
        formatter,
        restrictions,
        configuration,
        configured_with: None,
        identity,
        origin: name.to_owned(),
        budget: Budget::default(),
        interfaces,
        size_bytes: code.size,
        compiled: code.compiled,
        spare: super::Spare::default(),
    };
    Ok(Policy { inner: Arc::new(inner) })
}

fn is_instance(item: &ComponentItem) -> bool {
    matches!(item, ComponentItem::ComponentInstance(_))
}

/// Whether any version of the interface is exported.
fn exports(interfaces: &[String], wanted: &str) -> bool {
    interfaces.iter().any(|interface| unversioned(interface) == unversioned(wanted))
}

/// Passes the version that this host speaks and the patch releases of it, which are the same track.
fn check_version(name: &str, wanted: &'static str, interfaces: &[String]) -> Result<(), PolicyError> {
    let track = wanted.rsplit_once('.').map_or(wanted, |(track, _)| track);
    let mut others = interfaces.iter().filter(|interface| unversioned(interface) == unversioned(wanted));
    let Some(first) = others.clone().next() else {
        let source = "there is no such export".into();
        return Err(PolicyError::Interface { name: name.to_owned(), wanted, source });
    };
    if others.any(|interface| interface.rsplit_once('.').is_some_and(|(version, _)| version == track)) {
        return Ok(());
    }
    Err(PolicyError::Version { name: name.to_owned(), found: first.clone(), wanted })
}

fn unversioned(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(name, _)| name)
}

fn interface(name: &str, wanted: &'static str, error: wasmtime::Error) -> PolicyError {
    PolicyError::Interface { name: name.to_owned(), wanted, source: error.into() }
}
