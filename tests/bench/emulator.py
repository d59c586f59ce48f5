"""ministack with the catalog service in it, and a watcher that sees a deployment complete."""

import hashlib
import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

SUPPORT = Path(__file__).resolve().parent.parent / "support"
ACCOUNT, REGION = "123456789012", "ap-south-1"
CLUSTER = "prod"
SERVICE = "catalog-service"
VERSIONS = ("1.2.0", "1.3.0")
TARGETS = {
    "ecs": "AmazonEC2ContainerServiceV20141113",
    "ecr": "AmazonEC2ContainerRegistry_V20150921",
}


def manifest(version):
    media = "application/vnd.oci.image.manifest.v1+json"
    return json.dumps({
        "schemaVersion": 2,
        "mediaType": media,
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2,
                   "digest": "sha256:" + "44" * 32},
        "layers": [],
        "annotations": {"org.opencontainers.image.version": version},
    })


def digest(version):
    return "sha256:" + hashlib.sha256(manifest(version).encode()).hexdigest()


def image(version):
    return f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{SERVICE}@{digest(version)}"


class Emulator:
    def __init__(self, python, directory):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{port}"
        images = Path(directory) / "images.json"
        images.write_text(json.dumps(
            [{"tag": it, "digest": digest(it), "fate": "stay"} for it in VERSIONS]))
        env = {**os.environ, "PYTHONPATH": str(SUPPORT), "STAND_IN_IMAGES": str(images),
               "MINISTACK_ACCOUNT_ID": ACCOUNT, "MINISTACK_REGION": REGION, "TMPDIR": str(directory),
               "PYTHONDONTWRITEBYTECODE": "1"}
        with open(Path(directory) / "log", "w", encoding="utf-8") as log:
            # The launcher ends when this pipe does.
            self.process = subprocess.Popen(
                [python, SUPPORT / "launch.py", "ministack", str(port)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.endpoint + "/_ministack/health", timeout=5).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def call(self, service, operation, body):
        scope = f"test/20260101/{REGION}/{service}/aws4_request"
        request = urllib.request.Request(self.endpoint, json.dumps(body).encode(), {
            "content-type": "application/x-amz-json-1.1",
            "x-amz-target": f"{TARGETS[service]}.{operation}",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
        })
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def seed(self):
        """The service with two tasks of the first version, steady."""
        self.call("ecr", "CreateRepository", {"repositoryName": SERVICE})
        for version in VERSIONS:
            self.call("ecr", "PutImage", {
                "repositoryName": SERVICE, "imageManifest": manifest(version),
                "imageDigest": digest(version), "imageTag": version})
        self.call("ecs", "CreateCluster", {"clusterName": CLUSTER})
        registered = self.call("ecs", "RegisterTaskDefinition", {
            "family": SERVICE, "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
            "cpu": "512", "memory": "1024",
            "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole",
            "containerDefinitions": [{"name": SERVICE, "image": image(VERSIONS[0]), "essential": True}]})
        self.call("ecs", "CreateService", {
            "cluster": CLUSTER, "serviceName": SERVICE, "desiredCount": 2, "launchType": "FARGATE",
            "taskDefinition": registered["taskDefinition"]["taskDefinitionArn"],
            "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}})
        deadline = time.monotonic() + 30
        while not self.steady():
            if time.monotonic() > deadline:
                raise TimeoutError("the service does not become steady")
            time.sleep(0.05)

    def primary(self):
        answer = self.call("ecs", "DescribeServices", {"cluster": CLUSTER, "services": [SERVICE]})
        service = answer["services"][0]
        return service, next(it for it in service["deployments"] if it["status"] == "PRIMARY")

    def steady(self):
        service, primary = self.primary()
        return (primary["rolloutState"] == "COMPLETED" and service["runningCount"] == 2
                and len(service["deployments"]) == 1)


class Watcher(threading.Thread):
    """Notes when a deployment other than the present one completes; looks every 20 ms."""

    def __init__(self, emulator):
        super().__init__(daemon=True)
        self.emulator = emulator
        self.before = emulator.primary()[1]["id"]
        self.completed = None
        self.enough = threading.Event()

    def run(self):
        while not self.enough.is_set():
            primary = self.emulator.primary()[1]
            if primary["id"] != self.before and primary["rolloutState"] == "COMPLETED":
                self.completed = time.monotonic()
                return
            self.enough.wait(0.02)
