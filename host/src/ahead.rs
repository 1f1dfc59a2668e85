//! Interpreters that wait for submissions which have not come yet.
//!
//! Whoever handed in two submissions will hand in a third, on the same terms. An interpreter takes ten milliseconds to
//! start and opens its file last, so the next one is started while nobody waits for it. It has been given nothing of
//! anybody's: its file is empty, and held closed until a submission was approved on the very terms that it was started
//! on. It serves one submission, as any other does, whose time begins when it gets its code.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::{self, Handle};

use crate::Language;
use crate::runner::Waiting;
use crate::terms::Terms;

/// How long one waits: shorter than the kernel has an opener of a held file wait (45 seconds), and as long as a model
/// takes for its next step.
const LONGEST: Duration = Duration::from_secs(30);

/// At most one interpreter of each language.
#[derive(Debug, Default)]
pub(crate) struct Ahead {
    slots: Mutex<Vec<Slot>>,
}

#[derive(Debug)]
struct Slot {
    language: Language,
    /// Nothing as long as it is being started.
    ready: Option<Ready>,
}

/// An interpreter that waits, and since when.
#[derive(Debug)]
pub(crate) struct Ready {
    waiting: Waiting,
    since: Instant,
    /// Whose driver its streams are registered with: a caller may use a runtime for each submission.
    runtime: runtime::Id,
}

impl Ready {
    /// One that was started just now, in this runtime.
    pub(crate) fn now(waiting: Waiting) -> Self {
        Self { waiting, since: Instant::now(), runtime: Handle::current().id() }
    }

    fn is_fresh(&self) -> bool {
        self.since.elapsed() < LONGEST
    }

    /// The interpreter, for the submission that it serves.
    pub(crate) fn serve(self) -> Waiting {
        self.waiting
    }
}

impl Ahead {
    /// With one that was started for a submission that is known already.
    pub(crate) fn with(language: Language, ready: Ready) -> Self {
        Self { slots: Mutex::new(vec![Slot { language, ready: Some(ready) }]) }
    }

    /// The one that waits on these terms. One on other terms of the language is ended: they have changed.
    pub(crate) fn take(&self, terms: &Terms) -> Option<Ready> {
        let mut slots = self.slots();
        let at = slots.iter().position(|slot| slot.language == terms.language && slot.ready.is_some())?;
        let ready = slots.swap_remove(at).ready?;
        drop(slots);
        let fits = ready.is_fresh() && ready.runtime == Handle::current().id() && ready.waiting.is_on(terms);
        fits.then_some(ready)
    }

    /// Keeps one that was taken for a submission that was refused, where it is on the terms that are wanted next.
    pub(crate) fn give_back(&self, terms: &Terms, ready: Ready) {
        if ready.waiting.is_on(terms) && self.claim(terms.language) {
            self.put(terms.language, Some(ready));
        }
    }

    /// Whether one of the language is wanted; who is told so starts it, and says what came of it.
    pub(crate) fn claim(&self, language: Language) -> bool {
        let mut slots = self.slots();
        let free = slots.iter().all(|slot| slot.language != language);
        if free {
            slots.push(Slot { language, ready: None });
        }
        free
    }

    /// Keeps what was claimed, or gives the claim up.
    pub(crate) fn put(&self, language: Language, ready: Option<Ready>) {
        let mut slots = self.slots();
        slots.retain(|slot| slot.language != language);
        if ready.is_some() {
            slots.push(Slot { language, ready });
        }
    }

    /// Ends those that waited too long. Says when to come again, where any are left.
    pub(crate) fn expire(&self) -> Option<Duration> {
        let mut slots = self.slots();
        slots.retain(|slot| slot.ready.as_ref().is_none_or(Ready::is_fresh));
        (!slots.is_empty()).then_some(LONGEST / 4)
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Slot>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
