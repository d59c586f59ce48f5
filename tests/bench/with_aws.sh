#!/usr/bin/env bash
# The deployment as people write it by hand: the live definition with another image, and the waiter.
# usage: with_aws.sh CLUSTER SERVICE IMAGE
set -euo pipefail
cluster=$1 service=$2 image=$3

live=$(aws ecs describe-services --cluster "$cluster" --services "$service" \
    --query 'services[0].taskDefinition' --output text)
definition=$(aws ecs describe-task-definition --task-definition "$live" --output json \
    --query 'taskDefinition.{family: family, networkMode: networkMode, cpu: cpu, memory: memory,
             executionRoleArn: executionRoleArn, requiresCompatibilities: requiresCompatibilities,
             containerDefinitions: containerDefinitions}' \
    | sed "s|\"image\": \"[^\"]*\"|\"image\": \"$image\"|")
revision=$(aws ecs register-task-definition --cli-input-json "$definition" \
    --query taskDefinition.taskDefinitionArn --output text)
aws ecs update-service --cluster "$cluster" --service "$service" --task-definition "$revision" \
    --query service.serviceName --output text
aws ecs wait services-stable --cluster "$cluster" --services "$service"
