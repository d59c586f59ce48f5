//! Every operation of ECS, with the schemas that its SDK generated.

use aws_smithy_schema::Schema;
use aws_smithy_schema::serde::{SerdeError, SerializableStruct, ShapeDeserializer};
use serde_json::Value;

use super::Problem;
use super::reader::{Found, read};
use super::required::missing;

type Deserialize =
    fn(&mut dyn ShapeDeserializer) -> Result<Option<Box<dyn SerializableStruct>>, SerdeError>;

/// One operation.
pub(super) struct Operation {
    /// In the API's spelling: `DescribeServices`.
    pub name: &'static str,
    members: &'static Schema<'static>,
    input: Deserialize,
    output: Deserialize,
}

impl Operation {
    /// Everything that is wrong with an input.
    pub fn check(&self, input: &Value) -> Vec<Problem> {
        let (found, read) = read(input, self.input);
        let mut problems = found.problems;
        if let Some(read) = read {
            // A misspelt member is said once, not also as missing.
            let misspelt: Vec<_> = problems.iter().filter_map(Problem::meant).collect();
            let missing = missing(&*read, input).into_iter();
            problems.extend(missing.filter(|problem| !misspelt.contains(&problem.path)));
        }
        problems
    }

    /// What the schemas see in an input.
    pub fn input(&self, input: &Value) -> Found {
        read(input, self.input).0
    }

    /// What the schemas see in an output.
    pub fn output(&self, output: &Value) -> Found {
        read(output, self.output).0
    }

    /// Names of the input's members.
    pub fn members(&self) -> Vec<String> {
        let members = self.members.members().iter();
        members
            .filter_map(|member| member.member_name().map(str::to_owned))
            .collect()
    }
}

