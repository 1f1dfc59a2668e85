//! `policy export`: the component of an embedded policy as a file, for other runtimes.

use code_execute_artifacts::DEFAULT_POLICY;

use super::args::Export;
use crate::cli::message::Failure;

/// Writes the component. `balanced` is the same one, configured: its name has no component of its own.
pub(super) fn export(arguments: &Export) -> Result<(), Failure> {
    let Export { policy, output } = arguments;
    match policy.as_str() {
        "default" => {}
        "balanced" => {
            return Err(Failure::new("`balanced` has no component of its own")
                .hint("export `default` and configure it with `base = \"balanced\"`"));
        }
        _ => {
            return Err(
                Failure::new(format!("no embedded policy is called `{policy}`")).hint("export `default`")
            );
        }
    }
    std::fs::write(output, DEFAULT_POLICY).map_err(|error| {
        Failure::new(format!("cannot write the policy to `{}`", output.display())).because(&error)
    })
}
