//! Code inside code: shells, `eval`, `source`, `trap`, and the programs that build a command line for another.

use std::rc::Rc;

use super::shell::Shell;
use super::text::{Text, join};

impl Shell {
    /// Builtins and programs whose arguments are code: shells, `eval`, `source`, `trap`.
    pub(crate) fn code_program(&mut self, name: &str, args: &[Text]) -> Option<Text> {
        match name {
            "eval" => {
                let line = join(args, " ");
                Some(self.run_text(&line, "`eval`"))
            }
            "source" | "." => {
                let file = args.first()?;
                let content = self.content(file)?;
                Some(self.run_text(&content, &format!("`{name}`")))
            }
            "trap" => {
                if let [code, _, ..] = args
                    && !code.text.starts_with('-')
                {
                    self.isolated(|shell| shell.run_text(code, "`trap`"));
                }
                Some(Text::default())
            }
            "complete" | "compgen" => {
                let options = super::options::Options::read(args, "oAGWFCXPS", &[]);
                if let Some(code) = options.value('C', "") {
                    self.run_text(&code, "`complete -C`");
                }
                if let Some(words) = options.value('W', "") {
                    self.read_expansions(&words.text);
                }
                Some(Text::unknown())
            }
            "bind" => {
                let options = super::options::Options::read(args, "mfqurx", &[]);
                if let Some(binding) = options.value('x', "")
                    && let Some((_, code)) = binding.text.split_once(':')
                {
                    let code = binding.as_text(code.trim().trim_matches(['"', '\'']));
                    self.run_text(&code, "`bind -x`");
                }
                Some(Text::default())
            }
            "sh" | "bash" | "rbash" | "dash" | "zsh" | "ksh" | "mksh" | "ash" | "fish" | "csh" | "tcsh"
            | "yash" | "posh" | "pdksh" => Some(self.shell(name, args)),
            "find" | "fd" | "fdfind" => Some(self.find(args)),
            "xargs" => Some(self.xargs(args)),
            "parallel" => Some(self.parallel(args)),
            "at" | "batch" => {
                let input = self.input();
                Some(self.run_text(&input, "`at`"))
            }
            _ => None,
        }
    }

    /// A shell: `-c` and a line, a file, or what is piped into it.
    fn shell(&mut self, name: &str, args: &[Text]) -> Text {
        let mut rest = args.iter().enumerate();
        let mut line = false;
        let mut reads_input = false;
        while let Some((i, arg)) = rest.next() {
            let text = arg.text.as_str();
            if text == "--" || text == "-" {
                continue;
            }
            if matches!(text, "--rcfile" | "--init-file" | "-O" | "+O" | "-o" | "+o") {
                let file = rest.next().map(|(_, file)| file.clone());
                if text.starts_with("--")
                    && let Some(content) = file.and_then(|file| self.content(&file))
                {
                    self.run_text(&content, "a start file");
                }
                continue;
            }
            if text.starts_with("--") {
                continue;
            }
            if text.len() > 1 && text.starts_with(['-', '+']) {
                line |= text.contains('c');
                reads_input |= text.contains('s');
                continue;
            }
            let after = args.get(i + 1..).unwrap_or_default();
            if line {
                return self.isolated(|shell| shell.line(arg, after, &format!("`{name} -c`")));
            }
            if reads_input {
                break;
            }
            return self.isolated(|shell| match shell.content(arg) {
                Some(content) => {
                    let outer = shell.positional.replace(after.to_vec());
                    let printed = shell.run_text(&content, &format!("`{name}`"));
                    shell.positional = outer;
                    printed
                }
                None => Text::unknown(),
            });
        }
        match self.piped() {
            Some(input) if !line => self.isolated(|shell| {
                shell.stdin = None;
                shell.run_text(&input, &format!("`{name}`"))
            }),
            _ => Text::unknown(),
        }
    }

    /// `-c line [name [parameters]]`.
    fn line(&mut self, line: &Text, after: &[Text], what: &str) -> Text {
        let parameters = after.get(1..).unwrap_or_default().to_vec();
        let name = after.first().cloned().unwrap_or_else(|| Text::new("bash"));
        let outer = (self.positional.replace(parameters), std::mem::replace(&mut self.zero, name));
        let printed = self.run_text(line, what);
        (self.positional, self.zero) = outer;
        printed
    }

