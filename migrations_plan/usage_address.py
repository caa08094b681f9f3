"""What the usage pages read from their address: whose usage, in which account, of which days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date

from accessportal.web.lists import choice_of, text_of
from accessportal.web.roles import viewer
from inventory.models import AccessKey, AwsAccount, IamUser, UsageActor
from migrations_plan.gather import usage
from migrations_plan.gather.usage import Scope
from migrations_plan.models import Person, PortalUser
from migrations_plan.rules.usage_days import DEFAULT_DAYS, PRESETS, Window, last_days, window

NAMES = ("account", "person", "credential", "from", "to", "days")


@dataclass(frozen=True, slots=True)
class Asked:
    """chosen: the address's own words. accounts: (id, name or else id) of those to choose from.
    problem: why there is nothing to show; '' when there is."""

    chosen: Mapping[str, str]
    scope: Scope
    accounts: list[tuple[str, str]]
    person: Person | None
    problem: str

    @property
    def title(self) -> str:
        """Whose usage it is."""
        if self.person:
            return str(self.person)
        names = dict(self.accounts)
        return self.chosen["credential"] or names.get(self.scope.account_id, "")


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to some actors, by key. names: of all accounts, of which only those that these
    actors used may be shown. How much was read of which goes into sums only."""

    scope: Scope
    actors: Mapping[int, UsageActor]
    names: Mapping[str, str]


def asked(request: HttpRequest, now: datetime) -> Asked:
    """Two or three queries."""
    who = viewer(request)
    accounts = _accounts(who)
    chosen = {
        "account": choice_of(request, "account", [one.account_id for one in accounts]),
        "person": text_of(request, "person"),
        "credential": text_of(request, "credential"),
        "days": choice_of(request, "days", [str(number) for number in PRESETS]),
        "from": text_of(request, "from"),
        "to": text_of(request, "to"),
    }
    person = _person(who, chosen["person"])
    actors, problem = _actors(who, chosen, person)
    scope = Scope(
        viewer=who,
        window=_window(chosen, now.date()),
        joined=_joined(accounts, chosen["account"]),
        account_id=chosen["account"],
        actors=None if actors is None else _keys(who, actors),
    )
    named = [(one.account_id, one.name or one.account_id) for one in accounts]
    return Asked(chosen, scope, named, person, problem)


def everybody(request: HttpRequest, now: datetime, account: AwsAccount | None = None) -> Scope:
    """The last 30 days of the organization, or of one account. One query."""
    who = viewer(request)
    account_id = account.account_id if account else ""
    accounts = [_given(account)] if account else _accounts(who)
    return Scope(
        viewer=who,
        window=last_days(DEFAULT_DAYS, now.date()),
        joined=_joined(accounts, account_id),
        account_id=account_id,
    )


def own(request: HttpRequest, now: datetime, actors: QuerySet[UsageActor]) -> Own:
    """What some actors did anywhere in the organization, on the days the address asks for. Two
    queries."""
    accounts = _with_to_read(AwsAccount.objects.all())
    days = choice_of(request, "days", [str(number) for number in PRESETS])
    visible = UsageActor.objects.visible_to(viewer(request))
    rows = {row.pk: row for row in visible.filter(pk__in=actors.order_by().values("pk"))}
    scope = Scope(
        viewer=viewer(request),
        window=last_days(int(days or DEFAULT_DAYS), now.date()),
        joined=_joined(accounts, ""),
        actors=list(rows),
    )
    return Own(scope, rows, {one.account_id: one.name for one in accounts})


def _keys(who: PortalUser, actors: QuerySet[UsageActor]) -> list[int]:
    """Looked up first: the planner would read every credential day for a condition it cannot
    estimate. One query."""
    visible = UsageActor.objects.visible_to(who)
    return list(visible.filter(pk__in=actors.order_by().values("pk")).values_list("pk", flat=True))


class _Account(NamedTuple):
    """As much of an account as usage asks about. Hundreds of whole rows cost more than the rest."""

    account_id: str
    name: str
    joined: date | None
    to_read: bool


def _given(account: AwsAccount) -> _Account:
    joined = account.joined_at.date() if account.joined_at else None
    return _Account(account.account_id, account.name, joined, to_read=True)


def _accounts(who: PortalUser) -> list[_Account]:
    return _with_to_read(AwsAccount.objects.visible_to(who))


def _with_to_read(rows: QuerySet[AwsAccount]) -> list[_Account]:
    expected = AwsAccount.objects.to_read().filter(pk=OuterRef("pk"))
    told = rows.annotate(to_read=Exists(expected)).order_by("name", "account_id")
    columns = told.values_list("account_id", "name", "joined_at__date", "to_read")
    return [_Account(*row) for row in columns]


def _joined(accounts: list[_Account], account_id: str) -> dict[str, date | None]:
    """An account somebody asked for by name is expected, whatever became of it."""
    return {
        one.account_id: one.joined
        for one in accounts
        if (one.account_id == account_id if account_id else one.to_read)
    }


def _window(chosen: Mapping[str, str], today: date) -> Window:
    first, last = _date(chosen["from"]), _date(chosen["to"])
    if first or last:
        return window(first, last, today)
    return last_days(int(chosen["days"] or DEFAULT_DAYS), today)


def _date(text: str) -> date | None:
    """None also for a day that the calendar does not have."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _person(who: PortalUser, text: str) -> Person | None:
    if not text:
        return None
    visible = Person.objects.visible_to(who)
    found = visible.filter(pk=int(text)) if _is_key(text) else visible.filter(email__iexact=text)
    return found.first()


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _actors(
    who: PortalUser, chosen: Mapping[str, str], person: Person | None
) -> tuple[QuerySet[UsageActor] | None, str]:
    """Whose rows they are; None: everybody's. And why nobody's."""
    nobody: QuerySet[UsageActor] = UsageActor.objects.none()
    found: QuerySet[UsageActor] | None = None
    if chosen["person"]:
        if person is None:
            return nobody, "Nobody with this e-mail address is known."
        found = usage.actors_of_person(person)
    if chosen["credential"]:
        mine = _credential(who, chosen["credential"])
        if mine is None:
            return nobody, "No access key or IAM user with this id or ARN is known."
        found = mine if found is None else mine.filter(pk__in=found.values("pk"))
    return found, ""


def _credential(who: PortalUser, text: str) -> QuerySet[UsageActor] | None:
    """One query. A key or user that nobody knows of has no usage that could be none."""
    is_user = text.startswith("arn:")
    actors = usage.actors_of_user(text) if is_user else usage.actors_of_key(text)
    model: Any = IamUser if is_user else AccessKey
    field = "arn" if is_user else "access_key_id"
    known = model.objects.visible_to(who).filter(**{field: text}).order_by().values("pk")
    return actors if actors.order_by().values("pk").union(known).exists() else None
