//! The command line: a file per command. Only here are worlds built.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::report::Output;

mod answer;
mod bug;
mod capture;
mod check;
mod claims;
mod desk;
mod foresee;
mod init;
mod pipeline;
mod plan;
mod problem;
mod programs;
mod reference;
mod rehearse;
mod resume;
mod run;
mod runs;
mod saved;
mod session;
mod show;
mod signals;
mod stdlib;
mod surroundings;
mod test;

/// Exit code when nothing ran: wrong usage, or a pipeline that does not check.
pub const USAGE: u8 = 2;

/// Where runs are kept unless `--state` says otherwise.
const STATE: &str = ".deployer";

/// Shown below `--help`; the codes of a run are those of `vocabulary::outcome::Outcome`.
const EXIT_CODES: &str = "\
Exit codes:
  0    succeeded
  1    failed, something may be left in place (it says what)
  2    usage, or a pipeline that does not check: nothing ran
  3    rolled back, all undone
  4    rejected
  5    suspended, waiting for an answer
  6    diverged on resume
  130  interrupted and resumable

AWS is configured as for the AWS CLI: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on.";

/// Runbooks you can run: deployments as scripts, planned, rehearsed, run and resumed.
#[derive(Debug, Parser)]
#[command(name = "deployer", version, after_help = EXIT_CODES, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    everywhere: Everywhere,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
struct Everywhere {
    /// How to show it; auto: a live screen on a terminal, plain lines elsewhere
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    output: Output,
    /// Where runs are kept
    #[arg(long, global = true, value_name = "DIR", default_value = STATE)]
    state: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin a project: a pipeline with its environments, its cloud and its tests
    Init(init::InitArgs),
    /// Run a pipeline
    #[command(after_help = EXIT_CODES)]
    Run(run::RunArgs),
    /// Show what a run would do, without a single write
    #[command(after_help = plan::PLAN_HELP)]
    Plan(plan::PlanArgs),
    /// Run a pipeline on the simulated cloud, in virtual time
    #[command(after_help = rehearse::FAULTS_HELP)]
    Rehearse(rehearse::RehearseArgs),
    /// Run the tests of pipelines on the simulated cloud
    #[command(after_help = test::TESTS_HELP)]
    Test(test::TestArgs),
    /// Go on with a run that was interrupted or suspended
    #[command(after_help = EXIT_CODES)]
    Resume(resume::ResumeArgs),
    /// List runs, newest first
    Runs,
    /// Show what a run did
    Show(show::ShowArgs),
    /// Approve what a run asks
    Approve(answer::AnswerArgs),
    /// Reject what a run asks
    Reject(answer::AnswerArgs),
    /// Check pipelines without running them
    Check(check::CheckArgs),
    /// Write a fixture from what is live, by reading only
    Capture(capture::CaptureArgs),
    /// The reference of the language's verbs
    Reference(reference::ReferenceArgs),
    /// Read the standard library, or take a module over into the project
    Stdlib(stdlib::StdlibArgs),
}

/// Parses the arguments, carries out the command, and returns the exit code.
pub fn main() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no errors; clap knows which is which.
            let _gone = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(USAGE);
        }
    };
    let everywhere = cli.everywhere;
    bug::caught(&everywhere, || carry_out(cli.command, &everywhere))
}

fn carry_out(command: Command, everywhere: &Everywhere) -> u8 {
    match command {
        Command::Init(args) => init::main(&args, everywhere),
        Command::Run(args) => run::main(&args, everywhere),
        Command::Plan(args) => plan::main(&args, everywhere),
        Command::Rehearse(args) => rehearse::main(&args, everywhere),
        Command::Test(args) => test::main(&args, everywhere),
        Command::Resume(args) => resume::main(&args, everywhere),
        Command::Runs => runs::main(everywhere),
        Command::Show(args) => show::main(&args, everywhere),
        Command::Approve(args) => answer::main(&args, true, everywhere),
        Command::Reject(args) => answer::main(&args, false, everywhere),
        Command::Check(args) => check::main(&args, everywhere),
        Command::Capture(args) => capture::main(&args, everywhere),
        Command::Reference(args) => reference::main(&args, everywhere),
        Command::Stdlib(args) => stdlib::main(&args, everywhere),
    }
}

/// How the program is called to find the runs that it keeps now.
fn called(everywhere: &Everywhere) -> String {
    match everywhere.state.to_str() {
        Some(STATE) | None => "deployer".into(),
        Some(state) => format!("deployer --state {}", crate::world::quoted(state)),
    }
}
