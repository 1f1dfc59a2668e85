//! Limits: of time, output, memory, and of what one process may use.

use rustix::process::{Resource, Rlimit, setrlimit};

use super::super::control_group::ControlGroups;
use super::*;
use crate::{LayerState, Sandbox};

#[tokio::test]
async fn deadline_keeps_what_was_printed() {
    let code = "import time\nprint('before')\ntime.sleep(60)";
    let program =
        Approved::for_test(Language::Python, code, limits(1)).with_variable("PYTHONUNBUFFERED", "1");
    let outcome = run(program).await;
    assert_eq!(outcome.termination, Termination::TimedOut);
    assert_eq!(text(&outcome.stdout), "before\n");
    // The deadline counts from the request, the use from the program's start, a little later.
    assert!(outcome.usage.wall >= Duration::from_millis(800), "{:?}", outcome.usage);
    assert!(outcome.usage.wall < Duration::from_secs(1) + PATIENCE, "{:?}", outcome.usage);
}

#[tokio::test]
async fn program_that_closes_its_output_still_meets_the_deadline() {
    let outcome = run(Approved::for_test(Language::Bash, "exec 1<&- 2<&-; sleep 60", limits(1))).await;
    assert_eq!(outcome.termination, Termination::TimedOut);
}

#[tokio::test]
async fn flood_is_stopped_and_its_beginning_and_end_are_kept() {
    for code in ["yes", "yes >&2", "yes & yes >&2"] {
        let mut limits = limits(60);
        limits.output_stop_bytes = 4 << 20;
        let outcome = run(Approved::for_test(Language::Bash, code, limits.clone())).await;
        assert_eq!(outcome.termination, Termination::OutputExceeded, "{code}");
        let streams = [&outcome.stdout, &outcome.stderr];
        // What was read last, and what was still in the two pipes.
        let total: u64 = streams.iter().map(|stream| stream.total_bytes).sum();
        assert!(
            total > limits.output_stop_bytes && total < limits.output_stop_bytes + (256 << 10),
            "{total}"
        );
        for stream in streams.iter().filter(|stream| stream.omitted_bytes() > 0) {
            assert_eq!(stream.head.len(), limits.output_head_bytes);
            assert_eq!(stream.tail.len(), limits.output_tail_bytes);
        }
    }
}

#[tokio::test]
async fn long_output_below_the_stop_is_counted_exactly() {
    let outcome =
        run(python("import sys\nsys.stdout.write('a' * 65536 + 'b' * 1000000 + 'c' * 65536)")).await;
    assert_eq!(outcome.termination, Termination::Exited(0));
    assert_eq!(outcome.stdout.omitted_bytes(), 1_000_000);
    assert!(outcome.stdout.head == vec![b'a'; 65536] && outcome.stdout.tail == vec![b'c'; 65536]);
}

#[tokio::test]
async fn one_process_cannot_take_more_memory_than_the_limit() {
    let code = "try:\n  x = bytearray(1 << 30)\nexcept MemoryError:\n  print('refused')";
    assert_eq!(printed(python(code)).await, "refused\n");
    // Without confinement the same code gets it: the refusal above is ours.
    assert_eq!(printed(python(code).with_sandbox(Sandbox::Off)).await, "");
}

#[tokio::test]
async fn processes_together_cannot_take_more_memory_than_the_limit() {
    let mut limits = limits(60);
    limits.memory_bytes = 200 << 20;
    let code = "import os, time\nfor _ in range(3):\n  if os.fork() == 0: break\nx = b'x' * (120 << 20)\ntime.sleep(60)";
    let outcome = run(Approved::for_test(Language::Python, code, limits)).await;
    assert_eq!(outcome.termination, Termination::MemoryExceeded);
}

