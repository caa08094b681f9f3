"""Brings the classes of IAM users and their keys up to date, and what leads declared of them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from inventory.models import IamUser, IdentityProvider, IdentityStoreUser
from migrations_plan.gather import class_facts
from migrations_plan.gather.class_facts import Gathered, Used
from migrations_plan.models import Declaration, IdentityClass, IdentityKind
from migrations_plan.passes import derived
from migrations_plan.rules import patterns
from migrations_plan.rules.class_facts import WORKLOAD, Class, Reason, UserFacts
from migrations_plan.rules.classify import classify, nature_of_calls
from migrations_plan.rules.patterns import Workload

CLASSES = "classes"
MOST_PLACES = 20
MOST_REASONS = 8
NEEDS_A_ROLE = (IdentityKind.WORKLOAD, IdentityKind.MIXED)


def settle(now: datetime, accounts: Collection[str] = ()) -> None:
    """What inventory.after calls when work is over."""
    if accounts:
        derived.look_again(CLASSES)
    derived.run_if_due(CLASSES, now, lambda: _state(now), lambda: _make(now))


@transaction.atomic
def make_classes(now: datetime) -> None:
    """A pass whether it is due or not. Idempotent."""
    derived.look_again(CLASSES)
    derived.run_if_due(CLASSES, now, lambda: _state(now), lambda: _make(now))


def workloads_in_identity_center() -> Any:
    """Programs that were found in Identity Center, where only people belong: classes, of IAM users
    that have a namesake there and of Identity Center users that behave like a program. A person or
    a wave with one of them is not ready."""
    return IdentityClass.objects.in_identity_center()


def _state(now: datetime) -> list[object]:
    ended = Declaration.objects.exclude(pk__in=Declaration.objects.in_force(now).values("pk"))
    return [
        *derived.facts_state(),
        *derived.table_state(Declaration),
        list(Declaration.objects.order_by("pk").values_list("declared_at", flat=True)),
        ended.count(),
    ]


def _make(now: datetime) -> None:
    gathered = class_facts.gather(now)
    declared = {row.subject: row for row in Declaration.objects.in_force(now)}
    directory = _directory()
    hosts = _hosts()
    rows = [
        row
        for user in gathered.users
        for row in _rows(user, gathered, declared, directory, hosts, now)
    ]
    rows += _programs(gathered, now)
    derived.save_rows(IdentityClass, rows, ("subject",), leave=("made_at",))


def _directory() -> dict[str, str]:
    """Names and local parts of addresses in the identity store, small letters: who has them."""
    found: dict[str, str] = {}
    present = IdentityStoreUser.objects.present().order_by("user_id")
    for user_name, email in present.values_list("user_name", "email"):
        for text in (user_name, email):
            for known in (text.lower(), text.lower().partition("@")[0]):
                if known:
                    found.setdefault(known, user_name)
    return found


def _hosts() -> dict[str, list[str]]:
    """By account, the hosts of its OpenID Connect providers."""
    found: dict[str, list[str]] = {}
    providers = IdentityProvider.objects.present().exclude(url="").order_by("arn")
    for account_id, url in providers.values_list("account_id", "url"):
        found.setdefault(account_id, []).append(url.removeprefix("https://"))
    return found


def _rows(
    user: IamUser,
    gathered: Gathered,
    declared: Mapping[str, Declaration],
    directory: Mapping[str, str],
    hosts: Mapping[str, list[str]],
    now: datetime,
) -> Iterator[IdentityClass]:
    facts = gathered.facts[user.arn]
    whole, keys = classify(facts)
    used = gathered.used.get(user.arn)
    until = gathered.stale_after.get(user.arn)
    for key_id, judged in (("", whole), *keys.items()):
        row = IdentityClass(
            subject=key_id or user.arn,
            user_arn=user.arn,
            user_name=user.user_name,
            account_id=user.account_id,
            iam_user_id=user.pk,
            access_key_id=key_id,
            made_at=now,
            stale_after=until,
        )
        _judge(row, judged, declared.get(row.subject))
        row.calls = sum(one.events for one in judged.parts)
        row.used_at = _used_at(facts, used, key_id)
        if not key_id:
            row.places = _places(used)
            _place_of_a_program(row, judged, used, hosts.get(user.account_id, []), directory)
        yield row


def _judge(row: IdentityClass, judged: Class, declaration: Declaration | None) -> None:
    row.judged, row.sentence = judged.kind, judged.sentence
    row.reasons = [_reason(one) for one in judged.reasons[:MOST_REASONS]]
    _declare(row, declaration)


def _declare(row: IdentityClass, declaration: Declaration | None) -> None:
    if declaration is None:
        row.kind, row.declared, row.declaration, row.declared_until = row.judged, False, "", None
        return
    row.kind, row.declared, row.declared_until = declaration.kind, True, declaration.until
    row.declaration = (
        f"Declared {declaration.kind} by {declaration.declared_by}: {declaration.reason}"
    )


def redeclare(user_arn: str, now: datetime) -> None:
    """A declaration was made or taken back: shown at once, before the next pass. Two queries, and
    one for each row that changes."""
    held = {one.subject: one for one in Declaration.objects.in_force(now).filter(user_arn=user_arn)}
    for row in IdentityClass.objects.filter(user_arn=user_arn):
        _declare(row, held.get(row.subject))
        row.save(update_fields=["kind", "declared", "declaration", "declared_until"])
    derived.look_again(CLASSES)


def _reason(one: Reason) -> list[object]:
    return [one.words, dict(asdict(one)["evidence"])]


def _used_at(facts: UserFacts, used: Used | None, key_id: str) -> datetime | None:
    """The last use that is known, of the user or of one key."""
    keys = facts.keys or ()
    if key_id:
        return next((key.used_at for key in keys if key.access_key_id == key_id), None)
    uses = [key.used_at for key in keys] + [facts.password_used_at]
    uses.append(used.last_at if used else None)
    return max(filter(None, uses), default=None)


def _places(used: Used | None) -> list[list[object]]:
    """[network, family, calls], most calls first."""
    calls: Counter[tuple[str, str]] = Counter()
    for use in used.uses() if used else ():
        for one in use.origins:
            calls[one.network, one.family] += one.events
    ordered = sorted(calls.items(), key=lambda item: (-item[1], item[0]))
    return [[network, family, events] for (network, family), events in ordered[:MOST_PLACES]]


def _place_of_a_program(
    row: IdentityClass,
    judged: Class,
    used: Used | None,
    hosts: list[str],
    directory: Mapping[str, str],
) -> None:
    if not {row.kind, row.judged} & set(NEEDS_A_ROLE):
        return
    # Of a shared user, the program's part says where the program runs.
    mine = [one for one in judged.parts if one.nature == WORKLOAD] or list(judged.parts)
    networks = list(dict.fromkeys(network for one in mine for network in one.networks))
    families = list(dict.fromkeys(one.family for one in mine))
    sources = {one.source for use in (used.uses() if used else ()) for one in use.actions}
    found = patterns.suggested(
        Workload(
            name=row.user_name,
            families=families,
            networks=networks,
            sources=sources,
            providers=hosts,
        )
    )
    row.pattern, row.pattern_why = found.pattern, found.why
    namesake = directory.get(row.user_name.lower())
    if namesake and row.kind == IdentityKind.WORKLOAD:
        row.in_identity_center = (
            f"The workload {row.user_name} has a user in Identity Center: {namesake}."
        )


def _programs(gathered: Gathered, now: datetime) -> Iterator[IdentityClass]:
    """Identity Center users whose calls are a program's, wholly or in part."""
    names = dict(IdentityStoreUser.objects.present().values_list("user_id", "user_name"))
    used = class_facts.usage(gathered.window, new_path=True)
    for user_id, mine in sorted(used.items()):
        judged = nature_of_calls(mine.uses())
        if not any(one.nature == WORKLOAD for one in judged.parts):
            continue
        subject, name = f"identitystore:{user_id}", names.get(user_id, user_id)
        program = sum(one.events for one in judged.parts if one.nature == WORKLOAD)
        row = IdentityClass(
            subject=subject,
            user_arn=subject,
            user_name=name[:128],
            made_at=now,
            used_at=mine.last_at,
            calls=sum(one.events for one in judged.parts),
            places=_places(mine),
        )
        _judge(row, judged, None)
        row.in_identity_center = (
            f"{name} signs in through Identity Center, and {program:,} of {row.calls:,} calls "
            "are a program's."
        )
        yield row
