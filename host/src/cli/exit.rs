//! Every exit code, in one table.
//!
//! `run` ends with the program's own code; what is not the program's comes from the range that shells and
//! `timeout(1)` use for the same things. A program can exit with these codes too: `--format json` tells them apart.

use code_execute::{Report, Status};

/// All is well.
pub(crate) const OK: u8 = 0;
/// `check` found something forbidden; `doctor` found something missing.
pub(crate) const FOUND: u8 = 1;
/// Any command but `run` could not do its work, or was called wrongly.
pub(crate) const FAILED: u8 = 2;
/// `run`: the deadline ended the program. The code of `timeout(1)`.
pub(crate) const TIMEOUT: u8 = 124;
/// `run`: code-execute itself failed or was called wrongly, and the program did not run. As `timeout(1)` and `env(1)`.
pub(crate) const OURS: u8 = 125;
/// `run`: the policy forbade the code. The shell's code for "found, but not executed".
pub(crate) const REJECTED: u8 = 126;
/// `run`: the program met the memory limit: 128 + SIGKILL, what the kernel's own out-of-memory killer leaves.
pub(crate) const MEMORY: u8 = 137;
/// `run`: the program met the output limit: 128 + SIGXFSZ, the signal for having written too much.
pub(crate) const OUTPUT: u8 = 153;
/// `run` was interrupted (SIGINT) and killed the program.
pub(crate) const INTERRUPTED: u8 = 130;
/// `run` was terminated (SIGTERM) and killed the program.
pub(crate) const TERMINATED: u8 = 143;

/// The table, as `run --help` shows it.
pub(crate) const RUN_HELP: &str = "\
Exit codes:
  0-255  the program's own
  124    the program met its deadline (--timeout) and was killed
  125    code-execute failed or was called wrongly; the program did not run
  126    the policy rejected the code; it did not run
  137    the program met the memory limit and was killed (or a SIGKILL ended it)
  153    the program wrote more than the output limit and was killed
  130    Ctrl-C; the program was killed, what it had printed is shown
  143    SIGTERM; the same
  128+n  signal n ended the program
A program can exit with these codes itself; `--format json` tells them apart by `status`.";

/// The code that `run` ends with.
pub(crate) fn of(report: &Report) -> u8 {
    match report.status {
        Status::Ok => OK,
        // A code outside 0 to 255 cannot come from a process.
        Status::NonzeroExit | Status::Signal => {
            report.exit_code.and_then(|code| u8::try_from(code).ok()).unwrap_or(OURS)
        }
        Status::Timeout => TIMEOUT,
        Status::Memory => MEMORY,
        Status::OutputLimit => OUTPUT,
        Status::Rejected => REJECTED,
        Status::Cancelled => INTERRUPTED,
        Status::SandboxError | Status::InvalidRequest => OURS,
    }
}

/// Prints what clap has to say (a usage error, help or the version) and returns its code.
pub(crate) fn usage(error: &clap::Error) -> u8 {
    let _nobody_reads = error.print();
    if !error.use_stderr() {
        return OK;
    }
    // clap does not say which subcommand an error is about, and no option comes before the subcommand.
    if std::env::args_os().nth(1).is_some_and(|command| command == "run") { OURS } else { FAILED }
}
