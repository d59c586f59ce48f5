//! Calls through the SDK crates of ECS, ECR and ELBv2: their endpoint rules, their authentication, with
//! our JSON carried through.
//!
//! ECS is complete. Of the other two, whose crates have no schemas, the operations that deployments use
//! are here; the rest goes through the generic call.

use std::pin::Pin;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use super::interceptor::CallInterceptor;

/// How sending went. What AWS answered, an error too, is with the carrier.
pub(super) type Sent = Result<(), Unsent>;

/// Why there is no answer.
pub(super) type Unsent = SdkError<Modelled, HttpResponse>;

/// A call on its way.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Sent> + Send + 'a>>;

/// Stands for an error that AWS answered: the carrier has it as it came.
#[derive(Debug)]
pub(super) struct Modelled;

impl std::fmt::Display for Modelled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an error of AWS")
    }
}

impl std::error::Error for Modelled {}

macro_rules! sender {
    ($function:ident, $sdk:ident: $(($module:ident, $name:ident))*) => {
        /// Sends an operation of this service; `None`: it is not in the table.
        pub(super) fn $function<'a>(
            client: &'a $sdk::Client,
            operation: &str,
            interceptor: CallInterceptor,
        ) -> Option<Sending<'a>> {
            Some(match operation {
                $(stringify!($name) => Box::pin(async move {
                    let sent = client.$module().customize().interceptor(interceptor).send().await;
                    sent.map(drop).map_err(|error| error.map_service_error(|_| Modelled))
                }),)*
                _ => return None,
            })
        }
    };
}

sender! { ecs, aws_sdk_ecs:
    (associate_gateway_with_cluster, AssociateGatewayWithCluster)
    (continue_service_deployment, ContinueServiceDeployment)
    (create_capacity_provider, CreateCapacityProvider)
    (create_cluster, CreateCluster)
    (create_daemon, CreateDaemon)
    (create_express_gateway_service, CreateExpressGatewayService)
    (create_gateway, CreateGateway)
    (create_service, CreateService)
    (create_task_set, CreateTaskSet)
    (delete_account_setting, DeleteAccountSetting)
    (delete_attributes, DeleteAttributes)
    (delete_capacity_provider, DeleteCapacityProvider)
    (delete_cluster, DeleteCluster)
    (delete_daemon, DeleteDaemon)
    (delete_daemon_task_definition, DeleteDaemonTaskDefinition)
    (delete_express_gateway_service, DeleteExpressGatewayService)
    (delete_gateway, DeleteGateway)
    (delete_service, DeleteService)
    (delete_task_definitions, DeleteTaskDefinitions)
    (delete_task_set, DeleteTaskSet)
    (deregister_container_instance, DeregisterContainerInstance)
    (deregister_task_definition, DeregisterTaskDefinition)
    (describe_capacity_providers, DescribeCapacityProviders)
    (describe_clusters, DescribeClusters)
    (describe_container_instances, DescribeContainerInstances)
    (describe_daemon, DescribeDaemon)
    (describe_daemon_deployments, DescribeDaemonDeployments)
    (describe_daemon_revisions, DescribeDaemonRevisions)
    (describe_daemon_task_definition, DescribeDaemonTaskDefinition)
    (describe_express_gateway_service, DescribeExpressGatewayService)
    (describe_gateway, DescribeGateway)
    (describe_gateway_resources, DescribeGatewayResources)
    (describe_gateway_route, DescribeGatewayRoute)
    (describe_service_deployments, DescribeServiceDeployments)
    (describe_service_revisions, DescribeServiceRevisions)
    (describe_services, DescribeServices)
    (describe_task_definition, DescribeTaskDefinition)
    (describe_task_sets, DescribeTaskSets)
    (describe_tasks, DescribeTasks)
    (disassociate_gateway_from_cluster, DisassociateGatewayFromCluster)
    (discover_poll_endpoint, DiscoverPollEndpoint)
    (execute_command, ExecuteCommand)
    (get_task_protection, GetTaskProtection)
    (list_account_settings, ListAccountSettings)
    (list_attributes, ListAttributes)
    (list_clusters, ListClusters)
    (list_container_instances, ListContainerInstances)
    (list_daemon_deployments, ListDaemonDeployments)
    (list_daemon_task_definitions, ListDaemonTaskDefinitions)
    (list_daemons, ListDaemons)
    (list_gateway_cluster_associations, ListGatewayClusterAssociations)
    (list_gateway_routes, ListGatewayRoutes)
    (list_gateways, ListGateways)
    (list_service_deployments, ListServiceDeployments)
    (list_services, ListServices)
    (list_services_by_namespace, ListServicesByNamespace)
    (list_tags_for_resource, ListTagsForResource)
    (list_task_definition_families, ListTaskDefinitionFamilies)
    (list_task_definitions, ListTaskDefinitions)
    (list_tasks, ListTasks)
    (put_account_setting, PutAccountSetting)
    (put_account_setting_default, PutAccountSettingDefault)
    (put_attributes, PutAttributes)
    (put_cluster_capacity_providers, PutClusterCapacityProviders)
    (register_container_instance, RegisterContainerInstance)
    (register_daemon_task_definition, RegisterDaemonTaskDefinition)
    (register_task_definition, RegisterTaskDefinition)
    (run_task, RunTask)
    (start_task, StartTask)
    (stop_service_deployment, StopServiceDeployment)
    (stop_task, StopTask)
    (submit_attachment_state_changes, SubmitAttachmentStateChanges)
    (submit_container_state_change, SubmitContainerStateChange)
    (submit_task_state_change, SubmitTaskStateChange)
    (tag_resource, TagResource)
    (untag_resource, UntagResource)
    (update_capacity_provider, UpdateCapacityProvider)
    (update_cluster, UpdateCluster)
    (update_cluster_settings, UpdateClusterSettings)
    (update_container_agent, UpdateContainerAgent)
    (update_container_instances_state, UpdateContainerInstancesState)
    (update_daemon, UpdateDaemon)
    (update_express_gateway_service, UpdateExpressGatewayService)
    (update_gateway, UpdateGateway)
    (update_service, UpdateService)
    (update_service_primary_task_set, UpdateServicePrimaryTaskSet)
    (update_task_protection, UpdateTaskProtection)
    (update_task_set, UpdateTaskSet)
}

sender! { ecr, aws_sdk_ecr:
    (batch_get_image, BatchGetImage)
    (describe_image_scan_findings, DescribeImageScanFindings)
    (describe_images, DescribeImages)
    (describe_repositories, DescribeRepositories)
    (get_authorization_token, GetAuthorizationToken)
    (list_images, ListImages)
    (put_image, PutImage)
    (start_image_scan, StartImageScan)
}

sender! { elbv2, aws_sdk_elasticloadbalancingv2:
    (create_rule, CreateRule)
    (create_target_group, CreateTargetGroup)
    (delete_rule, DeleteRule)
    (delete_target_group, DeleteTargetGroup)
    (deregister_targets, DeregisterTargets)
    (describe_listeners, DescribeListeners)
    (describe_load_balancers, DescribeLoadBalancers)
    (describe_rules, DescribeRules)
    (describe_target_group_attributes, DescribeTargetGroupAttributes)
    (describe_target_groups, DescribeTargetGroups)
    (describe_target_health, DescribeTargetHealth)
    (modify_listener, ModifyListener)
    (modify_rule, ModifyRule)
    (modify_target_group, ModifyTargetGroup)
    (modify_target_group_attributes, ModifyTargetGroupAttributes)
    (register_targets, RegisterTargets)
}
