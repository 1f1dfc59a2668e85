//! Redirects: where input comes from, where output goes, and what is said about it.

use std::rc::Rc;

use super::paths;
use super::shell::Shell;
use super::syntax::{Flow, List, Part, Redirect};
use super::text::{Origin, Text};
use super::writes::Effect;

/// What happens to what a command prints.
#[derive(Default)]
pub(crate) enum Output<'a> {
    /// It goes on to the pipe or the screen.
    #[default]
    On,
    /// It does not go on.
    Off,
    /// It goes into a file, at its end or instead of what was there.
    File { path: String, append: bool },
    /// It is the input of `>(…)`.
    Process(&'a List),
}

impl Shell {
    /// Applies redirects in order, reports those that the rules forbid, and says where output goes.
    pub(crate) fn redirect<'a>(&mut self, redirects: &'a [Redirect]) -> Output<'a> {
        let mut output = Output::On;
        for redirect in redirects {
            match redirect.flow {
                Flow::Heredoc => {
                    let body = redirect.heredoc.as_ref().and_then(|cell| cell.get());
                    let text = body.map(|body| self.text(body)).unwrap_or_default();
                    self.feed(redirect.fd, text);
                }
                Flow::HereString => {
                    let mut text = self.text(&redirect.target);
                    text.push_str("\n");
                    self.feed(redirect.fd, text);
                }
                Flow::In | Flow::Both | Flow::DupIn => self.redirect_in(redirect),
                Flow::Out | Flow::Append | Flow::DupOut => {
                    if let Some(next) = self.redirect_out(redirect) {
                        output = next;
                    }
                }
            }
        }
        output
    }

    /// Sends what a command printed where it goes: a file keeps it, a pipe passes it on.
    pub(crate) fn deliver(&mut self, output: Output<'_>, printed: Text) -> Text {
        match output {
            Output::On => printed,
            Output::Off => Text::default(),
            Output::File { path, append } => {
                self.keep(path, &printed, append);
                Text::default()
            }
            Output::Process(body) => self.isolated(|shell| {
                shell.stdin = Some(Rc::new(printed));
                shell.list(body)
            }),
        }
    }

    /// Remembers the content of a file.
    pub(crate) fn keep(&mut self, path: String, text: &Text, append: bool) {
        self.spend(path.len() + text.text.len() + 64);
        let mut content = if append { self.files.remove(&path).unwrap_or_default() } else { Text::default() };
        content.push(text);
        self.files.insert(path, content.cut());
    }

    fn feed(&mut self, fd: Option<u32>, text: Text) {
        match fd {
            None | Some(0) => self.stdin = Some(Rc::new(text)),
            Some(fd) => {
                self.descriptors.insert(fd, text);
            }
        }
    }

    fn redirect_in(&mut self, redirect: &Redirect) {
        let target = self.text(&redirect.target);
        if redirect.flow == Flow::DupIn {
            let number = target.known().and_then(|fd| fd.parse().ok());
            if let Some(text) = number.and_then(|fd: u32| self.descriptors.get(&fd)) {
                self.stdin = Some(Rc::new(text.clone()));
            }
            return;
        }
        if paths::is_network(&target.text) {
            self.effect(Effect::Write, &target, "opens");
            self.feed(redirect.fd, Text::from(Origin::REMOTE));
            return;
        }
        if redirect.flow == Flow::Both {
            self.effect(Effect::Write, &target, "opens for writing");
        } else {
            self.reads(&target);
        }
        let text = self.content(&target).unwrap_or_else(Text::unknown);
        self.feed(redirect.fd, text);
    }

    /// Where output goes now; nothing where this redirect is about another descriptor.
    fn redirect_out<'a>(&mut self, redirect: &'a Redirect) -> Option<Output<'a>> {
        let stdout = matches!(redirect.fd, None | Some(1));
        if let [Part::Process { body, output: true }] = redirect.target.parts.as_slice() {
            return stdout.then_some(Output::Process(body));
        }
        let target = self.text(&redirect.target);
        if redirect.flow == Flow::DupOut {
            let number = target.text.trim_end_matches('-');
            if number.bytes().all(|b| b.is_ascii_digit()) {
                return (stdout && number != "1").then_some(Output::Off);
            }
        }
        self.effect(Effect::Write, &target, "writes to");
        let path = paths::resolve(&self.cwd.text, &target.text);
        if !stdout {
            return None;
        }
        if matches!(path.as_str(), "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1" | "/dev/tty") {
            return None;
        }
        Some(Output::File { path, append: redirect.flow == Flow::Append })
    }
}
