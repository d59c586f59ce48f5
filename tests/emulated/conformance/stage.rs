//! What every case finds in each backend.

use deployer::world::AwsCall;
use deployer::world::simulated::Fixture;
use serde_json::{Value, json};

use super::backend::{Backend, Names, Network};
use super::deployables;
use crate::support::emulators::{ACCOUNT, DockerBehaviour, Fate, REGION};

/// The stage, as the simulated cloud begins with it.
pub const FIXTURE: &str = include_str!("stage.cloud.toml");

fn fixture() -> Fixture {
    Fixture::parse(FIXTURE, "stage.cloud.toml").expect("a fixture")
}

/// The images of the stage, for an emulator that runs them.
pub fn behaviour() -> DockerBehaviour {
    let images = fixture().repositories.into_iter().flat_map(|r| r.images);
    images.fold(DockerBehaviour::default(), |all, image| {
        all.image(&image.tags[0], &image.digest, Fate::Stays)
    })
}

/// Gives an emulator what the fixture describes.
///
/// Returns the ids that it has given, by placeholder.
pub fn build(backend: &Backend, network: &Network) -> Names {
    let must = |service: &str, operation: &str, input: Value| {
        backend
            .call(&AwsCall::new(service, operation, input))
            .unwrap_or_else(|f| panic!("{}: the stage: {operation}: {f}", backend.name))
    };
    let fixture = fixture();
    for name in &fixture.clusters {
        must("ecs", "CreateCluster", json!({"clusterName": name}));
    }
    for repository in &fixture.repositories {
        let mutability = if repository.immutable {
            "IMMUTABLE"
        } else {
            "MUTABLE"
        };
        must(
            "ecr",
            "CreateRepository",
            json!({"repositoryName": repository.name, "imageTagMutability": mutability}),
        );
        for image in &repository.images {
            let put = json!({
                "repositoryName": repository.name,
                "imageManifest": manifest(&image.tags[0]),
                "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
                "imageDigest": image.digest,
                "imageTag": image.tags[0],
            });
            must("ecr", "PutImage", put);
        }
    }
    for definition in &fixture.task_definitions {
        let input = Value::Object(definition.definition.clone());
        must("ecs", "RegisterTaskDefinition", input);
    }
    for balancer in &fixture.load_balancers {
        let input =
            json!({"Name": balancer.name, "Subnets": network.subnets, "Type": "application"});
        must("elbv2", "CreateLoadBalancer", input);
    }
    for database in &fixture.databases {
        let input = json!({
            "DBInstanceIdentifier": database.name, "Engine": database.engine, "AllocatedStorage": 20,
            "DBInstanceClass": "db.t3.micro", "MasterUsername": "admin", "MasterUserPassword": "not-a-secret",
        });
        must("rds", "CreateDBInstance", input);
    }
    deployables::build(backend, &fixture)
}

/// An image's manifest, different for each tag.
pub fn manifest(tag: &str) -> String {
    json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2,
                   "digest": format!("sha256:{}", "44".repeat(32))},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 1_048_576,
                    "digest": format!("sha256:{}", "55".repeat(32))}],
        "annotations": {"org.opencontainers.image.version": tag},
    })
    .to_string()
}

/// The names that cases may use in their calls, by placeholder.
pub fn names(backend: &Backend, network: &Network) -> Names {
    let balancers = AwsCall::new(
        "elbv2",
        "DescribeLoadBalancers",
        json!({"Names": ["stage-alb"]}),
    );
    let balancers = backend
        .call(&balancers)
        .expect("the load balancer of the stage");
    let balancer = balancers["LoadBalancers"][0]["LoadBalancerArn"].as_str();
    let fixture = fixture();
    let registry = format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com");
    let digest = |i: usize| fixture.repositories[0].images[i].digest.clone();
    [
        ("account", ACCOUNT.to_owned()),
        ("region", REGION.to_owned()),
        ("subnet", network.subnets[0].clone()),
        ("vpc", network.vpc.clone()),
        ("balancer", balancer.expect("an ARN").to_owned()),
        ("image", format!("{registry}/stage/app")),
        ("digest-1.0.0", digest(0)),
        ("digest-1.1.0", digest(1)),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