/// The operation of that name.
pub(super) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// Hands the table of operations to a macro: module, name, input and output types in `aws_sdk_ecs`.
macro_rules! ecs_operations {
    ($then:ident) => {
        $then! {
            (associate_gateway_with_cluster, AssociateGatewayWithCluster, AssociateGatewayWithClusterInput, AssociateGatewayWithClusterOutput)
            (continue_service_deployment, ContinueServiceDeployment, ContinueServiceDeploymentInput, ContinueServiceDeploymentOutput)
            (create_capacity_provider, CreateCapacityProvider, CreateCapacityProviderInput, CreateCapacityProviderOutput)
            (create_cluster, CreateCluster, CreateClusterInput, CreateClusterOutput)
            (create_daemon, CreateDaemon, CreateDaemonInput, CreateDaemonOutput)
            (create_express_gateway_service, CreateExpressGatewayService, CreateExpressGatewayServiceInput, CreateExpressGatewayServiceOutput)
            (create_gateway, CreateGateway, CreateGatewayInput, CreateGatewayOutput)
            (create_service, CreateService, CreateServiceInput, CreateServiceOutput)
            (create_task_set, CreateTaskSet, CreateTaskSetInput, CreateTaskSetOutput)
            (delete_account_setting, DeleteAccountSetting, DeleteAccountSettingInput, DeleteAccountSettingOutput)
            (delete_attributes, DeleteAttributes, DeleteAttributesInput, DeleteAttributesOutput)
            (delete_capacity_provider, DeleteCapacityProvider, DeleteCapacityProviderInput, DeleteCapacityProviderOutput)
            (delete_cluster, DeleteCluster, DeleteClusterInput, DeleteClusterOutput)
            (delete_daemon, DeleteDaemon, DeleteDaemonInput, DeleteDaemonOutput)
            (delete_daemon_task_definition, DeleteDaemonTaskDefinition, DeleteDaemonTaskDefinitionInput, DeleteDaemonTaskDefinitionOutput)
            (delete_express_gateway_service, DeleteExpressGatewayService, DeleteExpressGatewayServiceInput, DeleteExpressGatewayServiceOutput)
            (delete_gateway, DeleteGateway, DeleteGatewayInput, DeleteGatewayOutput)
            (delete_service, DeleteService, DeleteServiceInput, DeleteServiceOutput)
            (delete_task_definitions, DeleteTaskDefinitions, DeleteTaskDefinitionsInput, DeleteTaskDefinitionsOutput)
            (delete_task_set, DeleteTaskSet, DeleteTaskSetInput, DeleteTaskSetOutput)
            (deregister_container_instance, DeregisterContainerInstance, DeregisterContainerInstanceInput, DeregisterContainerInstanceOutput)
            (deregister_task_definition, DeregisterTaskDefinition, DeregisterTaskDefinitionInput, DeregisterTaskDefinitionOutput)
            (describe_capacity_providers, DescribeCapacityProviders, DescribeCapacityProvidersInput, DescribeCapacityProvidersOutput)
            (describe_clusters, DescribeClusters, DescribeClustersInput, DescribeClustersOutput)
            (describe_container_instances, DescribeContainerInstances, DescribeContainerInstancesInput, DescribeContainerInstancesOutput)
            (describe_daemon, DescribeDaemon, DescribeDaemonInput, DescribeDaemonOutput)
            (describe_daemon_deployments, DescribeDaemonDeployments, DescribeDaemonDeploymentsInput, DescribeDaemonDeploymentsOutput)
            (describe_daemon_revisions, DescribeDaemonRevisions, DescribeDaemonRevisionsInput, DescribeDaemonRevisionsOutput)
            (describe_daemon_task_definition, DescribeDaemonTaskDefinition, DescribeDaemonTaskDefinitionInput, DescribeDaemonTaskDefinitionOutput)
            (describe_express_gateway_service, DescribeExpressGatewayService, DescribeExpressGatewayServiceInput, DescribeExpressGatewayServiceOutput)
            (describe_gateway, DescribeGateway, DescribeGatewayInput, DescribeGatewayOutput)
            (describe_gateway_resources, DescribeGatewayResources, DescribeGatewayResourcesInput, DescribeGatewayResourcesOutput)
            (describe_gateway_route, DescribeGatewayRoute, DescribeGatewayRouteInput, DescribeGatewayRouteOutput)
            (describe_service_deployments, DescribeServiceDeployments, DescribeServiceDeploymentsInput, DescribeServiceDeploymentsOutput)
            (describe_service_revisions, DescribeServiceRevisions, DescribeServiceRevisionsInput, DescribeServiceRevisionsOutput)
            (describe_services, DescribeServices, DescribeServicesInput, DescribeServicesOutput)
            (describe_task_definition, DescribeTaskDefinition, DescribeTaskDefinitionInput, DescribeTaskDefinitionOutput)
            (describe_task_sets, DescribeTaskSets, DescribeTaskSetsInput, DescribeTaskSetsOutput)
            (describe_tasks, DescribeTasks, DescribeTasksInput, DescribeTasksOutput)
            (disassociate_gateway_from_cluster, DisassociateGatewayFromCluster, DisassociateGatewayFromClusterInput, DisassociateGatewayFromClusterOutput)
            (discover_poll_endpoint, DiscoverPollEndpoint, DiscoverPollEndpointInput, DiscoverPollEndpointOutput)
            (execute_command, ExecuteCommand, ExecuteCommandInput, ExecuteCommandOutput)
            (get_task_protection, GetTaskProtection, GetTaskProtectionInput, GetTaskProtectionOutput)
            (list_account_settings, ListAccountSettings, ListAccountSettingsInput, ListAccountSettingsOutput)
            (list_attributes, ListAttributes, ListAttributesInput, ListAttributesOutput)
            (list_clusters, ListClusters, ListClustersInput, ListClustersOutput)
            (list_container_instances, ListContainerInstances, ListContainerInstancesInput, ListContainerInstancesOutput)
            (list_daemon_deployments, ListDaemonDeployments, ListDaemonDeploymentsInput, ListDaemonDeploymentsOutput)
            (list_daemon_task_definitions, ListDaemonTaskDefinitions, ListDaemonTaskDefinitionsInput, ListDaemonTaskDefinitionsOutput)
            (list_daemons, ListDaemons, ListDaemonsInput, ListDaemonsOutput)
            (list_gateway_cluster_associations, ListGatewayClusterAssociations, ListGatewayClusterAssociationsInput, ListGatewayClusterAssociationsOutput)
            (list_gateway_routes, ListGatewayRoutes, ListGatewayRoutesInput, ListGatewayRoutesOutput)
            (list_gateways, ListGateways, ListGatewaysInput, ListGatewaysOutput)
            (list_service_deployments, ListServiceDeployments, ListServiceDeploymentsInput, ListServiceDeploymentsOutput)
            (list_services, ListServices, ListServicesInput, ListServicesOutput)
            (list_services_by_namespace, ListServicesByNamespace, ListServicesByNamespaceInput, ListServicesByNamespaceOutput)
            (list_tags_for_resource, ListTagsForResource, ListTagsForResourceInput, ListTagsForResourceOutput)
            (list_task_definition_families, ListTaskDefinitionFamilies, ListTaskDefinitionFamiliesInput, ListTaskDefinitionFamiliesOutput)
            (list_task_definitions, ListTaskDefinitions, ListTaskDefinitionsInput, ListTaskDefinitionsOutput)
            (list_tasks, ListTasks, ListTasksInput, ListTasksOutput)
            (put_account_setting, PutAccountSetting, PutAccountSettingInput, PutAccountSettingOutput)
            (put_account_setting_default, PutAccountSettingDefault, PutAccountSettingDefaultInput, PutAccountSettingDefaultOutput)
            (put_attributes, PutAttributes, PutAttributesInput, PutAttributesOutput)
            (put_cluster_capacity_providers, PutClusterCapacityProviders, PutClusterCapacityProvidersInput, PutClusterCapacityProvidersOutput)
            (register_container_instance, RegisterContainerInstance, RegisterContainerInstanceInput, RegisterContainerInstanceOutput)
            (register_daemon_task_definition, RegisterDaemonTaskDefinition, RegisterDaemonTaskDefinitionInput, RegisterDaemonTaskDefinitionOutput)
            (register_task_definition, RegisterTaskDefinition, RegisterTaskDefinitionInput, RegisterTaskDefinitionOutput)
            (run_task, RunTask, RunTaskInput, RunTaskOutput)
            (start_task, StartTask, StartTaskInput, StartTaskOutput)
            (stop_service_deployment, StopServiceDeployment, StopServiceDeploymentInput, StopServiceDeploymentOutput)
            (stop_task, StopTask, StopTaskInput, StopTaskOutput)
            (submit_attachment_state_changes, SubmitAttachmentStateChanges, SubmitAttachmentStateChangesInput, SubmitAttachmentStateChangesOutput)
            (submit_container_state_change, SubmitContainerStateChange, SubmitContainerStateChangeInput, SubmitContainerStateChangeOutput)
            (submit_task_state_change, SubmitTaskStateChange, SubmitTaskStateChangeInput, SubmitTaskStateChangeOutput)
            (tag_resource, TagResource, TagResourceInput, TagResourceOutput)
            (untag_resource, UntagResource, UntagResourceInput, UntagResourceOutput)
            (update_capacity_provider, UpdateCapacityProvider, UpdateCapacityProviderInput, UpdateCapacityProviderOutput)
            (update_cluster, UpdateCluster, UpdateClusterInput, UpdateClusterOutput)
            (update_cluster_settings, UpdateClusterSettings, UpdateClusterSettingsInput, UpdateClusterSettingsOutput)
            (update_container_agent, UpdateContainerAgent, UpdateContainerAgentInput, UpdateContainerAgentOutput)
            (update_container_instances_state, UpdateContainerInstancesState, UpdateContainerInstancesStateInput, UpdateContainerInstancesStateOutput)
            (update_daemon, UpdateDaemon, UpdateDaemonInput, UpdateDaemonOutput)
            (update_express_gateway_service, UpdateExpressGatewayService, UpdateExpressGatewayServiceInput, UpdateExpressGatewayServiceOutput)
            (update_gateway, UpdateGateway, UpdateGatewayInput, UpdateGatewayOutput)
            (update_service, UpdateService, UpdateServiceInput, UpdateServiceOutput)
            (update_service_primary_task_set, UpdateServicePrimaryTaskSet, UpdateServicePrimaryTaskSetInput, UpdateServicePrimaryTaskSetOutput)
            (update_task_protection, UpdateTaskProtection, UpdateTaskProtectionInput, UpdateTaskProtectionOutput)
            (update_task_set, UpdateTaskSet, UpdateTaskSetInput, UpdateTaskSetOutput)
        }
    };
}
pub(crate) use ecs_operations;

macro_rules! table {
    ($(($module:ident, $name:ident, $input:ident, $output:ident))*) => {
        /// All of them, in alphabetical order.
        pub(super) static OPERATIONS: &[Operation] = &[$(
            Operation {
                name: stringify!($name),
                members: aws_sdk_ecs::operation::$module::$name::INPUT_SCHEMA,
                input: |reader| {
                    let input = aws_sdk_ecs::operation::$module::$input::deserialize(reader)?;
                    Ok(Some(Box::new(input)))
                },
                output: |reader| {
                    aws_sdk_ecs::operation::$module::$output::deserialize(reader)?;
                    Ok(None)
                },
            },
        )*];
    };
}
ecs_operations!(table);
