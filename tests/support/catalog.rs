//! The service that the tests deploy, as it lives in an emulator before a deployment.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::cloud::{self, must};
use super::emulators::{ACCOUNT, DockerBehaviour, Fate, Ministack, Moto, REGION};

/// The version that runs before a deployment.
pub const OLD: &str = "1.2.0";
/// A new version that works.
pub const GOOD: &str = "1.3.0";
/// Exits with 1 soon after its start.
pub const CRASHING: &str = "1.3.1";
/// In the registry, but cannot be pulled.
pub const UNPULLABLE: &str = "1.3.2";
/// Tag of the migration's image.
const MIGRATIONS: &str = "migrations";

/// The value of the secret; it must show up nowhere.
pub const SECRET: &str = "Host=db;Password=hunter2-of-the-tests";

const SETTLED: Duration = crate::support::HANG;

/// Names of the things that the catalog service consists of.
#[derive(Debug, Clone)]
pub struct Names {
    /// Name of the ECS cluster.
    pub cluster: String,
    /// ECS service, and the family of its task definition.
    pub service: String,
    /// The container that is deployed.
    pub container: String,
    /// Name of the ECR repository.
    pub repository: String,
    /// Family of the migration's task definition.
    pub migration: String,
    /// ARN of the revision that runs [`OLD`].
    pub revision: String,
    /// Secret that the task definition names.
    pub secret: String,
}

impl Names {
    /// The parameters of `pipelines/prod.rhai`, nobody asked: `--set cluster=prod …`.
    pub fn parameters(&self, version: &str, health_url: &str) -> Vec<String> {
        let values = [
            ("cluster", self.cluster.as_str()),
            ("service", &self.service),
            ("container", &self.container),
            ("repository", &self.repository),
            ("version", version),
            ("migration", &self.migration),
            ("health_url", health_url),
            ("watch", "2s"),
            ("approvers", "[]"),
        ];
        let set = |(name, value)| ["--set".to_owned(), format!("{name}={value}")];
        values.into_iter().flat_map(set).collect()
    }
}

/// What becomes of the containers of each version; the migration exits 0.
pub fn behaviour() -> DockerBehaviour {
    DockerBehaviour::default()
        .image(OLD, &digest(OLD), Fate::Stays)
        .image(GOOD, &digest(GOOD), Fate::Stays)
        .image(CRASHING, &digest(CRASHING), Fate::Exits(1, 0.3))
        .image(UNPULLABLE, &digest(UNPULLABLE), Fate::Missing)
        .image(MIGRATIONS, &digest(MIGRATIONS), Fate::Exits(0, 0.5))
}

/// Digest of a version's manifest.
pub fn digest(version: &str) -> String {
    let hash = Sha256::digest(manifest(version));
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The version that a task definition's container runs, told by its image's tag or digest.
pub fn version_of(image: &str) -> Option<&'static str> {
    [OLD, GOOD, CRASHING, UNPULLABLE]
        .into_iter()
        .find(|version| {
            image.ends_with(&format!(":{version}")) || image.ends_with(&digest(version))
        })
}

/// Seeds ministack; returns when two tasks of [`OLD`] run.
pub fn seed_ministack(ministack: &Ministack) -> Names {
    let endpoint = ministack.endpoint();
    let names = seed(&endpoint, &["subnet-1".to_owned()]);
    cloud::until("the service is steady", SETTLED, || {
        let service = cloud::service(&endpoint, &names.cluster, &names.service);
        let primary = cloud::primary(&service)?;
        (service["runningCount"] == 2 && primary["rolloutState"] == "COMPLETED").then_some(())
    });
    names
}

/// Seeds moto, whose services never run anything.
pub fn seed_moto(moto: &Moto) -> Names {
    let endpoint = moto.endpoint();
    seed(&endpoint, &cloud::subnets(&endpoint))
}

fn seed(endpoint: &str, subnets: &[String]) -> Names {
    let repository = "catalog-service".to_owned();
    must(
        endpoint,
        "ecr",
        "CreateRepository",
        json!({"repositoryName": repository}),
    );
    for version in [OLD, GOOD, CRASHING, UNPULLABLE, MIGRATIONS] {
        put_image(endpoint, &repository, version);
    }
    must(
        endpoint,
        "ecs",
        "CreateCluster",
        json!({"clusterName": "prod"}),
    );
    let secret = must(
        endpoint,
        "secretsmanager",
        "CreateSecret",
        json!({"Name": "catalog-db-connection", "SecretString": SECRET}),
    );
    let secret = text(&secret["ARN"]);
    for group in ["/ecs/catalog-service", "/ecs/catalog-migration"] {
        must(
            endpoint,
            "logs",
            "CreateLogGroup",
            json!({"logGroupName": group}),
        );
    }
    let revision = register(endpoint, &service_definition(&repository, &secret));
    register(endpoint, &migration_definition(&repository, &secret));
    must(
        endpoint,
        "ecs",
        "CreateService",
        json!({
            "cluster": "prod",
            "serviceName": "catalog-service",
            "taskDefinition": revision,
            "desiredCount": 2,
            "launchType": "FARGATE",
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            },
            "networkConfiguration": {"awsvpcConfiguration": {
                "subnets": subnets, "securityGroups": [], "assignPublicIp": "DISABLED",
            }},
        }),
    );
    Names {
        cluster: "prod".to_owned(),
        service: "catalog-service".to_owned(),
        container: "catalog-service".to_owned(),
        repository,
        migration: "catalog-migration".to_owned(),
        revision,
        secret,
    }
}

/// Registers a task definition; returns its ARN.
pub fn register(endpoint: &str, definition: &Value) -> String {
    let answer = must(
        endpoint,
        "ecs",
        "RegisterTaskDefinition",
        definition.clone(),
    );
    text(&answer["taskDefinition"]["taskDefinitionArn"])
}

/// Puts a version's image into the registry.
pub fn put_image(endpoint: &str, repository: &str, version: &str) {
    must(
        endpoint,
        "ecr",
        "PutImage",
        json!({
            "repositoryName": repository,
            "imageManifest": manifest(version),
            "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
            "imageDigest": digest(version),
            "imageTag": version,
        }),
    );
}

/// The migration's task definition, to be registered anew with another fate (`FATE` in its environment).
pub fn migration_definition(repository: &str, secret: &str) -> Value {
    let image = format!("{}@{}", uri(repository), digest(MIGRATIONS));
    definition("catalog-migration", "migration", &image, secret)
}

fn service_definition(repository: &str, secret: &str) -> Value {
    let image = format!("{}@{}", uri(repository), digest(OLD));
    definition("catalog-service", "catalog-service", &image, secret)
}

fn definition(family: &str, container: &str, image: &str, secret: &str) -> Value {
    json!({
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole"),
        "containerDefinitions": [{
            "name": container,
            "image": image,
            "cpu": 0,
            "memory": 1024,
            "essential": true,
            "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
            "environment": [{"name": "ASPNETCORE_ENVIRONMENT", "value": "Production"}],
            "secrets": [{"name": "ConnectionStrings__Default", "valueFrom": secret}],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": format!("/ecs/{family}"),
                "awslogs-region": REGION,
                "awslogs-stream-prefix": "ecs",
            }},
        }],
    })
}

fn uri(repository: &str) -> String {
    format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{repository}")
}

fn manifest(version: &str) -> String {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2,
                   "digest": format!("sha256:{}", "44".repeat(32))},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 1048576,
                    "digest": format!("sha256:{}", "55".repeat(32))}],
        "annotations": {"org.opencontainers.image.version": version},
    })
    .to_string()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is not text"))
        .to_owned()
}
