//! Where a path leads, and to whom that place belongs.

use super::glob;
use super::text::{HOME, UNKNOWN};

/// To whom a path belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// `/`, or all that is in it.
    Root,
    /// `/usr`, `/var`, `/home` and so on as a whole.
    Top,
    Etc,
    /// A device that is not harmless.
    Device,
    /// `/dev/tcp` and `/dev/udp` to another machine.
    Network,
    /// The same to this machine.
    Loopback,
    /// Below `/usr`, `/bin`, `/lib`, `/boot` and so on.
    System,
    /// Switches of the kernel that harm at once.
    Kernel,
    /// A home as a whole.
    Home,
    /// Files that a shell, a login or a timer runs, and keys that let others in.
    Start,
    /// Everything else: the program's own business, or not known.
    Other,
}

/// The absolute path that `path` means in `cwd`, without `.`, `..` and doubled slashes. A path that starts with
/// something unknown stays so.
pub(crate) fn resolve(cwd: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    if path.starts_with(UNKNOWN) {
        return path.to_owned();
    }
    if !path.starts_with('/') {
        if !cwd.starts_with('/') {
            return format!("{UNKNOWN}/{path}");
        }
        walk(cwd, &mut parts);
    }
    walk(path, &mut parts);
    let mut resolved = String::new();
    for part in &parts {
        resolved.push('/');
        resolved.push_str(part);
    }
    if resolved.is_empty() {
        resolved.push('/');
    }
    resolved
}

fn walk<'a>(path: &'a str, parts: &mut Vec<&'a str>) {
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
}

/// Directories at the top that belong to the system; those that matter most come first, for patterns.
const TOPS: &[&str] = &[
    "etc", "dev", "usr", "bin", "boot", "lib", "sbin", "root", "home", "var", "opt", "srv", "proc", "sys",
    "lib32", "lib64", "libx32", "run", "mnt", "media",
];

/// Whether a component stands for everything in a directory: `*`, `.*`, `.[!.]*`, `{*,.*}`.
pub(crate) fn sweeps(component: &str) -> bool {
    let mut bare = String::new();
    let mut set = false;
    for c in component.chars() {
        match c {
            '[' => set = true,
            ']' => set = false,
            c if !set => bare.push(c),
            _ => {}
        }
    }
    component.contains(['*', '?', '[']) && bare.chars().all(|c| "*?.{},!".contains(c))
}

/// To whom an absolute path belongs.
pub(crate) fn area(path: &str) -> Area {
    if is_network(path) {
        return if is_loopback(path) { Area::Loopback } else { Area::Network };
    }
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if !path.starts_with('/') {
        return if is_start_file(path) { Area::Start } else { Area::Other };
    }
    // All that is in a directory is as good as the directory.
    while parts.last().is_some_and(|part| sweeps(part)) {
        parts.pop();
    }
    let Some(first) = parts.first() else { return Area::Root };
    let top = if glob::is_pattern(first) {
        TOPS.iter().find(|top| glob::matches(first, top)).copied().unwrap_or(first)
    } else {
        first
    };
    let rest = parts.get(1..).unwrap_or_default();
    if top == HOME.trim_start_matches('/') {
        return if rest.is_empty() { Area::Home } else { own_area(rest) };
    }
    match (top, rest) {
        ("etc", _) => Area::Etc,
        ("dev", []) => Area::Device,
        ("dev", [name, ..]) => device(name),
        ("proc", ["sysrq-trigger"] | ["sys", "kernel", "core_pattern" | "modprobe"]) => Area::Kernel,
        ("root", []) => Area::Home,
        ("home", [_]) if !path.contains(UNKNOWN) => Area::Home,
        ("root", rest) | ("home", [_, rest @ ..]) => own_area(rest),
        ("var", ["spool", "cron", ..]) => Area::Start,
        (top, []) if TOPS.contains(&top) => Area::Top,
        ("usr" | "bin" | "sbin" | "boot" | "lib" | "lib32" | "lib64" | "libx32", _) => Area::System,
        _ => Area::Other,
    }
}

/// Inside a home.
fn own_area(rest: &[&str]) -> Area {
    if is_start_file(&rest.join("/")) { Area::Start } else { Area::Other }
}

fn device(name: &str) -> Area {
    match name {
        "null" | "zero" | "full" | "stdout" | "stderr" | "stdin" | "tty" | "fd" | "shm" | "pts" | "ptmx"
        | "random" | "urandom" | "console" | "mqueue" => Area::Other,
        name if name.starts_with(UNKNOWN) => Area::Other,
        _ => Area::Device,
    }
}

