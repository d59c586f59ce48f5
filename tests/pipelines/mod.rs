//! Pipelines rehearsed through the library: crashed at every place, halted in every way, and resumed.

mod as_it_was;
mod ci;
mod citations;
mod evidence;
mod halts;
mod library;
mod local;
mod lost;
mod measures;
mod others;
mod prefixes;
mod reference;
mod registries;
mod reviewers;
mod rollouts;
mod same;
mod secrets;
mod theatre;
mod undo;
mod waits;
