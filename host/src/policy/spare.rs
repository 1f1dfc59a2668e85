//! An instance that is made ahead of the submission that it will serve, while there is time for it.
//!
//! Making one takes an interpreter inside a component milliseconds. Its first question takes longer than its second
//! one, because it touches memory for the first time: so an interpreter also rehearses, on code of this host's own.
//! It has heard of nobody's submission then, and what it will be asked is answered alike: every function is pure.

use std::sync::{Mutex, PoisonError};

use super::bindings::scanner::Submission;
use super::session::Live;
use super::{Inner, engine};
use crate::Language;

/// An instance with more memory than this holds an interpreter; the default policy has a quarter of it. To one that is
/// smaller a rehearsal gives less than it takes.
const INTERPRETER_BYTES: usize = 4 << 20;

/// At most one instance, used once, like any other.
#[derive(Default)]
pub(super) struct Spare(Mutex<Option<Live>>);

impl Spare {
    pub(super) fn take(&self) -> Option<Live> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Makes one where there is none. Where that fails, the next question says why.
    pub(super) fn fill(&self, policy: &Inner) {
        if self.0.lock().is_ok_and(|spare| spare.is_some()) {
            return;
        }
        let made = Live::new(policy).ok().and_then(|live| rehearsed(live, policy).ok());
        if let Some(live) = made {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(live);
        }
    }
}

impl Clone for Spare {
    /// A policy that is like another one but for something, such as its budget, has no instance yet.
    fn clone(&self) -> Self {
        Self::default()
    }
}

fn rehearsed(mut live: Live, policy: &Inner) -> Result<Live, wasmtime::Error> {
    if live.store.data().used() > INTERPRETER_BYTES {
        let guest = policy.scanner.load(&mut live.store, &live.instance)?;
        guest.call_describe(&mut live.store)?;
        for language in Language::ALL {
            let code = match language {
                Language::Python => "import json\nfor number in [1, 2]:\n    print(json.dumps(number))\n",
                Language::Bash => "for number in 1 2; do echo \"$number\"; done\n",
            };
            let submission =
                Submission { language: language.name().into(), code: code.into(), attributes: Vec::new() };
            engine::refuel(&mut live.store, policy.budget, code.len())?;
            guest.call_scan(&mut live.store, &submission)?;
        }
    }
    Ok(live)
}
