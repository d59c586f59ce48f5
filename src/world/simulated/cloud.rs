//! The state of the simulated cloud: that of its services, and of what is outside.

use std::time::Duration;

use jiff::Timestamp;

use super::aws::answers::Answers;
use super::aws::appconfig::state::{AppConfig, Look};
use super::aws::cloudformation::CloudFormation;
use super::aws::cloudfront::CloudFront;
use super::aws::cloudwatch::state::CloudWatch;
use super::aws::codedeploy::state::{CodeDeploy, Event as CodeDeployEvent};
use super::aws::daemons::state::Daemons;
use super::aws::daemons::step::Step as DaemonStep;
use super::aws::ecr::Ecr;
use super::aws::ecs::event::Event as EcsEvent;
use super::aws::ecs::state::Ecs;
use super::aws::elb::Elb;
use super::aws::events::Events;
use super::aws::express::state::Express;
use super::aws::lambda::Lambda;
use super::aws::logs::Logs;
use super::aws::rds::Rds;
use super::aws::route53::Route53;
use super::aws::s3::S3;
use super::aws::scaling::state::{Evaluation, Scaling};
use super::aws::scheduler::Scheduler;
use super::aws::secrets::Secrets;
use super::aws::sns::Sns;
use super::aws::sqs::state::Sqs;
use super::aws::ssm::Ssm;
use super::faults::FaultSpec;
use super::kernel::lag::Lag;
use super::kernel::schedule::Schedule;
use super::kernel::{ActiveFaults, Kernel, TaskProspects};
use super::outside::endpoints::Endpoints;
use super::outside::files::Files;
use super::outside::listeners::Listeners;
use super::outside::people_state::People;
use super::outside::process_rules::Processes;
use super::outside::traffic::state::Traffic;

/// Something that happens by itself, to whom it happens.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    AppConfig(Look),
    CodeDeploy(CodeDeployEvent),
    Daemon(DaemonStep),
    Ecs(EcsEvent),
    Scaling(Evaluation),
}

impl From<Look> for Event {
    fn from(event: Look) -> Self {
        Event::AppConfig(event)
    }
}

impl From<CodeDeployEvent> for Event {
    fn from(event: CodeDeployEvent) -> Self {
        Event::CodeDeploy(event)
    }
}

impl From<DaemonStep> for Event {
    fn from(event: DaemonStep) -> Self {
        Event::Daemon(event)
    }
}

impl From<EcsEvent> for Event {
    fn from(event: EcsEvent) -> Self {
        Event::Ecs(event)
    }
}

impl From<Evaluation> for Event {
    fn from(event: Evaluation) -> Self {
        Event::Scaling(event)
    }
}

/// The state of the simulated cloud. Each part is the business of its own room.
#[derive(Debug, Clone)]
pub(crate) struct Cloud {
    pub(crate) kernel: Kernel,
    /// The file that describes it; a plan's cloud has none.
    pub(crate) fixture: String,
    pub(crate) schedule: Schedule<Event>,
    /// How often something has happened by itself.
    pub(crate) changes: u64,
    /// The cloud as it was, for reads that are behind.
    pub(crate) lag: Lag<Cloud>,
    pub(crate) answers: Answers,
    pub(crate) appconfig: AppConfig,
    pub(crate) cloudfront: CloudFront,
    pub(crate) cloudformation: CloudFormation,
    pub(crate) cloudwatch: CloudWatch,
    pub(crate) codedeploy: CodeDeploy,
    pub(crate) daemons: Daemons,
    pub(crate) ecr: Ecr,
    pub(crate) ecs: Ecs,
    pub(crate) elb: Elb,
    pub(crate) events: Events,
    pub(crate) express: Express,
    pub(crate) lambda: Lambda,
    pub(crate) logs: Logs,
    pub(crate) rds: Rds,
    pub(crate) route53: Route53,
    pub(crate) s3: S3,
    pub(crate) scaling: Scaling,
    pub(crate) scheduler: Scheduler,
    pub(crate) secrets: Secrets,
    pub(crate) sns: Sns,
    pub(crate) sqs: Sqs,
    pub(crate) ssm: Ssm,
    pub(crate) files: Files,
    pub(crate) http: Endpoints,
    pub(crate) net: Listeners,
    pub(crate) people: People,
    pub(crate) processes: Processes,
    pub(crate) traffic: Traffic,
}

impl Cloud {
    /// A cloud without any resources. `seed` decides everything that is left to chance.
    pub(crate) fn new(start: Timestamp, seed: u64, prospects: TaskProspects) -> Self {
        Cloud {
            kernel: Kernel::new(start, seed, prospects),
            fixture: String::new(),
            schedule: Schedule::default(),
            changes: 0,
            lag: Lag::default(),
            answers: Answers::default(),
            appconfig: AppConfig::default(),
            cloudfront: CloudFront::default(),
            cloudformation: CloudFormation::default(),
            cloudwatch: CloudWatch::default(),
            codedeploy: CodeDeploy::default(),
            daemons: Daemons::default(),
            ecr: Ecr::default(),
            ecs: Ecs::default(),
            elb: Elb::default(),
            events: Events::default(),
            express: Express::default(),
            lambda: Lambda::default(),
            logs: Logs::default(),
            rds: Rds::default(),
            route53: Route53::default(),
            s3: S3::default(),
            scaling: Scaling::default(),
            scheduler: Scheduler::default(),
            secrets: Secrets::default(),
            sns: Sns::default(),
            sqs: Sqs::default(),
            ssm: Ssm::default(),
            files: Files::here(),
            http: Endpoints::default(),
            net: Listeners::default(),
            people: People::default(),
            processes: Processes::default(),
            traffic: Traffic::default(),
        }
    }

    /// The cloud of a plan: whatever is started goes well, but for `faults`.
    pub(in crate::world) fn where_all_goes_well(start: Timestamp, faults: &[FaultSpec]) -> Self {
        let mut cloud = Cloud::new(start, 0, TaskProspects::Good);
        cloud.kernel.faults = ActiveFaults::new(faults);
        cloud
    }

    /// The current virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        self.kernel.now()
    }

    /// Since when the world has been as it was at its start.
    pub(crate) fn began(&self) -> Timestamp {
        self.kernel.began()
    }

    /// The ARN of a resource in the simulated account: `arn:aws:SERVICE:REGION:ACCOUNT:REST`.
    pub(crate) fn arn(&self, service: &str, rest: &str) -> String {
        self.kernel.arn(service, rest)
    }

    /// Lets `event` happen after `delay`.
    pub(crate) fn after(&mut self, delay: Duration, event: impl Into<Event>) {
        self.schedule.after(self.kernel.now(), delay, event);
    }
}
