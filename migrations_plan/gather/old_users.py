"""IAM users with what still opens them and what they are used as. Four queries."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from inventory.models import AwsAccount, IamUser
from migrations_plan.gather.person_usage import NOTHING_SEEN, Usage
from migrations_plan.gather.told import Reads, best, worst
from migrations_plan.models import IamUserLink, IdentityClass, Person, RankedCredential
from migrations_plan.rules.facts import AWS, CLOUDTRAIL, Told
from migrations_plan.rules.person_facts import ClassFact, OldUser

CLASSES = "Classes of IAM users"
DIRECTORY = "identitystore:"
TEAM_TAGS = frozenset({"team", "squad", "department"})
COLUMNS = (
    "arn", "user_name", "account_id", "active_keys", "console_password", "last_seen_at",
    "observed_at", "gone_at", "tags",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OldRows:
    """Rows by ARN. open: active credentials that are known; unclear: of whom some are not known."""

    links: Sequence[IamUserLink]
    by_person: Mapping[int, Sequence[IamUserLink]]
    users: Mapping[str, IamUser]
    open: Mapping[str, int]
    unclear: Collection[str]
    classes: Mapping[str, Sequence[IdentityClass]]
    teams: Mapping[str, str]
    reads: Reads

    def open_of(self, user: IamUser) -> int | None:
        """How many of its credentials open something; None: not known."""
        if user.gone_at is not None:
            return 0
        if user.active_keys is None or user.console_password is None or user.arn in self.unclear:
            return None
        return max(self.open.get(user.arn, 0), user.active_keys + int(user.console_password))

    def open_told(self, account_id: str) -> Told:
        """The reads behind that number: every kind of credential."""
        told = self.reads.told
        report = told("credential_report", account_id)
        return worst(
            best(told("access_keys", account_id), report),
            best(told("login_profiles", account_id), report),
            told("ssh_public_keys", account_id),
            told("signing_certificates", account_id),
            told("service_specific_credentials", account_id),
        )


def old_rows(person_ids: Collection[int] | None, known: Reads) -> OldRows:
    """Of these people's IAM users, or of all IAM users."""
    links = IamUserLink.objects.order_by("iam_user_arn")
    users = IamUser.objects.order_by("arn").only(*COLUMNS)
    classes = IdentityClass.objects.order_by("subject")
    credentials = RankedCredential.objects.order_by().exclude(user_arn="")
    if person_ids is not None:
        links = links.filter(person_id__in=list(person_ids))
        arns = [link.iam_user_arn for link in links]
        users = users.filter(arn__in=arns)
        classes = classes.filter(Q(user_arn__in=arns) | Q(user_arn__in=_directory(person_ids)))
        credentials = credentials.filter(user_arn__in=arns)
    by_person: dict[int, list[IamUserLink]] = defaultdict(list)
    for link in links:
        by_person[link.person_id].append(link)
    by_user: dict[str, list[IdentityClass]] = defaultdict(list)
    for one in classes:
        by_user[one.user_arn].append(one)
    active = list(credentials.values_list("user_arn", "active"))
    found = {user.arn: user for user in users}
    return OldRows(
        links=list(links),
        by_person=by_person,
        users=found,
        open=Counter(arn for arn, state in active if state),
        unclear={arn for arn, state in active if state is None},
        classes=by_user,
        teams={arn: team for arn, user in found.items() if (team := _team(user))},
        reads=known,
    )


def _team(user: IamUser) -> str:
    tags = user.tags or {}
    return next((str(value) for name, value in tags.items() if name.lower() in TEAM_TAGS), "")


def old_user(
    link: IamUserLink, rows: OldRows, usage: Usage, accounts: Mapping[str, AwsAccount]
) -> OldUser:
    """One confirmed IAM user. No query."""
    user = rows.users.get(link.iam_user_arn)
    account_id = user.account_id if user else link.iam_user_arn.split(":")[4]
    seen = usage.users.get(link.iam_user_arn, NOTHING_SEEN).used_at
    used_at, used_by = _last(seen, user.last_seen_at if user else None)
    return OldUser(
        arn=link.iam_user_arn,
        name=user.user_name if user else link.iam_user_arn.rsplit("/", 1)[-1],
        account_id=account_id,
        account=str(accounts.get(account_id) or account_id),
        present=None if user is None else user.gone_at is None,
        confirmed_by=link.confirmed_by,
        confirmed_at=link.confirmed_at,
        told=rows.reads.told("authorization_details", account_id),
        open=rows.open_of(user) if user else None,
        open_told=rows.open_told(account_id),
        classes=tuple(classes_of(rows, link.iam_user_arn)),
        used_at=used_at,
        used_by=used_by,
    )


def _last(seen: datetime | None, told: datetime | None) -> tuple[datetime | None, str]:
    """The later of what CloudTrail shows and what AWS says."""
    if seen is not None and (told is None or seen >= told):
        return seen, CLOUDTRAIL
    return told, AWS if told else ""


def _directory(person_ids: Collection[int]) -> QuerySet[Any, Any]:
    """What the classes of these people's Identity Center users are about."""
    subject = Concat(Value(DIRECTORY), F("identity_center_user_id"))
    people = Person.objects.filter(pk__in=list(person_ids)).order_by()
    return people.annotate(subject=subject).values("subject")


def program_of(rows: OldRows, user_id: str | None) -> ClassFact | None:
    """The class of an Identity Center user whose calls are a program's; None: nobody found one."""
    return next(iter(classes_of(rows, f"{DIRECTORY}{user_id}")), None) if user_id else None


def classes_of(rows: OldRows, arn: str) -> list[ClassFact]:
    """Of the user and its keys."""
    return [_class(one, rows.reads.now) for one in rows.classes.get(arn, ())]


def _class(one: IdentityClass, now: datetime) -> ClassFact:
    declared = one.is_declared(now)
    until = one.declared_until if declared else one.stale_after
    stale = until is not None and until <= now
    why = f"judged on {one.made_at:%Y-%m-%d %H:%M} UTC and not since" if stale else ""
    return ClassFact(
        subject=one.subject,
        kind=one.kind if declared else one.judged,
        told=Told(CLASSES, one.made_at, until, why),
        declared=declared,
        in_identity_center=one.in_identity_center,
    )
