//! What the model of the cloud shows to the world of a plan, which lays live reads over it: the cloud itself, the door to
//! its services, and the parts of them into which resources are imported.

pub(in crate::world) use super::aws::{
    cloudformation, cloudwatch, daemons, dispatch, ecr, ecs, elb, express, json, lambda, rds,
    secrets, sqs, ssm,
};
pub(in crate::world) use super::call_log::CallLog;
pub(in crate::world) use super::cloud::Cloud;
pub(in crate::world) use super::kernel::clock;
pub(in crate::world) use super::outside::people;
