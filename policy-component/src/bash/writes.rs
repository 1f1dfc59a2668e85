//! What changes files: which programs, which of their arguments, and what the rules say about the place.

use super::options::Options;
use super::paths::{self, Area};
use super::shell::Shell;
use super::text::Text;
use crate::rules::bash as rules;

/// What happens to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Write,
    /// Removed, emptied or moved away: a directory goes with all that is in it.
    Remove,
    /// Removed or emptied, files only.
    RemoveFile,
    /// Put into a directory, linked or made: what an administrator does to install something.
    Install,
}

impl Shell {
    /// Reports a change at `target` where the place belongs to the system or to a home.
    pub(crate) fn effect(&mut self, effect: Effect, target: &Text, verb: &str) {
        if !target.is_known() {
            self.report_spent();
        }
        let path = paths::resolve(&self.cwd.text, &target.text);
        if self.is_allowed_change(effect, &path) {
            return;
        }
        let shown = Text::new(path.as_str()).shown();
        let sweeping = path.rsplit('/').next().is_some_and(paths::sweeps);
        let message = format!("{verb} `{shown}`");
        match paths::area(&path) {
            Area::Network => self.report(&rules::NETWORK_DEVICE, format!("opens a connection by `{shown}`")),
            Area::Loopback => {
                self.report(
                    &rules::LOOPBACK_DEVICE,
                    format!("opens a connection to this machine by `{shown}`"),
                );
            }
            Area::Etc => self.report(&rules::WRITE_ETC, message),
            Area::Device => self.report(&rules::WRITE_DEVICE, message),
            Area::Root | Area::Top
                if effect == Effect::Remove || effect == Effect::RemoveFile && sweeping =>
            {
                self.report(&rules::REMOVE_ROOT, message);
            }
            Area::Home if effect == Effect::Remove || effect == Effect::RemoveFile && sweeping => {
                self.report(&rules::REMOVE_HOME, message);
            }
            Area::Start => self.report(&rules::START_FILE, message),
            Area::Kernel => self.report(&rules::WRITE_SYSTEM, message),
            Area::System | Area::Top if effect == Effect::Install => self.report(&rules::INSTALL, message),
            Area::System | Area::Top if Self::is_system_write(&path) => {
                self.report(&rules::WRITE_SYSTEM, message);
            }
            Area::Root | Area::Top | Area::System | Area::Home | Area::Other => {}
        }
    }

    /// `/usr/local` and `/opt` are where an administrator installs; `/usr/share` and the like hold data.
    fn is_system_write(path: &str) -> bool {
        !path.starts_with("/usr/local/")
            && !path.contains(super::text::UNKNOWN)
            && path != "/usr/local"
            && !matches!(
                path,
                "/var" | "/opt" | "/srv" | "/mnt" | "/media" | "/run" | "/home" | "/proc" | "/sys"
            )
    }

    /// Reports reading of a secret.
    pub(crate) fn reads(&mut self, target: &Text) {
        let path = paths::resolve(&self.cwd.text, &target.text);
        if !self.is_allowed_path(&path) && paths::is_secret(&path) {
            self.report(&rules::READ_SECRET, format!("reads `{}`", Text::new(path.as_str()).shown()));
        }
    }

