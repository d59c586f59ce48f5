//! What a pipeline has beside AWS, met with the real thing: git, PostgreSQL, podman, a registry.
//!
//! A test whose real thing is not on the machine says so on standard error, and passes.

mod container_image;
mod git;
mod http;
mod migration;
mod postgres;
mod registry;
mod secrets_in_history;

use std::io::Write;
use std::path::PathBuf;

/// Says what is not tested here, where libtest does not keep it to itself.
fn skipped(why: &str) {
    let test = std::thread::current();
    let name = test.name().unwrap_or("a test");
    let line = format!("\nSKIPPED {name}: {why}\n");
    // In one piece; nobody may be listening.
    let _unheard = std::io::stderr().write_all(line.as_bytes());
}

/// Path of a program in `PATH`; `None`: it is not installed.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut all = std::env::split_paths(&path).map(|dir| dir.join(name));
    all.find(|file| file.is_file())
}