/// `/dev/tcp/…` and `/dev/udp/…`, which Bash turns into connections.
pub(crate) fn is_network(path: &str) -> bool {
    let path = resolve("/tmp", path);
    path.starts_with("/dev/tcp/") || path.starts_with("/dev/udp/")
}

fn is_loopback(path: &str) -> bool {
    let host = resolve("/tmp", path);
    let host = host.split('/').nth(3).unwrap_or_default();
    host.starts_with("127.") || matches!(host, "localhost" | "::1" | "0.0.0.0" | "0")
}

/// Files in a home that are run at a start, or let others in.
fn is_start_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(
        name,
        ".bashrc"
            | ".bash_profile"
            | ".bash_login"
            | ".bash_logout"
            | ".bash_aliases"
            | ".profile"
            | ".zshrc"
            | ".zprofile"
            | ".zshenv"
            | ".zlogin"
            | ".kshrc"
            | ".cshrc"
            | ".xinitrc"
            | ".xsession"
            | ".xprofile"
            | ".inputrc"
    ) || path.ends_with(".ssh/authorized_keys")
        || path.ends_with(".ssh/rc")
        || path.ends_with(".config/fish/config.fish")
        || path.contains(".config/autostart/")
        || path.contains(".config/systemd/user/")
}

/// Directories of the system that things are installed into.
pub(crate) fn is_system_directory(path: &str) -> bool {
    matches!(
        path,
        "/usr"
            | "/usr/bin"
            | "/usr/sbin"
            | "/usr/lib"
            | "/usr/lib64"
            | "/usr/share"
            | "/usr/include"
            | "/usr/src"
            | "/bin"
            | "/sbin"
            | "/lib"
            | "/lib64"
            | "/boot"
    )
}

/// Files whose content is a secret.
pub(crate) fn is_secret(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let private_key =
        matches!(name, "id_rsa" | "id_dsa" | "id_ecdsa" | "id_ed25519") && path.contains(".ssh/");
    let process = path.starts_with("/proc/") && matches!(name, "environ" | "mem" | "kcore");
    matches!(
        path,
        "/etc/shadow"
            | "/etc/shadow-"
            | "/etc/gshadow"
            | "/etc/gshadow-"
            | "/etc/sudoers"
            | "/etc/security/opasswd"
    ) || private_key
        || process && !path.starts_with("/proc/self/")
        || path.ends_with(".aws/credentials")
        || path.ends_with(".docker/config.json")
        || path.ends_with(".kube/config")
        || path.starts_with("/etc/ssh/ssh_host_")
        || path.starts_with("/root/.ssh/")
}

/// Files of the system that have no business on another machine.
pub(crate) fn is_private(path: &str) -> bool {
    is_secret(path)
        || ["/etc/", "/root/", "/proc/", "/var/log/", "/var/lib/", "/boot/", "/sys/"]
            .iter()
            .any(|prefix| path.starts_with(prefix))
        || path.starts_with(HOME) && path.contains("/.")
        || path.starts_with("/home/") && path.contains("/.")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn paths_resolve() {
        for (cwd, path, expected) in [
            ("/tmp", "x", "/tmp/x"),
            ("/tmp", "../etc/./passwd", "/etc/passwd"),
            ("/tmp", "../../../../*", "/*"),
            ("/", ".", "/"),
            ("/tmp", "//etc//passwd", "/etc/passwd"),
        ] {
            assert_eq!(resolve(cwd, path), expected);
        }
    }

    #[test]
    fn areas_named() {
        for (path, expected) in [
            ("/", Area::Root),
            ("/*", Area::Root),
            ("/.[!.]*", Area::Root),
            ("/usr", Area::Top),
            ("/home/*", Area::Top),
            ("/var/log/x", Area::Other),
            ("/e?c/passwd", Area::Etc),
            ("/dev/sda", Area::Device),
            ("/dev/null", Area::Other),
            ("/dev/shm/x", Area::Other),
            ("/dev/tcp/10.0.0.1/1", Area::Network),
            ("/dev/tcp/127.0.0.1/1", Area::Loopback),
            ("/usr/bin/x", Area::System),
            ("/~home", Area::Home),
            ("/~home/*", Area::Home),
            ("/~home/build", Area::Other),
            ("/root/.bashrc", Area::Start),
            ("/tmp/x", Area::Other),
            ("/tmp", Area::Other),
        ] {
            assert_eq!(area(path), expected, "{path}");
        }
    }
}
