"""Calls of many services, made by boto3 against one endpoint: writes and reads, one after another.

usage: calls.py ENDPOINT

Prints a line of JSON for each: service, operation and input as the AWS CLI takes it, and the answer or the error. The next
client makes the same calls against the same emulator, reset to the same beginning.
"""

import base64
import datetime
import io
import json
import sys
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
CONFIG = Config(retries={"total_max_attempts": 1}, read_timeout=60)
session = boto3.Session()
clients = {}


def client(service):
    if service not in clients:
        clients[service] = session.client(service, endpoint_url=ENDPOINT, config=CONFIG)
    return clients[service]


def plain(value):
    """As `aws … --output json` prints it."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items() if key != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return base64.b64encode(value.read()).decode()
    return value


def call(service, operation, **given):
    of = client(service)
    method = next(method for method, name in of.meta.method_to_api_mapping.items() if name == operation)
    line = {"service": service, "operation": operation, "input": plain(given)}
    try:
        # What is there afterwards is what was printed: a stream is read once.
        answer = plain(getattr(of, method)(**given))
        line["output"] = answer
    except ClientError as error:
        answer = {}
        line["error"] = {"code": error.response["Error"]["Code"], "message": error.response["Error"].get("Message")}
    print(json.dumps(line), flush=True)
    return answer


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def code():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        # The same bytes every time.
        archive.writestr(zipfile.ZipInfo("handler.py"), "def handler(event, context): return event\n")
    return held.getvalue()


TRUST = document({
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
})
ALLOW = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"})
ROLE = "arn:aws:iam::123456789012:role/r"
WHEN = datetime.datetime(2026, 11, 20, 16, 30, tzinfo=datetime.timezone.utc)

# s3: restXml, blobs, headers.
call("s3", "CreateBucket", Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
call("s3", "PutObject", Bucket="reports", Key="a/b c+d/ä.txt", Body=b"hello \x00\xff", Metadata={"who": "me"},
     ContentType="text/plain", Tagging="k=v&x=y")
call("s3", "PutObject", Bucket="reports", Key="empty", Body=b"")
call("s3", "HeadObject", Bucket="reports", Key="a/b c+d/ä.txt")
call("s3", "HeadObject", Bucket="reports", Key="nothing")
call("s3", "GetObject", Bucket="reports", Key="a/b c+d/ä.txt")
call("s3", "GetObject", Bucket="reports", Key="a/b c+d/ä.txt", Range="bytes=0-3")
call("s3", "GetObject", Bucket="reports", Key="nothing")
call("s3", "GetObjectTagging", Bucket="reports", Key="a/b c+d/ä.txt")
call("s3", "CopyObject", Bucket="reports", Key="copy", CopySource={"Bucket": "reports", "Key": "a/b c+d/ä.txt"}
     if False else "reports/a/b c+d/ä.txt")
call("s3", "ListObjectsV2", Bucket="reports", Prefix="a/")
call("s3", "ListObjectsV2", Bucket="reports", Delimiter="/")
call("s3", "GetBucketLocation", Bucket="reports")
call("s3", "PutBucketVersioning", Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
call("s3", "GetBucketVersioning", Bucket="reports")
call("s3", "PutBucketPolicy", Bucket="reports", Policy=document(
    {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::reports/*"}))
call("s3", "GetBucketPolicy", Bucket="reports")
call("s3", "PutBucketLifecycleConfiguration", Bucket="reports", LifecycleConfiguration={"Rules": [
    {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 30}}]})
call("s3", "GetBucketLifecycleConfiguration", Bucket="reports")
call("s3", "DeleteObjects", Bucket="reports", Delete={"Objects": [{"Key": "empty"}, {"Key": "copy"}]})
call("s3", "ListBuckets")

# iam, sts: query, documents.
call("iam", "CreateRole", RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "k", "Value": "v"}])
call("iam", "GetRole", RoleName="r")
call("iam", "PutRolePolicy", RoleName="r", PolicyName="p", PolicyDocument=ALLOW)
call("iam", "GetRolePolicy", RoleName="r", PolicyName="p")
call("iam", "ListRolePolicies", RoleName="r")
made = call("iam", "CreatePolicy", PolicyName="managed", PolicyDocument=ALLOW)
call("iam", "GetPolicyVersion", PolicyArn=made["Policy"]["Arn"], VersionId="v1")
call("iam", "GetRole", RoleName="nobody")
call("sts", "GetCallerIdentity")
call("sts", "AssumeRole", RoleArn=ROLE, RoleSessionName="s")
call("sts", "GetAccessKeyInfo", AccessKeyId="AKIAIOSFODNN7EXAMPLE")

# ec2: its own query protocol.
call("ec2", "DescribeRegions", RegionNames=["eu-west-1", "ap-south-1"])
vpc = call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnet = call("ec2", "CreateSubnet", VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
group = call("ec2", "CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc)["GroupId"]
call("ec2", "AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}])
call("ec2", "DescribeSecurityGroups", GroupIds=[group])
image = call("ec2", "DescribeImages", Owners=["amazon"], Filters=[
    {"Name": "name", "Values": ["amzn2-ami-hvm-2.0.20220719*"]}])
call("ec2", "RunInstances", ImageId="ami-03cf127a", MinCount=1, MaxCount=1, InstanceType="t3.micro",
     SubnetId=subnet, UserData="#!/bin/sh\necho hi")
call("ec2", "DescribeInstances", Filters=[{"Name": "instance-state-name", "Values": ["running"]}])
call("ec2", "DescribeVpcs", VpcIds=["vpc-nothing"])
call("ec2", "CreateTags", Resources=[vpc], Tags=[{"Key": "a", "Value": "b"}])
call("ec2", "DescribeTags", Filters=[{"Name": "resource-id", "Values": [vpc]}])

# route53, cloudfront: restXml with namespaces.
zone = call("route53", "CreateHostedZone", Name="example.com.", CallerReference="1")["HostedZone"]["Id"]
call("route53", "ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Comment": "c", "Changes": [
    {"Action": "UPSERT", "ResourceRecordSet": {"Name": "a.example.com", "Type": "A", "TTL": 60,
     "ResourceRecords": [{"Value": "10.0.0.1"}, {"Value": "10.0.0.2"}]}}]})
call("route53", "ListResourceRecordSets", HostedZoneId=zone)
call("route53", "GetHostedZone", Id=zone)
call("route53", "GetHostedZone", Id="ZNOTHING")
call("route53", "ListHostedZonesByName", DNSName="example.com.")
ORIGIN = {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "reports.s3.amazonaws.com",
          "S3OriginConfig": {"OriginAccessIdentity": ""}}]}
made = call("cloudfront", "CreateDistribution", DistributionConfig={
    "CallerReference": "1", "Comment": "c", "Enabled": True, "Origins": ORIGIN, "DefaultCacheBehavior": {
        "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0, "ForwardedValues": {
            "QueryString": False, "Cookies": {"Forward": "none"}}}})
identity = made.get("Distribution", {}).get("Id", "E1")
call("cloudfront", "GetDistribution", Id=identity)
call("cloudfront", "GetDistributionConfig", Id=identity)
call("cloudfront", "ListDistributions")
call("cloudfront", "GetDistribution", Id="E000")

# lambda, apigateway, apigatewayv2: restJson.
call("lambda", "CreateFunction", FunctionName="f", Runtime="python3.12", Role=ROLE, Handler="handler.handler",
     Code={"ZipFile": code()}, Environment={"Variables": {"A": "b"}})
call("lambda", "GetFunctionConfiguration", FunctionName="f")
version = call("lambda", "PublishVersion", FunctionName="f").get("Version", "1")
call("lambda", "CreateAlias", FunctionName="f", Name="live", FunctionVersion=version)
call("lambda", "UpdateAlias", FunctionName="f", Name="live", RoutingConfig={"AdditionalVersionWeights": {"1": 0.1}})
call("lambda", "GetAlias", FunctionName="f", Name="live")
call("lambda", "ListFunctions")
call("lambda", "GetFunction", FunctionName="nothing")
call("lambda", "TagResource", Resource="arn:aws:lambda:ap-south-1:123456789012:function:f", Tags={"k": "v w"})
call("lambda", "ListTags", Resource="arn:aws:lambda:ap-south-1:123456789012:function:f")
api = call("apigateway", "CreateRestApi", name="api", description="d")["id"]
call("apigateway", "GetRestApi", restApiId=api)
root = call("apigateway", "GetResources", restApiId=api)["items"][0]["id"]
call("apigateway", "CreateResource", restApiId=api, parentId=root, pathPart="users")
call("apigateway", "UpdateRestApi", restApiId=api, patchOperations=[
    {"op": "replace", "path": "/description", "value": "new"}])
call("apigateway", "GetRestApi", restApiId="nothing")
api = call("apigatewayv2", "CreateApi", Name="h", ProtocolType="HTTP")["ApiId"]
call("apigatewayv2", "GetApi", ApiId=api)
call("apigatewayv2", "CreateStage", ApiId=api, StageName="prod", StageVariables={"a": "b"})
call("apigatewayv2", "GetStages", ApiId=api)

# dynamodb, kinesis, firehose: JSON with blobs and unions.
call("dynamodb", "CreateTable", TableName="t", BillingMode="PAY_PER_REQUEST",
     KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
     AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
call("dynamodb", "PutItem", TableName="t", Item={
    "id": {"S": "1"}, "n": {"N": "1.50"}, "b": {"B": b"\x01\x02"}, "l": {"L": [{"BOOL": True}, {"NULL": True}]},
    "m": {"M": {"x": {"SS": ["a", "b"]}}}})
call("dynamodb", "GetItem", TableName="t", Key={"id": {"S": "1"}})
call("dynamodb", "UpdateItem", TableName="t", Key={"id": {"S": "1"}}, UpdateExpression="SET #n = :n",
     ConditionExpression="#n = :old", ExpressionAttributeNames={"#n": "n"},
     ExpressionAttributeValues={":n": {"N": "2"}, ":old": {"N": "9"}})
call("dynamodb", "BatchGetItem", RequestItems={"t": {"Keys": [{"id": {"S": "1"}}]}})
call("dynamodb", "Scan", TableName="t")
call("dynamodb", "DescribeTable", TableName="nothing")
call("kinesis", "CreateStream", StreamName="s", ShardCount=1)
call("kinesis", "PutRecord", StreamName="s", Data=b"\xfe\xff", PartitionKey="k")
shard = call("kinesis", "DescribeStream", StreamName="s")["StreamDescription"]["Shards"][0]["ShardId"]
iterator = call("kinesis", "GetShardIterator", StreamName="s", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
call("kinesis", "GetRecords", ShardIterator=iterator["ShardIterator"])
call("kinesis", "DescribeStreamSummary", StreamName="nothing")
call("firehose", "CreateDeliveryStream", DeliveryStreamName="d", S3DestinationConfiguration={
    "RoleARN": ROLE, "BucketARN": "arn:aws:s3:::reports"})
call("firehose", "PutRecord", DeliveryStreamName="d", Record={"Data": b"x\n"})
call("firehose", "DescribeDeliveryStream", DeliveryStreamName="d")

# Messages: sqs (JSON), sns and ses (query), sesv2, events, scheduler.
queue = call("sqs", "CreateQueue", QueueName="q", Attributes={"VisibilityTimeout": "0"})["QueueUrl"]
call("sqs", "SendMessage", QueueUrl=queue, MessageBody="<a&b>", MessageAttributes={
    "n": {"DataType": "Number", "StringValue": "1"}, "b": {"DataType": "Binary", "BinaryValue": b"\x00"}})
call("sqs", "ReceiveMessage", QueueUrl=queue, MessageAttributeNames=["All"])
call("sqs", "GetQueueAttributes", QueueUrl=queue, AttributeNames=["All"])
call("sqs", "GetQueueUrl", QueueName="nothing")
topic = call("sns", "CreateTopic", Name="t", Attributes={"DisplayName": "d"})["TopicArn"]
call("sns", "Subscribe", TopicArn=topic, Protocol="email", Endpoint="a@example.com")
call("sns", "Publish", TopicArn=topic, Message="ü & ö", MessageAttributes={
    "k": {"DataType": "Binary", "BinaryValue": b"\x01"}})
call("sns", "GetTopicAttributes", TopicArn=topic)
call("sns", "ListSubscriptionsByTopic", TopicArn=topic)
call("sns", "GetTopicAttributes", TopicArn=topic + "x")
call("ses", "VerifyEmailIdentity", EmailAddress="a@example.com")
call("ses", "SendEmail", Source="a@example.com", Destination={"ToAddresses": ["b@example.com"]}, Message={
    "Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}})
call("ses", "SendRawEmail", Source="a@example.com", Destinations=["b@example.com"],
     RawMessage={"Data": b"From: a@example.com\nTo: b@example.com\n\nx"})
call("ses", "GetSendQuota")
call("ses", "ListIdentities")
call("sesv2", "CreateContactList", ContactListName="l", Description="d")
call("sesv2", "CreateContact", ContactListName="l", EmailAddress="c@example.com", TopicPreferences=[])
call("sesv2", "GetContact", ContactListName="l", EmailAddress="c@example.com")
call("sesv2", "ListContacts", ContactListName="l")
call("events", "PutRule", Name="r", ScheduleExpression="rate(5 minutes)")
call("events", "PutTargets", Rule="r", Targets=[{"Id": "1", "Arn": queue and "arn:aws:sqs:ap-south-1:123456789012:q"}])
call("events", "DescribeRule", Name="r")
call("events", "PutEvents", Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}", "Time": WHEN}])
call("scheduler", "CreateSchedule", Name="s", ScheduleExpression="at(2030-01-01T00:00:00)", StartDate=WHEN,
     FlexibleTimeWindow={"Mode": "OFF"}, Target={"Arn": "arn:aws:sqs:ap-south-1:123456789012:q", "RoleArn": ROLE})
call("scheduler", "GetSchedule", Name="s")
call("scheduler", "ListSchedules")
call("mq", "CreateBroker", BrokerName="b", AutoMinorVersionUpgrade=False, DeploymentMode="SINGLE_INSTANCE",
     EngineType="ACTIVEMQ", EngineVersion="5.18", HostInstanceType="mq.t3.micro", PubliclyAccessible=False,
     Users=[{"Username": "admin", "Password": "a-long-password"}])
call("mq", "ListBrokers")
call("mq", "DescribeBroker", BrokerId="nothing")

# Watching: cloudwatch, logs, xray, config, guardduty.
call("cloudwatch", "PutMetricData", Namespace="n", MetricData=[
    {"MetricName": "m", "Value": 1.5, "Timestamp": WHEN, "Dimensions": [{"Name": "a", "Value": "b"}]}])
call("cloudwatch", "GetMetricStatistics", Namespace="n", MetricName="m", StartTime=WHEN,
     EndTime=WHEN + datetime.timedelta(hours=1), Period=60, Statistics=["Sum"],
     Dimensions=[{"Name": "a", "Value": "b"}])
call("cloudwatch", "PutMetricAlarm", AlarmName="a", MetricName="m", Namespace="n", Statistic="Sum", Period=60,
     EvaluationPeriods=1, Threshold=1.0, ComparisonOperator="GreaterThanThreshold")
call("cloudwatch", "DescribeAlarms")
call("logs", "CreateLogGroup", logGroupName="/g")
call("logs", "CreateLogStream", logGroupName="/g", logStreamName="s")
call("logs", "PutLogEvents", logGroupName="/g", logStreamName="s",
     logEvents=[{"timestamp": 4_000_000_000_000 and int(datetime.datetime.now().timestamp()) * 1000, "message": "m"}]
     if False else [{"timestamp": 1_795_192_200_000, "message": "m"}])
call("logs", "DescribeLogGroups")
call("logs", "GetLogEvents", logGroupName="/g", logStreamName="nothing")
call("xray", "PutTraceSegments", TraceSegmentDocuments=[json.dumps(
    {"id": "70de5b6f19ff9a0a", "name": "n", "trace_id": "1-581cf771-a006649127e371903a2de979", "start_time": 1.5,
     "end_time": 2.5})])
call("xray", "BatchGetTraces", TraceIds=["1-581cf771-a006649127e371903a2de979"])
call("xray", "GetTraceSummaries", StartTime=WHEN, EndTime=WHEN)
call("config", "PutConfigurationRecorder", ConfigurationRecorder={
    "name": "default", "roleARN": ROLE, "recordingGroup": {"allSupported": True}})
call("config", "DescribeConfigurationRecorders")
call("config", "DescribeConfigurationRecorderStatus", ConfigurationRecorderNames=["nothing"])
detector = call("guardduty", "CreateDetector", Enable=True, Tags={"a": "b"})["DetectorId"]
call("guardduty", "GetDetector", DetectorId=detector)
call("guardduty", "ListDetectors")

# Secrets and keys: kms, secretsmanager, ssm, acm.
key = call("kms", "CreateKey", Description="d")["KeyMetadata"]["KeyId"]
call("kms", "DescribeKey", KeyId=key)
call("kms", "CreateAlias", AliasName="alias/a", TargetKeyId=key)
call("kms", "ListAliases")
call("kms", "GetKeyPolicy", KeyId=key, PolicyName="default")
call("kms", "DescribeKey", KeyId="alias/nothing")
call("secretsmanager", "CreateSecret", Name="s", SecretString="x", ClientRequestToken="c" * 36)
call("secretsmanager", "DescribeSecret", SecretId="s")
call("secretsmanager", "ListSecrets")
call("ssm", "PutParameter", Name="/p", Value="v", Type="String")
call("ssm", "GetParametersByPath", Path="/", Recursive=True)
call("ssm", "GetParameter", Name="/nothing")
certificate = call("acm", "RequestCertificate", DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]
call("acm", "DescribeCertificate", CertificateArn=certificate)
call("acm", "ListCertificates")
call("acm", "DescribeCertificate", CertificateArn=certificate[:-1] + "x")

# Containers and computing: ecs, ecr, eks, batch, emr, sagemaker, autoscaling.
call("ecs", "CreateCluster", clusterName="c", tags=[{"key": "k", "value": "v"}])
call("ecs", "RegisterTaskDefinition", family="t", containerDefinitions=[{"name": "a", "image": "i", "memory": 128}])
call("ecs", "DescribeClusters", clusters=["c"])
call("ecs", "CreateCapacityProvider", name="cp", autoScalingGroupProvider={
    "autoScalingGroupArn": "arn:aws:autoscaling:ap-south-1:123456789012:autoScalingGroup:u:autoScalingGroupName/g"})
call("ecr", "CreateRepository", repositoryName="r")
call("ecr", "DescribeRepositories")
call("ecr", "PutLifecyclePolicy", repositoryName="r", lifecyclePolicyText=json.dumps({"rules": []}))
call("ecr", "DescribeRepositories", repositoryNames=["nothing"])
call("eks", "CreateCluster", name="k", roleArn=ROLE, resourcesVpcConfig={"subnetIds": ["a", "b"]}, version="1.30")
call("eks", "DescribeCluster", name="k")
call("eks", "ListClusters")
call("eks", "DescribeCluster", name="nothing")
call("batch", "DescribeComputeEnvironments")
call("batch", "CreateSchedulingPolicy", name="p", fairsharePolicy={"shareDecaySeconds": 60})
call("batch", "ListSchedulingPolicies")
call("emr", "RunJobFlow", Name="j", ReleaseLabel="emr-6.15.0", ServiceRole="r", JobFlowRole="r", Instances={
    "MasterInstanceType": "m5.xlarge", "SlaveInstanceType": "m5.xlarge", "InstanceCount": 2,
    "KeepJobFlowAliveWhenNoSteps": True})
call("emr", "ListClusters")
call("emr", "ListSecurityConfigurations")
call("sagemaker", "CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "i"})
call("sagemaker", "DescribeModel", ModelName="m")
call("sagemaker", "ListModels")
call("autoscaling", "CreateLaunchConfiguration", LaunchConfigurationName="l", ImageId="ami-03cf127a",
     InstanceType="t3.micro", UserData="x")
call("autoscaling", "DescribeLaunchConfigurations")
call("autoscaling", "CreateAutoScalingGroup", AutoScalingGroupName="g", LaunchConfigurationName="l", MinSize=0,
     MaxSize=1, VPCZoneIdentifier=subnet)
call("autoscaling", "DescribeAutoScalingGroups")
call("application-autoscaling", "DescribeScalableTargets", ServiceNamespace="ecs")

# Building: cloudformation, codebuild, codepipeline, codecommit, stepfunctions.
TEMPLATE = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"U": {"Value": {"Ref": "Q"}}}})
call("cloudformation", "CreateStack", StackName="st", TemplateBody=TEMPLATE, Tags=[{"Key": "k", "Value": "v"}])
call("cloudformation", "DescribeStacks", StackName="st")
call("cloudformation", "GetTemplate", StackName="st")
call("cloudformation", "ListStackResources", StackName="st")
call("cloudformation", "DescribeStacks", StackName="nothing")
call("codebuild", "CreateProject", name="p", serviceRole=ROLE, artifacts={"type": "NO_ARTIFACTS"},
     source={"type": "NO_SOURCE", "buildspec": "version: 0.2"}, environment={
         "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"})
call("codebuild", "BatchGetProjects", names=["p"])
call("codebuild", "ListProjects")
call("codecommit", "CreateRepository", repositoryName="r", repositoryDescription="d")
call("codecommit", "GetRepository", repositoryName="r")
call("codecommit", "GetRepository", repositoryName="nothing")
machine = call("stepfunctions", "CreateStateMachine", name="m", roleArn=ROLE, definition=json.dumps(
    {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}))["stateMachineArn"]
call("stepfunctions", "DescribeStateMachine", stateMachineArn=machine)
call("stepfunctions", "ListStateMachines")
call("stepfunctions", "StartExecution", stateMachineArn=machine, name="e", input="{}")

# Data: rds, redshift, elasticache, athena, glue, opensearch, efs, backup, datasync, dms.
call("rds", "CreateDBInstance", DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres",
     AllocatedStorage=20, MasterUsername="u", MasterUserPassword="password1")
call("rds", "DescribeDBInstances")
call("rds", "CreateDBSnapshot", DBInstanceIdentifier="db", DBSnapshotIdentifier="snap")
call("rds", "DescribeDBSnapshots", DBInstanceIdentifier="db")
call("rds", "DescribeDBInstances", DBInstanceIdentifier="nothing")
call("redshift", "CreateCluster", ClusterIdentifier="w", NodeType="dc2.large", MasterUsername="u",
     MasterUserPassword="Password1", ClusterType="single-node")
call("redshift", "DescribeClusters")
call("redshift", "DescribeClusters", ClusterIdentifier="nothing")
call("elasticache", "CreateUser", UserId="u", UserName="u", Engine="redis", AccessString="on ~*",
     NoPasswordRequired=True)
call("elasticache", "DescribeUsers")
call("elasticache", "DescribeUsers", UserId="nothing")
call("athena", "CreateWorkGroup", Name="w", Configuration={
    "ResultConfiguration": {"OutputLocation": "s3://reports/"}, "BytesScannedCutoffPerQuery": 10_000_000})
call("athena", "GetWorkGroup", WorkGroup="w")
call("athena", "ListWorkGroups")
call("athena", "StartQueryExecution", QueryString="SELECT 1", WorkGroup="w", ClientRequestToken="c" * 36)
call("glue", "CreateDatabase", DatabaseInput={"Name": "d", "Parameters": {"a": "b"}})
call("glue", "CreateTable", DatabaseName="d", TableInput={"Name": "t", "StorageDescriptor": {
    "Columns": [{"Name": "c", "Type": "int"}], "Location": "s3://reports/t"}})
call("glue", "GetTable", DatabaseName="d", Name="t")
call("glue", "GetDatabase", Name="nothing")
call("opensearch", "CreateDomain", DomainName="dom", EngineVersion="OpenSearch_2.11", ClusterConfig={
    "InstanceType": "t3.small.search", "InstanceCount": 1})
call("opensearch", "DescribeDomain", DomainName="dom")
call("opensearch", "DescribeDomain", DomainName="nothing")
disk = call("efs", "CreateFileSystem", CreationToken="t", Encrypted=True)["FileSystemId"]
call("efs", "DescribeFileSystems")
call("efs", "DescribeFileSystems", FileSystemId="fs-12345678")
call("efs", "TagResource", ResourceId=disk, Tags=[{"Key": "k", "Value": "v"}])
call("backup", "CreateBackupVault", BackupVaultName="v")
call("backup", "DescribeBackupVault", BackupVaultName="v")
call("backup", "DescribeBackupVault", BackupVaultName="nothing")
call("timestream-write", "CreateDatabase", DatabaseName="ts")
call("timestream-write", "DescribeDatabase", DatabaseName="ts")
call("timestream-write", "ListDatabases")

# Networks and people: elb, elbv2, route53resolver, wafv2, cognito, organizations, iot.
call("elbv2", "CreateTargetGroup", Name="tg", Protocol="HTTP", Port=80, VpcId=vpc)
call("elbv2", "DescribeTargetGroups")
call("elbv2", "DescribeAccountLimits")
call("elbv2", "DescribeTargetGroups", Names=["nothing"])
call("elb", "CreateLoadBalancer", LoadBalancerName="old", AvailabilityZones=["ap-south-1a"], Listeners=[
    {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}])
call("elb", "DescribeLoadBalancers")
call("elb", "DescribeLoadBalancers", LoadBalancerNames=["nothing"])
call("route53resolver", "CreateResolverQueryLogConfig", Name="l", DestinationArn="arn:aws:s3:::reports",
     CreatorRequestId="1")
call("route53resolver", "ListResolverEndpoints")
call("route53resolver", "ListResolverRules")
call("wafv2", "CreateIPSet", Name="i", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=["10.0.0.0/8"])
call("wafv2", "ListIPSets", Scope="REGIONAL")
call("wafv2", "CreateWebACL", Name="w", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig={
    "SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"})
call("wafv2", "ListWebACLs", Scope="REGIONAL")
pool = call("cognito-idp", "CreateUserPool", PoolName="p")["UserPool"]["Id"]
call("cognito-idp", "AdminCreateUser", UserPoolId=pool, Username="u", TemporaryPassword="Password1!")
call("cognito-idp", "AdminGetUser", UserPoolId=pool, Username="u")
call("cognito-idp", "ListUsers", UserPoolId=pool)
made = call("cognito-idp", "CreateUserPoolClient", UserPoolId=pool, ClientName="c")
call("cognito-idp", "InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
    "USERNAME": "u", "PASSWORD": "wrong"}, ClientId=made.get("UserPoolClient", {}).get("ClientId", "c"))
call("organizations", "CreateOrganization", FeatureSet="ALL")
call("organizations", "DescribeOrganization")
call("organizations", "ListRoots")
call("organizations", "DescribeAccount", AccountId="999999999999")
call("iot", "CreateThing", thingName="t", attributePayload={"attributes": {"a": "b"}})
call("iot", "DescribeThing", thingName="t")
call("iot", "DescribeThing", thingName="nothing")
call("servicediscovery", "CreateHttpNamespace", Name="n", CreatorRequestId="1")
call("servicediscovery", "ListNamespaces")
call("servicediscovery", "GetNamespace", Id="ns-nothing")
call("codedeploy", "CreateApplication", applicationName="a", computePlatform="ECS")
call("codedeploy", "GetApplication", applicationName="a")
call("codedeploy", "ListApplications")
