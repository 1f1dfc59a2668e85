//! The WebAssembly engine and the budget of one call.
//!
//! Nothing here knows what a policy is. A store is made for one instance and dropped with it, so nothing leaks
//! from one submission to the next.

use wasmtime::component::Component;
use wasmtime::{Config, Engine, ResourceLimiter, Store};

/// What a policy may use for one answer. Limits bound the program; a budget bounds the policy.
///
/// The instructions are counted, not timed, so that the same submission always gets the same verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// WebAssembly instructions for any submission. Default 2 thousand million, one to three seconds.
    pub instructions: u64,
    /// Further instructions for each byte of the submission. Default 5,000: the default policy needs a tenth of
    /// it for ordinary code, and one mebibyte is still cut off within seconds.
    pub instructions_per_byte: u64,
    /// Linear memory in bytes. Default 512 MiB: the syntax tree of a mebibyte of code takes a fifth of it.
    pub memory_bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { instructions: 2_000_000_000, instructions_per_byte: 5_000, memory_bytes: 512 << 20 }
    }
}

/// The stack of a policy's native frames: four times wasmtime's default, because parsers recurse, and half of
/// what the smallest thread that runs them has.
const STACK_BYTES: usize = 1 << 20;

/// At most this many elements in a policy's tables: an interpreter compiled to WebAssembly has some ten thousand.
const TABLE_ELEMENTS: usize = 1 << 20;

/// The engine that policies run in. It has no compiler: to make one ready takes half as long as to map what was compiled.
pub(super) fn engine() -> Result<Engine, wasmtime::Error> {
    Engine::new(config().enable_compiler(false))
}

/// An engine that compiles for the [`engine`] that policies run in.
pub(super) fn compiler() -> Result<Engine, wasmtime::Error> {
    Engine::new(&config())
}

/// Makes a component of what the [`compiler`] of this very process has made.
#[allow(unsafe_code, reason = "compiled code was never in anybody else's hands")]
pub(super) fn adopt(engine: &Engine, compiled: &[u8]) -> Result<Component, wasmtime::Error> {
    // SAFETY: the caller has the bytes from the compiler.
    unsafe { Component::deserialize(engine, compiled) }
}

fn config() -> Config {
    let mut config = Config::new();
    config.consume_fuel(true);
    config.max_wasm_stack(STACK_BYTES);
    // A trap's backtrace would tell the reader of a report nothing, and what it is made from is much of a compiled
    // policy.
    config.wasm_backtrace_max_frames(None);
    config.generate_address_map(false);
    config.native_unwind_info(false);
    config
}

/// A store for one instance, with the budget for a submission of `bytes` bytes.
pub(super) fn store(engine: &Engine, budget: Budget, bytes: usize) -> Result<Store<Meter>, wasmtime::Error> {
    let meter = Meter { memory_left: budget.memory_bytes, used: 0, refused: false };
    let mut store = Store::new(engine, meter);
    store.limiter(|meter| meter);
    refuel(&mut store, budget, bytes)?;
    Ok(store)
}

/// Gives a store the instructions for one question about `bytes` bytes.
pub(super) fn refuel(store: &mut Store<Meter>, budget: Budget, bytes: usize) -> Result<(), wasmtime::Error> {
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let extra = budget.instructions_per_byte.saturating_mul(bytes);
    store.set_fuel(budget.instructions.saturating_add(extra))
}

/// Counts an instance's memory and remembers whether it was ever refused more.
#[derive(Debug)]
pub(super) struct Meter {
    memory_left: usize,
    used: usize,
    refused: bool,
}

impl Meter {
    /// How many bytes of memory the instance has.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Whether the instance asked for more memory than its budget has.
    pub(super) fn refused(&self) -> bool {
        self.refused
    }
}

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, wasmtime::Error> {
        let wanted = desired.saturating_sub(current);
        let granted = wanted <= self.memory_left;
        if granted {
            self.memory_left -= wanted;
            self.used += wanted;
        } else {
            self.refused = true;
        }
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, wasmtime::Error> {
        let granted = desired <= TABLE_ELEMENTS;
        self.refused |= !granted;
        Ok(granted)
    }
}
