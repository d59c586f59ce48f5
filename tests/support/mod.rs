//! What the tests stand on: emulators nobody here wrote, a proxy that watches and disturbs, and the program itself.

pub mod catalog;
pub mod cloud;
pub mod deployer;
pub mod emulators;
pub mod health;
pub mod http;
pub mod killed;
pub mod provision;
pub mod proxy;
pub mod rules;
pub mod stage;

mod selftest;

/// When something that surely comes has not come: no verdict on the program, and long enough for any machine.
pub const HANG: std::time::Duration = std::time::Duration::from_secs(600);
