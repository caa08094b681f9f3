"""S3's calls whose IAM action has another name, reviewed one by one.

Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations" and "Amazon S3
CloudTrail events". Names in lower case: CloudTrail writes Cors where IAM writes CORS.
"""

from collections.abc import Mapping

from migrations_plan.policy.needs import Needed

_LISTING = "listing a bucket is one action, whichever version of the call"
_PARTS = "each part of an upload is a put"
_SHORT = "IAM leaves Bucket out of this name"
_DELETE = "deleting a configuration is putting none"
_BATCH = "deleting many is deleting each"
_SELECT = "reading with SQL is reading"

# Configurations that IAM calls by this name, CloudTrail with Bucket before it.
_CONFIGURATIONS = {
    "accelerate": "Accelerate",
    "analytics": "Analytics",
    "encryption": "Encryption",
    "intelligenttiering": "IntelligentTiering",
    "inventory": "Inventory",
    "lifecycle": "Lifecycle",
    "metrics": "Metrics",
    "replication": "Replication",
}


def _configurations() -> dict[str, Needed]:
    """Get, Put and Delete of each, as CloudTrail may name them, and List for those with many."""
    made: dict[str, Needed] = {}
    for lower, name in _CONFIGURATIONS.items():
        get, put = f"s3:Get{name}Configuration", f"s3:Put{name}Configuration"
        for tail in ("", "configuration"):
            made[f"getbucket{lower}{tail}"] = Needed((get,), why=_SHORT)
            made[f"putbucket{lower}{tail}"] = Needed((put,), why=_SHORT)
            made[f"deletebucket{lower}{tail}"] = Needed((put,), why=_DELETE)
        made[f"listbucket{lower}configurations"] = Needed((get,), why=_SHORT)
    return made


S3_ACTIONS: Mapping[str, Needed] = {
    **_configurations(),
    "listbuckets": Needed(("s3:ListAllMyBuckets",), why="the list is of all buckets of the caller"),
    "headbucket": Needed(("s3:ListBucket",), why="asking whether a bucket is there is listing it"),
    "listobjects": Needed(("s3:ListBucket",), why=_LISTING),
    "listobjectsv2": Needed(("s3:ListBucket",), why=_LISTING),
    "listobjectversions": Needed(
        ("s3:ListBucketVersions",), why="versions have a list of their own"
    ),
    "headobject": Needed(("s3:GetObject",), why="asking about an object is reading it"),
    "getobjectattributes": Needed(
        ("s3:GetObject", "s3:GetObjectAttributes"), why="attributes need both rights"
    ),
    "selectobjectcontent": Needed(("s3:GetObject",), why=_SELECT),
    "copyobject": Needed(
        ("s3:PutObject",),
        ("s3:GetObject",),
        why="the source may be of another resource than listed",
    ),
    "deleteobjects": Needed(("s3:DeleteObject",), ("s3:DeleteObjectVersion",), why=_BATCH),
    "createmultipartupload": Needed(("s3:PutObject",), why=_PARTS),
    "uploadpart": Needed(("s3:PutObject",), why=_PARTS),
    "uploadpartcopy": Needed(("s3:PutObject",), ("s3:GetObject",), why=_PARTS),
    "completemultipartupload": Needed(("s3:PutObject",), why=_PARTS),
    "listparts": Needed(("s3:ListMultipartUploadParts",), why="IAM says whose parts"),
    "listmultipartuploads": Needed(("s3:ListBucketMultipartUploads",), why="IAM says of a bucket"),
    "deletebucketcors": Needed(("s3:PutBucketCORS",), why=_DELETE),
    "deletebuckettagging": Needed(("s3:PutBucketTagging",), why=_DELETE),
    "deletebucketownershipcontrols": Needed(("s3:PutBucketOwnershipControls",), why=_DELETE),
    "getpublicaccessblock": Needed(("s3:GetBucketPublicAccessBlock",), why="of the bucket"),
    "putpublicaccessblock": Needed(("s3:PutBucketPublicAccessBlock",), why="of the bucket"),
    "deletepublicaccessblock": Needed(("s3:PutBucketPublicAccessBlock",), why=_DELETE),
    "deletebucketpublicaccessblock": Needed(("s3:PutBucketPublicAccessBlock",), why=_DELETE),
    "deleteaccountpublicaccessblock": Needed(("s3:PutAccountPublicAccessBlock",), why=_DELETE),
    "getobjectlockconfiguration": Needed(("s3:GetBucketObjectLockConfiguration",), why=_SHORT),
    "putobjectlockconfiguration": Needed(("s3:PutBucketObjectLockConfiguration",), why=_SHORT),
    "getbucketnotificationconfiguration": Needed(("s3:GetBucketNotification",), why=_SHORT),
    "putbucketnotificationconfiguration": Needed(("s3:PutBucketNotification",), why=_SHORT),
    "createbucket": Needed(
        ("s3:CreateBucket",),
        ("s3:PutBucketAcl", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketOwnershipControls"),
        why="an ACL, object lock or ownership in the request needs its own right",
    ),
    "putobject": Needed(
        ("s3:PutObject",),
        ("s3:PutObjectAcl", "s3:PutObjectTagging"),
        why="an ACL or tags in the request need their own right",
    ),
}
