"""What should take the place of a workload's static key, by the evidence that its calls give.

A suggestion, never a verdict: networks are coarse and user agents are whatever a caller writes.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

GITHUB, GITLAB, IRSA, COMPUTE = "github-oidc", "gitlab-oidc", "irsa", "compute-role"
PIPELINE, ANYWHERE, VENDOR, LEGACY = "codepipeline", "roles-anywhere", "vendor-role", "legacy"
TITLES = {
    GITHUB: "GitHub Actions over OIDC",
    GITLAB: "GitLab CI over OIDC",
    IRSA: "role of a Kubernetes service account (IRSA)",
    COMPUTE: "role of the EC2 instance, ECS task or Lambda function",
    PIPELINE: "role of CodePipeline or CodeBuild",
    ANYWHERE: "IAM Roles Anywhere",
    VENDOR: "role that the vendor assumes, with an external id",
    LEGACY: "legacy exception",
}
VENDORS = re.compile(
    r"datadog|newrelic|new-relic|splunk|sumo|snowflake|fivetran|dynatrace|wiz|lacework|vanta|drata",
    re.IGNORECASE,
)
MAIL = re.compile(r"smtp|ses[-_]", re.IGNORECASE)
BUILDS = re.compile(
    r"(?:^|[-_.])(?:ci|cd|deploy|deployer|build|release|terraform)(?:$|[-_.])", re.IGNORECASE
)
PIPELINE_SOURCES = ("codepipeline.amazonaws.com", "codebuild.amazonaws.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """name: of the user. families, networks: most calls first. sources: the services called.
    providers: hosts of the account's OIDC providers."""

    name: str
    families: Sequence[str] = ()
    networks: Sequence[str] = ()
    sources: Collection[str] = ()
    providers: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """pattern: a key of TITLES. why: the evidence, in words."""

    pattern: str
    why: str


def _vendor(w: Workload) -> Suggested | None:
    return Suggested(VENDOR, f"{w.name} bears a vendor's name") if VENDORS.search(w.name) else None


def _kubernetes(w: Workload) -> Suggested | None:
    if "kubernetes" in w.families:
        return Suggested(IRSA, "Kubernetes' own tools make its calls")
    return None


def _ci_host(w: Workload) -> Suggested | None:
    for host, pattern in (("github", GITHUB), ("gitlab", GITLAB)):
        if host in w.name.lower():
            return Suggested(pattern, f"its name says {host}")
        known = next((one for one in w.providers if host in one or "actions" in one), "")
        if known and BUILDS.search(w.name):
            return Suggested(pattern, f"its name says that it builds, and the account has {known}")
    return None


def _pipeline(w: Workload) -> Suggested | None:
    used = [one for one in PIPELINE_SOURCES if one in w.sources]
    return Suggested(PIPELINE, f"it calls {used[0]}") if used else None


def _mail(w: Workload) -> Suggested | None:
    if not MAIL.search(w.name):
        return None
    why = "SMTP needs a static key; a role works only once it sends over the SES API"
    return Suggested(LEGACY, why)


def _inside(w: Workload) -> Suggested | None:
    if w.networks and _is_private(w.networks[0]):
        return Suggested(COMPUTE, f"most of its calls come from {w.networks[0]}, inside a VPC")
    if "aws-ssm-agent" in w.families:
        return Suggested(COMPUTE, "it runs where the SSM agent runs")
    return None


def _builds(w: Workload) -> Suggested | None:
    if BUILDS.search(w.name) or "terraform" in w.families:
        why = "it builds or deploys, and no host of it is known: GitHub's is the most common"
        return Suggested(GITHUB, why)
    return None


def _outside(w: Workload) -> Suggested | None:
    known = [one for one in w.networks if one and one != "aws"]
    if not known:
        return None
    if len(known) == 1:
        return Suggested(ANYWHERE, f"all its calls come from {known[0]}, outside of AWS's VPCs")
    return Suggested(COMPUTE, f"its calls come from {len(known)} networks: where it runs is open")


RULES: tuple[Callable[[Workload], Suggested | None], ...] = (
    _vendor,
    _kubernetes,
    _ci_host,
    _pipeline,
    _mail,
    _inside,
    _builds,
    _outside,
)


def suggested(workload: Workload) -> Suggested:
    """The first rule that has evidence; without any, nobody knows."""
    for rule in RULES:
        found = rule(workload)
        if found is not None:
            return found
    return Suggested("", "no call was seen that says where it runs")


def _is_private(network: str) -> bool:
    try:
        return ipaddress.ip_network(network).is_private and not _is_documentation(network)
    except ValueError:
        return False


def _is_documentation(network: str) -> bool:
    """Addresses of examples, which Python too calls private."""
    return network.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))
