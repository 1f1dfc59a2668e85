//! The kernel's filter machine, as far as our filters use it; anything else is a mistake of the filter's.

use super::super::bpf::{AND, IF_ANY_BIT, IF_AT_LEAST, IF_EQUAL, Instruction, LOAD, RETURN};

/// What the kernel shows a filter: `struct seccomp_data`.
#[derive(Clone, Copy)]
pub(super) struct Data {
    pub(super) number: u32,
    pub(super) machine: u32,
    pub(super) arguments: [u64; 6],
}

impl Data {
    fn word(&self, offset: u32) -> u32 {
        match offset {
            0 => self.number,
            4 => self.machine,
            16..64 if offset.is_multiple_of(4) => {
                let argument = self.arguments[(offset as usize - 16) / 8];
                let half = if offset.is_multiple_of(8) { argument } else { argument >> 32 };
                u32::try_from(half & 0xffff_ffff).unwrap()
            }
            other => panic!("a load from {other}"),
        }
    }
}

/// The filter's answer, and how many instructions it took.
pub(super) fn run(code: &[Instruction], data: &Data) -> (u32, usize) {
    let mut loaded = 0;
    let mut at = 0;
    let mut steps = 0;
    loop {
        let instruction = code[at];
        steps += 1;
        let met = match instruction.code {
            LOAD => {
                loaded = data.word(instruction.operand);
                false
            }
            AND => {
                loaded &= instruction.operand;
                false
            }
            IF_EQUAL => loaded == instruction.operand,
            IF_AT_LEAST => loaded >= instruction.operand,
            IF_ANY_BIT => loaded & instruction.operand != 0,
            RETURN => return (instruction.operand, steps),
            other => panic!("instruction {other:#x}"),
        };
        at += 1 + usize::from(if met { instruction.yes } else { instruction.no });
    }
}
