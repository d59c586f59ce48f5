//! What Elastic Load Balancing refuses, and with which words: rules on the input of a call, a file for each subject.

mod action;
mod attribute;
mod condition;
mod group;
mod listener;
mod target;

pub(super) use action::{redirection, response, stickiness};
pub(super) use attribute::attribute;
pub(super) use condition::conditions;
pub(super) use group::{created, modified};
pub(super) use listener::listener;
pub(super) use target::target;
