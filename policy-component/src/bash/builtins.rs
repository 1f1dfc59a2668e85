//! Builtins that change the shell: directories, variables, parameters.

use std::rc::Rc;

use super::paths;
use super::shell::Shell;
use super::text::Text;
use super::variables::Variable;

impl Shell {
    /// Runs a builtin, or a program that runs code; nothing if `name` is neither.
    pub(crate) fn builtin(&mut self, name: &str, args: &[Text]) -> Option<Text> {
        if matches!(
            name,
            "read"
                | "printf"
                | "test"
                | "["
                | "unset"
                | "declare"
                | "typeset"
                | "local"
                | "export"
                | "readonly"
                | "let"
                | "wait"
                | "mapfile"
                | "readarray"
                | "getopts"
        ) {
            self.read_subscripts(args);
        }
        match name {
            ":" | "true" => {
                self.succeeded = Some(true);
                Some(Text::default())
            }
            "false" => {
                self.succeeded = Some(false);
                Some(Text::default())
            }
            "cd" | "pushd" => {
                self.change_directory(args);
                Some(Text::default())
            }
            "popd" => {
                self.cwd = Text::unknown();
                Some(Text::default())
            }
            "export" | "declare" | "typeset" | "local" | "readonly" | "unset" | "set" | "shift" => {
                self.change_variables(name, args);
                Some(Text::default())
            }
            "read" => {
                self.read_line(args);
                Some(Text::default())
            }
            "mapfile" | "readarray" => {
                self.read_array(args);
                Some(Text::default())
            }
            "let" => {
                for arg in args {
                    let value = self.arithmetic_text(&arg.text);
                    self.succeeded = value.map(|value| value != 0);
                }
                Some(Text::default())
            }
            "test" | "[" => {
                let args = match args {
                    [args @ .., last] if last.text == "]" => args,
                    args => args,
                };
                self.succeeded = super::condition::evaluate(args);
                Some(Text::default())
            }
            "alias" => {
                for arg in args {
                    if let Some((alias, value)) = arg.text.split_once('=') {
                        self.aliases.insert(alias.to_owned(), arg.as_text(value));
                    }
                }
                Some(Text::default())
            }
            "hash" => {
                if let [option, path, program] = args
                    && option.text == "-p"
                {
                    self.aliases.insert(program.text.clone(), path.clone());
                }
                Some(Text::default())
            }
            _ => self.code_program(name, args),
        }
    }

    /// Builtins that set variables and parameters.
    fn change_variables(&mut self, name: &str, args: &[Text]) {
        match name {
            "export" | "declare" | "typeset" | "local" | "readonly" => {
                for arg in args {
                    if let Some((variable, value)) = arg.text.split_once('=') {
                        self.assign_text(variable, arg.as_text(value));
                    }
                }
            }
            "unset" => {
                for arg in args.iter().filter(|arg| !arg.text.starts_with('-')) {
                    self.variables.unset(&arg.text);
                    let functions = args.iter().any(|arg| arg.text == "-f");
                    if functions {
                        self.functions.remove(&arg.text);
                    }
                }
            }
            "set" => {
                let operands = match args.iter().position(|arg| arg.text == "--") {
                    Some(at) => args.get(at + 1..),
                    None => args
                        .iter()
                        .position(|arg| !arg.text.starts_with(['-', '+']))
                        .and_then(|at| args.get(at..)),
                };
                if let Some(operands) = operands {
                    self.positional = Some(operands.to_vec());
                }
            }
            "shift" => {
                let by = args.first().map_or(Some(1), |arg| arg.known().and_then(|n| n.parse().ok()));
                self.positional = match (self.positional.take(), by) {
                    (Some(values), Some(by)) => Some(values.into_iter().skip(by).collect()),
                    _ => None,
                };
            }
            _ => {}
        }
    }

    /// Builtins that take the name of a variable expand a subscript in it: `read 'a[$(…)]'`.
    fn read_subscripts(&mut self, args: &[Text]) {
        for arg in args {
            if arg.text.contains('[') && arg.text.contains(['$', '`']) {
                self.read_expansions(&arg.text);
            } else if let Some(at) = arg.text.find("[$(") {
                self.read_expansions(arg.text.get(at..).unwrap_or_default());
            }
        }
    }

    fn change_directory(&mut self, args: &[Text]) {
        let target = args.iter().find(|arg| !arg.text.starts_with('-') || arg.text == "-");
        let cwd = match target {
            None => Text::new(super::text::HOME),
            Some(target) if target.text == "-" => Text::unknown(),
            Some(target) => Text::new(paths::resolve(&self.cwd.text, &target.text)),
        };
        // The kernel takes no longer paths.
        self.cwd = if cwd.text.len() > 4096 { Text::unknown() } else { cwd };
    }

    /// `read`: a line of known input goes into the variables; the rest stays for the next one.
    fn read_line(&mut self, args: &[Text]) {
        let options = super::options::Options::read(args, "adinNptu", &[]);
        let input = match options.value('u', "").and_then(|fd| fd.text.parse().ok()) {
            Some(fd) => self.descriptors.get(&fd).cloned(),
            None => self.piped(),
        }
        .unwrap_or_else(Text::unknown);
        let delimiter = options.value('d', "").map_or(Some('\n'), |text| text.text.chars().next());
        let (line, rest) = match delimiter.and_then(|delimiter| input.text.split_once(delimiter)) {
            Some((line, rest)) => (input.as_text(line), Some(input.as_text(rest))),
            None => (input.clone(), None),
        };
        self.succeeded = if input.is_known() { Some(!input.text.is_empty()) } else { None };
        if input.is_known() && self.stdin.is_some() {
            self.spend(input.text.len());
            self.stdin = Some(Rc::new(rest.unwrap_or_default()));
        }
        let mut line = line;
        if !line.is_known() {
            line = Text::from(line.origin);
        }
        if options.has('a', "") {
            let words =
                line.text.split_whitespace().enumerate().map(|(i, word)| (i.to_string(), line.as_text(word)));
            let name = options.value('a', "").map_or_else(String::new, |name| name.text);
            let words = words.collect();
            self.variables.set_list(&name, words);
            return;
        }
        let names: Vec<String> = options.operands.iter().map(|name| name.text.clone()).collect();
        match names.as_slice() {
            [] => self.set("REPLY", line),
            [name] => {
                let trimmed = line.as_text(line.text.trim_matches([' ', '\t']));
                self.set(name, trimmed);
            }
            [first @ .., last] => {
                let mut rest = line.text.trim_start();
                for name in first {
                    let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                    let value = if line.is_known() { line.as_text(word) } else { Text::from(line.origin) };
                    self.set(name, value);
                    rest = after.trim_start();
                }
                let value = if line.is_known() { line.as_text(rest) } else { Text::from(line.origin) };
                self.set(last, value);
            }
        }
    }

    fn read_array(&mut self, args: &[Text]) {
        let options = super::options::Options::read(args, "cCdnOsu", &[]);
        if let Some(code) = options.value('C', "") {
            self.run_text(&code, "`mapfile -C`");
        }
        let name = options.operands.first().map_or("MAPFILE", |name| name.text.as_str()).to_owned();
        let input = self.input();
        if input.is_known() {
            let lines = input
                .text
                .lines()
                .enumerate()
                .map(|(i, line)| (i.to_string(), input.as_text(line)))
                .collect();
            self.variables.set_list(&name, lines);
        } else {
            self.variables.set(&name, Variable::Scalar(Text::from(input.origin)));
        }
    }
}
