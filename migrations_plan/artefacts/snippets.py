"""What a program's own configuration becomes when it works through a role: ready to paste.

Each target gives its trust policy and its snippet. The last step of each is the same question, whom
AWS thinks it is talking to: it needs no permission and must not name an IAM user.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from migrations_plan.artefacts import trust
from migrations_plan.artefacts.artefact import (
    INI,
    JSON,
    TERRAFORM,
    YAML,
    Artefact,
    artefact,
    commented,
    file_stamp,
)
from migrations_plan.artefacts.hcl_blocks import VERSIONS, json_policy, label, resource
from migrations_plan.artefacts.quoting import QuotingError, hcl, policy_json, slug, yaml

WHO_AM_I = "aws sts get-caller-identity"
ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
TOKEN_PATH = "/tmp/aws-web-identity-token"  # noqa: S105, S108 (of a CI job's own container)


@dataclass(frozen=True, slots=True)
class GitHub:
    """A workflow of GitHub Actions, on a branch or in an environment."""

    repository: str
    branch: str | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class GitLab:
    project: str
    branch: str
    host: str = "gitlab.com"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A pod of EKS (IRSA). provider: oidc.eks.REGION.amazonaws.com/id/ID."""

    provider: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of EC2, a Jenkins on one too."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task of ECS."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function of Lambda."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    name: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A machine outside AWS (Roles Anywhere), a Jenkins there too."""

    trust_anchor: str
    profile: str
    common_name: str


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor that enters from an account of its own. account_id: the vendor's."""

    account_id: str
    external_id: str


Target = (
    GitHub | GitLab | ServiceAccount | Instance | Task | Function | Pipeline | Certificate | Vendor
)


@dataclass(frozen=True, slots=True)
class Workload:
    """A program, the role it shall work through, and what the role may do. policy None: that is
    not known, or stands in a file of its own; the role is made without."""

    role_name: str
    account_id: str
    region: str
    target: Target
    policy: dict[str, Any] | None
    as_of: datetime
    partition: str = "aws"

    @property
    def role_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account_id}:role/{self.role_name}"


def workload_files(workload: Workload) -> tuple[Artefact, ...]:
    """Trust policy, the role as Terraform, and the snippet. Raises TrustError or QuotingError."""
    _check(workload)
    stem = slug(workload.role_name) or "role"
    document = trust_of(workload)
    name = f"{stem}-trust-{file_stamp(workload.as_of)}.json"
    return (
        artefact(name, JSON, policy_json(document), workload.as_of),
        _role(workload, stem, document),
        *_snippets(workload, stem),
    )


def _check(workload: Workload) -> None:
    """What runs a snippet reads expressions of its own in it; AWS's names cannot hold any."""
    if not ROLE_NAME.fullmatch(workload.role_name):
        raise QuotingError(f"{workload.role_name!a} is not the name of a role.")
    if not trust.REGION.fullmatch(workload.region):
        raise QuotingError(f"{workload.region!a} is not a region.")
    target = workload.target
    if isinstance(target, GitHub) and "${{" in (target.environment or ""):
        raise QuotingError("GitHub would evaluate an environment's name that holds ${{.")


def trust_of(workload: Workload) -> trust.Document:
    """The trust policy of the workload's role."""
    account, region = workload.account_id, workload.region
    match workload.target:
        case GitHub(repository, branch, environment):
            return trust.github_trust(account, repository, branch=branch, environment=environment)
        case GitLab(project, branch, host):
            return trust.gitlab_trust(account, project, branch=branch, host=host)
        case ServiceAccount(provider, namespace, name):
            return trust.irsa_trust(account, provider, namespace, name)
        case Task():
            return trust.ecs_trust(account, region)
        case Pipeline(name):
            return trust.codepipeline_trust(account, region, name)
        case Certificate(anchor, _, common_name):
            return trust.roles_anywhere_trust(anchor, common_name)
        case Vendor(vendor, external_id):
            return trust.vendor_trust(vendor, external_id)
        case Function():
            return trust.lambda_trust()
        case Instance():
            return trust.ec2_trust()


