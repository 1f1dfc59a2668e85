//! Two runs of one executor, which share an empty network where the kernel's Landlock can keep them apart in it.

use code_execute::{Executor, Isolation, Submission};

use super::host::marker;
use super::lives::run_all;

/// Waits for a visitor at a socket that has a name and no file.
const LISTEN: &str = "
import socket
with socket.socket(socket.AF_UNIX) as s:
    s.bind('\\0sibling-MARKER')
    s.listen()
    s.settimeout(4)
    try:
        s.accept()
        print('met')
    except TimeoutError:
        print('alone')
";

/// Visits it.
const VISIT: &str = "
import socket, time
end = time.monotonic() + 3
while True:
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.connect('\\0sibling-MARKER')
            print('met')
            break
        except OSError as error:
            if time.monotonic() > end:
                print('alone')
                break
    time.sleep(0.05)
";

fn meet(isolation: Isolation) -> Vec<String> {
    let executor = Executor::builder().policy("none").isolation(isolation).concurrency(2).build().unwrap();
    let marker = marker();
    let submissions = [LISTEN, VISIT].map(|code| Submission::new(code.replace("MARKER", &marker)));
    run_all(&executor, submissions).into_iter().map(|report| report.text).collect()
}

#[test]
fn runs_of_one_launcher_do_not_meet_in_the_network_they_share() {
    for text in meet(Isolation::None) {
        assert!(text.contains("met"), "the attack does not work without the sandbox: {text}");
    }
    for text in meet(Isolation::Standard) {
        assert!(text.contains("alone"), "{text}");
    }
}
