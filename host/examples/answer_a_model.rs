//! Answers a model that asked for code to be run: what it wrote goes in, what it reads comes out.
//!
//! `cargo run --release --example answer_a_model`
#![allow(clippy::print_stdout, reason = "an example prints")]

use code_execute::{Executor, Status, Submission};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), code_execute::Error> {
    // One executor serves all: it holds the policy and the queue, and is cheap to clone.
    let executor = Executor::builder().timeout_seconds(5).build()?;

    let asked = [
        ("python", "print(sum(range(10)))"),
        ("bash", "echo 'to stderr' >&2; exit 3"),
        ("python", "import os\nos.remove('data.csv')"),
    ];
    for (language, code) in asked {
        let report = executor.execute(Submission::new(code).language(language)).await;
        println!("--- {language}, {}\n{}", report.status, report.text);
        if report.status == Status::Rejected {
            for violation in &report.violations {
                println!("(rule {} at line {})", violation.rule, violation.span.line);
            }
        }
    }
    Ok(())
}
