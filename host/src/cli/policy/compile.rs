//! `policy compile`: compiled forms ahead of their first use.

use std::time::Instant;

use code_execute::policy::{Cache, Policy};

use crate::cli::message::Failure;
use crate::cli::terminal::{self, STRONG, visible};

/// Loads each policy, which keeps its compiled form, and says where.
pub(super) fn compile(names: &[String]) -> Result<(), Failure> {
    let cache = Cache::of_user();
    cache.prepare().map_err(|error| {
        let what = match cache.directory() {
            Some(directory) => format!("cannot keep compiled policies in `{}`", directory.display()),
            None => "there is no directory for compiled policies".to_owned(),
        };
        Failure::new(what).because(&error).hint("set `XDG_CACHE_HOME` to a directory of your own")
    })?;
    for name in names {
        if name == "none" {
            return Err(Failure::new("the policy `none` reviews nothing: there is nothing to compile"));
        }
        let started = Instant::now();
        let policy = Policy::open(name, &cache)?;
        let elapsed = started.elapsed();
        let kept = cache.compiled(&policy).ok_or_else(|| {
            let directory = cache.directory().map(|directory| directory.display().to_string());
            Failure::new(format!(
                "`{name}` was compiled and could not be kept in `{}`",
                directory.unwrap_or_default()
            ))
            .hint("is the directory writable and the disk not full?")
        })?;
        let how = if policy.was_compiled() { "compiled" } else { "already compiled, loaded" };
        let kept = kept.display().to_string();
        terminal::print(&format!(
            "{STRONG}{}{STRONG:#}: {how} in {} ms: {}\n",
            visible(name),
            elapsed.as_millis(),
            visible(&kept)
        ))?;
    }
    Ok(())
}
