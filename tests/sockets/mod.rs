//! Over real sockets: what a pipeline has beside AWS meets the real thing, provisioned here.
//!
//! A test whose real thing is not on the machine says so on standard error, and passes.

mod git;
mod history;
mod http;
mod image;
mod leaks;
mod migration;
mod postgres;
mod registry;
mod rows;
mod telling;
mod tomorrow;
mod words;

use std::io::Write;
use std::path::PathBuf;

use crate::support::cloud;
use serde_json::json;

/// Says what is not tested here, where libtest does not keep it to itself.
fn skipped(why: &str) {
    let test = std::thread::current();
    let name = test.name().unwrap_or("a test");
    let line = format!("\nSKIPPED {name}: {why}\n");
    // In one piece; nobody may be listening.
    let _unheard = std::io::stderr().write_all(line.as_bytes());
}

/// A program in `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut all = std::env::split_paths(&path).map(|dir| dir.join(name));
    all.find(|file| file.is_file())
}

/// Puts a secret into Secrets Manager.
fn secret(endpoint: &str, name: &str, value: &str) {
    cloud::must(
        endpoint,
        "secretsmanager",
        "CreateSecret",
        json!({ "Name": name, "SecretString": value }),
    );
}
