//! Tells the program which commit it is built from, for `deployer --version`, and the linker how to keep it small.
//!
//! `DEPLOYER_VERSION` becomes `0.1.0 (3f2a91c 2026-01-16)` in a git checkout, and `0.1.0` in a source archive. The
//! date is that of the commit, or of SOURCE_DATE_EPOCH where it is set, so that a build can be reproduced.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    if is_linked_by_lld() {
        // Functions whose code is the same are there once.
        println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
        if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
            discard_unwind_tables();
        }
    }
    if has_packed_relocations() {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let epoch = env::var("SOURCE_DATE_EPOCH").ok();
    let epoch = epoch.and_then(|seconds| seconds.trim().parse().ok());
    let (commit, committed) = match checkout(&root) {
        Some((commit, date)) => (Some(commit), Some(date)),
        None => (None, None),
    };
    let date = epoch.map(civil_date).or(committed);
    let built: Vec<String> = commit.into_iter().chain(date).collect();
    let version = match built.is_empty() {
        true => version,
        false => format!("{version} ({})", built.join(" ")),
    };
    println!("cargo::rustc-env=DEPLOYER_VERSION={version}");
}

/// Whether this is the target whose linker is LLVM's by default.
fn is_linked_by_lld() -> bool {
    env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu")
}

/// Leaves out how to unwind the stack, a twelfth of the program: a release aborts at a panic, and has no names for a
/// backtrace.
fn discard_unwind_tables() {
    const SCRIPT: &str =
        "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.eh_frame_hdr) } } INSERT AFTER .text;\n";
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let script = folder.join("discard.ld");
    if std::fs::write(&script, SCRIPT).is_ok() {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}

/// Whether the loader of this machine reads packed relocations (glibc 2.36 and later): without them, relocations are a
/// twentieth of the program, and all of it is read at each start.
fn has_packed_relocations() -> bool {
    let is_for_this_machine = env::var_os("HOST") == env::var_os("TARGET");
    let is_glibc = env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|it| it == "gnu");
    let version = || said(Command::new("getconf").arg("GNU_LIBC_VERSION"));
    let is_new_enough = |version: String| {
        let mut parts = version.trim_start_matches("glibc ").split('.');
        let mut part = || parts.next()?.parse::<u32>().ok();
        Some((part()?, part()?) >= (2, 36))
    };
    is_for_this_machine && is_glibc && version().and_then(is_new_enough) == Some(true)
}

/// Short hash and date of the commit that is checked out. Watches the files that change when another one is.
fn checkout(root: &Path) -> Option<(String, String)> {
    // An archive that lies inside another repository is not a checkout of it.
    let top = PathBuf::from(git(root, &["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != root.canonicalize().ok()? {
        return None;
    }
    let reference = git(root, &["symbolic-ref", "--quiet", "HEAD"]);
    for file in ["HEAD", "packed-refs"]
        .into_iter()
        .chain(reference.as_deref())
    {
        let path = root.join(git(root, &["rev-parse", "--git-path", file])?);
        // A file that is not there would make cargo run this at every build.
        if path.is_file() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
    let shown = git(root, &["show", "--no-patch", "--format=%h %cs", "HEAD"])?;
    let (commit, date) = shown.split_once(' ')?;
    Some((commit.to_owned(), date.to_owned()))
}

/// What git prints; `None`: there is no git, or it failed.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    said(Command::new("git").arg("-C").arg(root).args(arguments))
}

/// What a program prints; `None`: it is not there, or it failed.
fn said(program: &mut Command) -> Option<String> {
    let output = program.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// The date (UTC) of a time in seconds since 1970, as `2026-01-16`.
fn civil_date(seconds: i64) -> String {
    // Howard Hinnant's days-to-civil algorithm: years begin in March, so that the leap day comes last.
    let days = seconds.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
