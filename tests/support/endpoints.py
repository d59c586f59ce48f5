"""Endpoints as botocore resolves them: every service, in regions of all partitions, with what can be combined.

Prints a line of JSON for each: service, parameters of its rule set, and the endpoint or that there is none.
"""

import glob
import itertools
import json
import os

import botocore
from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader

REGIONS = [
    "us-east-1", "eu-west-1", "ap-southeast-7", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1",
    "eusc-de-east-1", "eu-new-9", "aws-global",
]
BUCKETS = [
    "my-bucket", "my.bucket", "My_Bucket", "1.2.3.4", "ab", "-ab", "ab-", "a--use1-az4--x-s3",
    "arn:aws:s3:us-west-2:123456789012:accesspoint/ap",
    "arn:aws:s3:us-west-2:123456789012:accesspoint:ap",
    "arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/ap",
    "arn:aws:s3:us-west-2::accesspoint/ap",
    "arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-01234567890123456/accesspoint/reports",
    "arn:aws:s3::123456789012:accesspoint:mfzwi23gnjvgw.mrap",
    "arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/mybanner",
    "test-accessp-e0b1d075431d83bebde8xz5w8ijx1qzlbp3i3kuse10--op-s3",
]
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
TABLE = "arn:aws:dynamodb:us-east-1:222233334444:table/t"
FLAGS = (False, True)

loader = Loader()
partitions = loader.load_data("partitions")


def ask(service, provider, **parameters):
    known = provider.ruleset.parameters
    parameters = {name: value for name, value in parameters.items() if name in known}
    try:
        found = provider.resolve_endpoint(**parameters)
        said = {"url": found.url, "headers": found.headers or {}, "properties": found.properties or {}}
    except Exception:
        said = {"none": True}
    # Lists are tuples for botocore.
    print(json.dumps({"service": service, "parameters": parameters} | said))


def rules(service):
    return EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)


data = os.path.join(os.path.dirname(botocore.__file__), "data")
for service in sorted(os.listdir(data)):
    if not glob.glob(f"{data}/{service}/*/endpoint-rule-set-1.json.gz"):
        continue
    provider = rules(service)
    for region, fips, dual in itertools.product(REGIONS, FLAGS, FLAGS):
        ask(service, provider, Region=region, UseFIPS=fips, UseDualStack=dual)
    here = {"Region": "us-east-1", "UseFIPS": False, "UseDualStack": False}
    for address in ("http://127.0.0.1:5700/x", "https://[::1]:5700", "https://a.example?b"):
        ask(service, provider, **here, Endpoint=address)
    ask(service, provider)
    for static in ("UseControlPlaneEndpoint", "UseS3ExpressControlEndpoint", "UseObjectLambdaEndpoint"):
        ask(service, provider, **here, **{static: True})
    for endpoint in ("abc123.456def", "a b", "-"):
        ask(service, provider, **here, EndpointId=endpoint)
    for kind in ("control", "data"):
        for name in ("StreamARN", "ConsumerARN", "ResourceARN", "KvsARN"):
            for region, fips in itertools.product(REGIONS, FLAGS):
                if name in provider.ruleset.parameters:
                    at = STREAM.replace("us-east-1", region)
                    asked = {"Region": region, "UseFIPS": fips, "UseDualStack": False, name: at}
                    ask(service, provider, **asked, OperationType=kind)
                    ask(service, provider, **asked, OperationType=kind, StreamId="abcdefghij")

provider = rules("dynamodb")
for mode, account, region in itertools.product(
    ("preferred", "required", "disabled"), (None, "123456789012", "no account"), REGIONS
):
    asked = {"Region": region, "UseFIPS": False, "UseDualStack": False, "AccountIdEndpointMode": mode}
    asked |= {"AccountId": account} if account else {}
    ask("dynamodb", provider, **asked)
    ask("dynamodb", provider, **asked, ResourceArn=TABLE)
    ask("dynamodb", provider, **asked, ResourceArnList=(TABLE, "t"))
    ask("dynamodb", provider, **asked, ResourceArnList=("t",))

provider = rules("s3")
for bucket, region, fips, dual, path, accelerate in itertools.product(BUCKETS, REGIONS, *[FLAGS] * 4):
    asked = {"Bucket": bucket, "Region": region, "UseFIPS": fips, "UseDualStack": dual, "ForcePathStyle": path}
    asked |= {"Accelerate": accelerate, "Key": "k"}
    ask("s3", provider, **asked)
    ask("s3", provider, **asked, Endpoint="https://x.example:99/p")
    if not accelerate:
        ask("s3", provider, **asked, UseArnRegion=path, DisableS3ExpressSessionAuth=True)
        ask("s3", provider, **asked, UseGlobalEndpoint=True, DisableMultiRegionAccessPoints=path)

provider = rules("s3control")
for region, fips, dual in itertools.product(REGIONS, FLAGS, FLAGS):
    here = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, "RequiresAccountId": True}
    ask("s3control", provider, **here)
    for account in ("123456789012", "a.b", "_"):
        ask("s3control", provider, **here, AccountId=account)
        ask("s3control", provider, **here, AccountId=account, Endpoint="https://x.example")
    for name in BUCKETS + ["arn:aws:s3-outposts:us-east-1:123456789012:outpost/op-01234567890123456/bucket/b"]:
        ask("s3control", provider, **here, AccountId="123456789012", Bucket=name)
        ask("s3control", provider, **here, AccountId="123456789012", AccessPointName=name, UseArnRegion=fips)
    ask("s3control", provider, **here, AccountId="123456789012", OutpostId="op-01234567890123456")
