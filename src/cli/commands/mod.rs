//! A file per command.

use clap::{Parser, Subcommand};

use super::error::CommandResult;
use super::global::GlobalArgs;

mod approve;
mod capture;
mod check;
mod init;
mod plan;
mod reference;
mod rehearse;
mod resume;
mod run;
mod runs;
mod show;
mod stdlib;
mod test;

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
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
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
    Approve(approve::AnswerArgs),
    /// Reject what a run asks
    Reject(approve::AnswerArgs),
    /// Check pipelines without running them
    Check(check::CheckArgs),
    /// Write a fixture from what is live, by reading only
    Capture(capture::CaptureArgs),
    /// The reference of the language's verbs
    Reference(reference::ReferenceArgs),
    /// Read the standard library, or take a module over into the project
    Stdlib(stdlib::StdlibArgs),
}

impl Command {
    /// Whether the command executes scripts.
    pub fn executes(&self) -> bool {
        matches!(
            self,
            Command::Run(_)
                | Command::Plan(_)
                | Command::Rehearse(_)
                | Command::Test(_)
                | Command::Resume(_)
        )
    }

    /// Carries out the command.
    ///
    /// # Errors
    /// Why it failed.
    pub fn carry_out(&self, global: &GlobalArgs) -> CommandResult {
        match self {
            Command::Init(args) => init::main(args),
            Command::Run(args) => run::main(args, global),
            Command::Plan(args) => plan::main(args, global),
            Command::Rehearse(args) => rehearse::main(args, global),
            Command::Test(args) => test::main(args, global),
            Command::Resume(args) => resume::main(args, global),
            Command::Runs => runs::main(global),
            Command::Show(args) => show::main(args, global),
            Command::Approve(args) => approve::main(args, true, global),
            Command::Reject(args) => approve::main(args, false, global),
            Command::Check(args) => check::main(args, global),
            Command::Capture(args) => capture::main(args, global),
            Command::Reference(args) => reference::main(args),
            Command::Stdlib(args) => stdlib::main(args, global),
        }
    }
}
