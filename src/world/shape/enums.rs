//! Values of enumerated members. Schemas call them text, so the members that deployments write are
//! listed here, with the values that the SDK knows.

use aws_sdk_ecs::types;
use aws_smithy_schema::Schema;

use crate::suggest::suggest;

/// Known values of a member, or of the items of a list member; `None`: free text, or not listed.
pub(super) fn values(schema: &Schema<'_>) -> Option<&'static [&'static str]> {
    let (_, member) = schema.shape_id().as_str().split_once('#')?;
    let found = MEMBERS.iter().find(|(name, _)| *name == member);
    found.map(|(_, values)| *values)
}

/// The known value that an unknown one was probably meant to be. A value that resembles none may be one
/// that AWS has added since: it passes.
pub(super) fn meant(value: &str, known: &'static [&'static str]) -> Option<&'static str> {
    if known.contains(&value) {
        return None;
    }
    suggest(value, known.iter().copied())
}

/// Whether a member of that name has listed values, and this is none of them.
pub(super) fn is_unknown(member: &str, value: &str) -> bool {
    let named = |name: &str| name.rsplit('$').next() == Some(member);
    let mut listed = MEMBERS.iter().filter(|(name, _)| named(name)).peekable();
    listed.peek().is_some() && !listed.any(|(_, values)| values.contains(&value))
}

/// Structure and member as the schemas name them.
static MEMBERS: &[(&str, &[&str])] = &[
    (
        "AwsVpcConfiguration$assignPublicIp",
        types::AssignPublicIp::values(),
    ),
    (
        "ContainerDefinition$versionConsistency",
        types::VersionConsistency::values(),
    ),
    (
        "ContainerDependency$condition",
        types::ContainerCondition::values(),
    ),
    (
        "ContinueServiceDeploymentInput$action",
        types::DeploymentLifecycleHookAction::values(),
    ),
    (
        "CreateServiceInput$availabilityZoneRebalancing",
        types::AvailabilityZoneRebalancing::values(),
    ),
    ("CreateServiceInput$launchType", types::LaunchType::values()),
    (
        "CreateServiceInput$propagateTags",
        types::PropagateTags::values(),
    ),
    (
        "CreateServiceInput$schedulingStrategy",
        types::SchedulingStrategy::values(),
    ),
    ("CreateTaskSetInput$launchType", types::LaunchType::values()),
    (
        "DeploymentConfiguration$strategy",
        types::DeploymentStrategy::values(),
    ),
    (
        "DeploymentController$type",
        types::DeploymentControllerType::values(),
    ),
    (
        "DeploymentLifecycleHook$lifecycleStages",
        types::DeploymentLifecycleHookStage::values(),
    ),
    (
        "DeploymentLifecycleHook$targetType",
        types::DeploymentLifecycleHookTargetType::values(),
    ),
    (
        "DeploymentLifecycleHookTimeoutConfiguration$action",
        types::DeploymentLifecycleHookAction::values(),
    ),
    (
        "DescribeClustersInput$include",
        types::ClusterField::values(),
    ),
    (
        "DescribeServicesInput$include",
        types::ServiceField::values(),
    ),
    (
        "DescribeTaskDefinitionInput$include",
        types::TaskDefinitionField::values(),
    ),
    ("DescribeTasksInput$include", types::TaskField::values()),
    ("EnvironmentFile$type", types::EnvironmentFileType::values()),
    (
        "ListServiceDeploymentsInput$status",
        types::ServiceDeploymentStatus::values(),
    ),
    ("ListServicesInput$launchType", types::LaunchType::values()),
    (
        "ListServicesInput$schedulingStrategy",
        types::SchedulingStrategy::values(),
    ),
    ("ListTaskDefinitionsInput$sort", types::SortOrder::values()),
    (
        "ListTaskDefinitionsInput$status",
        types::TaskDefinitionStatus::values(),
    ),
    (
        "ListTasksInput$desiredStatus",
        types::DesiredStatus::values(),
    ),
    ("ListTasksInput$launchType", types::LaunchType::values()),
    ("LogConfiguration$logDriver", types::LogDriver::values()),
    (
        "LogDriverVolumeConfiguration$driver",
        types::LogDriver::values(),
    ),
    (
        "NetworkBinding$protocol",
        types::TransportProtocol::values(),
    ),
    (
        "PlacementConstraint$type",
        types::PlacementConstraintType::values(),
    ),
    (
        "PlacementStrategy$type",
        types::PlacementStrategyType::values(),
    ),
    (
        "PortMapping$appProtocol",
        types::ApplicationProtocol::values(),
    ),
    ("PortMapping$protocol", types::TransportProtocol::values()),
    (
        "RegisterTaskDefinitionInput$ipcMode",
        types::IpcMode::values(),
    ),
    (
        "RegisterTaskDefinitionInput$networkMode",
        types::NetworkMode::values(),
    ),
    (
        "RegisterTaskDefinitionInput$pidMode",
        types::PidMode::values(),
    ),
    (
        "RegisterTaskDefinitionInput$requiresCompatibilities",
        types::Compatibility::values(),
    ),
    ("ResourceRequirement$type", types::ResourceType::values()),
    ("RunTaskInput$launchType", types::LaunchType::values()),
    ("RunTaskInput$propagateTags", types::PropagateTags::values()),
    (
        "RuntimePlatform$cpuArchitecture",
        types::CpuArchitecture::values(),
    ),
    (
        "RuntimePlatform$operatingSystemFamily",
        types::OsFamily::values(),
    ),
    ("Scale$unit", types::ScaleUnit::values()),
    (
        "StartTaskInput$propagateTags",
        types::PropagateTags::values(),
    ),
    (
        "StopServiceDeploymentInput$stopType",
        types::StopServiceDeploymentStopType::values(),
    ),
    (
        "TaskDefinitionPlacementConstraint$type",
        types::TaskDefinitionPlacementConstraintType::values(),
    ),
    ("Ulimit$name", types::UlimitName::values()),
    (
        "UpdateServiceInput$availabilityZoneRebalancing",
        types::AvailabilityZoneRebalancing::values(),
    ),
    (
        "UpdateServiceInput$propagateTags",
        types::PropagateTags::values(),
    ),
];
