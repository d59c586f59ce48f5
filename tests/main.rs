//! The tests that need more than one part of the program, as one binary: they share what they stand on.

mod conformance;
mod crash;
mod errors;
mod faults;
mod init;
mod library;
mod pipelines;
mod plans;
mod readme;
mod rolling;
mod sockets;
mod supply;
mod support;
mod testing;
