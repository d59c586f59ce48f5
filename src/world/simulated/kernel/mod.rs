//! What every simulation needs, and what knows no service: time, chance, lag, and faults on calls.

pub(crate) mod clock;
pub(crate) mod fault_injection;
pub(crate) mod lag;
pub(crate) mod rng;
