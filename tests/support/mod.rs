//! What the tests stand on: emulators nobody here wrote, a proxy that watches and disturbs, and the program itself.

pub mod catalog;
pub mod cloud;
pub mod deployer;
pub mod emulators;
pub mod health;
pub mod http;
pub mod provision;
pub mod proxy;
pub mod rules;
pub mod stage;

mod selftest;
