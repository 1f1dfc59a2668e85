//! Builds the init program: a static program without a C library, which no ordinary build of the workspace can
//! make because its flags and its profile are its own.

use crate::cargo;

const PACKAGE: &str = "code-execute-init";
const PROFILE: &str = "init";

/// No C library and none of its start files; all addresses fixed, so that nothing has to be relocated at the start.
const FLAGS: [&str; 7] = [
    "-Cpanic=abort",
    "-Crelocation-model=static",
    "-Ctarget-feature=+crt-static",
    "-Clink-arg=-nostartfiles",
    "-Clink-arg=-nodefaultlibs",
    "-Clink-arg=-static",
    "-Clink-arg=-Wl,-z,noexecstack,--build-id=none,--gc-sections",
];

/// Leaves the program as `code-execute-init` in the output directory.
pub(crate) fn build() {
    for watched in ["host/init/src", "host/init/Cargo.toml"] {
        cargo::watch(watched);
    }
    if cargo::variable("CARGO_CFG_TARGET_OS") != "linux" {
        // The host refuses to run anything where there is no init.
        return cargo::leave(PACKAGE, &[]);
    }
    let target = cargo::variable("TARGET");
    let target = target.to_str().expect("the name of a target is text");
    let arguments = [
        "--package",
        PACKAGE,
        "--bin",
        PACKAGE,
        "--features",
        "standalone",
        "--profile",
        PROFILE,
        "--target",
        target,
    ];
    let target_dir = cargo::build(&arguments, &FLAGS);
    cargo::leave(PACKAGE, &cargo::read(&target_dir.join(target).join(PROFILE).join(PACKAGE)));
}
