//! Programs that talk to other machines: what they fetch, what they send, what they let in.

use super::options::Options;
use super::paths;
use super::shell::Shell;
use super::text::{Origin, Text};
use super::writes::Effect;
use crate::rules::bash as rules;

/// Options of `curl` that take a value.
const CURL_VALUED: &str = "AbcCdDeEFHhKmoPQrTtuUwxXyYz";
const CURL_LONG: &[&str] = &[
    "output",
    "data",
    "data-binary",
    "data-raw",
    "data-urlencode",
    "data-ascii",
    "form",
    "upload-file",
    "header",
    "url",
    "user",
    "user-agent",
    "proxy",
    "request",
    "cookie",
    "cookie-jar",
    "write-out",
    "max-time",
    "connect-timeout",
    "referer",
    "retry",
    "cacert",
    "cert",
    "key",
    "output-dir",
    "config",
];
const WGET_VALUED: &str = "OPoaeititTQUDRAXIlBwY";
const WGET_LONG: &[&str] = &[
    "output-document",
    "directory-prefix",
    "output-file",
    "append-output",
    "header",
    "post-file",
    "body-file",
    "post-data",
    "user",
    "password",
    "tries",
    "timeout",
    "user-agent",
    "input-file",
    "execute",
];

impl Shell {
    /// Whether what a program prints comes from the network.
    ///
    /// `wget` counts whatever it was told to print: piped to a shell it is a mistake for `wget -O-`, and the contract
    /// forbids it as it is written.
    pub(crate) fn is_remote(name: &str) -> bool {
        matches!(
            name,
            "curl"
                | "wget"
                | "wget2"
                | "nc"
                | "ncat"
                | "netcat"
                | "nc.openbsd"
                | "nc.traditional"
                | "socat"
                | "telnet"
                | "lynx"
                | "w3m"
                | "links"
                | "elinks"
                | "GET"
                | "lwp-request"
                | "http"
                | "https"
                | "xh"
                | "fetch"
                | "ftp"
                | "tftp"
                | "ssh"
                | "dig"
                | "nslookup"
                | "host"
        )
    }

