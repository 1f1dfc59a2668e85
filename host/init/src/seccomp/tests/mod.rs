//! What the filters decide, by the machine that the kernel would run them on and by the kernel itself.

mod decisions;
mod interpreter;
mod live;
mod measure;
mod programs;

use super::bpf::Assembler;
use super::calls::{INIT, PROGRAM};
use super::compile::compile;
use super::{Kind, Machine};

/// The program's filters, in the order of the table of decisions.
const FILTERS: [&str; 6] =
    ["namespaced", "networked", "uncounted", "uncounted-networked", "alone", "alone-own-user"];

const MACHINES: [(&str, Machine); 2] = [("x86_64", Machine::X86_64), ("aarch64", Machine::Aarch64)];

fn filter(name: &str, machine: Machine) -> Assembler {
    let (calls, kind) = match name {
        "namespaced" => (PROGRAM, Kind::NAMESPACED),
        "networked" => (PROGRAM, Kind::NETWORKED),
        "uncounted" => (PROGRAM, Kind::UNCOUNTED),
        "uncounted-networked" => (PROGRAM, Kind::UNCOUNTED_NETWORKED),
        "alone" => (PROGRAM, Kind::ALONE),
        "alone-own-user" => (PROGRAM, Kind::ALONE_OWN_USER),
        "init" => (INIT, Kind::NAMESPACED),
        other => panic!("there is no filter `{other}`"),
    };
    compile(calls, machine, kind)
}
