//! Where a path leads, for the rules that guard the system's files.
//!
//! Works on text alone: nothing here looks at a file system, so links and
//! the programs' own directories are unknown. A path is read as the runner runs it: relative to `/tmp`.

/// Stands in a path for text that the reader could not determine. Neither a path nor an identifier can hold it.
pub(crate) const UNKNOWN: char = '\0';

/// Longer text is no path: Linux takes half as much.
const LONGEST: usize = 8192;

/// A part of the file system that the rules guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// What the system is made of, such as `/usr`: read freely, not to be written.
    System,
    /// Where secrets and start-up files are, such as `/root`, `~/.ssh` and `/var/spool/cron`.
    Private,
    /// `/etc`, `/proc`, `/sys` and `/dev`, which the contract names.
    Contract,
}

/// The guarded place that `path` is in, if it is in one.
///
/// The first name of a path can be a shell pattern: `/e?c/passwd` is in `/etc`.
pub(crate) fn place(path: &str) -> Option<Place> {
    if path.len() > LONGEST || !leaves_directory(path) {
        return None;
    }
    let names = normalize(path);
    let mut rest = names.iter().copied();
    let first = rest.next()?;
    let second = rest.next();
    match first {
        "etc" | "proc" | "sys" => Some(Place::Contract),
        "dev" => device(second, rest.next()),
        "root" => Some(Place::Private),
        "~" => second.and_then(personal),
        "home" => rest.next().and_then(personal),
        "var" | "run" => variable(first, second, rest.next()),
        "usr" | "bin" | "sbin" | "lib" | "lib32" | "lib64" | "libx32" | "boot" | "opt" | "srv" => {
            Some(Place::System)
        }
        pattern if is_pattern(pattern) => ["etc", "proc", "sys", "dev"]
            .iter()
            .any(|name| matches_pattern(pattern.as_bytes(), name.as_bytes()))
            .then_some(Place::Contract),
        _ => None,
    }
}

/// Whether `path` is the root, a directory of the system or a home as a whole, or all that is in one of these.
pub(crate) fn is_whole(path: &str) -> bool {
    // Whatever it is, it is at the top.
    if path.strip_prefix('/') == Some(UNKNOWN.encode_utf8(&mut [0; 4])) {
        return true;
    }
    if path.len() > LONGEST || path.contains(UNKNOWN) || !leaves_directory(path) {
        return false;
    }
    let mut names = normalize(path);
    if names.last() == Some(&"*") {
        names.pop();
    }
    match names.as_slice() {
        [] | ["home", _] => true,
        [top] => matches!(
            *top,
            "~" | "home"
                | "root"
                | "etc"
                | "dev"
                | "proc"
                | "sys"
                | "usr"
                | "bin"
                | "sbin"
                | "lib"
                | "lib32"
                | "lib64"
                | "libx32"
                | "boot"
                | "opt"
                | "srv"
                | "var"
                | "run"
                | "mnt"
                | "media"
        ),
        _ => false,
    }
}

/// Whether `path` is the directory in which all homes are.
pub(crate) fn is_home_of_homes(path: &str) -> bool {
    leaves_directory(path) && normalize(path) == ["home"]
}

/// The absolute path that `path` means, without `.`, `..` and doubled slashes; nothing if it is too long for one.
pub(super) fn absolute(path: &str) -> Option<String> {
    (path.len() <= LONGEST).then(|| normalize(path).iter().flat_map(|name| ["/", name]).collect())
}

/// Whether `path` can lead out of the working directory at all: most strings in a program cannot.
fn leaves_directory(path: &str) -> bool {
    path.starts_with(['/', '~']) || path.starts_with("file:") || path.contains("..")
}

/// The names on the way from the root, with `.`, `..`, repeated slashes and `file:` resolved, and a leading `~` as
/// the name of a home directory.
fn normalize(path: &str) -> Vec<&str> {
    let path = match path.strip_prefix("file:") {
        Some(url) => url.strip_prefix("//localhost").unwrap_or(url),
        None => path,
    };
    let mut names = Vec::new();
    if !path.starts_with(['/', '~']) {
        names.push("tmp");
    }
    for (index, name) in path.split('/').enumerate() {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            "~root" if index == 0 => names.push("root"),
            home if index == 0 && home.starts_with('~') => names.push("~"),
            name => names.push(name),
        }
    }
    names
}

