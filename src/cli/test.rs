//! `deployer test`: the tests of pipelines, on the simulated cloud.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::{Everywhere, USAGE, problem};
use crate::report::testing::{Totals, failure_text, totals_rows, verdict_json, verdict_row};
use crate::report::{self, Output};
use crate::script::Sources;
use crate::script::library;
use crate::testing::{Library, Options, Suite, Verdict, chaos, crash, discover};

/// Shown below `--help`.
pub(super) const TESTS_HELP: &str = "\
A test is a function of a *.test.rhai file whose name begins with test_ and which takes nothing. A function that
takes nothing, is called by nothing and has another name is an error: it would never run.

  fn test_a_crashing_version_is_rolled_back() {
      let run = rehearse(\"prod.rhai\", #{ faults: [\"crash-loop\"] });
      run.expect_outcome(\"rolled_back\");
      run.expect_never(\"DeleteService\");
  }

Exit codes:
  0  all passed
  1  some failed
  2  usage, or no test was found: nothing ran";

/// Arguments of `test`.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Files of tests, or folders that hold some
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Only tests whose path and name contain this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Seed of rehearsals that name none, and of --chaos
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Tests at the same time [default: one per core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Seconds that one test may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Show what the pipeline did before a failure, too
    #[arg(long, short)]
    verbose: bool,
    /// Write what came of it as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Kill and resume every rehearsal of the tests at every entry of its journal, too
    #[arg(long)]
    crash: bool,
    /// Meet the pipelines of the tests with so many combinations of faults, too
    #[arg(long, value_name = "N")]
    chaos: Option<usize>,
}

pub(super) fn main(args: &TestArgs, everywhere: &Everywhere) -> u8 {
    let began = Instant::now();
    let files = match discover(&args.paths) {
        Ok(files) => files,
        Err(fault) => {
            let said = problem::fault(&fault);
            return problem::nothing_ran(&[said], &Sources::new(), everywhere);
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let options = Options {
        seed: args.seed,
        threads: args.threads.map_or(cores, usize::from),
        patience: Duration::from_secs(args.timeout),
    };
    let json = everywhere.output == Output::Json;
    let mut verdicts = Vec::new();
    let mut totals = Totals::default();
    let mut told = |verdict: Verdict| {
        totals.add(&verdict);
        if json {
            report::print_text(&verdict_json(&verdict));
        } else {
            report::print_rows(&[verdict_row(&verdict)]);
        }
        verdicts.push(verdict);
    };
    let suite = Suite::load(Arc::new(Library::default()), &files);
    let scenarios = suite.run(args.filter.as_deref(), &options, &mut told);
    if args.crash {
        crash::everywhere(&scenarios, &options, &mut told);
    }
    if let Some(count) = args.chaos {
        chaos::combinations(&scenarios, count, &options, &mut told);
    }
    if verdicts.is_empty() {
        return no_tests(args, everywhere);
    }
    if !json {
        let width = report::screen::terminal_size().0;
        for verdict in &verdicts {
            let shown = failure_text(verdict, &text, args.verbose, report::colour(), width);
            report::print_text(&shown);
        }
        report::print_rows(&totals_rows(&totals, began.elapsed()));
    }
    if let Some(path) = &args.junit {
        let xml = report::junit::junit(&verdicts, began.elapsed(), &text);
        if let Err(error) = std::fs::write(path, xml) {
            report::print_error(&format!("{}: {error}\n", path.display()));
            return USAGE;
        }
    }
    u8::from(totals.failed > 0)
}

/// The text of a script: of the library, or a file.
fn text(name: &str) -> Option<String> {
    let module = name.strip_prefix("std/").and_then(library::text);
    module
        .map(str::to_owned)
        .or_else(|| std::fs::read_to_string(name).ok())
}

fn no_tests(args: &TestArgs, everywhere: &Everywhere) -> u8 {
    let paths: Vec<String> = args.paths.iter().map(|p| p.display().to_string()).collect();
    let paths = paths.join(", ");
    let (message, hint) = match &args.filter {
        Some(filter) => (
            format!("no test in {paths} is called anything with `{filter}`"),
            "--filter is looked for in PATH test_NAME",
        ),
        None => (
            format!("there are no tests in {paths}"),
            "a test is a function test_…() of a *.test.rhai file",
        ),
    };
    let said = problem::plain("no_tests", message, Some(hint.to_owned()));
    problem::nothing_ran(&[said], &Sources::new(), everywhere)
}
