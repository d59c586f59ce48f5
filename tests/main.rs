//! The tests that need more than one part of the program, as one binary: they share what they stand on.
//!
//! | folder | what its tests need |
//! | --- | --- |
//! | `offline` | nothing but this program |
//! | `emulated` | moto or ministack, which are provisioned under `target/` |
//! | `external` | programs of the machine: git, PostgreSQL, podman, a registry; without them a test says SKIPPED |
//!
//! `cargo test offline::` runs one folder, `cargo test plans::` one subject.

mod emulated;
mod external;
mod offline;
mod support;
