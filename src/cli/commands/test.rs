//! `deployer test`: the tests of pipelines, on the simulated cloud.

use crate::vocabulary::codes;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, ValueHint};

use crate::cli::error::{CommandError, CommandResult};
use crate::cli::exit_code::ExitCode;
use crate::cli::global::GlobalArgs;
use crate::report::testing::{Totals, failure_text, totals_rows, verdict_json, verdict_row};
use crate::report::{self, Output};
use crate::script::library;
use crate::testing::{Library, Options, Suite, Verdict, chaos, crash, discover};

/// An example of a test, and the exit codes, below `deployer test --help`.
pub(super) const TESTS_HELP: &str = "\
A test is a function without arguments in a *.test.rhai file; its name begins with test_. A function without
arguments that has another name and that nothing calls is an error, because it would never run.

  fn test_a_crashing_version_is_rolled_back() {
      let run = rehearse(\"prod.rhai\", #{ faults: [\"crash-loop\"] });
      run.expect_outcome(\"rolled_back\");
      run.expect_never(\"DeleteService\");
  }

Exit codes:
  0  all tests passed
  1  a test failed
  2  wrong usage, or no test was found: nothing ran";

/// Command-line arguments of `deployer test`.
#[derive(Debug, Args)]
pub(in crate::cli) struct TestArgs {
    /// Files of tests (*.test.rhai), or directories to search for them
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    /// Run only the tests whose path and name contain this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Seed of the random numbers of --chaos, and of rehearsals that name no seed
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Number of tests that run at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Time limit of a test, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Write results as JUnit XML
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) junit: Option<PathBuf>,
    /// Also kill and resume every rehearsal at each of its calls
    #[arg(long)]
    crash: bool,
    /// Also rehearse the pipelines of the tests with this many random combinations of faults
    #[arg(long, value_name = "N")]
    chaos: Option<usize>,
}

impl TestArgs {
    /// The paths on the command line.
    pub(super) fn paths(&mut self) -> Vec<&mut PathBuf> {
        self.paths.iter_mut().chain(&mut self.junit).collect()
    }
}

/// Runs the tests and reports each.
pub(super) fn main(args: &TestArgs, global: &GlobalArgs) -> CommandResult {
    let began = Instant::now();
    let files = discover(&args.paths)?;
    let json = global.output == Output::Json;
    let mut verdicts = Vec::new();
    let mut totals = Totals::default();
    run(args, &files, &mut |verdict| {
        totals.add(&verdict);
        if json {
            report::print_text(&verdict_json(&verdict));
        } else if !global.quiet {
            report::print_rows(&[verdict_row(&verdict)]);
        }
        verdicts.push(verdict);
    });
    if verdicts.is_empty() {
        return Err(no_tests(args));
    }
    if !json {
        let width = report::screen::terminal_size().0;
        for verdict in &verdicts {
            let shown = failure_text(verdict, &text, global.verbose, report::colour(), width);
            report::print_text(&shown);
        }
        report::print_rows(&totals_rows(&totals, began.elapsed()));
    }
    if let Some(path) = &args.junit {
        let xml = report::junit::junit(&verdicts, began.elapsed(), &text);
        std::fs::write(path, xml).map_err(|error| {
            let message = format!("{}: {error}", path.display());
            CommandError::message(codes::FILE_FAILED, message).after_execution(ExitCode::USAGE)
        })?;
    }
    Ok(match totals.failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// Runs the tests of the files, and what `--crash` and `--chaos` add.
fn run(args: &TestArgs, files: &[PathBuf], report: &mut dyn FnMut(Verdict)) {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        seed: args.seed,
        threads: args.threads.map_or(cores, usize::from),
        patience: Duration::from_secs(args.timeout),
    };
    let suite = Suite::load(Arc::new(Library::default()), files);
    let scenarios = suite.run(args.filter.as_deref(), &options, &mut *report);
    if args.crash {
        crash::everywhere(&scenarios, &options, &mut *report);
    }
    if let Some(count) = args.chaos {
        chaos::combinations(&scenarios, count, &options, &mut *report);
    }
}

/// The text of a script: of the library, or a file.
fn text(name: &str) -> Option<String> {
    let module = name.strip_prefix("std/").and_then(library::text);
    module
        .map(str::to_owned)
        .or_else(|| std::fs::read_to_string(name).ok())
}

fn no_tests(args: &TestArgs) -> CommandError {
    let paths: Vec<String> = args.paths.iter().map(|p| p.display().to_string()).collect();
    let paths = paths.join(", ");
    let (message, hint) = match &args.filter {
        Some(filter) => (
            format!("no test in {paths} matches `{filter}`"),
            "--filter is compared with PATH test_NAME",
        ),
        None => (
            format!("there are no tests in {paths}"),
            "a test is a function test_…() of a *.test.rhai file",
        ),
    };
    CommandError::with_hint("no_tests", message, hint)
}
