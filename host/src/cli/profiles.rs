//! The files that a machine may need so that runs get namespaces: what `docs/deploy` has, for who has only the program.

use clap::ValueEnum;

use super::message::Failure;
use super::terminal;

const UBUNTU: &str = include_str!("../../../docs/deploy/ubuntu/code-execute");
const DOCKER_APPARMOR: &str = include_str!("../../../docs/deploy/docker/apparmor");
const DOCKER_SECCOMP: &str = include_str!("../../../docs/deploy/docker/seccomp.json");

/// Where the profile of Ubuntu is in force, unless it is printed.
const INSTALLED: &str = "/{usr/bin,usr/local/bin,home/*/.cargo/bin,root/.cargo/bin}/code-execute";

/// A file to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// For `AppArmor`: user namespaces for this program, where it lies now
    Apparmor,
    /// For `AppArmor`: a container that this program runs in
    DockerApparmor,
    /// The system calls that such a container has to allow
    DockerSeccomp,
}

/// Prints a file.
pub(crate) fn print(profile: Profile) -> Result<(), Failure> {
    match profile {
        Profile::Apparmor => terminal::print(&apparmor(&own_path()?)),
        Profile::DockerApparmor => terminal::print(DOCKER_APPARMOR),
        Profile::DockerSeccomp => terminal::print(DOCKER_SECCOMP),
    }
}

fn own_path() -> Result<String, Failure> {
    let path = std::env::current_exe()
        .map_err(|error| Failure::new("cannot find out where this program lies").because(&error))?;
    Ok(path.display().to_string())
}

/// The profile for a program at a path, every character of which stands for itself.
fn apparmor(path: &str) -> String {
    let mut literal = String::from("\"");
    for character in path.chars() {
        if "\\\"?*[]{}^".contains(character) {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal.push('"');
    UBUNTU.replace(INSTALLED, &literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profile_is_for_the_path_that_is_asked_for() {
        let profile = apparmor("/opt/a {b}/code-execute");
        assert!(
            profile.contains(r#"profile code-execute "/opt/a \{b\}/code-execute" flags=(unconfined) {"#),
            "{profile}"
        );
        assert!(!profile.contains(INSTALLED), "{profile}");
    }
}
