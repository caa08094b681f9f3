"""Trust policies let in whom they name and nobody else; what they really say is said."""

import pytest

from migrations_plan.artefacts import trust
from migrations_plan.artefacts.break_glass import root_trust
from migrations_plan.artefacts.trust import TrustError
from migrations_plan.artefacts.who_can import who_can
from migrations_plan.policy.context import request_context
from migrations_plan.policy.documents import parse_policy
from migrations_plan.policy.evaluate import Outcome, Policies, evaluate
from migrations_plan.policy.statements import request

ACCOUNT = "555555555555"
EKS = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
ANCHOR = f"arn:aws:rolesanywhere:eu-central-1:{ACCOUNT}:trust-anchor/a1b2"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/emergency"
SEALED = "arn:aws:iam::222222222222:user/sealed-1"


def lets_in(document, action="sts:AssumeRoleWithWebIdentity", **context):
    """Whether the conditions let a caller in who is the principal already."""
    (statement,) = document["Statement"]
    kept = {name: value for name, value in statement.items() if name != "Principal"}
    policy = parse_policy({**document, "Statement": kept | {"Resource": "*"}}, name="trust")
    given = {key.replace("__", ":"): value for key, value in context.items()}
    asked = request(action, "*", context=request_context(given))
    return evaluate(asked, Policies((policy,))).outcome is Outcome.ALLOWED


WEB = [
    (
        trust.github_trust(ACCOUNT, "acme/app", branch="main"),
        trust.GITHUB_HOST,
        "sts.amazonaws.com",
        "repo:acme/app:ref:refs/heads/main",
        [
            "repo:acme/app:ref:refs/heads/main2",
            "repo:acme/app:pull_request",
            "repo:acme/app2:ref:refs/heads/main",
            "repo:evil/app:ref:refs/heads/main",
        ],
    ),
    (
        trust.github_trust(ACCOUNT, "acme/app", environment="prod:eu"),
        trust.GITHUB_HOST,
        "sts.amazonaws.com",
        "repo:acme/app:environment:prod%3Aeu",
        ["repo:acme/app:environment:prod", "repo:acme/app:ref:refs/heads/main"],
    ),
    (
        trust.gitlab_trust(ACCOUNT, "acme/sub/app", branch="main"),
        "gitlab.com",
        "https://gitlab.com",
        "project_path:acme/sub/app:ref_type:branch:ref:main",
        [
            "project_path:acme/sub/app:ref_type:tag:ref:main",
            "project_path:acme/sub/app2:ref_type:branch:ref:main",
        ],
    ),
    (
        trust.irsa_trust(ACCOUNT, EKS, "shop", "worker"),
        EKS,
        "sts.amazonaws.com",
        "system:serviceaccount:shop:worker",
        ["system:serviceaccount:shop:worker2", "system:serviceaccount:other:worker"],
    ),
]


@pytest.mark.parametrize(("document", "host", "audience", "subject", "others"), WEB)
def test_only_the_subject_is_let_in(document, host, audience, subject, others):
    good = {f"{host}:aud": audience}

    assert lets_in(document, **good, **{f"{host}:sub": subject})
    assert not lets_in(document, **good)
    assert not lets_in(document, **{f"{host}:sub": subject, f"{host}:aud": "other"})
    for other in others:
        assert not lets_in(document, **good, **{f"{host}:sub": other})
    assert document["Statement"][0]["Principal"] == {
        "Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{host}"
    }
    assert who_can(document)[0].endswith(f"under the subject {subject}.")


def test_a_certificate_is_one_of_one_trust_anchor():
    document = trust.roles_anywhere_trust(ANCHOR, "jenkins.acme.example")
    good = {"aws:SourceArn": ANCHOR, "aws:PrincipalTag/x509Subject/CN": "jenkins.acme.example"}

    for action in ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"):
        assert lets_in(document, action, **good)
        assert not lets_in(document, action, **good | {"aws:SourceArn": f"{ANCHOR}x"})
        assert not lets_in(document, action, **good | {"aws:PrincipalTag/x509Subject/CN": "x"})


@pytest.mark.parametrize(
    ("document", "source"),
    [
        (
            trust.ecs_trust(ACCOUNT, "eu-central-1"),
            f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/cluster/1",
        ),
        (
            trust.codepipeline_trust(ACCOUNT, "eu-central-1", "release"),
            f"arn:aws:codepipeline:eu-central-1:{ACCOUNT}:release",
        ),
    ],
)
def test_a_service_acts_for_this_account_only(document, source):
    good = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": source}
    other = source.replace(ACCOUNT, "888888888888")

    assert lets_in(document, "sts:AssumeRole", **good)
    assert not lets_in(document, "sts:AssumeRole", **good | {"aws:SourceArn": other})
    assert not lets_in(document, "sts:AssumeRole", **good | {"aws:SourceAccount": "888888888888"})


def test_instances_and_functions_are_trusted_through_their_service():
    assert "ec2.amazonaws.com" in who_can(trust.ec2_trust())[0]
    assert "lambda.amazonaws.com" in who_can(trust.lambda_trust())[0]


