"""Where a call came from, coarse enough not to be a person's address."""

import ipaddress
from functools import lru_cache

AWS = "aws"


@lru_cache(maxsize=65536)
def network(source: str | None) -> str:
    """The /24 or /48 of an address; 'aws' when an AWS service made the call (CloudTrail then gives
    the service's name or "AWS Internal"); '' when none is given or it is no address."""
    if not source:
        return ""
    text = source.strip()
    if text.lower() in ("aws internal", AWS) or text.lower().endswith(
        (".amazonaws.com", ".aws.internal")
    ):
        return AWS
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address), 48), strict=False))
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((int(address), 24), strict=False))
