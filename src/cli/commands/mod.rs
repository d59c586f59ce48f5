//! A file per command.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};

use super::error::CommandResult;
use super::global::GlobalArgs;

mod approve;
mod capture;
mod check;
mod completions;
mod init;
mod man;
mod plan;
mod reference;
mod rehearse;
mod resume;
mod run;
mod runs;
mod show;
mod stdlib;
mod test;

/// The codes of a run: those of `vocabulary::outcome::Outcome`.
macro_rules! exit_codes {
    () => {
        "\
Exit codes:
  0    succeeded
  1    failed; the output names what was undone and what is left in place
  2    wrong usage, or a pipeline that fails `deployer check`: nothing ran
  3    rolled back: everything was undone
  4    rejected
  5    suspended: the run waits for an answer
  6    diverged: the resumed script made other calls than the journal records
  130  interrupted: the run can be resumed"
    };
}

/// Shown below the help of commands that run a pipeline.
const EXIT_CODES: &str = exit_codes!();

/// Text below the options of `deployer --help`.
const HELP: &str = concat!(
    exit_codes!(),
    "

Environment:
  AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and so on configure AWS, as for the AWS CLI
  NO_COLOR=1 turns colors off; CLICOLOR_FORCE=1 turns them on, in files and pipes too
  DEPLOYER_ALLOW_METADATA=1 lets scripts reach the addresses where a machine hands out its credentials

`deployer help COMMAND` explains a command."
);

/// Runs deployment pipelines: scripts that are planned, rehearsed, run and resumed
#[derive(Debug, Parser)]
#[command(name = "deployer", version = env!("DEPLOYER_VERSION"), after_help = HELP)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: GlobalArgs,
}

/// The commands of `deployer`, in the order in which the help lists them.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Start a project: a pipeline with its environments, its simulated cloud and its tests
    Init(init::InitArgs),
    /// Check pipelines without running them
    #[command(after_help = "Exit code: 0 if every pipeline is valid, otherwise 2.")]
    Check(check::CheckArgs),
    /// Show what a run would do, without changing anything
    #[command(after_help = plan::PLAN_HELP)]
    Plan(plan::PlanArgs),
    /// Run a pipeline on the simulated cloud, in virtual time
    #[command(after_help = rehearse::FAULTS_HELP)]
    Rehearse(rehearse::RehearseArgs),
    /// Run the tests of pipelines on the simulated cloud
    #[command(after_help = test::TESTS_HELP)]
    Test(test::TestArgs),
    /// Run a pipeline
    #[command(after_help = EXIT_CODES)]
    Run(run::RunArgs),
    /// Continue a run that was interrupted or suspended
    #[command(after_help = EXIT_CODES)]
    Resume(resume::ResumeArgs),
    /// List the runs, newest first
    Runs,
    /// Show what a run did
    Show(show::ShowArgs),
    /// Approve what a run asks
    Approve(approve::AnswerArgs),
    /// Reject what a run asks
    Reject(approve::AnswerArgs),
    /// Write a fixture from the live cloud; this only reads the cloud
    Capture(capture::CaptureArgs),
    /// Show the reference of the language, its verbs and its standard library
    Reference(reference::ReferenceArgs),
    /// List, show or copy the modules of the standard library
    Stdlib(stdlib::StdlibArgs),
    /// Print the script that completes commands in a shell
    #[command(after_help = completions::EXAMPLES)]
    Completions(completions::CompletionsArgs),
    /// Write the manual pages
    Man(man::ManArgs),
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

    /// Whether the command works on a project, so that the folder of the project is looked for above.
    pub fn has_project(&self) -> bool {
        !matches!(
            self,
            Command::Init(_)
                | Command::Reference(_)
                | Command::Stdlib(_)
                | Command::Completions(_)
                | Command::Man(_)
        )
    }

    /// The paths on the command line.
    pub fn paths(&mut self) -> Vec<&mut PathBuf> {
        match self {
            Command::Init(args) => vec![&mut args.folder],
            Command::Run(args) => args.paths(),
            Command::Plan(args) => args.paths(),
            Command::Rehearse(args) => args.paths(),
            Command::Test(args) => args.paths(),
            Command::Check(args) => args.pipelines.iter_mut().collect(),
            Command::Capture(args) => vec![&mut args.out],
            Command::Man(args) => vec![&mut args.folder],
            Command::Resume(_)
            | Command::Runs
            | Command::Show(_)
            | Command::Approve(_)
            | Command::Reject(_)
            | Command::Reference(_)
            | Command::Stdlib(_)
            | Command::Completions(_) => Vec::new(),
        }
    }

    /// Carries out the command.
    ///
    /// # Errors
    /// Why it failed.
    pub fn carry_out(&self, global: &GlobalArgs) -> CommandResult {
        match self {
            Command::Init(args) => init::main(args, global),
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
            Command::Completions(args) => completions::main(args),
            Command::Man(args) => man::main(args, CommandLine::command(), global),
        }
    }
}
