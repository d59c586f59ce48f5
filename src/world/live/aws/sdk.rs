//! Calls through the SDK crates of ECS, ECR and ELBv2: their endpoint rules, their authentication, with
//! our JSON carried through.
//!
//! ECS is complete. Of the other two, whose crates have no schemas, the operations that deployments use
//! are here; the rest goes through the generic call.

use std::pin::Pin;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;

use super::interceptor::CallInterceptor;
use crate::world::shape::ecs_operations;

/// How sending went. What AWS answered, an error too, is with the carrier.
pub(super) type Sent = Result<(), SdkError<Modelled, HttpResponse>>;

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
    ($function:ident, $sdk:ident: $(($module:ident, $name:ident $(, $input:ident, $output:ident)?))*) => {
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

macro_rules! ecs {
    ($($row:tt)*) => { sender! { ecs, aws_sdk_ecs: $($row)* } };
}
ecs_operations!(ecs);

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
