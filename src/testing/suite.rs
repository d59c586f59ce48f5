//! Files of tests, and how one test runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rhai::Engine;

use super::scenario::Scenario;
use super::test_context::{TestContext, TestRecord};
use super::{Library, Options, TestFailure, Verdict, panicked, pool, words};
use crate::run::Failure;
use crate::script::{Diagnosis, InvalidPipeline, Program};
use crate::vocabulary::Stop;

/// What the names of test functions begin with.
const PREFIX: &str = "test_";
/// What to do in a test that asserts nothing.
const ASSERT: &str =
    "say what must have come of the rehearsal, such as run.expect_outcome(\"succeeded\")";

/// The test files of one `deployer test`.
pub struct Suite {
    library: Arc<Library>,
    files: Vec<TestFile>,
}

struct TestFile {
    path: PathBuf,
    /// The program, or what is wrong with it.
    program: Result<Program, Vec<Diagnosis>>,
}

/// One test function of a suite, or the top level of a file.
#[derive(Debug, Clone, Copy)]
pub struct Test<'s> {
    file: &'s TestFile,
    /// The function; `None`: the file itself, which cannot be used.
    function: Option<&'s str>,
}

impl std::fmt::Debug for TestFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.fmt(f)
    }
}

impl Suite {
    /// Reads and checks files of tests.
    pub fn load(library: Arc<Library>, files: &[PathBuf]) -> Suite {
        let files = files.iter().map(|path| TestFile {
            path: path.clone(),
            program: load(&library, path)
                .map_err(|rejected| rejected.diagnoses)
                .and_then(takes_nothing)
                .and_then(none_lost),
        });
        Suite {
            files: files.collect(),
            library,
        }
    }

    /// Names of the tests, by file; a file that cannot be used counts as one.
    fn names(&self) -> Vec<(usize, Option<String>)> {
        let files = self.files.iter().enumerate();
        files
            .flat_map(|(index, file)| match &file.program {
                Err(_) => vec![(index, None)],
                Ok(program) => {
                    let tests = program.functions().into_iter();
                    let tests = tests.filter(|f| f.name.starts_with(PREFIX));
                    tests.map(|f| (index, Some(f.name))).collect()
                }
            })
            .collect()
    }

    /// Runs every test whose file and name contain `filter`, and tells of each in their order. Returns what
    /// they rehearsed, each once.
    pub fn run(
        &self,
        filter: Option<&str>,
        options: &Options,
        mut told: impl FnMut(Verdict),
    ) -> Vec<Scenario> {
        let names = self.names();
        let tests: Vec<Test<'_>> = names
            .iter()
            .map(|(file, function)| Test {
                file: &self.files[*file],
                function: function.as_deref(),
            })
            .filter(|test| filter.is_none_or(|text| test.full_name().contains(text)))
            .collect();
        let mut scenarios: Vec<Scenario> = Vec::new();
        let mut known = std::collections::HashSet::new();
        let work = |test: &Test<'_>| self.run_one(test, options);
        pool::each(&tests, options.threads, work, |(verdict, rehearsed)| {
            for scenario in rehearsed {
                if known.insert(scenario.command()) {
                    scenarios.push(scenario);
                }
            }
            told(verdict);
        });
        scenarios
    }

    fn run_one(&self, test: &Test<'_>, options: &Options) -> (Verdict, Vec<Scenario>) {
        let began = Instant::now();
        let mut verdict = Verdict {
            file: test.file.path.display().to_string(),
            name: test.name().to_owned(),
            rehearsals: 0,
            virtual_ms: 0,
            took: Default::default(),
            printed: Vec::new(),
            failure: None,
        };
        let (program, function) = match (&test.file.program, test.function) {
            (Ok(program), Some(function)) => (program, function),
            (Err(diagnoses), _) => {
                verdict.failure = diagnoses.first().map(unusable);
                return (verdict, Vec::new());
            }
            (Ok(_), None) => return (verdict, Vec::new()),
        };
        let folder = test.file.path.parent().unwrap_or(Path::new(""));
        let patience = began + options.patience;
        let context = context(&self.library, folder, options.seed, patience);
        let extend = |engine: &mut Engine| words::register(engine, &context);
        let result = catch_unwind(AssertUnwindSafe(|| {
            program.call(Arc::clone(&context) as _, function, &extend)
        }));
        let own = || {
            let functions = program.functions().into_iter();
            let own = functions.filter(|f| f.name == function);
            own.map(|f| f.site).collect::<Vec<_>>()
        };
        let asserts_nothing = context.asserts_nothing();
        let missed = context.missed();
        let TestRecord {
            rehearsals,
            printed,
            failure,
            ..
        } = context.take();
        verdict.failure = match result {
            Err(panic) => Some(panicked(panic.as_ref())),
            Ok(_) if failure.is_some() => failure,
            Ok(Err(run_failure)) => {
                let mut failure = self::failure(run_failure, options);
                if failure.frames.is_empty() {
                    failure.frames = own();
                }
                Some(failure)
            }
            Ok(Ok(_)) if asserts_nothing => Some(TestFailure {
                hint: Some(ASSERT.to_owned()),
                frames: own(),
                ..TestFailure::new("asserts_nothing", "the test asserts nothing")
            }),
            Ok(Ok(_)) => missed,
        };
        verdict.printed = printed;
        verdict.rehearsals = rehearsals.len();
        verdict.virtual_ms = rehearsals.iter().map(|r| r.ending.elapsed_ms).sum();
        verdict.took = began.elapsed();
        let scenarios = rehearsals.iter().map(|r| r.scenario.clone()).collect();
        (verdict, scenarios)
    }
}

