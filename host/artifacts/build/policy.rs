//! Builds the default policy for WebAssembly and wraps it as a component.
//!
//! The build fails if the component imports anything or lacks an export: a policy can only compute.

use std::path::Path;
use std::process::Command;

use sha2::{Digest as _, Sha256};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

use crate::cargo;

const TARGET: &str = "wasm32-unknown-unknown";

/// The exports of the world `configurable-policy`.
const EXPORTS: [&str; 4] = [
    "code-execute:policy/scanner@0.1.1",
    "code-execute:policy/formatter@0.1.1",
    "code-execute:policy/restrictions@0.1.1",
    "code-execute:policy/configuration@0.1.1",
];

/// Leaves the component as `default-policy.wasm` in the output directory.
pub(crate) fn build() {
    for watched in ["wit", "policy-component/src", "policy-component/Cargo.toml"] {
        cargo::watch(watched);
    }
    install_target();
    let arguments = ["--package", "code-execute-policy", "--lib", "--target", TARGET, "--profile", "policy"];
    let target_dir = cargo::build(&arguments, &[]);
    let module = cargo::read(&target_dir.join(TARGET).join("policy/code_execute_policy.wasm"));
    let component = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .and_then(|mut encoder| encoder.encode())
        .unwrap_or_else(|error| panic!("cannot wrap the policy as a component: {error:?}"));
    check(&component);
    cargo::leave("default-policy.sha256", format!("{:x}", Sha256::digest(&component)).as_bytes());
    cargo::leave("default-policy.wasm", &component);
}

/// Installs the WebAssembly target where it is missing, or says what to type.
fn install_target() {
    let output = Command::new(cargo::variable("RUSTC"))
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .unwrap_or_else(|error| panic!("cannot start rustc: {error}"));
    let libraries = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && Path::new(libraries.trim()).is_dir() {
        return;
    }
    let added = Command::new("rustup").args(["target", "add", TARGET]).status();
    assert!(
        added.is_ok_and(|status| status.success()),
        "the default policy is compiled to WebAssembly and the target is missing; type: rustup target add {TARGET}"
    );
}

/// Panics unless the component exports what the world says and imports nothing.
fn check(component: &[u8]) {
    let mut exports = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap_or_else(|error| panic!("the policy is no component: {error}")) {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 0 => {
                let names: Vec<_> =
                    imports.into_iter().flatten().map(|import| import.name.name.to_owned()).collect();
                panic!("a policy imports nothing, this one imports {names:?}");
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().flatten().map(|export| export.name.name.to_owned()));
            }
            _ => {}
        }
    }
    for export in EXPORTS {
        assert!(
            exports.iter().any(|name| name == export),
            "the policy does not export {export}: {exports:?}"
        );
    }
}
