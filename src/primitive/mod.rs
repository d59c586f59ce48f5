//! The verbs of a deployment. Each is declared once: name, effect, arguments, documentation, example.
//!
//! The reference, the checker, the plan and the script engine all read that [`Declaration`]. A [`Verb`] is the struct
//! of its arguments; an operation of AWS is a row of a table ([`api::Api`]). Both are [`Primitive`]s, which read the
//! input of a call once and make a [`Call`] of it: what it does, how it reads, and how it is done are asked of that.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

pub mod api;
pub mod args;
pub mod ask;
pub mod fargate;
pub mod resource_cache;

mod appconfig;
mod approval;
mod autoscaling;
mod aws;
mod call;
mod cloudformation;
mod cloudfront;
mod cloudwatch;
mod context;
mod declaration;
mod deployment;
pub mod diff;
mod ecr;
mod ecs;
mod elb;
mod events;
mod expect;
mod file;
mod follow;
mod http;
mod leaks;
mod load;
mod logs;
mod metrics;
mod net;
mod process;
mod push;
mod rds;

mod s3;
mod scheduler;
pub mod secret_ref;
mod secret_request;
mod secrets;
mod sns;
mod sql;
mod sqs;
mod stopped_tasks;
mod sts;
mod task;
mod time;
mod verb;
mod wait;
mod watch;
pub mod window;

pub use crate::vocabulary::{Change, InFlight, Line, LineKind, Progress, Residue};
pub use call::{Call, Output, PlannedAnswer, Reconciled, ResidueUpdate, Source};
pub use context::{Context, Signal};
pub use declaration::{Declaration, Input};
pub use resource_cache::ResourceCache;
pub use verb::{Primitive, Verb};

use verb::verb;

/// Asks something of a call that was recorded; `None`: no primitive is called `path`, or it does not take this input.
pub fn of_recorded<T>(path: &str, input: &Value, ask: impl FnOnce(&dyn Call) -> T) -> Option<T> {
    static ALL: LazyLock<Vec<Arc<dyn Primitive>>> = LazyLock::new(all);
    let named = path.split_once("::")?;
    let primitive = ALL.iter().find(|primitive| {
        let declaration = primitive.declaration();
        (declaration.module, declaration.name) == named
    })?;
    let call = primitive.prepare(input).ok()?;
    Some(ask(call.as_ref()))
}

/// Every verb that scripts have, in the order of the reference.
pub fn all() -> Vec<Arc<dyn Primitive>> {
    let mut all = ecs::all();
    all.push(verb::<deployment::FollowDeployment>());
    all.push(verb::<task::FollowTask>());
    all.extend(aws::all());
    all.extend(ecr::all());
    all.extend(elb::all());
    all.extend(autoscaling::all());
    all.extend(appconfig::all());
    all.extend(cloudformation::all());
    all.extend(cloudwatch::all());
    all.extend(events::all());
    all.extend(scheduler::all());
    all.extend(logs::all());
    all.extend(sqs::all());
    all.extend(sns::all());
    all.extend(rds::all());
    all.extend(s3::all());
    all.push(verb::<cloudfront::Invalidate>());
    all.extend(secrets::all());
    all.extend(sts::all());
    all.push(verb::<http::Check>());
    all.push(verb::<http::Request>());
    all.push(verb::<net::Reachable>());
    all.push(verb::<load::Check>());
    all.push(verb::<process::Run>());
    all.push(verb::<leaks::FindSecrets>());
    all.push(verb::<push::Push>());
    all.push(verb::<metrics::Measure>());
    all.push(verb::<watch::Watch>());
    all.push(verb::<approval::Ask>());
    all.push(verb::<approval::Confirm>());
    all.push(verb::<time::Sleep>());
    all.push(verb::<time::Now>());
    all.push(verb::<window::ReadWindow>());
    all.push(verb::<window::WaitForWindow>());
    all.push(verb::<file::Read>());
    all.push(verb::<file::List>());
    all.push(verb::<file::Write>());
    all.push(verb::<sql::Review>());
    all.push(verb::<sql::Batches>());
    all.push(verb::<fargate::Fargate>());
    all
}
