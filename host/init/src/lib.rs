//! The program that stands between the host and the code it runs.
//!
//! It owns the life of one run: it starts the program, confines it, watches it, ends every process that came of
//! it and says how it went. It decides nothing: what runs, with what, for how long is in the host's [`protocol`].
//! It must never print, allocate, read the environment, or let the program reach the socket to the host.
//!
//! The host links this library for the [`protocol`] only; the rest is what the embedded program is made of.
#![cfg_attr(not(test), no_std)]

pub mod protocol;

#[cfg(test)]
mod apart;
mod block;
mod capabilities;
mod control;
mod group;
mod landlock;
mod launcher;
mod life;
mod namespaces;
mod path;
mod program;
mod root;
mod seccomp;
mod supervise;
mod sys;
mod tree;

pub use launcher::main;
pub use sys::exit;