#[tokio::test]
async fn shared_memory_counts_once() {
    let mut limits = limits(60);
    limits.memory_bytes = 200 << 20;
    // Eight processes of 100 MB each, which are the same 100 MB.
    let code = "import os, time\nx = b'x' * (100 << 20)\nfor _ in range(7):\n  if os.fork() == 0: break\ntime.sleep(0.5)";
    let outcome = run(Approved::for_test(Language::Python, code, limits)).await;
    assert_eq!(outcome.termination, Termination::Exited(0));
}

#[tokio::test]
async fn memory_files_count_where_a_control_group_counts_and_are_refused_elsewhere() {
    let code = "import os, time\nfiles = []\ntry:\n  for _ in range(12):\n    file = os.memfd_create('x')\n    \
        os.posix_fallocate(file, 0, 25 << 20)\n    files.append(file)\nexcept OSError as error:\n  print(error.errno)\n\
        time.sleep(0.2)";
    let mut limits = limits(60);
    limits.memory_bytes = 200 << 20;
    let program = || Approved::for_test(Language::Python, code, limits.clone());
    assert_eq!(printed(program().with_sandbox(Sandbox::Off)).await, "", "the control");
    let outcome = run(program()).await;
    let layer = outcome.enforcement.layers.iter().find(|layer| layer.name == "control-group").unwrap();
    match ControlGroups::find() {
        Ok(_) => {
            assert_eq!(outcome.termination, Termination::MemoryExceeded, "{}", text(&outcome.stderr));
            assert_eq!(layer.state, LayerState::On, "{}", layer.detail);
        }
        Err(why) => {
            assert_eq!(text(&outcome.stdout), "38\n");
            assert_eq!((layer.state, &layer.detail), (LayerState::Off, &why));
        }
    }
}

#[tokio::test]
async fn run_whose_child_is_killed_for_want_of_memory_is_ended() {
    let mut limits = limits(60);
    limits.memory_bytes = 200 << 20;
    // Shared memory, which no limit of a process counts; the parent would go on.
    let code = "import mmap, os, time\nif os.fork() == 0:\n  x = mmap.mmap(-1, 400 << 20)\n  for page in range(0, len(x), 4096): \
        x[page] = 1\n  os._exit(0)\nos.wait()\ntime.sleep(60)";
    let outcome = run(Approved::for_test(Language::Python, code, limits)).await;
    assert_eq!(outcome.termination, Termination::MemoryExceeded, "{}", text(&outcome.stderr));
}

#[tokio::test]
async fn limits_of_a_process_are_what_was_asked_for() {
    let text =
        printed(bash("ulimit -d -n -f -c -s -l; ulimit -Hd; grep NoNewPrivs /proc/self/status; umask")).await;
    let words: Vec<&str> = text.lines().map(|line| line.rsplit([' ', '\t']).next().unwrap()).collect();
    assert_eq!(words, ["1048576", "256", "65536", "0", "8192", "0", "1048576", "1", "0077"]);
    let text = printed(bash("grep NoNewPrivs /proc/self/status").with_sandbox(Sandbox::Off)).await;
    let own = std::fs::read_to_string("/proc/self/status").unwrap();
    let own = own.lines().find(|line| line.starts_with("NoNewPrivs")).unwrap();
    assert_eq!(text.trim_end(), own);
}

#[tokio::test]
async fn file_larger_than_the_limit_is_refused() {
    let outcome =
        run(bash("trap '' XFSZ; f=$(mktemp); trap 'rm $f' EXIT; head -c 100M /dev/zero > $f")).await;
    assert_eq!(outcome.termination, Termination::Exited(1));
    assert!(text(&outcome.stderr).contains("File too large"), "{}", text(&outcome.stderr));
}

#[tokio::test]
async fn lower_limit_of_the_callers_is_kept() {
    const NAME: &str = "runner::tests::bounds::lower_limit_of_the_callers_is_kept";
    if let Some(mut command) = own_process(NAME) {
        assert!(command.status().unwrap().success());
        return;
    }
    setrlimit(Resource::Nofile, Rlimit { current: Some(99), maximum: Some(99) }).unwrap();
    assert_eq!(printed(bash("ulimit -n; ulimit -Hn")).await, "99\n99\n");
}
