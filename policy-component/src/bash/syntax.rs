//! The syntax tree of Bash: what the parser makes and the shell walks.
//!
//! Lists and pipelines are flat vectors, so that a program of a hundred thousand commands is no deeper than a
//! program of one, also when it is dropped. Operators between commands (`&&`, `||`, `;`, `&`) are not kept: a
//! review reads every command as one that may run.

use std::cell::OnceCell;
use std::rc::Rc;

/// A range of bytes of the submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Pipelines, in order.
pub(crate) type List = Vec<Pipeline>;

/// Commands joined by `|`.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    pub(crate) commands: Vec<Command>,
}

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) kind: Kind,
    pub(crate) redirects: Vec<Redirect>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Assignments, then words. `declared` holds the assignments among the arguments of `declare` and its kin.
    Simple {
        assignments: Vec<Assignment>,
        words: Vec<Word>,
        declared: Vec<Assignment>,
    },
    Group(List),
    Subshell(List),
    If {
        branches: Vec<(List, List)>,
        otherwise: List,
    },
    /// `while` and `until`.
    Loop {
        condition: List,
        body: List,
    },
    /// `for` and `select`; without words, over the positional parameters.
    For {
        name: String,
        words: Option<Vec<Word>>,
        body: List,
    },
    ForArith {
        init: Word,
        condition: Word,
        step: Word,
        body: List,
    },
    Case {
        word: Word,
        arms: Vec<(Vec<Word>, List)>,
    },
    Arith(Word),
    /// `[[ … ]]`, as a flat list of words and operators.
    Test(Vec<Word>),
    Function {
        name: String,
        body: Rc<Command>,
    },
    Coproc(Box<Command>),
}

/// `name=value`, `name+=value`, `name[index]=value`.
#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    pub(crate) index: Option<Word>,
    pub(crate) append: bool,
    pub(crate) value: Word,
}

#[derive(Debug, Default)]
pub(crate) struct Word {
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug)]
pub(crate) enum Part {
    /// Unquoted text: braces, globs and tildes in it are live.
    Literal(String),
    /// Text that quotes or backslashes protect.
    Quoted(Quote, String),
    Parameter {
        parameter: Box<Parameter>,
        quoted: bool,
    },
    /// `$(…)` or backticks.
    Command {
        body: List,
        quoted: bool,
    },
    /// `$((…))` or `$[…]`.
    Arith {
        expression: Word,
        quoted: bool,
    },
    /// `<(…)`, or `>(…)` with `output`.
    Process {
        body: List,
        output: bool,
    },
    /// The elements of `name=(…)`.
    Array(Vec<Word>),
}

/// How text was quoted; the kind tells needless quoting inside a command's name from ordinary quoting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quote {
    Backslash,
    Single,
    Double,
    /// `$'…'`, with the escapes decoded; `true` where an escape stood for a printable ASCII character.
    Ansi(bool),
}

/// `$name` or `${…}`.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `${!name}`.
    pub(crate) indirect: bool,
    /// `${#name}`.
    pub(crate) length: bool,
    pub(crate) index: Option<Word>,
    pub(crate) change: Change,
}

/// What `${name…}` does to the value.
#[derive(Debug)]
pub(crate) enum Change {
    None,
    /// `-`, `:-`, `=`, `:=`: the word where the value is unset (or empty, with `:`).
    Default {
        word: Word,
        assign: bool,
    },
    /// `+`, `:+`.
    Alternative(Word),
    /// `?`, `:?`.
    Demand,
    /// `#`, `##`, `%`, `%%`.
    Strip {
        pattern: Word,
        suffix: bool,
        longest: bool,
    },
    /// `/`, `//`, `/#`, `/%`.
    Replace {
        pattern: Word,
        with: Word,
        all: bool,
        anchor: Option<Anchor>,
    },
    Substring {
        offset: Word,
        length: Option<Word>,
    },
    /// `^`, `^^`, `,`, `,,`, `~`, `~~`.
    Case {
        to: Letters,
        all: bool,
    },
    /// `@U`, `@Q`, `@P` and so on.
    Transform(char),
    /// `${!prefix*}`.
    Names,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letters {
    Upper,
    Lower,
    Swapped,
}

#[derive(Debug)]
pub(crate) struct Redirect {
    /// The descriptor in front of the operator.
    pub(crate) fd: Option<u32>,
    pub(crate) flow: Flow,
    pub(crate) target: Word,
    /// The text of a here-document, which is read after the line that announces it.
    pub(crate) heredoc: Option<Rc<OnceCell<Word>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// `<`
    In,
    /// `>`, `>|`, `&>`
    Out,
    /// `>>`, `&>>`
    Append,
    /// `<>`
    Both,
    /// `<&`
    DupIn,
    /// `>&`: a descriptor or a file
    DupOut,
    /// `<<`, `<<-`
    Heredoc,
    /// `<<<`
    HereString,
}
