"""The IAM policies of the portal's two roles, built from the one list of actions.

Deterministic: equal arguments give equal documents. Generated files under docs/aws/ hold the same
and a test compares them.
"""

from inventory.aws.permissions import (
    ACCOUNT_AND_ROOT_ACTIONS,
    IDENTITY_CENTER_ACTIONS,
    IDENTITY_STORE_ACTIONS,
    LOG_BUCKET_ACTIONS,
    LOG_READER_ACTIONS,
    ORGANIZATION_ACTIONS,
    READER_ACTIONS,
    READER_ROLE_NAME,
    TRAIL_ACTIONS,
)
from inventory.records import Document

POLICY_VERSION = "2012-10-17"
# CloudTrail writes below this, with or without a prefix of the trail's own.
LOG_OBJECTS = "*AWSLogs/*"


def management_policy(
    bucket: str | None = None, *, reader_role_name: str = READER_ROLE_NAME, partition: str = "*"
) -> Document:
    """What the management role may do: read the organization and become the readers.

    bucket: the organization trail's bucket, when the portal is to count its logs.
    """
    statements = [
        allow("ReadOrganization", ORGANIZATION_ACTIONS),
        allow("ReadIdentityCenter", IDENTITY_CENTER_ACTIONS),
        allow("ReadIdentityStore", IDENTITY_STORE_ACTIONS),
        allow("ReadTrails", TRAIL_ACTIONS),
        allow("ReadContactsAndRootFeatures", ACCOUNT_AND_ROOT_ACTIONS),
        allow(
            "BecomeReaderInEachAccount",
            ("sts:AssumeRole",),
            f"arn:{partition}:iam::*:role/{reader_role_name}",
        ),
    ]
    if bucket is not None:
        statements += bucket_statements(bucket, partition)
    return {"Version": POLICY_VERSION, "Statement": statements}


def bucket_statements(bucket: str, partition: str = "*") -> list[Document]:
    """Lists the trail's bucket and reads its log objects, nothing else in it."""
    arn = f"arn:{partition}:s3:::{bucket}"
    read, list_all = LOG_BUCKET_ACTIONS
    return [
        allow("ListTrailBucket", (list_all,), arn),
        allow("ReadTrailObjects", (read,), f"{arn}/{LOG_OBJECTS}"),
    ]


def reader_policy() -> Document:
    """What the reader role may do in its own account."""
    statements = [
        allow("ReadIam", READER_ACTIONS),
        allow("ReadEventsWithoutTrail", LOG_READER_ACTIONS),
    ]
    return {"Version": POLICY_VERSION, "Statement": statements}


def reader_trust_policy(management_role_arn: str, external_id: str) -> Document:
    """Who may become the reader: the management role, and only with the external id."""
    statement: Document = {
        "Sid": "PortalOnly",
        "Effect": "Allow",
        "Principal": {"AWS": management_role_arn},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    return {"Version": POLICY_VERSION, "Statement": [statement]}


def management_trust_policy(principal_arn: str) -> Document:
    """Who may become the management role: the role that the portal's machines run as."""
    statement: Document = {
        "Sid": "PortalHostOnly",
        "Effect": "Allow",
        "Principal": {"AWS": principal_arn},
        "Action": "sts:AssumeRole",
    }
    return {"Version": POLICY_VERSION, "Statement": [statement]}


def allow(sid: str, actions: tuple[str, ...], resource: str = "*") -> Document:
    """One statement. '*' stands where AWS's list and describe calls know no resource."""
    return {"Sid": sid, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
