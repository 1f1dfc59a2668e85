//! Programs that run another program given in their arguments: `sudo`, `env`, `nice`, `timeout`, `busybox`.

use super::text::{Text, join};

/// What is left when the wrapper is taken off.
#[derive(Debug)]
pub(crate) enum Peeled {
    Command(Vec<Text>),
    /// With variables set for it.
    Environment(Vec<(String, Text)>, Vec<Text>),
    /// A line for a shell.
    Line(Text),
    /// Nothing is run.
    Nothing,
}

/// Long options of wrappers that take their value from the next argument.
const VALUED_LONG: &[&str] = &[
    "--user",
    "--group",
    "--host",
    "--prompt",
    "--chdir",
    "--unset",
    "--signal",
    "--kill-after",
    "--adjustment",
    "--class",
    "--classdata",
    "--close-from",
    "--role",
    "--type",
    "--output",
    "--format",
    "--input",
    "--error",
    "--property",
    "--unit",
    "--slice",
    "--setenv",
    "--uid",
    "--gid",
    "--reuid",
    "--regid",
    "--root",
    "--map-user",
    "--cpu-list",
    "--bind",
    "--wdns",
];

/// Takes a wrapper off; nothing if `name` is none.
pub(crate) fn peel(name: &str, args: &[Text]) -> Option<Peeled> {
    let plain = |valued: &str, operands: usize| Some(Peeled::Command(after(args, valued, operands)));
    match name {
        "sudo" => Some(sudo(args)),
        "doas" => plain("uC", 0),
        "env" => env(args),
        "command" if has_letter(args, "vV") => None,
        "command" | "builtin" | "nohup" | "setsid" | "fakeroot" | "unbuffer" | "eatmydata" | "catchsegv"
        | "torsocks" | "torify" | "proxychains" | "proxychains4" | "xvfb-run" | "rlwrap"
        | "dbus-run-session" | "unshare" | "firejail" | "viddy" | "setarch" | "linux32" | "linux64"
        | "i386" | "x86_64" | "noglob" | "chronic" | "ts" => plain("SGmWRUT", 0),
        "exec" => plain("a", 0),
        "nice" => plain("n", 0),
        "ionice" => plain("cnpPu", 0),
        "stdbuf" => plain("ioe", 0),
        "timeout" => plain("ks", 1),
        "time" | "gtime" => plain("fo", 0),
        "chrt" => plain("TPD", 1),
        "taskset" => plain("", 1),
        "chroot" | "faketime" | "cpulimit" | "numactl" | "ltrace" | "prlimit" | "setpriv" | "systemd-run"
        | "pkexec" | "cgexec" | "nsenter" | "systemd-inhibit" | "dumb-init" | "tini" => {
            plain("olpgtSGNmCnu", usize::from(matches!(name, "chroot" | "faketime")))
        }
        "strace" => plain("oepsEaIPSuX", 0),
        "busybox" | "toybox" => plain("", 0),
        name if name.starts_with("ld-linux") || name.starts_with("ld.so") || name.starts_with("ld-musl") => {
            plain("", 0)
        }
        "su" | "runuser" => Some(su(args)),
        "watch" => Some(Peeled::Line(join(&after(args, "n", 0), " "))),
        "script" | "scriptlive" => option_line(args, "c").or(Some(Peeled::Nothing)),
        "flock" => {
            let inner = after(args, "wE", 1);
            match inner.split_first() {
                Some((first, rest)) if first.text == "-c" || first.text == "--command" => {
                    Some(Peeled::Line(join(rest, " ")))
                }
                _ => Some(Peeled::Command(inner)),
            }
        }
        "tmux" | "screen" | "xterm" | "gnome-terminal" | "start-stop-daemon" | "expect" => carried(args),
        _ => None,
    }
}

/// The arguments after options and a number of operands.
fn after(args: &[Text], valued: &str, operands: usize) -> Vec<Text> {
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        if first.text == "--" {
            rest = tail;
            break;
        }
        if !first.text.starts_with('-') || first.text.len() < 2 {
            break;
        }
        rest = tail;
        let takes = if first.text.starts_with("--") {
            VALUED_LONG.contains(&first.text.as_str())
        } else {
            first.text.chars().last().is_some_and(|last| valued.contains(last))
        };
        if takes {
            rest = rest.get(1..).unwrap_or_default();
        }
    }
    rest.get(operands..).unwrap_or_default().to_vec()
}

