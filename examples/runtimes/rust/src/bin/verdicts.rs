//! Reviews every program of some corpora and prints one line of JSON for each, for `../compare`.
//!
//! `verdicts POLICY.wasm FOLDER...`: the files `*.jsonl` of each folder by name, their programs by line.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use policy_in_rust::{Policy, Violation};
use serde::{Deserialize, Serialize};
use wasmtime::error::Context as _;
use wasmtime::{Result, bail};

#[derive(Deserialize)]
struct Program {
    id: String,
    language: String,
    code: String,
    /// Stands for `code` where a program carries its own tests.
    solution: Option<String>,
}

#[derive(Serialize)]
struct Verdict {
    id: String,
    violations: Vec<Violation>,
}

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [policy, folders @ ..] = arguments.as_slice() else { bail!("usage: verdicts POLICY.wasm FOLDER...") };
    let policy = Policy::open(policy)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for folder in folders {
        for file in corpus_files(folder)? {
            let text =
                fs::read_to_string(&file).with_context(|| format!("cannot read `{}`", file.display()))?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let Program { id, language, code, solution } = serde_json::from_str(line)
                    .with_context(|| format!("`{}` holds a line that is no program", file.display()))?;
                let violations = policy
                    .scan(&language, &solution.unwrap_or(code))
                    .with_context(|| format!("cannot review `{id}`"))?;
                serde_json::to_writer(&mut out, &Verdict { id, violations })?;
                writeln!(out)?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn corpus_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    Ok(files)
}
