//! Says what a policy costs here: `cost POLICY.wasm FILE`, in milliseconds.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use policy_in_rust::Policy;
use wasmtime::{Result, bail};

const ROUNDS: usize = 501;

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [policy, file] = arguments.as_slice() else { bail!("usage: cost POLICY.wasm FILE") };
    let code = std::fs::read_to_string(file)?;
    let started = Instant::now();
    let policy = Policy::open(policy)?;
    let compiling = milliseconds(started);
    let mut scans = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let started = Instant::now();
        policy.scan("python", &code)?;
        scans.push(milliseconds(started));
    }
    scans.sort_by(f64::total_cmp);
    let scan = scans.get(ROUNDS / 2).copied().unwrap_or(f64::NAN);
    let bytes = code.len();
    let mut out = std::io::stdout().lock();
    writeln!(out, "compile {compiling:.0} ms, fresh instance and scan of {bytes} bytes {scan:.2} ms")?;
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
