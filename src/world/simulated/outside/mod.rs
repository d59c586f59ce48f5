//! What is outside the cloud: users and their traffic, HTTP and TCP, people, processes and files.

pub(crate) mod endpoints;
pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod listeners;
pub(crate) mod load;
pub(crate) mod net;
pub(crate) mod people;
pub(crate) mod people_state;
pub(crate) mod process_rules;
pub(crate) mod processes;
pub(crate) mod traffic;
