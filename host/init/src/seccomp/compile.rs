//! From the table of calls to a program: a binary search over the calls' numbers.
//!
//! A chain of comparisons makes the kernel walk half of it for every number when it works out, at the installation,
//! which calls it need not ask the filter about: that costs several times as much (see the test `measure`).
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index fails the build")]

use super::bpf::{Assembler, IF_AT_LEAST, IF_EQUAL, Label, MACHINE, NUMBER};
use super::calls::{Call, Class, NONE};
use super::checks::{self, Check};
use super::{EPERM, GO, KILL, Kind, Machine};

/// Above the number of every call that is known.
const NUMBERS: usize = 512;
/// More different checks than there are.
const CHECKS: usize = 32;

/// Compiles a table for a machine.
pub(super) const fn compile(calls: &[Call], machine: Machine, kind: Kind) -> Assembler {
    let mut assembler = Assembler::new();
    let kill = assembler.answer(KILL);
    assembler.load(MACHINE);
    // Calls of another machine, such as those of 32-bit programs, have other numbers.
    assembler.branch(IF_EQUAL, machine.audit_name(), Label::NEXT, kill);
    assembler.load(NUMBER);

    let absent = assembler.answer(checks::ABSENT);
    let mut targets = [absent; NUMBERS];
    let mut to_emit = [(Check::Clone, Label::NEXT); CHECKS];
    let mut count = 0;
    let mut at = 0;
    while at < calls.len() {
        let number = match machine {
            Machine::X86_64 => calls[at].x86_64,
            Machine::Aarch64 => calls[at].aarch64,
        };
        if number != NONE {
            let target = match answer(calls[at].class, kind) {
                Ok(answer) => assembler.answer(answer),
                Err(check) => {
                    // Calls that stand beside each other in the table share this one.
                    if count > 0
                        && matches!((to_emit[count - 1].0, check), (Check::OwnProcess, Check::OwnProcess))
                    {
                        to_emit[count - 1].1
                    } else {
                        let label = assembler.label();
                        to_emit[count] = (check, label);
                        count += 1;
                        label
                    }
                }
            };
            assert!(targets[number as usize].is(absent), "a number stands twice");
            targets[number as usize] = target;
        }
        at += 1;
    }

    search(&mut assembler, &targets);
    let mut at = 0;
    while at < count {
        let (check, label) = to_emit[at];
        checks::emit(&mut assembler, check, kind, label);
        at += 1;
    }
    assembler.finish()
}

/// The answer to calls of a class; `Err`: a check decides.
const fn answer(class: Class, kind: Kind) -> Result<u32, Check> {
    match class {
        Class::Allowed => Ok(GO),
        Class::Refused => Ok(EPERM),
        Class::Shared => Ok(if kind.apart { GO } else { checks::ABSENT }),
        Class::Memory => Ok(if kind.apart && kind.counted { GO } else { checks::ABSENT }),
        Class::Metadata => Ok(if kind.metadata { GO } else { EPERM }),
        Class::Checked(check) => match checks::without(check, kind) {
            Some(answer) => Ok(answer),
            None => Err(check),
        },
    }
}

/// Numbers from `start` on, up to the next range, all lead to the same place.
#[derive(Clone, Copy)]
struct Range {
    start: u32,
    target: Label,
}

/// Writes the search: which target a number has. Everything above the table, the numbers of the x32 calls (from
/// `0x4000_0000` on) among it, is in the last range.
const fn search(assembler: &mut Assembler, targets: &[Label; NUMBERS]) {
    let mut ranges = [Range { start: 0, target: targets[0] }; NUMBERS];
    let mut count = 1;
    let mut number = 1;
    while number < NUMBERS {
        if !targets[number].is(targets[number - 1]) {
            #[allow(clippy::cast_possible_truncation, reason = "at most 512")]
            let start = number as u32;
            ranges[count] = Range { start, target: targets[number] };
            count += 1;
        }
        number += 1;
    }
    assert!(count > 1, "a table has calls");
    let root = assembler.label();
    halve(assembler, &ranges, 0, count, root);
}

/// Writes the search through the ranges from `from` to before `to`, of which there are at least two.
const fn halve(assembler: &mut Assembler, ranges: &[Range; NUMBERS], from: usize, to: usize, here: Label) {
    let middle = usize::midpoint(from, to);
    let lower = if middle - from == 1 { ranges[from].target } else { assembler.label() };
    let upper = if to - middle == 1 { ranges[middle].target } else { assembler.label() };
    assembler.place(here);
    assembler.branch(IF_AT_LEAST, ranges[middle].start, upper, lower);
    if middle - from > 1 {
        halve(assembler, ranges, from, middle, lower);
    }
    if to - middle > 1 {
        halve(assembler, ranges, middle, to, upper);
    }
}