def _role(workload: Workload, stem: str, document: trust.Document) -> Artefact:
    name = label(workload.role_name)
    rows = [
        ("name", hcl(workload.role_name)),
        ("assume_role_policy", json_policy(document)),
    ]
    blocks = [VERSIONS, resource("aws_iam_role", name, rows)]
    if workload.policy is not None:
        policy = [
            ("name", hcl("work")),
            ("role", f"aws_iam_role.{name}.id"),
            ("policy", json_policy(workload.policy)),
        ]
        blocks.append(resource("aws_iam_role_policy", name, policy))
    if isinstance(workload.target, Instance):
        profile = [("name", hcl(workload.role_name)), ("role", f"aws_iam_role.{name}.name")]
        blocks.append(resource("aws_iam_instance_profile", name, profile))
    about = f"The role {workload.role_name} in account {workload.account_id}."
    text = "\n" + "\n".join(blocks)
    return commented(f"{stem}.tf", TERRAFORM, text, workload.as_of, about=about)


def _snippets(workload: Workload, stem: str) -> tuple[Artefact, ...]:
    match workload.target:
        case GitHub():
            return (_yaml(f"{stem}-github.yml", _github(workload), workload),)
        case GitLab(_, _, host):
            return (_yaml(f"{stem}-gitlab.yml", _gitlab(workload, host), workload),)
        case ServiceAccount(_, namespace, name):
            return (_yaml(f"{stem}-irsa.yml", _irsa(workload, namespace, name), workload),)
        case Certificate() as certificate:
            text = _signing_helper(workload, certificate)
            about = "For ~/.aws/config on the machine that holds the certificate."
            return (
                commented(f"{stem}-roles-anywhere.ini", INI, text, workload.as_of, about=about),
            )
    # Instances, tasks, functions and pipelines name the role themselves: nothing to paste.
    return ()


def _yaml(name: str, text: str, workload: Workload) -> Artefact:
    about = f"No key: the role {workload.role_name} for as long as the job runs."
    return commented(name, YAML, text, workload.as_of, about=about)


def _github(workload: Workload) -> str:
    environment = workload.target.environment if isinstance(workload.target, GitHub) else None
    named = f"    environment: {yaml(environment)}\n" if environment else ""
    return (
        "permissions:\n  id-token: write\n  contents: read\n"
        f"jobs:\n  deploy:\n    runs-on: ubuntu-latest\n{named}    steps:\n"
        "      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n"
        f"          role-to-assume: {yaml(workload.role_arn)}\n"
        f"          aws-region: {yaml(workload.region)}\n"
        f"      - run: {WHO_AM_I}\n"
    )


def _gitlab(workload: Workload, host: str) -> str:
    return (
        "deploy:\n  id_tokens:\n    AWS_TOKEN:\n"
        f"      aud: {yaml(f'https://{host}')}\n  variables:\n"
        f"    AWS_ROLE_ARN: {yaml(workload.role_arn)}\n"
        f"    AWS_DEFAULT_REGION: {yaml(workload.region)}\n"
        f"    AWS_WEB_IDENTITY_TOKEN_FILE: {yaml(TOKEN_PATH)}\n  script:\n"
        '    - printf "%s" "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"\n'
        f"    - {WHO_AM_I}\n"
    )


def _irsa(workload: Workload, namespace: str, name: str) -> str:
    return (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n"
        f"  name: {yaml(name)}\n  namespace: {yaml(namespace)}\n  annotations:\n"
        f"    eks.amazonaws.com/role-arn: {yaml(workload.role_arn)}\n"
    )


def _signing_helper(workload: Workload, certificate: Certificate) -> str:
    values = (certificate.trust_anchor, certificate.profile, workload.role_arn, workload.region)
    # The line is split into words by whoever runs it: a value with a space would be two.
    if any(not trust.ARN.fullmatch(text) for text in values[:3]):
        raise QuotingError("A profile's line can hold whole ARNs only.")
    return (
        f"[profile {slug(workload.role_name) or 'role'}]\n"
        "credential_process = aws_signing_helper credential-process"
        " --certificate /etc/pki/aws/certificate.pem --private-key /etc/pki/aws/key.pem"
        f" --trust-anchor-arn {values[0]} --profile-arn {values[1]} --role-arn {values[2]}\n"
        f"region = {values[3]}\n"
    )
