"""One program: the user, its keys, what was decided, its exception. A fixed number of queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from inventory.cloudtrail.records import Path
from inventory.models import AccessKey, AwsAccount, IamUser, UsageOrigin, UsageSession
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.legacy import LegacyException, exception_page, would_be_cut_off
from migrations_plan.artefacts.workload_steps import FIRST, Steps, steps_page
from migrations_plan.gather import classes_list
from migrations_plan.gather.own_policies import own_documents
from migrations_plan.models import ExceptionTerms, IdentityKind, PortalUser, WorkloadMove
from migrations_plan.policy.source_address import Restriction, restriction
from migrations_plan.rules import categories, patterns

MOST_NETWORKS = 200  # that are shown; what would be cut off is looked for in all


@dataclass(frozen=True, slots=True)
class Program:
    """row: its class with shown, owner_*. move, terms: what was decided; None. keys: of the user,
    inactive ones too; None: not read. networks: that its keys came from."""

    row: Any
    move: WorkloadMove | None
    terms: ExceptionTerms | None
    keys: tuple[AccessKey, ...] | None
    networks: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """As decided, else as suggested; ''."""
        return self.move.pattern if self.move else str(self.row.pattern)

    @property
    def suggested_category(self) -> categories.Category:
        """By name, pattern and tools."""
        families = {family for _, family, _ in self.row.places}
        return categories.suggested(self.row.user_name, self.pattern, families)

    @property
    def shown_networks(self) -> tuple[str, ...]:
        """The first of them."""
        return self.networks[:MOST_NETWORKS]

    @property
    def hidden_networks(self) -> int:
        """How many more there are."""
        return len(self.networks) - len(self.shown_networks)

    @property
    def active_keys(self) -> tuple[str, ...] | None:
        """Their ids; None: not known."""
        if self.keys is None:
            return None
        return tuple(key.access_key_id for key in self.keys if key.status == "Active")

    @property
    def mixed(self) -> str:
        """Why the user cannot simply be closed; ''."""
        if self.row.shown != IdentityKind.MIXED:
            return ""
        return (
            "A human uses it too. Give the human access through Identity Center, and the program "
            "its role, before anything is made inactive."
        )


def programs(viewer: PortalUser, now: datetime) -> Any:
    """Users that have a page: those that a program uses, or may come to be declared so. One
    query for one of them."""
    visible = classes_list.classes(viewer, now).filter(access_key_id="")
    kinds = (*classes_list.PROGRAMS, IdentityKind.UNKNOWN, IdentityKind.DORMANT)
    return visible.filter(Q(shown__in=kinds) | ~Q(pattern="")).select_related("iam_user")


def program(row: Any) -> Program:
    """Five queries."""
    user = row.iam_user
    keys = AccessKey.objects.present().filter(user_id=user.pk) if user else ()
    known = user is not None and user.active_keys is not None
    origins = UsageOrigin.objects.filter(actor__arn=row.user_arn, actor__path=Path.OLD)
    networks = origins.order_by("network").values_list("network", flat=True).distinct()
    return Program(
        row,
        WorkloadMove.objects.filter(user_arn=row.user_arn).first(),
        ExceptionTerms.objects.filter(user_arn=row.user_arn).first(),
        tuple(keys) if known else None,
        tuple(networks),
    )


@dataclass(frozen=True, slots=True)
class Bound:
    """An exception as it stands. text: how to attach it. cut_off: networks that it would stop.
    too_old: ids of keys older than the terms allow; ended: the declaration no longer holds."""

    text: Artefact | None
    live: Restriction
    cut_off: tuple[str, ...]
    too_old: tuple[str, ...]
    ended: bool


def bound(one: Program, now: datetime) -> Bound | None:
    """None where no terms were set. One query."""
    terms, row = one.terms, one.row
    if terms is None:
        return None
    until = row.declared_until
    text = None
    if until is not None and row.iam_user is not None:
        text = exception_page(
            LegacyException(
                row.user_arn,
                terms.owner,
                terms.reason,
                tuple(terms.addresses),
                one.networks,
                until.date(),
                terms.rotation_days,
                row.iam_user.observed_at,
            )
        )
    return Bound(
        text,
        restriction(_documents(row.iam_user), terms.addresses),
        would_be_cut_off(terms.addresses, one.networks),
        tuple(_too_old(one.keys or (), terms.rotation_days, now)),
        not (row.is_declared(now) and row.kind == IdentityKind.EXCEPTION),
    )


def _too_old(keys: Iterable[AccessKey], days: int, now: datetime) -> Iterable[str]:
    for key in keys:
        if key.status == "Active" and (now - key.created_at).days > days:
            yield key.access_key_id


def _documents(user: IamUser | None) -> Mapping[str, Any] | None:
    """The user's own policies by name; None where one was not read."""
    return None if user is None else own_documents([user])[user.arn]


@dataclass(frozen=True, slots=True)
class Shared:
    """A role that more than this program uses, or shall use. others: user ARNs."""

    environments: tuple[str, ...]
    others: tuple[str, ...]


def shared_role(role_arn: str, user_arn: str) -> Shared | None:
    """Who else uses a role, and from accounts of which environments; None: nobody else known, and
    one environment only. Three queries."""
    if not role_arn:
        return None
    moves = WorkloadMove.objects.filter(role_arn=role_arn).values_list("user_arn", flat=True)
    seen = UsageSession.objects.filter(role_arn=role_arn, actor__path=Path.OLD).order_by()
    users = {user_arn, *moves, *seen.values_list("actor__arn", flat=True).distinct()}
    accounts = {arn.split(":")[4] for arn in (*users, role_arn) if arn.count(":") >= 5}
    known = dict(
        AwsAccount.objects.filter(pk__in=accounts).values_list("account_id", "environment")
    )
    environments = sorted({known.get(one, "unknown") for one in accounts})
    if len(environments) < 2:
        return None
    return Shared(tuple(environments), tuple(sorted(users - {user_arn})))


def steps(one: Program, pattern: str, role_arn: str) -> Artefact | None:
    """How it leaves its key; None without a pattern that has steps. No query."""
    if pattern not in FIRST:
        return None
    at = one.row.iam_user.observed_at if one.row.iam_user else one.row.made_at
    title = patterns.TITLES[pattern]
    wanted = Steps(one.row.user_arn, pattern, title, role_arn, one.active_keys, one.mixed, at)
    return steps_page(wanted)


def titles() -> Sequence[tuple[str, str]]:
    """Patterns that can be decided."""
    return [(word, title) for word, title in patterns.TITLES.items() if word != patterns.LEGACY]
