"""With what a call was made: the family and version of a user agent. Any caller may write anything
into it, so it tells of habits and proves nothing.

The table is read from the top: tools name the SDK that they are built with, so tools come first.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from inventory.cloudtrail.text import clean


class Agent(NamedTuple):
    """family: one of FAMILIES, 'custom', or '' when none is given. version: as written, or ''."""

    family: str
    version: str


_VERSION = r"[/#]v?([0-9][\w.+-]*)"
# family, and what its user agents contain; the group is the version
_TABLE = [
    ("console", r"S3Console/([\w.]+)"),
    ("console", r"^(?:console|signin)\.amazonaws\.com|AWSConsole|aws-console|CloudShell"),
    (
        "aws-internal",
        r"^(?:AWS Internal\b|[\w.-]+\.(?:amazonaws\.com|aws\.internal)$|aws-internal)",
    ),
    ("terraform", rf"(?:HashiCorp Terraform|\bTerraform){_VERSION}"),
    ("terraform", r"terraform"),
    ("opentofu", rf"OpenTofu{_VERSION}"),
    ("pulumi", rf"pulumi(?:-aws)?{_VERSION}"),
    ("aws-cdk", rf"aws-cdk{_VERSION}|cdk-toolkit{_VERSION}"),
    ("aws-sam", rf"aws-sam-cli{_VERSION}"),
    ("ansible", rf"ansible{_VERSION}"),
    (
        "kubernetes",
        rf"(?:kubectl|kubelet|eksctl|aws-ebs-csi-driver|aws-load-balancer-controller)"
        rf"{_VERSION}",
    ),
    (
        "kubernetes",
        rf"(?:karpenter[\w./-]*|elbv2\.k8s\.aws|amazon-vpc-cni-k8s|cluster-autoscaler)"
        rf"(?:{_VERSION})?",
    ),
    ("kubernetes", rf"kubernetes(?:{_VERSION})?"),
    ("aws-cli-v2", r"aws-cli/(2[\w.+-]*)"),
    ("aws-cli-v1", r"aws-cli/([01][\w.+-]*)"),
    ("aws-cli", rf"aws-cli(?:{_VERSION})?"),
    ("boto3", rf"Boto3{_VERSION}"),
    ("boto", rf"^Boto{_VERSION}"),
    ("botocore", rf"Botocore{_VERSION}"),
    ("aws-sdk-go", rf"aws-sdk-go(?:-v2)?{_VERSION}"),
    ("aws-sdk-java", rf"aws-sdk-java{_VERSION}"),
    ("aws-sdk-kotlin", rf"aws-sdk-kotlin{_VERSION}"),
    ("aws-sdk-swift", rf"aws-sdk-swift{_VERSION}"),
    ("aws-sdk-js", rf"aws-sdk-(?:js|nodejs|react-native){_VERSION}"),
    ("aws-sdk-ruby", rf"aws-sdk-ruby\d?{_VERSION}"),
    ("aws-sdk-php", rf"aws-sdk-php\d?{_VERSION}"),
    ("aws-sdk-dotnet", rf"aws-sdk-(?:dotnet|net)[\w-]*{_VERSION}"),
    ("aws-sdk-rust", rf"aws-sdk-rust{_VERSION}"),
    ("aws-sdk-cpp", rf"aws-sdk-cpp{_VERSION}"),
    ("aws-tools-powershell", rf"(?:AWSPowerShell|aws-tools-powershell)[\w.]*{_VERSION}"),
    ("aws-ssm-agent", rf"amazon-ssm-agent{_VERSION}"),
    ("aws-chatbot", r"chatbot"),
    ("browser", r"(?:Firefox|Edg|OPR|Chrome|Version|Safari)/([\d]+)[\d.]*"),
    ("browser", r"^Mozilla/"),
    ("curl", rf"curl{_VERSION}"),
]
_FAMILIES = [(family, re.compile(pattern, re.IGNORECASE | re.ASCII)) for family, pattern in _TABLE]
FAMILIES = tuple(dict.fromkeys(family for family, _pattern in _TABLE))
# What a caller may write is bounded before any pattern sees it.
_LONGEST = 1024


@lru_cache(maxsize=16384)
def agent(text: str | None) -> Agent:
    """Family and version of a user agent."""
    if not text:
        return Agent("", "")
    text = text[:_LONGEST].strip().removeprefix("[").removesuffix("]")
    for family, pattern in _FAMILIES:
        match = pattern.search(text)
        if match:
            return Agent(family, clean(next(filter(None, match.groups()), ""), 32))
    return Agent("custom", "")