fn has_letter(args: &[Text], letters: &str) -> bool {
    args.iter()
        .take_while(|arg| arg.text.starts_with('-'))
        .any(|arg| arg.text.contains(|c| letters.contains(c)))
}

/// `VAR=value` in front of a command.
fn variables(mut args: Vec<Text>) -> Peeled {
    let mut assigned = Vec::new();
    while let Some(first) = args.first() {
        let Some((name, value)) = first.text.split_once('=') else { break };
        if name.starts_with('-') || name.contains('/') {
            break;
        }
        assigned.push((name.to_owned(), first.as_text(value)));
        args.remove(0);
    }
    Peeled::Environment(assigned, args)
}

fn sudo(args: &[Text]) -> Peeled {
    if has_letter(args.get(..1).unwrap_or_default(), "e") && args.len() > 1 {
        // `sudo -e FILE` edits it.
        let mut edited = vec![Text::new("tee")];
        edited.extend(args.get(1..).unwrap_or_default().iter().cloned());
        return Peeled::Command(edited);
    }
    let inner = after(args, "ugpChrtTUDR", 0);
    if inner.is_empty() {
        let shell = args.iter().any(|arg| matches!(arg.text.as_str(), "-s" | "-i" | "--shell" | "--login"));
        return if shell { Peeled::Command(vec![Text::new("bash")]) } else { Peeled::Nothing };
    }
    variables(inner)
}

fn env(args: &[Text]) -> Option<Peeled> {
    for (i, arg) in args.iter().enumerate() {
        let line = arg.text.strip_prefix("-S").or_else(|| arg.text.strip_prefix("--split-string="));
        let Some(line) = line.filter(|_| args.iter().take(i).all(|before| before.text.starts_with('-')))
        else {
            continue;
        };
        let mut words = if line.is_empty() { Vec::new() } else { vec![arg.as_text(line)] };
        words.extend(args.get(i + 1..).unwrap_or_default().iter().cloned());
        return Some(Peeled::Line(join(&words, " ")));
    }
    let mut inner = after(args, "uCS", 0);
    if inner.first().is_some_and(|first| first.text == "-") {
        inner.remove(0);
    }
    if inner.is_empty() {
        return None;
    }
    Some(variables(inner))
}

/// `su [user] -c line`; without a line, a shell that reads standard input.
fn su(args: &[Text]) -> Peeled {
    if let Some(line) = option_line(args, "c") {
        return line;
    }
    match args.iter().position(|arg| arg.text == "--") {
        Some(at) => Peeled::Command(args.get(at + 1..).unwrap_or_default().to_vec()),
        None => Peeled::Command(vec![Text::new("bash")]),
    }
}

fn option_line(args: &[Text], letter: &str) -> Option<Peeled> {
    for (i, arg) in args.iter().enumerate() {
        if let Some(line) =
            arg.text.strip_prefix("--command=").or_else(|| arg.text.strip_prefix("--session-command="))
        {
            return Some(Peeled::Line(arg.as_text(line)));
        }
        let cluster = arg.text.starts_with('-') && !arg.text.starts_with("--") && arg.text.ends_with(letter);
        if cluster || arg.text == "--command" {
            return args.get(i + 1).map(|line| Peeled::Line(line.clone()));
        }
    }
    None
}

/// Terminals and the like: the arguments from the first that names a shell on.
fn carried(args: &[Text]) -> Option<Peeled> {
    let at = args.iter().position(|arg| {
        let base = arg.text.rsplit('/').next().unwrap_or_default();
        matches!(base, "bash" | "sh" | "dash" | "zsh" | "rm" | "dd" | "chmod") || arg.text.contains(' ')
    })?;
    let inner = args.get(at..).unwrap_or_default();
    match inner {
        [line] => Some(Peeled::Line(line.clone())),
        _ => Some(Peeled::Command(inner.to_vec())),
    }
}