    /// Programs that change files, by what their arguments say.
    pub(crate) fn writing_program(&mut self, name: &str, args: &[Text]) {
        match name {
            "rm" | "srm" | "trash" | "rmdir" | "wipe" => self.remove(name, args),
            "unlink" | "shred" | "truncate" => {
                let options =
                    Options::read(args, "snri", &["size", "reference", "iterations", "random-source"]);
                for target in &options.operands {
                    self.effect(Effect::RemoveFile, target, "destroys");
                }
            }
            "mv" | "cp" | "install" | "ln" | "link" | "rsync" | "scp" => self.copy_like(name, args),
            "tee" | "touch" | "sponge" | "mkfifo" | "mknod" | "mkdir" => {
                let options = Options::read(args, "mdtr", &["mode", "date", "reference"]);
                let effect = if matches!(name, "tee" | "sponge") { Effect::Write } else { Effect::Install };
                for target in &options.operands {
                    self.effect(effect, target, "writes to");
                    if name == "tee" {
                        let input = self.input();
                        let path = paths::resolve(&self.cwd.text, &target.text);
                        self.keep(path, &input, options.has('a', "append"));
                    }
                }
            }
            "chown" | "chgrp" | "chattr" | "setfattr" => self.owner(args),
            "dd" => self.dd(args),
            "sed" => self.in_place(args, "i", "in-place", "efl", &["expression", "file"]),
            "perl" | "ruby" => self.in_place(args, "i", "", "eElMmIr", &[]),
            "gawk" | "awk" | "sort" | "uniq" | "split" | "csplit" | "patch" | "ed" | "ex" | "red" => {
                self.other_outputs(name, args);
            }
            "tar" | "bsdtar" | "unzip" | "7z" | "cpio" | "zip" | "ar" => self.archives(name, args),
            "git" => self.git_clone(args),
            _ if self.allows_command(name) => {}
            _ => self.administration(name, args),
        }
    }

    /// `cp`, `mv` and their kin: the last operand, or `-t`, is where things go; `mv` takes them from where they were.
    fn copy_like(&mut self, name: &str, args: &[Text]) {
        let moves = name == "mv";
        let options =
            Options::read(args, "tmogSe", &["target-directory", "mode", "owner", "group", "suffix"]);
        let mut operands = options.operands.clone();
        let directory = options.value('t', "target-directory");
        let target = match directory {
            Some(directory) => Some(directory),
            None if operands.len() > 1 || moves => operands.pop(),
            None => None,
        };
        if let Some(target) = &target {
            let path = paths::resolve(&self.cwd.text, &target.text);
            let installs = target.text.ends_with('/')
                || paths::is_system_directory(&path)
                || matches!(name, "ln" | "link");
            self.effect(if installs { Effect::Install } else { Effect::Write }, target, "writes to");
            if let [source] = operands.as_slice() {
                let content = self.content(source);
                let path = paths::resolve(&self.cwd.text, &target.text);
                if let Some(content) = content {
                    self.keep(path, &content, false);
                }
            }
        }
        for source in &operands {
            // `/` itself cannot be moved; who writes it among the sources took it for the target.
            if moves && source.text != "/" {
                self.effect(Effect::Remove, source, "moves away");
            } else {
                self.reads(source);
            }
        }
        if let Some(mode) = options.value('m', "mode") {
            self.open_mode(&mode.text, "installs a file as");
        }
        if options.has_long("remove-source-files") {
            for source in &operands {
                self.effect(Effect::Remove, source, "moves away");
            }
        }
    }

    fn owner(&mut self, args: &[Text]) {
        let options = Options::read(args, "", &["from", "reference"]);
        for target in options.operands.iter().skip(1) {
            let path = paths::resolve(&self.cwd.text, &target.text);
            match paths::area(&path) {
                Area::Root if options.has('R', "recursive") => {
                    self.report(&rules::WRITE_SYSTEM, "changes the owner of `/` and all in it".to_owned());
                }
                Area::Root
                | Area::Top
                | Area::Etc
                | Area::Device
                | Area::Network
                | Area::Loopback
                | Area::System
                | Area::Kernel
                | Area::Home
                | Area::Start
                | Area::Other => {}
            }
        }
    }

    fn dd(&mut self, args: &[Text]) {
        for arg in args {
            if let Some(target) = arg.text.strip_prefix("of=") {
                let target = arg.as_text(target);
                let path = paths::resolve(&self.cwd.text, &target.text);
                if paths::area(&path) == Area::Device && !self.is_allowed_path(&path) {
                    self.report(&rules::DD_DEVICE, format!("`dd` writes to `{}`", Text::new(path).shown()));
                } else {
                    self.effect(Effect::Write, &target, "`dd` writes to");
                    let input = self.input();
                    self.keep(path, &input, false);
                }
            } else if let Some(source) = arg.text.strip_prefix("if=") {
                self.reads(&arg.as_text(source));
            }
        }
    }

