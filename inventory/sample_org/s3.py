"""S3, as far as a reader of logs needs it: the trail's bucket, listed and read, never written."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.core.request import Request
from moto.s3.responses import S3Response

from inventory.sample_org.constants import HOME_REGION
from inventory.sample_org.shelf import SHELF

# What the sample answers, and the IAM action that each needs.
S3_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "GetBucketLocation": "s3:GetBucketLocation",
    "GetObject": "s3:GetObject",
}
_ACCOUNT = re.compile(r"AWSLogs/(?:o-[^/]+/)?(\d{12})/")


def operation_of(environ: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The operation and its parameters, from method, path and query."""
    bucket, _slash, key = unquote(environ.get("PATH_INFO", "/")).lstrip("/").partition("/")
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    method = environ["REQUEST_METHOD"]
    parameters = {"Bucket": bucket, "Key": key, "Prefix": query.get("prefix", [""])[0]}
    if "continuation-token" in query:
        parameters["NextToken"] = query["continuation-token"][0]
    if method == "HEAD" and not key:
        return "HeadBucket", parameters
    if method == "GET" and key:
        return "GetObject", parameters
    if method == "GET" and "location" in query:
        return "GetBucketLocation", parameters
    if method == "GET" and query.get("list-type") == ["2"]:
        return "ListObjectsV2", parameters
    return f"{method.title()}Object", parameters


def account_of(parameters: dict[str, str]) -> str | None:
    """The account whose logs a call is about, by key or prefix."""
    found = _ACCOUNT.search(parameters.get("Key") or parameters.get("Prefix") or "")
    return found[1] if found else None


class SampleBucket(S3Response):
    """moto's S3, with what CloudTrail has delivered by now."""

    @classmethod
    def dispatch(cls, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Path style only, as clients use with an address that is no name."""
        SHELF.deliver()
        key = request.path.lstrip("/").partition("/")[2]
        answer = cls.key_dispatch if key else cls.bucket_dispatch
        status, headers, body = answer(request, request.url, request.headers)
        return status, {**headers, "x-amz-bucket-region": HOME_REGION}, body