/// `/dev` holds disks and memory, and beside them what every program may use: the null device and its own streams.
fn device(second: Option<&str>, third: Option<&str>) -> Option<Place> {
    match (second, third) {
        (Some("null" | "stdin" | "stdout" | "stderr"), None) => None,
        (Some("fd"), Some(number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => None,
        _ => Some(Place::Contract),
    }
}

/// Files of a home directory that hold secrets or are run at login.
fn personal(name: &str) -> Option<Place> {
    let private = matches!(
        name,
        ".ssh"
            | ".aws"
            | ".azure"
            | ".gnupg"
            | ".netrc"
            | ".kube"
            | ".docker"
            | ".pgpass"
            | ".git-credentials"
            | ".gitconfig"
            | ".npmrc"
            | ".pypirc"
            | ".profile"
            | ".pam_environment"
            | ".mozilla"
            | ".password-store"
    ) || name.starts_with(".bash")
        || name.starts_with(".zsh")
        || name.starts_with(".zprofile");
    private.then_some(Place::Private)
}

/// Below `/var` and `/run`: scheduled jobs, mounted secrets, the socket that commands a container engine, and the
/// state of installed programs.
fn variable(first: &str, second: Option<&str>, third: Option<&str>) -> Option<Place> {
    match (first, second, third) {
        ("var", Some("spool"), Some("cron"))
        | ("var", Some("run"), Some("docker.sock" | "secrets"))
        | ("run", Some("docker.sock" | "secrets"), _) => Some(Place::Private),
        ("var", Some("lib" | "log" | "spool" | "mail" | "backups" | "cache" | "www"), _) => {
            Some(Place::System)
        }
        _ => None,
    }
}

/// Whether a name is a shell pattern that says something: `*` alone stands for every directory and names none.
fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '[']) && name.len() <= 64 && name.bytes().any(|byte| byte != b'*')
}

/// Whether a shell pattern matches a name. Bounded by their lengths, both of which are short.
fn matches_pattern(pattern: &[u8], name: &[u8]) -> bool {
    // The states of a pattern after each byte of the name, as a set: no backtracking.
    let tokens = tokens(pattern);
    let mut reached = vec![false; tokens.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_stars(&tokens, &mut reached);
    for &byte in name {
        let mut next = vec![false; tokens.len() + 1];
        for (index, token) in tokens.iter().enumerate() {
            if !reached.get(index).copied().unwrap_or_default() {
                continue;
            }
            let target = match token {
                Token::Star => Some(index),
                Token::One(set, negated) => (set.contains(&byte) != *negated).then_some(index + 1),
            };
            if let Some(slot) = target.and_then(|target| next.get_mut(target)) {
                *slot = true;
            }
        }
        skip_stars(&tokens, &mut next);
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

enum Token {
    Star,
    /// One byte, of the set or, where the flag says so, outside it.
    One(Vec<u8>, bool),
}

fn tokens(pattern: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = pattern.iter().copied();
    while let Some(byte) = rest.next() {
        tokens.push(match byte {
            b'*' => Token::Star,
            b'?' => Token::One(Vec::new(), true),
            b'[' => {
                let inside: Vec<u8> = rest.by_ref().take_while(|byte| *byte != b']').collect();
                match inside.split_first() {
                    Some((b'!' | b'^', set)) => Token::One(expanded(set), true),
                    _ => Token::One(expanded(&inside), false),
                }
            }
            byte => Token::One(vec![byte], false),
        });
    }
    tokens
}

/// The bytes of a bracket expression, ranges such as `a-f` written out.
fn expanded(set: &[u8]) -> Vec<u8> {
    let mut bytes = set.to_vec();
    for window in set.windows(3) {
        if let [first, b'-', last] = window {
            bytes.extend(*first..=*last);
        }
    }
    bytes
}

fn skip_stars(tokens: &[Token], reached: &mut [bool]) {
    let mut carried = false;
    for (index, slot) in reached.iter_mut().enumerate() {
        *slot |= carried;
        carried = *slot && matches!(tokens.get(index), Some(Token::Star));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_in_a_guarded_place_is_recognised() {
        for (path, expected) in [
            ("/etc/passwd", Some(Place::Contract)),
            ("/etc", Some(Place::Contract)),
            ("//etc//passwd", Some(Place::Contract)),
            ("/./etc/passwd", Some(Place::Contract)),
            ("/tmp/../etc/passwd", Some(Place::Contract)),
            ("../etc/passwd", Some(Place::Contract)),
            ("x/../../../../etc/passwd", Some(Place::Contract)),
            ("file:///etc/passwd", Some(Place::Contract)),
            ("file://localhost/etc/passwd", Some(Place::Contract)),
            ("/e?c/passwd", Some(Place::Contract)),
            ("/[d-f]tc/passwd", Some(Place::Contract)),
            ("/[!x]t*/passwd", Some(Place::Contract)),
            ("/proc/\0/environ", Some(Place::Contract)),
            ("/dev/sda", Some(Place::Contract)),
            ("/dev/tcp/h/1", Some(Place::Contract)),
            ("/root/.bashrc", Some(Place::Private)),
            ("~/.ssh/id_rsa", Some(Place::Private)),
            ("~root/x", Some(Place::Private)),
            ("/home/u/.bashrc", Some(Place::Private)),
            ("/var/run/docker.sock", Some(Place::Private)),
            ("/usr/x.py", Some(Place::System)),
            ("/tmp/etc/passwd", None),
            ("etc/passwd", None),
            ("data/etc/x", None),
            ("/etcetera", None),
            ("/system-data/model.bin", None),
            ("/development/x", None),
            ("/dev/null", None),
            ("/dev/stderr", None),
            ("/dev/fd/2", None),
            ("~/notes.txt", None),
            ("../data.csv", None),
            ("/*", None),
            ("/data*/x", None),
            ("\0/etc/passwd", None),
            ("", None),
        ] {
            assert_eq!(place(path), expected, "{path}");
        }
    }
}