def test_named_people_come_with_a_second_factor():
    document = trust.named_trust([SEALED])
    good = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}

    assert lets_in(document, "sts:AssumeRole", **good)
    assert not lets_in(document, "sts:AssumeRole")
    assert not lets_in(document, "sts:AssumeRole", **good | {"aws:MultiFactorAuthAge": "4000"})
    assert who_can(document) == (f"{SEALED}. With a second factor.",)


def test_saml_goes_straight_to_the_role():
    document = trust.saml_trust(SAML)
    audience = {"SAML:aud": "https://signin.aws.amazon.com/saml"}

    assert lets_in(document, "sts:AssumeRoleWithSAML", **audience)
    assert not lets_in(document, "sts:AssumeRoleWithSAML", **{"SAML:aud": "https://evil.example"})
    assert who_can(document)[0].startswith("Whoever the identity provider")


def test_root_in_a_trust_policy_is_the_whole_account():
    (said,) = who_can(root_trust(ACCOUNT))

    assert f"Every user and role of account {ACCOUNT}" in said
    assert "a root user cannot assume a role" in said


def statement(**changed):
    whole = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"} | changed
    return {"Statement": [{name: value for name, value in whole.items() if value is not None}]}


OIDC = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{trust.GITHUB_HOST}"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (statement(), "EVERYBODY in every AWS account. No condition limits it."),
        (statement(Principal={"AWS": "*"}), "EVERYBODY in every AWS account. No condition"),
        (statement(Principal={"AWS": ACCOUNT}), f"Every user and role of account {ACCOUNT}"),
        (statement(Principal=OIDC), "EVERYBODY for whom"),
        (
            statement(
                Principal=OIDC,
                Condition={"StringNotEquals": {f"{trust.GITHUB_HOST}:sub": "x"}},
            ),
            "EVERYBODY for whom",
        ),
        (
            statement(
                Principal=OIDC,
                Condition={"StringEqualsIfExists": {f"{trust.GITHUB_HOST}:sub": "x"}},
            ),
            "EVERYBODY for whom",
        ),
        (
            statement(
                Principal=OIDC,
                Condition={"ForAllValues:StringEquals": {f"{trust.GITHUB_HOST}:sub": "x"}},
            ),
            "EVERYBODY for whom",
        ),
        (
            statement(Principal=OIDC, Condition={"StringLike": {f"{trust.GITHUB_HOST}:sub": "*"}}),
            "EVERYBODY for whom",
        ),
        (
            statement(
                Principal=OIDC,
                Condition={"StringLike": {f"{trust.GITHUB_HOST}:sub": ["repo:acme/*", "b"]}},
            ),
            f"All for whom {OIDC['Federated']} signs a token under a subject like repo:acme/*.",
        ),
        (
            statement(
                Principal={"AWS": SEALED},
                Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}},
            ),
            f"{SEALED}.",
        ),
        (statement(Principal=None, NotPrincipal={"AWS": "x"}), "Who is trusted is not named"),
        (statement(Effect="Deny"), "Some are denied"),
        (statement(Principal={"CanonicalUser": "79a5"}), "CanonicalUser 79a5."),
    ],
)
def test_what_a_trust_policy_says_is_said(document, said):
    assert who_can(document)[0].startswith(said)


@pytest.mark.parametrize(
    "make",
    [
        lambda: trust.github_trust(ACCOUNT, "acme/*", branch="main"),
        lambda: trust.github_trust(ACCOUNT, "acme", branch="main"),
        lambda: trust.github_trust(ACCOUNT, "acme/app", branch="*"),
        lambda: trust.github_trust(ACCOUNT, "acme/app", branch="a:b"),
        lambda: trust.github_trust(ACCOUNT, "acme/app"),
        lambda: trust.github_trust(ACCOUNT, "acme/app", branch="main", environment="prod"),
        lambda: trust.github_trust(ACCOUNT, "acme/app", environment=""),
        lambda: trust.github_trust(ACCOUNT, "acme/app", environment="pr?d"),
        lambda: trust.github_trust("5", "acme/app", branch="main"),
        lambda: trust.gitlab_trust(ACCOUNT, "acme", branch="main"),
        lambda: trust.gitlab_trust(ACCOUNT, "acme/app", branch="main", host="GITLAB .com"),
        lambda: trust.irsa_trust(ACCOUNT, EKS, "*", "worker"),
        lambda: trust.irsa_trust(ACCOUNT, EKS, "shop", "default:other"),
        lambda: trust.ecs_trust(ACCOUNT, "everywhere"),
        lambda: trust.codepipeline_trust(ACCOUNT, "eu-central-1", "*"),
        lambda: trust.roles_anywhere_trust("*", "jenkins"),
        lambda: trust.roles_anywhere_trust(ANCHOR, "*"),
        lambda: trust.saml_trust("*"),
        lambda: trust.named_trust([f"arn:aws:iam::{ACCOUNT}:root"]),
        lambda: trust.named_trust(["*"]),
    ],
)
def test_what_would_trust_too_much_is_refused(make):
    with pytest.raises(TrustError):
        make()
