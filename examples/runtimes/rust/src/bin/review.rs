//! Reviews the code in a file and prints each violation as a line of JSON.
//!
//! `review POLICY.wasm FILE`: the language is the file's ending, `.sh` for Bash and anything else for Python.

use std::io::Write as _;
use std::path::PathBuf;

use policy_in_rust::Policy;
use wasmtime::error::Context as _;
use wasmtime::{Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [policy, file] = arguments.as_slice() else { bail!("usage: review POLICY.wasm FILE") };
    let code = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let language = if file.extension().is_some_and(|ending| ending == "sh") { "bash" } else { "python" };
    let mut out = std::io::stdout().lock();
    for violation in Policy::open(policy)?.scan(language, &code)? {
        serde_json::to_writer(&mut out, &violation)?;
        writeln!(out)?;
    }
    Ok(())
}
