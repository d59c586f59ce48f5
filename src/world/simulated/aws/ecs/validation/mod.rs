//! What ECS refuses, and with which words: rules on the input of a call, a file for each subject.

mod balancing;
mod configuration;
mod container;
mod controller;
pub(super) mod daemon;
mod definition;
mod early_success;
mod fargate;
mod launch;
mod log_driver;
mod run_task;
mod service;
mod service_connect;

pub(super) use balancing::{balancing, containers};
pub(super) use configuration::configuration;
pub(super) use controller::other_controller;
pub(super) use daemon::daemon;
pub(super) use definition::definition;
pub(super) use fargate::{cpu_units, mebibytes};
pub(super) use launch::{cluster, launch, wanted};
pub(super) use run_task::run_task;
pub(super) use service::{members, name};
pub(super) use service_connect::service_connect;

use serde_json::Value;

use crate::vocabulary::Fault;

/// How ECS refuses the input of `RegisterTaskDefinition`.
fn client(message: impl Into<String>) -> Fault {
    Fault::new("ClientException", message)
}

/// Whether a member is there, not null and no empty text.
fn given(value: &Value, name: &str) -> bool {
    let member = value.get(name);
    member.is_some_and(|v| !v.is_null() && v.as_str() != Some(""))
}

/// Letters, digits, hyphens and underscores, up to 255 of them.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=255).contains(&name.len()) && name.chars().all(fits)
}
