//! Finds what a call names by its ID.

use serde_json::Value;

use super::state::{AppConfig, Application, Environment, Profile};
use crate::vocabulary::Fault;
use crate::world::simulated::aws::json::text;

/// AppConfig's error for what it does not have.
pub(super) fn not_found(what: &str, id: &str) -> Fault {
    let message = format!("Could not find {what} with ID {id}");
    Fault::new("ResourceNotFoundException", message)
}

/// The application that a call names by its ID.
///
/// # Errors
/// `ResourceNotFoundException`.
pub(super) fn application<'a>(
    state: &'a AppConfig,
    input: &Value,
) -> Result<&'a Application, Fault> {
    let id = text(input, "ApplicationId").unwrap_or_default();
    let mut all = state.applications.iter();
    all.find(|one| one.id == id)
        .ok_or_else(|| not_found("Application", id))
}

/// The environment that a call names by its ID.
///
/// # Errors
/// `ResourceNotFoundException`.
pub(super) fn environment<'a>(
    of: &'a Application,
    input: &Value,
) -> Result<&'a Environment, Fault> {
    let id = text(input, "EnvironmentId").unwrap_or_default();
    let mut all = of.environments.iter();
    all.find(|one| one.id == id)
        .ok_or_else(|| not_found("Environment", id))
}

/// The configuration profile that a call names by its ID.
///
/// # Errors
/// `ResourceNotFoundException`.
pub(super) fn profile<'a>(of: &'a Application, input: &Value) -> Result<&'a Profile, Fault> {
    let id = text(input, "ConfigurationProfileId").unwrap_or_default();
    let mut all = of.profiles.iter();
    all.find(|one| one.id == id)
        .ok_or_else(|| not_found("ConfigurationProfile", id))
}
