//! From a name or a file to a policy that can be asked.

use std::path::Path;
use std::sync::Arc;

use code_execute_artifacts::{DEFAULT_POLICY, DEFAULT_POLICY_SHA256};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};

use super::bindings::{formatter, restrictions, scanner};
use super::{Budget, Cache, Identity, Inner, Policy, PolicyError, engine};

const PACKAGE: &str = "code-execute:policy/";
const SCANNER: &str = "code-execute:policy/scanner@0.1.1";
const FORMATTER: &str = "code-execute:policy/formatter@0.1.1";
const RESTRICTIONS: &str = "code-execute:policy/restrictions@0.1.1";

impl Policy {
    /// Loads the policy that is embedded in this program.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Engine`] where the machine cannot run WebAssembly.
    pub fn embedded(cache: &Cache) -> Result<Self, PolicyError> {
        load("default", DEFAULT_POLICY, DEFAULT_POLICY_SHA256, cache)
    }

    /// Loads a policy by the name of an embedded one or the path of a component.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that speaks of loading: unknown, unreadable, no component, imports, version, interface.
    pub fn open(name: &str, cache: &Cache) -> Result<Self, PolicyError> {
        if name == "default" {
            return Self::embedded(cache);
        }
        let path = Path::new(name);
        let looks_like_a_file =
            name.contains(std::path::MAIN_SEPARATOR) || path.extension().is_some_and(|end| end == "wasm");
        if !looks_like_a_file && !path.exists() {
            return Err(PolicyError::Unknown { name: name.to_owned() });
        }
        let bytes = std::fs::read(path)
            .map_err(|source| PolicyError::Unreadable { path: path.to_owned(), source })?;
        Self::from_bytes(name, &bytes, cache)
    }

    /// Loads a policy from the bytes of a component; `name` is what errors call it.
    ///
    /// # Errors
    ///
    /// Any [`PolicyError`] that speaks of loading: no component, imports, version, interface.
    pub fn from_bytes(name: &str, component: &[u8], cache: &Cache) -> Result<Self, PolicyError> {
        load(name, component, &format!("{:x}", Sha256::digest(component)), cache)
    }
}

fn load(name: &str, bytes: &[u8], sha256: &str, cache: &Cache) -> Result<Policy, PolicyError> {
    let engine = engine::engine().map_err(|error| PolicyError::Engine { source: error.into() })?;
    if let Some((component, identity)) = cache.get(&engine, sha256) {
        return assemble(&Source { name, bytes, compiled: false }, &engine, &component, identity);
    }
    let source = Source { name, bytes, compiled: true };
    let component = Component::new(&engine, bytes)
        .map_err(|error| PolicyError::NotAComponent { name: name.to_owned(), source: error.into() })?;
    let unnamed = Identity { name: String::new(), version: String::new(), sha256: sha256.to_owned() };
    let policy = assemble(&source, &engine, &component, unnamed)?;
    let description = policy.describe()?;
    let identity =
        Identity { name: description.name, version: description.version, sha256: sha256.to_owned() };
    cache.put(&engine, &component, &identity);
    assemble(&source, &engine, &component, identity)
}

/// Where a component came from.
struct Source<'a> {
    name: &'a str,
    bytes: &'a [u8],
    compiled: bool,
}

/// Checks what the component asks for and offers, and links it to nothing.
fn assemble(
    source: &Source<'_>,
    engine: &Engine,
    component: &Component,
    identity: Identity,
) -> Result<Policy, PolicyError> {
    let name = source.name;
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
    let inner = Inner {
        engine: engine.clone(),
        pre,
        scanner,
        formatter,
        restrictions,
        identity,
        origin: name.to_owned(),
        budget: Budget::default(),
        interfaces,
        size_bytes: source.bytes.len(),
        compiled: source.compiled,
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
