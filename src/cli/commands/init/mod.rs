//! `deployer init`: a project that checks, rehearses and passes its tests, to begin with.

use crate::vocabulary::codes;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report;

/// The service that the templates speak of.
const TEMPLATE: &str = "my-service";

/// Path and text of what a pipeline consists of.
const PIPELINE: [(&str, &str); 5] = [
    ("pipelines/deploy.rhai", include_str!("deploy.rhai")),
    (
        "pipelines/deploy.test.rhai",
        include_str!("deploy.test.rhai"),
    ),
    ("pipelines/cloud.toml", include_str!("cloud.toml")),
    (
        "pipelines/environments/staging.toml",
        include_str!("staging.toml"),
    ),
    (
        "pipelines/environments/production.toml",
        include_str!("production.toml"),
    ),
];

/// Path and text of what a project may well have already.
const AROUND: [(&str, &str); 2] = [
    (".gitignore", include_str!("gitignore")),
    ("README.md", include_str!("README.md")),
];

/// Command-line arguments of `deployer init`.
#[derive(Debug, Args)]
pub(in crate::cli) struct InitArgs {
    /// Directory of the project; it is created if it is not there
    #[arg(value_name = "DIR", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) folder: PathBuf,
    /// Name of the service to deploy: lower-case letters, digits and hyphens [default: name of the directory]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

/// Writes the files of a new project.
pub(super) fn main(args: &InitArgs, global: &GlobalArgs) -> CommandResult {
    let name = match &args.name {
        Some(name) => service_name(name)?,
        None => name_of_folder(&args.folder),
    };
    let exists = |path: &&str| args.folder.join(path).exists();
    let mut pipeline = PIPELINE.iter().map(|(path, _)| *path);
    if let Some(path) = pipeline.find(exists) {
        let message = format!("{path} is there already, and is not overwritten");
        let hint = "name another folder: deployer init DIR";
        return Err(CommandError::with_hint("exists", message, hint));
    }
    let mut listed = String::new();
    for (path, text) in PIPELINE.iter().chain(&AROUND) {
        let file = args.folder.join(path);
        if file.exists() {
            listed.push_str(&format!("  left as it is  {path}\n"));
            if *path == ".gitignore" {
                listed.push_str("                 (add .deployer/ to it)\n");
            }
            continue;
        }
        write(&file, &text.replace(TEMPLATE, &name)).map_err(|error| {
            let message = format!("{} cannot be written: {error}", file.display());
            CommandError::message(codes::FILE_FAILED, message)
        })?;
        listed.push_str(&format!("  written        {path}\n"));
    }
    listed.push_str(&format!("\nNext, in {}:\n", args.folder.display()));
    listed.push_str("  deployer test\n");
    listed.push_str(
        "  deployer rehearse pipelines/deploy.rhai --params pipelines/environments/staging.toml\n",
    );
    if !global.quiet {
        report::print_text(&listed);
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a new file; the folder comes into being with it.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(file)?;
    std::io::Write::write_all(&mut file, text.as_bytes())
}

/// Checks a name: ECS, ECR and load balancers must all take it.
fn service_name(name: &str) -> CommandResult<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let valid = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(plain)
        && !name.ends_with('-')
        && name.len() <= 32;
    if valid {
        return Ok(name.to_owned());
    }
    let message = format!("`{name}` cannot name a service");
    let hint = "use at most 32 lower-case letters, digits and hyphens, beginning with a letter";
    Err(CommandError::with_hint("invalid_name", message, hint))
}

/// The folder's name as one of a service.
fn name_of_folder(folder: &Path) -> String {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| match c.to_ascii_lowercase() {
        c if c.is_ascii_alphanumeric() => c,
        _ => '-',
    };
    let name: String = name.chars().map(plain).take(32).collect();
    let name = name.trim_matches(|c: char| c == '-' || c.is_ascii_digit());
    match service_name(name) {
        Ok(name) => name,
        Err(_) => TEMPLATE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_a_name() {
        for (folder, expected) in [
            ("/srv/orders-api", "orders-api"),
            ("/srv/Orders API.", "orders-api"),
            ("/srv/2024-", "my-service"),
            ("/", "my-service"),
        ] {
            assert_eq!(name_of_folder(Path::new(folder)), expected, "{folder}");
        }
        for wrong in ["", "A", "1a", "a_b", "a-", "ä"] {
            assert!(service_name(wrong).is_err(), "{wrong}");
        }
    }
}
