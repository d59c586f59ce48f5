//! Over sockets, against emulators of AWS that nobody here wrote.

mod calls;
mod configurations;
mod conformance;
mod crash;
mod endpoints;
mod errors;
mod function_deployments;
mod idempotency;
mod library_modules;
mod network_faults;
mod notifications;
mod plans;
mod protocols;
mod rolling_deployment;
mod secret_leaks;
mod static_site;
mod unknown_members;
mod waiters_and_pages;
