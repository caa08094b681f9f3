"""Runbooks, made from what is really there: which group opens what, how long access outlives.

Markdown, for a wiki or a repository. Every name from outside is quoted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.artefacts.artefact import Artefact, markdown
from migrations_plan.artefacts.catalogue import PRODUCTION_LIKE
from migrations_plan.artefacts.quoting import md, md_code


@dataclass(frozen=True, slots=True)
class Opening:
    """What membership in one group opens. default: for everybody who has no other need."""

    group: str
    permission_set: str
    account: str
    environment: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class RunbookFacts:
    """directory: where groups are kept, in the company's words. portal_hours, role_hours: how long
    a sign-in and the longest session last; None: not known. independent: the way in without
    Identity Center, in words; '' where there is none. repository: where permission sets are kept.
    """

    start_url: str
    directory: str
    openings: tuple[Opening, ...]
    portal_hours: int | None
    role_hours: int | None
    channel: str
    break_glass_set: str
    independent: str
    repository: str
    reviewers: int
    production_reviewers: int
    as_of: datetime


def new_engineer(facts: RunbookFacts) -> Artefact:
    """How a new engineer gets access: by a group, never by an IAM user."""
    body = [
        "",
        f"Access to AWS comes with a group in {md(facts.directory)}. Nobody makes an IAM user for",
        "it: a guardrail denies that, and an alert tells when it happens all the same.",
        "",
        "1. Their manager adds them to the group for their work:",
        "",
        *_by_group(facts),
        "",
        "2. They appear in Identity Center at the next synchronisation (SCIM). If they do not, its",
        "   token may have run out: it is valid for one year.",
        f"3. They sign in at {_address(facts)} and see a tile for each account.",
        "4. On *My access* in the portal they copy the configuration for the command line.",
        "5. `aws sts get-caller-identity` must name a role that begins with `AWSReservedSSO_`.",
        "",
        "Something is missing? See the runbook *How to add a permission*.",
    ]
    return _page("new-engineer", "How a new engineer gets access", body, facts)


def leaver(facts: RunbookFacts) -> Artefact:
    """How access ends, and until when it may live on."""
    body = [
        "",
        f"1. Disable the person in {md(facts.directory)}, and remove them from the groups there.",
        "2. At the next synchronisation Identity Center disables them; nothing new can be opened.",
        f"3. {_residual(facts)}",
        "4. To end it sooner, end their sessions in Identity Center, and deny their user id",
        "   (`identitystore:UserId`) in a service control policy: in IAM nobody can put a policy",
        "   on the role of a permission set.",
        "5. In the portal, look at the person: an IAM user, a key or a password that is still",
        "   theirs is an alert until it is gone. A key does not know that its owner has left.",
        "",
        "Groups that they leave:",
        "",
        *_by_group(facts),
    ]
    return _page("leaver", "How access ends when somebody leaves", body, facts)


def use_break_glass(facts: RunbookFacts) -> Artefact:
    """What to do in an emergency."""
    other = (
        f"   {md(facts.independent)}"
        if facts.independent
        else "   THERE IS NONE YET: without one only the root users are left. Make one."
    )
    body = [
        "",
        "For an emergency that everyday access cannot end. Tell first, if there is whom to tell.",
        "",
        f"1. Say in {md_code(facts.channel)} what is broken and what you are about to do.",
        f"2. Open {md_code(facts.break_glass_set)} at {_address(facts)}. The session is short.",
        "3. If Identity Center or the identity provider is what is broken, use the other way:",
        "",
        other,
        "",
        "4. Do only what the emergency needs. Everything is logged, and the alert is out already.",
        "5. Sign out, and say so in the channel.",
        "6. The review answers three questions: who, what was done, and which everyday permission",
        "   was missing. Its outcome is usually that permission, added to a permission set.",
    ]
    return _page("break-glass", "How to use break-glass", body, facts)


def add_permission(facts: RunbookFacts) -> Artefact:
    """How a denied call becomes a permission."""
    production = sorted(
        {one.permission_set for one in facts.openings if one.environment in PRODUCTION_LIKE}
    )
    body = [
        "",
        "1. Note the action and the resource that the error names, or take them from the portal:",
        "   the person's forecast shows the smallest addition that would allow the call.",
        "2. Ask whether it belongs to this permission set at all: another set, another account or",
        "   a program's own role is often the better answer.",
        f"3. Change the set in {md(facts.repository)}; the portal prints it as Terraform.",
        f"4. Reviewers: {facts.reviewers}, and at least {facts.production_reviewers} for a set in",
        "   production, which an account of unknown kind counts as:",
        "",
        *[f"   - {md_code(name)}" for name in production],
        *([] if production else ["   - no set is assigned in production"]),
        "",
        "5. Apply it. The change reaches open sessions too; nobody needs to sign in again.",
        "6. Try the call again, and see the forecast without it.",
    ]
    return _page("add-permission", "How to add a permission", body, facts)


def runbooks(facts: RunbookFacts) -> tuple[Artefact, ...]:
    """All of them."""
    return new_engineer(facts), leaver(facts), use_break_glass(facts), add_permission(facts)


def _page(name: str, title: str, body: Iterable[str], facts: RunbookFacts) -> Artefact:
    return markdown(f"runbook-{name}.md", title, "\n".join(body) + "\n", facts.as_of)


def _address(facts: RunbookFacts) -> str:
    return md_code(facts.start_url) if facts.start_url else "the access portal (address not set)"


def _by_group(facts: RunbookFacts) -> Iterable[str]:
    """Each group with what it opens; the defaults first."""
    groups: dict[str, list[Opening]] = {}
    for one in sorted(facts.openings, key=lambda one: (one.group, one.account, one.permission_set)):
        groups.setdefault(one.group, []).append(one)
    if not groups:
        yield "   - not known: no group opens anything, as far as was read"
    for name, opened in sorted(
        groups.items(), key=lambda item: (not any(one.default for one in item[1]), item[0])
    ):
        everybody = " (for everybody)" if any(one.default for one in opened) else ""
        yield f"   - {md_code(name)}{everybody}:"
        yield from (
            f"     - {md_code(one.permission_set)} in {md(one.account)} ({md(one.environment)})"
            for one in opened
        )


def _residual(facts: RunbookFacts) -> str:
    if facts.portal_hours is None or facts.role_hours is None:
        return "How long open sessions live on is not known: read the permission sets first."
    whole = facts.portal_hours + facts.role_hours
    return (
        f"Open sessions live on: a sign-in for up to {facts.portal_hours} hours, and a role opened "
        f"in its last minute for up to {facts.role_hours} more. Access is over {whole} hours after "
        "the sign-in at the latest, not at once."
    )
