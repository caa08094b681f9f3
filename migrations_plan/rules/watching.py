"""After the scripts ran: what is off, what was missed, until when an old session may live, and when
an IAM user may be deleted. Pure.

Only a read from after the cutover says that something is off. A key that such a read shows active
was missed, and so is a user whose everything is not denied.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from migrations_plan.rules.facts import Told, days
from migrations_plan.rules.gate import BLOCKED, READY, UNKNOWN
from migrations_plan.rules.live_sessions import LONGEST, WORDS, may_live_until
from migrations_plan.rules.person_facts import COUNTED_AFTER, LogFact
from migrations_plan.rules.wave_facts import WaveUser

OFF, MISSED, NOT_READ = "off", "missed", "unknown"
ACTIVE, INACTIVE, GONE = "Active", "Inactive", "gone"


@dataclass(frozen=True, slots=True)
class KeyNow:
    """An access key. status: ACTIVE, INACTIVE, GONE, or '' where nobody knows. verdict: OFF, MISSED
    or NOT_READ. added: it was made since the facts of the scripts."""

    id: str
    status: str
    verdict: str
    added: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNow:
    """An IAM user of scripts that ran. denied, password: by the read behind them; None: not known,
    or not read since. read_at: of its keys. missed: what is still open, a sentence each."""

    arn: str
    name: str
    account_id: str
    account: str
    person: str
    person_id: int | None
    keys: tuple[KeyNow, ...]
    denied: bool | None
    password: bool | None
    others: tuple[str, ...]
    verdict: str
    read_at: datetime | None
    missed: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """Use of an IAM user after its access ended. succeeded: something was not refused."""

    arn: str
    at: datetime
    succeeded: bool
    account_id: str


@dataclass(frozen=True, slots=True)
class Tail:
    """A session that may live. until: its last possible minute."""

    arn: str
    kind: str
    role_arn: str
    started_at: datetime
    until: datetime

    @property
    def words(self) -> str:
        """'session token'."""
        return WORDS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class Deletion:
    """Whether an IAM user may be deleted. at: from when on, as far as that can be said."""

    verdict: str
    sentence: str
    at: datetime | None = None


def user_now(kept: Mapping[str, Any], user: WaveUser, ran_at: datetime | None) -> UserNow:
    """How a user of scripts stands. kept: of Handout.users. ran_at None: nothing is missed yet."""
    gone = user.present is False and _since(user.told, ran_at)
    keys_read, user_read = _since(user.keys_told, ran_at), _since(user.told, ran_at)
    keys = _keys(kept, user, read=keys_read or gone, gone=gone)
    denied = user.denied if user_read else None
    password = user.password if _since(user.password_told, ran_at) else None
    missed = () if gone or ran_at is None else tuple(_missed(keys, denied))
    known = gone or (keys_read and user_read and user.keys is not None and denied is not None)
    return UserNow(
        arn=user.arn,
        name=user.name,
        account_id=user.account_id,
        account=user.account,
        person=kept["person"],
        person_id=kept.get("person_id"),
        keys=keys,
        denied=denied,
        password=False if gone else password,
        others=tuple(one.words for one in user.others if one.active and not gone),
        verdict=MISSED if missed else OFF if known else NOT_READ,
        read_at=user.keys_told.observed_at,
        missed=missed,
        why="" if known else _why(user, ran_at),
    )


def _since(told: Told, ran_at: datetime | None) -> bool:
    """Whole, fresh, and from after the cutover."""
    if told.why or told.observed_at is None:
        return False
    return ran_at is None or told.observed_at >= ran_at


def _keys(kept: Mapping[str, Any], user: WaveUser, *, read: bool, gone: bool) -> tuple[KeyNow, ...]:
    before = [key["id"] for key in kept["keys"]]
    now = {} if gone else {key.id: key.active for key in user.keys or ()}
    listed = dict.fromkeys([*before, *now])
    return tuple(_key(one, now.get(one), read, added=one not in before) for one in listed)


def _key(one: str, active: bool | None, read: bool, *, added: bool) -> KeyNow:
    if not read:
        return KeyNow(one, "", NOT_READ, added)
    status = GONE if active is None else ACTIVE if active else INACTIVE
    return KeyNow(one, status, MISSED if active else OFF, added)


def _missed(keys: Sequence[KeyNow], denied: bool | None) -> list[str]:
    said = [
        f"The key {key.id} is {'new and ' if key.added else 'still '}active."
        for key in keys
        if key.verdict == MISSED
    ]
    return [*said, "AWSDenyAll is not attached."] if denied is False else said


def _why(user: WaveUser, ran_at: datetime | None) -> str:
    for told in (user.keys_told, user.told):
        if told.why:
            return told.why
        if ran_at and (told.observed_at is None or told.observed_at < ran_at):
            return "not read since the scripts ran"
    return "not known"


def tail(arn: str, kind: str, role_arn: str, started_at: datetime) -> Tail:
    """A session with the longest life that AWS allows it."""
    return Tail(arn, kind, role_arn, started_at, may_live_until(kind, started_at))


def last_tail(ran_at: datetime) -> datetime:
    """When no session from before the cutover can live any more, seen or not."""
    return ran_at + LONGEST


def deletion(
    user: UserNow,
    uses: Sequence[Use],
    logs: LogFact,
    *,
    ran_at: datetime | None,
    number: int,
    now: datetime,
) -> Deletion:
    """Everything off, every session over, and so many whole days without even a try."""
    if ran_at is None:
        return Deletion(BLOCKED, "Nobody has said that the scripts ran.")
    if user.verdict == MISSED:
        return Deletion(BLOCKED, " ".join(user.missed))
    mine = [use for use in uses if use.arn == user.arn and use.at > ran_at]
    quiet_from = max((use.at for use in mine), default=ran_at)
    ends = max(last_tail(ran_at), _after(quiet_from.date(), number))
    if mine:
        last = max(mine, key=lambda use: use.at)
        what = "used" if last.succeeded else "tried, and refused"
        said = f"It was {what} on {last.at:%Y-%m-%d %H:%M} UTC, after its access ended. "
    else:
        said = ""
    if ends > now:
        wait = f"{days(number)} without a call are over on {ends:%Y-%m-%d %H:%M} UTC."
        return Deletion(BLOCKED, f"{said}Sessions and {wait}", ends)
    if user.verdict == NOT_READ:
        return Deletion(UNKNOWN, f"Whether it is off is not known: {user.why}.", ends)
    first = quiet_from.date() + timedelta(days=1)
    lacking = _unread(logs, first, number)
    if lacking:
        return Deletion(UNKNOWN, f"{said}Whether it was quiet since is not known: {lacking}.", ends)
    return Deletion(READY, f"Off, and {days(number)} and more without a call are read.", ends)


def _after(day: date, number: int) -> datetime:
    """When so many whole days after this one are over, and counted."""
    midnight = datetime.combine(day + timedelta(days=number + 1), time.min, UTC)
    return midnight + COUNTED_AFTER


def _unread(logs: LogFact, first: date, number: int) -> str:
    """What is not read from `first` to the last day that can be counted; ''."""
    needed = max((logs.last_day - first).days + 1, number)
    if (logs.read_days or 0) >= needed:
        return ""
    if logs.gap:
        return f"{logs.gap} of {logs.gap_account} was not wholly read"
    return f"{days(logs.read_days or 0)} of {needed} are wholly read"
