//! AWS's published models: every service, every operation, every shape.
//!
//! `pack` opens a service when it is first asked for; [`model`] is what is in it; [`schema`] makes of it what the
//! official codecs read and write. [`effects`] knows by name what an operation does; [`paging`] and
//! [`waiters`] follow AWS's paginators and waiters, which look at answers with [`jmespath`].

pub mod effects;
pub mod jmespath;
pub mod model;
mod pack;
pub mod paging;
pub mod schema;
#[cfg(test)]
mod tests;
pub mod waiters;

pub use model::{
    Kind, Location, Marks, Member, Operation, Paginator, Protocol, Service, Shape, ShapeKey,
    TimestampFormat,
};
pub use pack::{operations, origin, partitions, service, services, spelt};