impl Test<'_> {
    /// Name of the test without `test_`.
    fn name(&self) -> &str {
        match self.function {
            Some(function) => function.strip_prefix(PREFIX).unwrap_or(function),
            None => "the file",
        }
    }

    fn full_name(&self) -> String {
        format!(
            "{} {}",
            self.file.path.display(),
            self.function.unwrap_or_default()
        )
    }
}

fn context(
    library: &Arc<Library>,
    folder: &Path,
    seed: u64,
    patience: Instant,
) -> Arc<TestContext> {
    Arc::new(TestContext::new(
        Arc::clone(library),
        folder.to_owned(),
        seed,
        patience,
    ))
}

/// Reads and checks one file of tests, as its tests are run.
///
/// # Errors
/// What is wrong with it.
pub fn check(path: &Path) -> Result<Program, InvalidPipeline> {
    let program = load(&Arc::new(Library::default()), path)?;
    let sources = program.sources();
    takes_nothing(program)
        .and_then(none_lost)
        .map_err(|diagnoses| InvalidPipeline { diagnoses, sources })
}

/// Reads and checks one file of tests.
fn load(library: &Arc<Library>, path: &Path) -> Result<Program, InvalidPipeline> {
    // The checker needs to know the words; nothing is called through them.
    let context = context(library, Path::new(""), 0, Instant::now());
    let extend = |engine: &mut Engine| words::register(engine, &context);
    Program::load_extended(path, &[], &extend)
}

/// A test takes no arguments: nobody would know what to pass.
fn takes_nothing(program: Program) -> Result<Program, Vec<Diagnosis>> {
    let functions = program.functions().into_iter();
    let wrong = functions.filter(|f| f.name.starts_with(PREFIX) && f.arity > 0);
    let wrong: Vec<Diagnosis> = wrong
        .map(|f| {
            let message = format!("the test `{}` takes arguments", f.name);
            let help = "a test takes none; let helpers have other names";
            Diagnosis::new(message, f.site).help(Some(help.to_owned()))
        })
        .collect();
    if wrong.is_empty() {
        Ok(program)
    } else {
        Err(wrong)
    }
}

/// A public function without arguments that nothing calls was meant as a test: it must not vanish. Neither may a
/// file without any.
fn none_lost(program: Program) -> Result<Program, Vec<Diagnosis>> {
    let text = program
        .sources()
        .remove(program.entry())
        .unwrap_or_default();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let named = |name: &str| text.split(|c| !word(c)).filter(|w| *w == name).count();
    let functions = program.functions();
    let lost = functions
        .iter()
        .filter(|f| !f.name.starts_with(PREFIX) && f.arity == 0 && named(&f.name) == 1);
    let mut lost: Vec<Diagnosis> = lost
        .map(|f| {
            let message = format!(
                "`{}` is not run: nothing calls it, and it is not a test",
                f.name
            );
            let help = format!("a test is called `{PREFIX}{}`; otherwise remove it", f.name);
            Diagnosis::new(message, f.site.clone()).help(Some(help))
        })
        .collect();
    if lost.is_empty() && !functions.iter().any(|f| f.name.starts_with(PREFIX)) {
        let site = crate::vocabulary::Site {
            source: program.entry().to_owned(),
            line: 1,
            column: 1,
        };
        let help = format!("a test is a function `fn {PREFIX}…()`");
        let none = Diagnosis::new("the file has no test".to_owned(), site);
        lost.push(none.help(Some(help)));
    }
    if lost.is_empty() {
        Ok(program)
    } else {
        Err(lost)
    }
}

/// Why a file of tests cannot be used.
fn unusable(diagnosis: &Diagnosis) -> TestFailure {
    let label = (!diagnosis.label.is_empty()).then(|| diagnosis.label.clone());
    TestFailure {
        hint: diagnosis.help.clone().or(label),
        frames: vec![diagnosis.site.clone()],
        ..TestFailure::new("check", diagnosis.message.clone())
    }
}

/// What ended a test that no demand ended.
fn failure(run_failure: Failure, options: &Options) -> TestFailure {
    let mut failure = match run_failure.stop {
        Stop::Fault(fault) => fault.into(),
        Stop::Halt(_) => {
            let seconds = options.patience.as_secs();
            TestFailure::new(
                "endless",
                format!("the test never ends: stopped after {seconds} s"),
            )
        }
    };
    failure.frames = run_failure.frames;
    failure
}
