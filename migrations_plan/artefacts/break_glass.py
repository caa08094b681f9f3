"""Two ways in for the day when nothing else works, and who each of them is really for.

The permission set needs Identity Center and the identity provider: on the day that one of them
fails, it fails too. So there is a second way that needs neither, made and tested before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from migrations_plan.artefacts.artefact import Artefact, markdown
from migrations_plan.artefacts.quoting import md, md_block, md_code, policy_json
from migrations_plan.artefacts.terraform import PermissionSet
from migrations_plan.artefacts.trust import named_trust, saml_trust
from migrations_plan.artefacts.who_can import who_can

ADMINISTRATOR = "policy/AdministratorAccess"
SESSION = "PT1H"


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """What a company decides. saml_provider: of an identity provider reached without Identity
    Center. people: monitored users or roles of an emergency account. channel: who hears of a use.
    """

    account_id: str
    channel: str
    as_of: datetime
    partition: str = "aws"
    saml_provider: str | None = None
    people: tuple[str, ...] = ()


def permission_set(partition: str = "aws", name: str = "ProdBreakGlass") -> PermissionSet:
    """Through Identity Center: everything, for one hour."""
    return PermissionSet(
        name,
        "Everything, for one hour, in an emergency; each use is told and reviewed",
        SESSION,
        managed=(f"arn:{partition}:iam::aws:{ADMINISTRATOR}",),
        tags=(("tier", "breakglass"),),
    )


def root_trust(account_id: str, partition: str = "aws") -> dict[str, Any]:
    """The trust policy that is often meant as "only the root user". It says something else, and is
    made only to be shown beside what it really says."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:{partition}:iam::{account_id}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def break_glass_page(wanted: BreakGlass) -> Artefact:
    """Both ways, their policies, who really can, and how to test them."""
    body = "\n".join(
        [
            "",
            *_through_identity_center(wanted),
            *_independent(wanted),
            *_not_by_root(wanted),
            *_each_use(wanted),
        ]
    )
    title = f"Break-glass in account {wanted.account_id}"
    return markdown(f"break-glass-{wanted.account_id}.md", title, body, wanted.as_of)


def _through_identity_center(wanted: BreakGlass) -> Iterable[str]:
    one = permission_set(wanted.partition)
    yield "## 1. Through Identity Center"
    yield ""
    yield f"Permission set {md_code(one.name)}, sessions of one hour ({one.session_duration}), with"
    yield f"{md_code(one.managed[0])}, for a group that is empty until it is needed or holds only"
    yield "the on-call rotation. It does not work while Identity Center or the identity provider"
    yield "does not."
    yield ""


def _independent(wanted: BreakGlass) -> Iterable[str]:
    yield "## 2. Independent of Identity Center"
    yield ""
    if not wanted.saml_provider and not wanted.people:
        yield "NOT THERE: nobody is named yet. Until there is one, an outage of Identity Center"
        yield "locks everybody out of everything but the root users."
        yield ""
    if wanted.saml_provider:
        yield "A role that an identity provider opens directly, by SAML, in an account of its own."
        yield "Its group is empty; whoever is put there has access at the next sign-in."
        yield ""
        yield from _trust(saml_trust(wanted.saml_provider))
    if wanted.people:
        yield "A role for monitored principals of the emergency account, with a second factor."
        yield "Their secrets are sealed, and they are no part of the users to migrate."
        yield ""
        yield from _trust(named_trust(wanted.people, mfa_seconds=3600))


def _trust(document: Mapping[str, Any]) -> Iterable[str]:
    yield md_block(policy_json(document), "json")
    yield "Who can:"
    yield ""
    yield from (f"- {md(sentence)}" for sentence in who_can(document))
    yield ""


def _not_by_root(wanted: BreakGlass) -> Iterable[str]:
    yield "## Not: a role that only the root user can assume"
    yield ""
    yield "There is no such role: a root user cannot assume a role, and the trust policy that looks"
    yield "like it opens the role to the whole account."
    yield ""
    yield from _trust(root_trust(wanted.account_id, wanted.partition))
    yield "With root credentials managed centrally, member accounts need none at all; the root user"
    yield "of the management account stays, with a second factor and without a key."
    yield ""


def _each_use(wanted: BreakGlass) -> Iterable[str]:
    yield "## Each use"
    yield ""
    yield f"- is told to {md_code(wanted.channel)} at once: who, when, which account;"
    yield "- is reviewed within days: what was done, and which permission was missing every day;"
    yield "- ends with an outcome, usually that permission added to a permission set."
    yield ""
    yield "Test both ways every quarter, on a working day, with two people: sign in, run"
    yield "`aws sts get-caller-identity`, see the alert arrive, sign out. Write the date down in"
    yield "the portal: a way that was never tested is shown as one that may not exist."
