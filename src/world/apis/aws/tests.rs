use super::schema::schemas;
use super::*;

fn opened(name: &str) -> &'static Service {
    service(name).unwrap_or_else(|| panic!("no service {name}"))
}

#[test]
fn a_model_says_what_aws_publishes() {
    let secrets = opened("secretsmanager");
    assert_eq!(secrets.id, "Secrets Manager");
    assert_eq!(secrets.full_name, "AWS Secrets Manager");
    assert_eq!(secrets.protocols, [Protocol::Json]);
    assert_eq!(secrets.target_prefix, Some("secretsmanager"));
    let delete = secrets.operation("DeleteSecret").expect("there");
    let members = secrets.inputs(delete);
    let names: Vec<_> = members.iter().map(|member| member.name).collect();
    assert_eq!(
        names,
        [
            "SecretId",
            "RecoveryWindowInDays",
            "ForceDeleteWithoutRecovery"
        ]
    );
    assert!(members[0].marks.has(Marks::REQUIRED) && !members[1].marks.has(Marks::REQUIRED));
    let id = secrets.shape(members[0].target);
    assert_eq!(
        (id.kind, id.min, id.max),
        (Kind::String, Some("1"), Some("2048"))
    );
    let create = secrets.operation("CreateSecret").expect("there");
    let marked = |mark: Marks| {
        let members = secrets.inputs(create).iter();
        let found = members.filter(|member| {
            member.marks.has(mark) || secrets.shape(member.target).marks.has(mark)
        });
        found.map(|member| member.name).collect::<Vec<_>>()
    };
    assert_eq!(marked(Marks::SENSITIVE), ["SecretBinary", "SecretString"]);
    assert_eq!(marked(Marks::IDEMPOTENCY_TOKEN), ["ClientRequestToken"]);
    assert!(secrets.operation("DeleteSecrets").is_none());
    assert!(service("secretmanager").is_none());
}

#[test]
fn paths_values_paginators_waiters_and_endpoints_are_there() {
    let lambda = opened("lambda");
    let invoke = lambda.operation("Invoke").expect("there");
    assert_eq!(invoke.method, "POST");
    assert_eq!(
        invoke.uri,
        "/2015-03-31/functions/{FunctionName}/invocations"
    );
    let pages = lambda.operation("ListFunctions").expect("there");
    let pages = pages.paginator.as_ref().expect("pages");
    assert_eq!(
        (&*pages.input_tokens, &*pages.output_tokens, &*pages.results),
        (&["Marker"][..], &["NextMarker"][..], &["Functions"][..])
    );
    assert_eq!(pages.limit, Some("MaxItems"));
    let waiters: serde_json::Value = serde_json::from_str(lambda.waiters).expect("JSON");
    assert_eq!(waiters["FunctionActiveV2"]["operation"], "GetFunction");
    for name in services() {
        let rules: serde_json::Value =
            serde_json::from_str(opened(name).endpoint_rules).expect("JSON");
        assert!(rules["rules"].is_array(), "{name}");
    }
    let all: serde_json::Value = serde_json::from_str(partitions()).expect("JSON");
    assert_eq!(all["partitions"][0]["id"], "aws");
    let ecs = opened("ecs");
    let run = ecs.operation("RunTask").expect("there");
    let kind = ecs.inputs(run).iter().find(|one| one.name == "launchType");
    let kind = ecs.shape(kind.expect("a member").target);
    assert!(kind.values.contains(&"FARGATE"));
    let s3 = opened("s3");
    let put = s3.operation("PutObject").expect("there");
    assert_eq!(put.checksum_member, Some("ChecksumAlgorithm"));
    let bucket = s3.inputs(put).iter().find(|one| one.name == "Bucket");
    assert_eq!(bucket.and_then(|one| one.context), Some("Bucket"));
}

#[test]
fn schemas_of_every_operation_are_made_in_every_protocol() {
    for name in services() {
        let service = opened(name);
        for protocol in &service.protocols {
            let schemas = schemas(service, *protocol);
            for operation in service.operations() {
                let sent = schemas.operation(operation);
                assert_eq!(sent.members.len(), service.inputs(operation).len());
            }
        }
    }
}

#[test]
fn a_schema_is_made_once_and_may_hold_itself() {
    let dynamodb = opened("dynamodb");
    let schemas = schemas(dynamodb, Protocol::Json);
    let get = dynamodb.operation("GetItem").expect("there");
    let (input, again) = (schemas.operation(get), schemas.operation(get));
    assert!(std::ptr::eq(input.schema, again.schema));
    let key = dynamodb.inputs(get).iter().find(|one| one.name == "Key");
    let map = dynamodb.shape(key.expect("a member").target);
    let value = &map.members[1];
    let attribute = schemas.structure(value.target);
    let inner = dynamodb.shape(value.target).members;
    let list = inner.iter().find(|one| one.name == "L").expect("a member");
    let element = &dynamodb.shape(list.target).members[0];
    assert!(std::ptr::eq(schemas.element(element), attribute.schema));
}

#[test]
fn names_on_the_wire_are_those_of_the_protocol() {
    let ec2 = opened("ec2");
    let describe = ec2.operation("DescribeVpcs").expect("there");
    let of_ec2 = schemas(ec2, Protocol::Ec2);
    let members = of_ec2.operation(describe).members;
    let names = members
        .iter()
        .filter_map(|one| Some(one.xml_name()?.value()));
    assert!(names.collect::<Vec<_>>().contains(&"VpcId"));
    let apigateway = opened("apigateway");
    let get = apigateway.operation("GetRestApi").expect("there");
    let sent = schemas(apigateway, Protocol::RestJson).operation(get);
    let http = sent.schema.http().expect("a path");
    assert_eq!(
        (http.method(), http.uri()),
        ("GET", "/restapis/{restApiId}")
    );
}
