"""What the portal keeps of one person: answers, messages, when their old access ends; one query.

For My access, of the signed-in person, and for the page on which leads read the answers.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateField,
    DateTimeField,
    F,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from inventory.models import IamUser, IdentityStoreUser
from migrations_plan.gather.messages import TOLD
from migrations_plan.models import (
    LIVE,
    AccountNeed,
    IamUserLink,
    KeyStory,
    MemberKind,
    Message,
    Person,
    PlanState,
    PortalUser,
    TestConfirmation,
    WaveMember,
)
from migrations_plan.rules.own_steps import Ending
from migrations_plan.rules.plan_calendar import calendar

COLUMNS = ("what", "pk", "when", "one", "two", "three", "four", "text", "day")


@dataclass(frozen=True, slots=True)
class Answer:
    """One row. one to four and text hold what its kind says below."""

    pk: int
    at: datetime
    one: str
    two: str
    three: str
    four: str
    text: str
    day: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it, newest first. store: the entry in the identity store, with 'enabled', 'disabled'
    or ''; None: there is none. messages: one: stage, two: subject, text: body. keys: by access key
    id; two: place, text: how they got it, day: removed on. needs: one: account id, two: 'needed' or
    'not needed'."""

    store: Answer | None
    confirmation: Answer | None
    keys: dict[str, Answer]
    needs: tuple[Answer, ...]
    messages: tuple[Answer, ...]
    endings: tuple[Ending, ...]

    @property
    def enabled(self) -> bool | None:
        """Of the Identity Center user; None: not known, or there is none."""
        word = self.store.one if self.store else ""
        return {"enabled": True, "disabled": False}.get(word)


def kept(person: Person, viewer: PortalUser) -> Kept:
    """Of the person, as far as the viewer may see it. One query."""
    parts = [
        _store(person, viewer),
        _tested(person, viewer),
        _keys(person, viewer),
        _needs(person, viewer),
        _messages(person, viewer),
        _waves(person),
    ]
    found: dict[str, list[Answer]] = {}
    for what, *values in parts[0].union(*parts[1:], all=True).order_by("-when", "-pk"):
        found.setdefault(what, []).append(Answer(*values))
    return Kept(
        store=next(iter(found.get("store", ())), None),
        confirmation=next(iter(found.get("test", ())), None),
        keys={one.one: one for one in found.get("key", ())},
        needs=tuple(found.get("need", ())),
        messages=tuple(found.get("message", ())),
        endings=tuple(_ending(one) for one in found.get("wave", ())),
    )


def _row(rows: QuerySet[Any], what: str, when: Any, **columns: Any) -> QuerySet[Any, Any]:
    """The same columns of every table. Empty where it has none of that kind."""
    words = {
        name: Cast(columns.get(name, Value("")), CharField())
        for name in ("one", "two", "three", "four", "text")
    }
    return (  # type: ignore[no-any-return]
        rows.order_by()
        .annotate(
            what=Value(what, output_field=CharField()),
            when=when,
            day=columns.get("day", Cast(Value(None), DateField())),
            **words,
        )
        .values_list(*COLUMNS)
    )


def _store(person: Person, viewer: PortalUser) -> QuerySet[Any, Any]:
    visible = IdentityStoreUser.objects.visible_to(viewer).present()
    rows = visible.filter(user_id=person.identity_center_user_id or "").order_by()
    enabled = Case(
        When(enabled=True, then=Value("enabled")),
        When(enabled=False, then=Value("disabled")),
        default=Value(""),
    )
    return _row(rows, "store", F("observed_at"), one=enabled)


def _tested(person: Person, viewer: PortalUser) -> QuerySet[Any, Any]:
    rows = TestConfirmation.objects.visible_to(viewer).filter(person=person, ended_at=None)
    return _row(rows, "test", F("at"), one=F("by"), text=F("note"))


def _keys(person: Person, viewer: PortalUser) -> QuerySet[Any, Any]:
    rows = KeyStory.objects.visible_to(viewer).filter(person=person)
    return _row(
        rows, "key", F("at"), one=F("access_key_id"), two=F("place"), three=F("user_arn"),
        text=F("got_how"), day=F("removed_on"),
    )  # fmt: skip


def _needs(person: Person, viewer: PortalUser) -> QuerySet[Any, Any]:
    rows = AccountNeed.objects.visible_to(viewer).filter(person=person)
    said = Case(When(needed=True, then=Value("needed")), default=Value("not needed"))
    return _row(rows, "need", F("at"), one=F("account_id"), two=said, text=F("note"))


def _messages(person: Person, viewer: PortalUser) -> QuerySet[Any, Any]:
    rows = Message.objects.visible_to(viewer).filter(person=person, state__in=TOLD)
    return _row(
        rows, "message", Coalesce("sent_at", "queued_at"), one=F("stage"), two=F("subject"),
        three=F("state"), text=F("body"),
    )  # fmt: skip


def _waves(person: Person) -> QuerySet[Any, Any]:
    """Waves of live plans that end something of the person's: named themselves, or their IAM user;
    or its whole account, where the plan does not name them (as gather.waves resolves it)."""
    links = IamUserLink.objects.filter(person=person).values("iam_user_arn")
    accounts = IamUser.objects.present().filter(arn__in=links).order_by().values("account_id")
    mine = Q(kind=MemberKind.PERSON, person=person)
    named = WaveMember.objects.filter(kind=MemberKind.PERSON, person=person).order_by()
    mine |= Q(kind=MemberKind.ACCOUNT, account_id__in=accounts) & ~Q(plan__in=named.values("plan"))
    mine |= Q(kind=MemberKind.WORKLOAD, user_arn__in=links)
    rows = WaveMember.objects.filter(mine, plan__state__in=LIVE)
    state = Case(When(plan__state=PlanState.PAUSED, then=Value("paused")), default=Value(""))
    return _row(
        rows, "wave", Cast(Value(None), DateTimeField()), one=F("plan__name"),
        two=F("wave__name"), three=state, four=F("plan__cutover_at"),
        text=F("plan__time_zone"), day=F("wave__cutover_on"),
    )  # fmt: skip


def _ending(row: Answer) -> Ending:
    hour = time.fromisoformat(row.four)
    day = row.day if row.day is not None else date.max
    return Ending(
        at=calendar(row.text, range(7), ()).instant(day, hour),
        zone=row.text,
        plan=row.one,
        wave=row.two,
        paused=row.three == "paused",
    )