    /// `xargs`: the words of its input become arguments of the command.
    fn xargs(&mut self, args: &[Text]) -> Text {
        let options = ["-a", "-E", "-I", "-L", "-n", "-P", "-s", "-d"];
        let mut rest = args;
        let (mut replaced, mut whole) = (None, false);
        while let [first, tail @ ..] = rest {
            if first.text == "--" {
                rest = tail;
                break;
            }
            if !first.text.starts_with('-') {
                break;
            }
            rest = tail;
            whole |= first.text.starts_with("-0")
                || first.text == "--null"
                || first.text.starts_with("-d")
                || first.text.starts_with("--delim");
            if let Some(attached) = first.text.strip_prefix("-I").filter(|attached| !attached.is_empty()) {
                replaced = Some(attached.to_owned());
            } else if first.text == "-i" || first.text.starts_with("--replace") {
                replaced = Some("{}".to_owned());
            } else if options.contains(&first.text.as_str())
                || matches!(first.text.as_str(), "--max-args" | "--max-procs" | "--arg-file" | "--delimiter")
            {
                if first.text == "-I" {
                    replaced = tail.first().map(|mark| mark.text.clone());
                }
                rest = tail.get(1..).unwrap_or_default();
            }
        }
        let input = self.input();
        let mut items: Vec<Text> = if !input.is_known() {
            // Some of it may be known: what `find /` prints starts with `/`.
            input.text.split_whitespace().map(|item| input.as_text(item)).take(64).collect()
        } else if whole {
            input
                .text
                .split('\0')
                .map(|item| item.trim_end_matches('\n'))
                .filter(|item| !item.is_empty())
                .map(|item| input.as_text(item))
                .take(64)
                .collect()
        } else if replaced.is_some() {
            input.text.lines().map(|line| input.as_text(line.trim())).take(64).collect()
        } else {
            let words = input.text.split_whitespace();
            words.map(|item| input.as_text(item.trim_matches(['"', '\'']))).take(256).collect()
        };
        if items.is_empty() {
            items.push(Text::from(input.origin));
        }
        let base = if rest.is_empty() { vec![Text::new("echo")] } else { rest.to_vec() };
        let outer = self.stdin.replace(Rc::new(Text::default()));
        let printed = match replaced {
            Some(mark) if !mark.is_empty() => {
                let mut printed = Text::default();
                for item in &items {
                    let fields: Vec<Text> =
                        base.iter().map(|field| substituted(field, &mark, item)).collect();
                    let text = self.call(&fields);
                    printed.push(&text);
                }
                printed
            }
            _ => {
                let mut fields = base;
                fields.extend(items);
                self.call(&fields)
            }
        };
        self.stdin = outer;
        printed
    }

    /// GNU parallel: every line of the input, or word after `:::`, in a line of shell code.
    fn parallel(&mut self, args: &[Text]) -> Text {
        let at = args.iter().position(|arg| arg.text.starts_with(":::")).unwrap_or(args.len());
        let before = args.get(..at).unwrap_or_default();
        let start = before.iter().position(|arg| !arg.text.starts_with('-')).unwrap_or(before.len());
        let line = join(before.get(start..).unwrap_or_default(), " ");
        let items = match args.get(at + 1..) {
            Some(items) if !items.is_empty() => items.to_vec(),
            _ => {
                let input = self.input();
                input.text.lines().take(64).map(|item| input.as_text(item)).collect()
            }
        };
        let mut printed = Text::default();
        for item in items.iter().take(64) {
            let mut code = substituted(&line, "{}", item);
            if !line.text.contains("{}") {
                code.push_str(" ");
                code.push(item);
            }
            let text = self.run_text(&code, "`parallel`");
            printed.push(&text);
        }
        printed
    }
}

/// `field` with every `mark` replaced by `item`.
pub(crate) fn substituted(field: &Text, mark: &str, item: &Text) -> Text {
    if !field.text.contains(mark) {
        return field.clone();
    }
    Text { text: field.text.replace(mark, &item.text), origin: field.origin.with(item.origin) }
}