    pub(crate) fn network_program(&mut self, name: &str, args: &[Text]) {
        match name {
            "curl" => self.curl(args),
            "wget" | "wget2" => self.wget(args),
            "aria2c" | "axel" => {
                let options = Options::read(args, "od", &["out", "dir"]);
                let target = options.value('o', "out");
                let directory = options.value('d', "dir").map_or_else(String::new, |dir| dir.text + "/");
                if let Some(target) = target {
                    self.download(&Text::new(format!("{directory}{}", target.text)));
                } else if !directory.is_empty() {
                    self.effect(Effect::Write, &Text::new(directory), "downloads into");
                }
            }
            "nc" | "ncat" | "netcat" | "nc.openbsd" | "nc.traditional" => {
                self.netcat(args);
                self.sends_input();
            }
            "socat" => {
                let runs = args.iter().any(|arg| {
                    let text = arg.text.to_ascii_uppercase();
                    text.starts_with("EXEC:") || text.starts_with("SYSTEM:") || text.starts_with("SHELL:")
                });
                let network = args.iter().any(|arg| {
                    let text = arg.text.to_ascii_uppercase();
                    ["TCP", "UDP", "OPENSSL", "SSL", "SCTP"].iter().any(|start| text.starts_with(start))
                });
                if runs && network {
                    self.report(
                        &rules::REVERSE_SHELL,
                        "`socat` gives another machine a program to talk to".to_owned(),
                    );
                }
                self.sends_input();
            }
            "telnet" | "ftp" | "tftp" => self.sends_input(),
            "scp" | "rsync" | "sftp" => {
                let remote = |arg: &Text| {
                    arg.text.contains(':') && !arg.text.starts_with('/') && !arg.text.starts_with('-')
                };
                if args.last().is_some_and(remote) {
                    for arg in args.iter().take(args.len() - 1) {
                        let path = paths::resolve(&self.cwd.text, &arg.text);
                        if paths::is_secret(&path) {
                            self.sends_file(&arg.text);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn curl(&mut self, args: &[Text]) {
        let options = Options::read(args, CURL_VALUED, CURL_LONG);
        for target in options.values('o', "output") {
            if !is_stdout(&target.text) {
                self.download(&target);
            }
        }
        if options.has('O', "remote-name") || options.has_long("remote-name-all") {
            let prefix = options.value(' ', "output-dir").map_or_else(String::new, |dir| dir.text + "/");
            for url in &options.operands {
                self.download(&Text::new(format!("{prefix}{}", last_part(&url.text))));
            }
        }
        for long in ["data", "data-binary", "data-ascii", "data-urlencode", "form"] {
            let letter = match long {
                "data" => 'd',
                "form" => 'F',
                _ => ' ',
            };
            for value in options.values(letter, long) {
                let text = value.text.as_str();
                let file = text
                    .split_once(['@', '<'])
                    .filter(|(name, _)| name.is_empty() || name.ends_with('=') || long != "data");
                if let Some((_, file)) = file {
                    self.sends_file(file.split(';').next().unwrap_or(file));
                }
                self.sends_text(&value);
            }
        }
        for file in options.values('T', "upload-file") {
            self.sends_file(&file.text);
        }
        for url in &options.operands {
            self.sends_text(url);
        }
        for header in options.values('H', "header") {
            self.sends_text(&header);
        }
    }

    fn wget(&mut self, args: &[Text]) {
        let options = Options::read(args, WGET_VALUED, WGET_LONG);
        for file in options.values(' ', "post-file").iter().chain(&options.values(' ', "body-file")) {
            self.sends_file(&file.text);
        }
        for data in options.values(' ', "post-data") {
            self.sends_text(&data);
        }
        match options.value('O', "output-document") {
            Some(target) if is_stdout(&target.text) => {}
            Some(target) => self.download(&target),
            None => {
                let prefix =
                    options.value('P', "directory-prefix").map_or_else(String::new, |dir| dir.text + "/");
                for url in &options.operands {
                    self.download(&Text::new(format!("{prefix}{}", last_part(&url.text))));
                    self.sends_text(url);
                }
            }
        }
    }

    /// A file that comes from the network.
    fn download(&mut self, target: &Text) {
        self.effect(Effect::Write, target, "downloads into");
        let path = paths::resolve(&self.cwd.text, &target.text);
        self.keep(path, &Text::from(Origin::REMOTE), false);
    }

    fn netcat(&mut self, args: &[Text]) {
        for (i, arg) in args.iter().enumerate() {
            let long = matches!(arg.text.as_str(), "--exec" | "--sh-exec" | "--lua-exec")
                || arg.text.starts_with("--exec=")
                || arg.text.starts_with("--sh-exec=");
            let cluster =
                arg.text.starts_with('-') && !arg.text.starts_with("--") && arg.text.contains(['e', 'c']);
            let value = args.get(i + 1).map_or("", |value| value.text.as_str());
            if long || cluster && (value.contains("sh") || value.contains('/') || value.contains("cmd")) {
                self.report(&rules::REVERSE_SHELL, "gives another machine a shell to talk to".to_owned());
            }
        }
    }

    /// What is piped into a program that sends it.
    fn sends_input(&mut self) {
        if let Some(input) = self.piped() {
            self.sends_text(&input);
        }
    }

    fn sends_text(&mut self, text: &Text) {
        if text.origin.has(Origin::PRIVATE) {
            self.report(
                &rules::SEND_PRIVATE,
                "sends the content of a private file to another machine".to_owned(),
            );
        }
    }

    fn sends_file(&mut self, file: &str) {
        if file == "-" {
            self.sends_input();
            return;
        }
        let path = paths::resolve(&self.cwd.text, file);
        if !self.is_allowed_path(&path) && paths::is_private(&path) {
            let shown = Text::new(path).shown();
            self.report(&rules::SEND_PRIVATE, format!("sends `{shown}` to another machine"));
        }
    }
}

fn is_stdout(target: &str) -> bool {
    matches!(target, "-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1")
}

/// The name that a download gets: what follows the last slash of the address.
fn last_part(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
    match path.rsplit_once('/') {
        Some((before, name)) if !before.ends_with('/') && !name.is_empty() => name,
        _ => "index.html",
    }
}
