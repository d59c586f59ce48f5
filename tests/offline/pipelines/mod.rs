//! Pipelines rehearsed through the library: crashed at every place, halted in every way, and resumed.

mod beside_aws;
mod breaker_thresholds;
mod citations;
mod determinism;
mod evidence;
mod halts;
mod library_examples;
mod metrics;
mod mortal_world;
mod other_owners;
mod reference;
mod refused_inputs;
mod registries;
mod resumed_from_every_entry;
mod reviewers;
mod rolled_back_as_before;
mod rollouts;
mod scheduled_tasks;
mod secrets;
mod sites;
mod undo;
mod waiters;
mod waits;
mod weighted_records;
mod workflows;
mod writes_in_doubt;
