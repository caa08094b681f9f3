"""What the sources below Identity Center cannot do without."""

from inventory.aws.errors import ReadFailed
from inventory.aws.reading import Inputs

_UNKNOWN = "the Identity Center instance is not known yet: its own source has to be read first"


def instance_of(inputs: Inputs, operation: str) -> str:
    """The instance's ARN. ReadFailed: not known, which must never read as having nothing."""
    if not inputs.instance_arn:
        raise ReadFailed(operation, _UNKNOWN)
    return inputs.instance_arn


def identity_store_of(inputs: Inputs, operation: str) -> str:
    """The identity store's id. ReadFailed: not known."""
    if not inputs.identity_store_id:
        raise ReadFailed(operation, _UNKNOWN)
    return inputs.identity_store_id
