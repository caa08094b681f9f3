"""How AWS splits a list into pages, read from botocore's own service model.

IAM says IsTruncated and Marker, S3 IsTruncated and ContinuationToken, everything else NextToken.
All are followed strictly: a page that cannot be right is a broken read, never the end of the list.
"""

from typing import Any

from botocore.model import OperationModel, ShapeResolver, StructureShape

_EMPTY = StructureShape("Empty", {"type": "structure", "members": {}}, ShapeResolver({}))
_SPELLED = {"id": "ID", "mfa": "MFA", "saml": "SAML", "ssh": "SSH"}


def aws_name(operation: str) -> str:
    """AWS's name of an operation that boto3 calls 'list_mfa_devices'."""
    return "".join(_SPELLED.get(word, word.capitalize()) for word in operation.split("_"))


def token_name(model: OperationModel) -> str:
    """The parameter that asks for the next page."""
    members = (model.input_shape or _EMPTY).members
    return next((name for name in ("Marker", "ContinuationToken") if name in members), "NextToken")


def _answered_name(model: OperationModel) -> str:
    """What the answer calls that token: the same, except in S3."""
    name = token_name(model)
    return f"Next{name}" if name == "ContinuationToken" else name


def next_token(page: dict[str, Any], model: OperationModel) -> str | None:
    """The token of the next page; None at the end."""
    name = _answered_name(model)
    # IAM may leave a Marker on the last page: only IsTruncated tells.
    if name != "NextToken" and not page.get("IsTruncated"):
        return None
    return page.get(name) or None


def problem_of(page: dict[str, Any], model: OperationModel) -> str | None:
    """Why this page cannot be AWS's; None when it can."""
    members = (model.output_shape or _EMPTY).members
    lists = [name for name, shape in members.items() if shape.type_name == "list"]
    # S3 leaves empty lists out, and says so by a count.
    if not any(name in page for name in lists) and page.get("KeyCount") != 0:
        return f"the answer holds no {' or '.join(lists)}"
    broken = [name for name in lists if not isinstance(page.get(name, []), list)]
    if broken:
        return f"{broken[0]} is not a list"
    if page.get("IsTruncated") and not page.get(_answered_name(model)):
        return "AWS says that there is more, but not where"
    return None
