"""What runbooks are made from: which group opens what, how long sessions last, the ways in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import ceil
from typing import Any

from django.conf import settings

from inventory.models import AwsAccount
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.catalogue import catalogue, may_be_in
from migrations_plan.artefacts.cli_config import start_url
from migrations_plan.artefacts.runbooks import Opening, RunbookFacts, runbooks
from migrations_plan.gather.generated.behind import Made
from migrations_plan.gather.generated.directory import Center, group_names
from migrations_plan.gather.generated.emergency import EmergencyRole
from migrations_plan.gather.target_facts import is_break_glass
from migrations_plan.gather.words import duration_seconds
from migrations_plan.models import Plan

SOURCES = ("organization", "authorization_details")
HOUR = 3600
REVIEWERS = {"reviewers": 1, "production_reviewers": 3}


def runbook_texts(
    found: Center, roles: Iterable[EmergencyRole], said: Mapping[str, Any], at: datetime
) -> Made:
    """said: the form's answers. Two queries."""
    accounts = {one.account_id: one for one in AwsAccount.objects.present()}
    sets = [one.name for one in found.sets if is_break_glass(one)]
    openings = tuple(_openings(found, accounts))
    if not openings:
        return Made(refused="No group opens anything yet: there is no access to describe.")
    facts = RunbookFacts(
        start_url=start_url(settings.PORTAL_START_URL) or "",
        directory=said.get("directory") or _directory(found),
        openings=openings,
        portal_hours=said.get("portal_hours"),
        role_hours=_longest(found),
        channel=said.get("channel") or "the security channel",
        break_glass_set=sets[0] if sets else "",
        independent=_independent(roles),
        repository=said.get("repository") or "the repository of the permission sets",
        as_of=at,
        **_reviewers(said),
    )
    made: list[Artefact] = list(runbooks(facts))
    notes = list(_notes(facts))
    if not sets:
        made = [one for one in made if one.name != "runbook-break-glass.md"]
        notes.append(
            "How to use break-glass is not made: no permission set is marked as break-glass."
        )
    return Made(tuple(made), notes=tuple(notes))


def _openings(found: Center, accounts: Mapping[str, AwsAccount]) -> Iterable[Opening]:
    names = {one.arn: one.name for one in found.sets}
    titles = group_names(found.groups)
    defaults = {one.name: one for one in catalogue() if one.default}
    for account_id, arn, kind, principal in found.assignments:
        if kind == "GROUP" and principal in titles and arn in names:
            account, name = accounts.get(account_id), names[arn]
            environment = account.environment if account else "unknown"
            usual = name in defaults and may_be_in(defaults[name], environment)
            shown = str(account) if account else account_id
            yield Opening(titles[principal], name, shown, environment, usual)


def _directory(found: Center) -> str:
    outside = any(one.external_ids for one in found.groups)
    return "the identity provider" if outside else "Identity Center's own directory"


def _longest(found: Center) -> int | None:
    seconds = [duration_seconds(one.session_duration) for one in found.sets]
    known = [one for one in seconds if one is not None]
    return ceil(max(known) / HOUR) if known and len(known) == len(seconds) else None


def _independent(roles: Iterable[EmergencyRole]) -> str:
    ready = [one for one in roles if one.independent and one.who]
    if not ready:
        return ""
    return f"Assume {ready[0].arn} in {ready[0].account}. Who can: {' '.join(ready[0].who)}"


def _reviewers(said: Mapping[str, Any]) -> dict[str, int]:
    """What the form says, else the plan, else the stories."""
    plan = Plan.objects.live().order_by("-made_at").first()
    kept = (plan.content.get("settings") or {}) if plan else {}
    return {
        name: int(said.get(name) or kept.get(name) or number) for name, number in REVIEWERS.items()
    }


def _notes(facts: RunbookFacts) -> Iterable[str]:
    if not facts.start_url:
        yield "The start address of the access portal is not set (PORTAL_START_URL)."
    if facts.portal_hours is None:
        yield "How long a sign-in lasts is not known: no call of AWS tells."
    if facts.role_hours is None:
        yield "How long a session lasts is not known of every permission set."
