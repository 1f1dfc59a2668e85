//! Sizes and times of the filters, beside the usual chain of comparisons. Prints numbers and asserts none of the
//! times: `cargo test -p code-execute-init --release measure -- --nocapture`.

use std::time::{Duration, Instant};

use super::super::bpf::{IF_EQUAL, Instruction, LOAD, MACHINE, NUMBER, RETURN};
use super::super::{GO, KILL, Machine, native};
use super::interpreter::{Data, run};
use super::{FILTERS, MACHINES, filter};
use crate::sys::lockdown::set_filter;

/// What one would write without thinking: a comparison and an answer for each call that is not absent.
fn chain(machine: Machine) -> Vec<Instruction> {
    let searched = filter("namespaced", machine);
    let plain = |code, operand| Instruction { code, yes: 0, no: 0, operand };
    let mut code =
        vec![plain(LOAD, MACHINE), Instruction { yes: 1, ..plain(IF_EQUAL, machine.audit_name()) }];
    code.extend([plain(RETURN, KILL), plain(LOAD, NUMBER)]);
    for number in 0..512 {
        let data = Data { number, machine: machine.audit_name(), arguments: [0; 6] };
        let (answer, _) = run(searched.code(), &data);
        if answer != super::super::ENOSYS {
            code.extend([Instruction { no: 1, ..plain(IF_EQUAL, number) }, plain(RETURN, answer)]);
        }
    }
    code.push(plain(RETURN, super::super::ENOSYS));
    code
}

fn steps(code: &[Instruction], machine: Machine) -> (usize, usize) {
    let of = |number| {
        let data = Data { number, machine: machine.audit_name(), arguments: [0; 6] };
        let (answer, steps) = run(code, &data);
        (answer == GO).then_some(steps)
    };
    let all: Vec<_> = (0..512).filter_map(of).collect();
    (all.iter().sum::<usize>() / all.len(), all.iter().copied().max().unwrap())
}

/// The shortest of many installations, each in a thread of its own, which a filter does not outlive.
fn installation(code: &[Instruction]) -> Duration {
    (0..50)
        .map(|_| {
            std::thread::scope(|scope| {
                let install = || {
                    rustix::thread::set_no_new_privs(true).unwrap();
                    let start = Instant::now();
                    set_filter(code).unwrap();
                    start.elapsed()
                };
                scope.spawn(install).join().unwrap()
            })
        })
        .min()
        .unwrap()
}

#[test]
fn measure() {
    for (machine_name, machine) in MACHINES {
        for name in FILTERS.into_iter().chain(["init"]) {
            let filter = filter(name, machine);
            let (mean, most) = steps(filter.code(), machine);
            println!(
                "{machine_name} {name}: {} instructions, {mean} a call, {most} at most",
                filter.length()
            );
            assert!(most <= 24, "a search that is not one");
        }
        let (mean, most) = steps(&chain(machine), machine);
        println!(
            "{machine_name} chain: {} instructions, {mean} a call, {most} at most",
            chain(machine).len()
        );
    }
    let (search, chain) = (installation(&native::NAMESPACED), installation(&chain(Machine::NATIVE)));
    println!("installation: search {search:?}, chain {chain:?}, init {:?}", installation(&native::INIT));
}
