//! A small assembler for the kernel's classic packet filter machine, in the form that seccomp takes.
//!
//! Owns instructions, labels and the distances between them. It knows no system call. All of it runs when this
//! crate is compiled: a jump that is too long or a label without a place is an error of the build.
#![forbid(unsafe_code)]
#![allow(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index fails the build")]

/// One instruction: the kernel's `struct sock_filter`.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Instruction {
    pub(super) code: u16,
    pub(super) yes: u8,
    pub(super) no: u8,
    pub(super) operand: u32,
}

/// Loads 32 bits of the kernel's `struct seccomp_data`.
pub(super) const LOAD: u16 = 0x20;
/// Keeps the bits of the operand.
pub(super) const AND: u16 = 0x54;
/// Gives the operand as the filter's answer.
pub(super) const RETURN: u16 = 0x06;
/// Jumps where the loaded number is the operand.
pub(super) const IF_EQUAL: u16 = 0x15;
/// Jumps where it is the operand or above.
pub(super) const IF_AT_LEAST: u16 = 0x35;
/// Jumps where it has one of the operand's bits.
pub(super) const IF_ANY_BIT: u16 = 0x45;

/// Where `struct seccomp_data` has the number of the call.
pub(super) const NUMBER: u32 = 0;
/// Where it has the machine.
pub(super) const MACHINE: u32 = 4;

/// Where it has the low 32 bits of an argument: all that the kernel looks at where its own type is `int`. The high
/// ones can be anything, and comparing them too was a way around other filters (CVE-2019-7303).
pub(super) const fn low(argument: u32) -> u32 {
    16 + 8 * argument
}

/// Where it has the high 32 bits of an argument.
pub(super) const fn high(argument: u32) -> u32 {
    low(argument) + 4
}

/// Twice what the longest of our filters has.
const ROOM: usize = 512;

/// A place in the program to come.
#[derive(Clone, Copy)]
pub(super) struct Label(u16);

impl Label {
    /// The instruction after this one.
    pub(super) const NEXT: Self = Self(0);

    pub(super) const fn is(self, other: Self) -> bool {
        self.0 == other.0
    }
}

/// A program in the making.
pub(super) struct Assembler {
    code: [Instruction; ROOM],
    /// Where each instruction jumps to, with and without its condition.
    jumps: [(Label, Label); ROOM],
    length: usize,
    /// The position of each label; `ROOM`: none yet.
    places: [usize; ROOM],
    labels: u16,
    /// The labels of the answers in use.
    answers: [(u32, Label); 16],
    answers_in_use: usize,
}

impl Assembler {
    pub(super) const fn new() -> Self {
        let nothing = Instruction { code: 0, yes: 0, no: 0, operand: 0 };
        Self {
            code: [nothing; ROOM],
            jumps: [(Label::NEXT, Label::NEXT); ROOM],
            length: 0,
            places: [ROOM; ROOM],
            labels: 1,
            answers: [(0, Label::NEXT); 16],
            answers_in_use: 0,
        }
    }

    /// A label without a place.
    pub(super) const fn label(&mut self) -> Label {
        self.labels += 1;
        Label(self.labels - 1)
    }

    /// Gives a label its place: here.
    pub(super) const fn place(&mut self, label: Label) {
        self.places[label.0 as usize] = self.length;
    }

    /// The label of an answer; every answer stands once, at the end.
    pub(super) const fn answer(&mut self, answer: u32) -> Label {
        let mut at = 0;
        while at < self.answers_in_use {
            if self.answers[at].0 == answer {
                return self.answers[at].1;
            }
            at += 1;
        }
        let label = self.label();
        self.answers[at] = (answer, label);
        self.answers_in_use += 1;
        label
    }

    pub(super) const fn load(&mut self, offset: u32) {
        self.add(LOAD, offset, Label::NEXT, Label::NEXT);
    }

    pub(super) const fn and(&mut self, bits: u32) {
        self.add(AND, bits, Label::NEXT, Label::NEXT);
    }

    /// Jumps to one of two labels; `code` is one of the three conditions.
    pub(super) const fn branch(&mut self, code: u16, operand: u32, yes: Label, no: Label) {
        self.add(code, operand, yes, no);
    }

    const fn add(&mut self, code: u16, operand: u32, yes: Label, no: Label) {
        self.code[self.length] = Instruction { code, yes: 0, no: 0, operand };
        self.jumps[self.length] = (yes, no);
        self.length += 1;
    }

    /// Writes the answers and puts distances in the place of labels.
    pub(super) const fn finish(mut self) -> Self {
        let mut answer = 0;
        while answer < self.answers_in_use {
            let (value, label) = self.answers[answer];
            self.place(label);
            self.add(RETURN, value, Label::NEXT, Label::NEXT);
            answer += 1;
        }
        let mut at = 0;
        while at < self.length {
            let (yes, no) = self.jumps[at];
            self.code[at].yes = self.distance(at, yes);
            self.code[at].no = self.distance(at, no);
            at += 1;
        }
        self
    }

    const fn distance(&self, from: usize, label: Label) -> u8 {
        if label.is(Label::NEXT) {
            return 0;
        }
        let to = self.places[label.0 as usize];
        assert!(to < self.length, "a label has no place");
        assert!(to > from, "a filter only jumps forward");
        let distance = to - from - 1;
        assert!(distance <= u8::MAX as usize, "a jump reaches 255 instructions");
        #[allow(clippy::cast_possible_truncation, reason = "just compared")]
        let distance = distance as u8;
        distance
    }

    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// The finished program, in an array of its [`length`](Self::length).
    pub(super) const fn cut<const LENGTH: usize>(&self) -> [Instruction; LENGTH] {
        assert!(LENGTH == self.length, "the array has the program's length");
        let mut program = [self.code[0]; LENGTH];
        let mut at = 0;
        while at < LENGTH {
            program[at] = self.code[at];
            at += 1;
        }
        program
    }

    #[cfg(test)]
    pub(super) fn code(&self) -> &[Instruction] {
        &self.code[..self.length]
    }
}
