//! How far each service is simulated. Each one declares it beside its operations, as `COVERAGE`.

/// What a service of the simulated cloud does, what it leaves out, and the tests that show it.
#[derive(Debug, Clone, Copy)]
pub struct Coverage {
    /// Name of the service, as `aws::call` takes it.
    pub service: &'static str,
    /// What calls have an effect on, and what takes time. One or two sentences.
    pub behaves: &'static str,
    /// What is only stored, what fails with `not_simulated`, and where AWS does more. One or two sentences.
    pub leaves_out: &'static str,
    /// Modules of tests, which `cargo test` takes as filters. Those with `cases` are run by `emulated::conformance::suite`,
    /// those with `rows` by `emulated::conformance::rows`.
    pub tests: &'static [&'static str],
}