    /// `sed -i`, `perl -i`: the operands are changed where they are.
    fn in_place(&mut self, args: &[Text], short: &str, long: &str, valued: &str, valued_long: &[&str]) {
        let mut options = Options::read(args, valued, valued_long);
        let letter = short.chars().next().unwrap_or('i');
        if !options.has(letter, long) {
            return;
        }
        let scripted = options.has('e', "expression") || options.has('f', "file") || options.has('E', "");
        if !scripted && !options.operands.is_empty() {
            options.operands.remove(0);
        }
        for target in &options.operands {
            self.effect(Effect::Write, target, "changes");
        }
    }

    fn other_outputs(&mut self, name: &str, args: &[Text]) {
        let options = Options::read(args, "okStTFvfnabldp", &["output", "key", "field-separator"]);
        match name {
            "sort" | "patch" => {
                if let Some(target) = options.value('o', "output") {
                    self.effect(Effect::Write, &target, "writes to");
                }
                if name == "patch"
                    && let Some(target) = options.operands.first()
                {
                    self.effect(Effect::Write, target, "patches");
                }
            }
            "uniq" | "split" | "csplit" => {
                if let Some(target) = options.operands.get(1) {
                    self.effect(Effect::Write, target, "writes to");
                }
            }
            "ed" | "ex" | "red" => {
                for target in &options.operands {
                    self.effect(Effect::Write, target, "edits");
                }
            }
            _ => {}
        }
    }

    fn archives(&mut self, name: &str, args: &[Text]) {
        let options = Options::read(args, "fCdDbgGIKLNTVHX", &["directory", "file", "exclude"]);
        let all: String = args.iter().take(1).map(|arg| arg.text.as_str()).collect();
        let extracts = options.has('x', "extract")
            || options.has_long("get")
            || !all.starts_with('-') && all.contains('x');
        if matches!(name, "unzip" | "cpio") || extracts {
            let directory = options.value('C', "directory").or_else(|| options.value('d', ""));
            if let Some(directory) = directory {
                self.effect(Effect::Write, &directory, "unpacks into");
            } else if options.has('P', "absolute-names") {
                self.effect(Effect::Write, &Text::new("/etc"), "may unpack into");
            }
        }
        if options.has_long("remove-files") {
            for target in &options.operands {
                self.effect(Effect::Remove, target, "archives and removes");
            }
        }
    }

    fn git_clone(&mut self, args: &[Text]) {
        let options = Options::read(args, "Cbco", &["branch", "depth"]);
        let operands = &options.operands;
        if operands.first().is_some_and(|word| word.text == "clone")
            && let Some(target) = operands.get(2)
        {
            self.effect(Effect::Write, target, "clones into");
        }
    }

    /// Programs that write to `/etc` by their nature.
    fn administration(&mut self, name: &str, args: &[Text]) {
        let words: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
        let accounts = matches!(
            name,
            "useradd"
                | "adduser"
                | "usermod"
                | "userdel"
                | "deluser"
                | "groupadd"
                | "groupmod"
                | "groupdel"
                | "addgroup"
                | "delgroup"
                | "gpasswd"
                | "chpasswd"
                | "chgpasswd"
                | "newusers"
                | "vipw"
                | "vigr"
                | "visudo"
                | "pwconv"
                | "update-rc.d"
        );
        let asks = words
            .iter()
            .any(|word| matches!(*word, "-h" | "--help" | "--version" | "-c" | "-D" | "--defaults"))
            && matches!(name, "visudo" | "useradd" | "adduser");
        if accounts && !asks {
            self.report(&rules::WRITE_ETC, format!("`{name}` changes the accounts in `/etc`"));
        }
        match name {
            "passwd" if !words.iter().any(|word| matches!(*word, "-S" | "--status" | "-h" | "--help")) => {
                self.report(&rules::WRITE_ETC, "`passwd` changes `/etc/shadow`".to_owned());
            }
            "crontab"
                if !words.iter().any(|word| matches!(*word, "-l" | "-h" | "-e")) && !words.is_empty() =>
            {
                self.report(&rules::TIMETABLE, "`crontab` plants commands for later".to_owned());
            }
            "hostnamectl" if words.first() == Some(&"set-hostname") => {
                self.report(&rules::WRITE_ETC, "`hostnamectl` writes to `/etc/hostname`".to_owned());
            }
            _ => {}
        }
    }
}
