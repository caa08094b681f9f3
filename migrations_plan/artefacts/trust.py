"""Trust policies: who may become a role. One for each way that a program can work without a key.

A federated trust always names the subject: one without would let every repository of the host, or
every pod of the cluster, become the role. Nothing here holds a wildcard for a subject.
"""

import re
from collections.abc import Sequence
from typing import Any

Document = dict[str, Any]

GITHUB_HOST = "token.actions.githubusercontent.com"
ACCOUNT = re.compile(r"\d{12}")
REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/[\w.-]{1,100}", re.ASCII)
PROJECT = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.ASCII)
HOST = re.compile(r"[a-z0-9][a-z0-9.-]{2,252}(?:/[\w./-]{1,200})?", re.ASCII)
# What git allows in a branch or a tag, less what a pattern would read as more than one.
REF = re.compile(r"[^\s*?\[\\^~:\x00-\x1f]{1,244}")
KUBERNETES = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}")
ARN = re.compile(r"arn:aws[a-z-]*:[a-z-]+:[a-z0-9-]*:\d{12}:[^\s*?]{1,1024}")
EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
COMMON_NAME = re.compile(r"[\w .:@/+=-]{1,64}", re.ASCII)


class TrustError(ValueError):
    """A trust policy that cannot be made as asked. str() is one sentence."""


def github_trust(
    account_id: str, repository: str, *, branch: str | None = None, environment: str | None = None
) -> Document:
    """GitHub Actions of one repository, on one branch or in one environment. Raises TrustError."""
    _check(REPOSITORY, repository, "a repository of GitHub (owner/name)")
    if (branch is None) is (environment is None):
        raise TrustError(
            "Name a branch or an environment: a whole repository is too much to trust."
        )
    if branch is not None:
        _check(REF, branch, "one branch")
        subject = f"repo:{repository}:ref:refs/heads/{branch}"
    else:
        subject = f"repo:{repository}:environment:{_checked_environment(environment or '')}"
    return _web_identity(account_id, GITHUB_HOST, "sts.amazonaws.com", subject)


def gitlab_trust(
    account_id: str, project: str, *, branch: str, host: str = "gitlab.com"
) -> Document:
    """GitLab CI of one project on one branch. Raises TrustError."""
    _check(PROJECT, project, "a project of GitLab (group/project)")
    _check(REF, branch, "one branch")
    subject = f"project_path:{project}:ref_type:branch:ref:{branch}"
    return _web_identity(account_id, host, f"https://{host}", subject)


def irsa_trust(account_id: str, provider: str, namespace: str, service_account: str) -> Document:
    """One service account of one EKS cluster. provider: oidc.eks.REGION.amazonaws.com/id/ID."""
    _check(KUBERNETES, namespace, "a namespace")
    _check(KUBERNETES, service_account, "a service account")
    subject = f"system:serviceaccount:{namespace}:{service_account}"
    return _web_identity(account_id, provider, "sts.amazonaws.com", subject)


def ec2_trust() -> Document:
    """Instances with the role's instance profile; Jenkins on EC2 too."""
    return _service("ec2.amazonaws.com")


def lambda_trust() -> Document:
    """Functions that name the role."""
    return _service("lambda.amazonaws.com")


def ecs_trust(account_id: str, region: str) -> Document:
    """Tasks of ECS in one account and region."""
    _check(ACCOUNT, account_id, "an account")
    _check(REGION, region, "a region")
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{region}:{account_id}:*"},
    }
    return _service("ecs-tasks.amazonaws.com", condition)


def codepipeline_trust(account_id: str, region: str, pipeline: str) -> Document:
    """One pipeline."""
    arn = f"arn:aws:codepipeline:{region}:{account_id}:{pipeline}"
    _check(ARN, arn, "the ARN of one pipeline")
    condition = {
        "StringEquals": {"aws:SourceAccount": account_id},
        "ArnEquals": {"aws:SourceArn": arn},
    }
    return _service("codepipeline.amazonaws.com", condition)


def roles_anywhere_trust(trust_anchor: str, common_name: str) -> Document:
    """A machine outside AWS that holds a certificate with this common name; Jenkins too."""
    _check(ARN, trust_anchor, "the ARN of one trust anchor")
    _check(COMMON_NAME, common_name, "the common name of one certificate")
    condition = {
        "ArnEquals": {"aws:SourceArn": trust_anchor},
        "StringEquals": {"aws:PrincipalTag/x509Subject/CN": common_name},
    }
    actions = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
    return _trust({"Service": "rolesanywhere.amazonaws.com"}, actions, condition)


def vendor_trust(account_id: str, external_id: str) -> Document:
    """A vendor's account, with the external id that it gave: without one, another customer of the
    vendor could have it enter here."""
    _check(ACCOUNT, account_id, "an account")
    _check(EXTERNAL_ID, external_id, "an external id")
    condition = {"StringEquals": {"sts:ExternalId": external_id}}
    principal = {"AWS": f"arn:aws:iam::{account_id}:root"}
    return _trust(principal, ("sts:AssumeRole",), condition)


def saml_trust(provider: str) -> Document:
    """People whom an identity provider sends straight to the role, past Identity Center."""
    _check(ARN, provider, "the ARN of one SAML provider")
    condition = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    return _trust({"Federated": provider}, ("sts:AssumeRoleWithSAML",), condition)


def named_trust(principals: Sequence[str], *, mfa_seconds: int = 3600) -> Document:
    """Named users or roles of IAM, with a second factor given within so many seconds."""
    for arn in principals:
        _check(ARN, arn, "the ARN of one user or role")
        if arn.endswith(":root"):
            raise TrustError(
                f"{arn} means everybody in that account whose policies allow it, and not its root "
                "user, who cannot assume a role. Name users or roles."
            )
    condition = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": str(mfa_seconds)},
    }
    return _trust({"AWS": sorted(set(principals))}, ("sts:AssumeRole",), condition)


def _web_identity(account_id: str, host: str, audience: str, subject: str) -> Document:
    _check(ACCOUNT, account_id, "an account")
    _check(HOST, host, "the host of an identity provider")
    provider = {"Federated": f"arn:aws:iam::{account_id}:oidc-provider/{host}"}
    condition = {"StringEquals": {f"{host}:aud": audience, f"{host}:sub": subject}}
    return _trust(provider, ("sts:AssumeRoleWithWebIdentity",), condition)


def _service(name: str, condition: Document | None = None) -> Document:
    return _trust({"Service": name}, ("sts:AssumeRole",), condition)


def _trust(principal: Document, actions: Sequence[str], condition: Document | None) -> Document:
    statement: Document = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": list(actions) if len(actions) > 1 else actions[0],
    }
    if condition:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def _checked_environment(name: str) -> str:
    # GitHub writes a colon of an environment's name as %3A, so that nothing can follow it.
    if not name or len(name) > 255 or not name.isprintable() or re.search(r"[*?]", name):
        raise TrustError(f"{name!a} is not one environment.")
    return name.replace(":", "%3A")


def _check(shape: re.Pattern[str], text: str, what: str) -> None:
    if not shape.fullmatch(text):
        raise TrustError(f"{text!a} is not {what}.")
