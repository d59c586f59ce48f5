//! One suite for every cloud that a pipeline may meet here: the same calls, judged by the same assertions,
//! answered by the simulated cloud, and over sockets by moto and ministack.
//!
//! What is asserted is what AWS does. Where a backend differs, [`differences::DIFFERENCES`] says how and why;
//! anything else that differs fails, and so does a row that no longer applies.

mod backend;
mod capture;
mod captured;
mod case;
mod cases;
mod definitions;
mod deployables;
mod differences;
mod pattern;
mod rows;
mod stage;
mod suite;
