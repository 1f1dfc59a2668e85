//! Attacks on the sandbox, each run without it (the positive control: there it works) and in every tier that this
//! machine can make. The attacks are data: `tests/probes/*.toml`.
//!
//! A probe that cannot run is a failure. All abuse is bounded, twice: by the probe, and by a guard around the suite.

mod canaries;
mod cases;
mod faults;
mod guard;
mod host;
mod judge;
mod ledger;
mod lives;
mod siblings;
mod tiers;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, RwLock};

use canaries::Canaries;
use cases::Probe;
use host::{Suite, User, is_root};
use judge::{Place, judge};

/// Held for writing by a probe that uses up what the others need.
static QUIET: RwLock<()> = RwLock::new(());

/// How many probes of a tier run at once: they wait more than they compute.
const AT_ONCE: usize = 3;

/// Runs every probe that is for a place; one failure does not keep the others from running.
fn check(place: Place) {
    let suite = Suite::get();
    let user = place.user();
    let canaries = Canaries::new(&suite, user, place.letter());
    let only = std::env::var("CODE_EXECUTE_PROBE").ok();
    let probes: Vec<Probe> = cases::all()
        .into_iter()
        .filter(|probe| match place {
            Place::Native(_) => probe.native && probe.native_as.iter().any(|name| name == user.name()),
            Place::Sandbox(tier) => probe.tiers.iter().any(|letter| letter == tier.letter),
        })
        .filter(|probe| only.as_ref().is_none_or(|only| probe.id.starts_with(only)))
        .collect();
    let failures = Mutex::new(Vec::new());
    let run = |probe: &Probe| {
        let wrong = judge(&suite, &canaries, probe, place);
        if !wrong.is_empty() {
            let text = format!("{} ({})\n  {}", probe.id, probe.about, wrong.join("\n  "));
            failures.lock().unwrap().push(text);
        }
    };
    let (alone, together): (Vec<_>, Vec<_>) = probes.iter().partition(|probe| probe.alone);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(probe) = together.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let _others = QUIET.read().unwrap();
                    run(probe);
                }
            });
        }
    });
    for probe in alone {
        let _none = QUIET.write().unwrap();
        run(probe);
    }
    let mut failures = failures.into_inner().unwrap();
    if let Place::Sandbox(tier) = place {
        let mut reached = canaries.reached();
        reached.retain(|name, _| !probes.iter().any(|probe| probe.is_gap(tier.letter, name)));
        if !reached.is_empty() {
            failures.push(format!("sockets of the host were reached: {reached:?}"));
        }
    }
    failures.sort();
    println!("{place:?}: {} probes, {} failures", probes.len(), failures.len());
    assert!(!probes.is_empty(), "no probe ran");
    assert!(
        failures.is_empty(),
        "{} of {} probes:\n\n{}",
        failures.len(),
        probes.len(),
        failures.join("\n\n")
    );
}

fn check_tier(tier: tiers::Tier) {
    if tier.can_be_made() {
        check(Place::Sandbox(tier));
    } else {
        println!("{tier:?} is for root to make");
    }
}

#[test]
fn attacks_work_without_a_sandbox_as_an_ordinary_user() {
    check(Place::Native(User::Ordinary));
}

#[test]
fn attacks_work_without_a_sandbox_as_root() {
    if is_root() {
        check(Place::Native(User::Root));
    }
}

#[test]
fn probes_are_held_in_tier_a() {
    check_tier(tiers::A);
}

#[test]
fn probes_are_held_in_tier_b() {
    check_tier(tiers::B);
}

#[test]
fn probes_are_held_in_tier_c() {
    check_tier(tiers::C);
}

#[test]
fn probes_are_held_in_tier_c_as_root() {
    check_tier(tiers::C_ROOT);
}
