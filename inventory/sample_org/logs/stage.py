"""What every scene of the story shares: the cast, the calendar, tools, places, and plain work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random

from inventory.sample_org.logs.callers import Caller
from inventory.sample_org.logs.cast import Cast, UserCast
from inventory.sample_org.logs.happenings import Day
from inventory.sample_org.logs.operations import STACK_CALLS, Operation, services_of, work_on
from inventory.sample_org.logs.rights import Rights

CLI = (
    "aws-cli/2.36.19 md/awscrt#0.31.0 ua/2.1 os/macos#25.1 md/arch#arm64 lang/python#3.13.9 "
    "md/command#{}",
    "aws-cli/2.27.2 md/awscrt#0.26.1 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.12.3",
    "aws-cli/1.29.4 Python/3.9.6 Linux/5.15 botocore/1.31.4",
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.8 lang/python#3.12.3",
)
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.5 (+https://www.terraform.io) "
    "terraform-provider-aws/6.20.0"
)
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/143.0.0.0"
CONSOLE = "AWS Internal"
WEEKEND = 5
# Beside refusals: what else goes wrong in a working day.
MISHAPS = ("ThrottlingException", "ValidationException", "ResourceNotFoundException")
Allowed = Callable[[Operation], bool]


@dataclass(frozen=True)
class Work:
    """A stretch of work: services, calls, place and rights. until: no call at or after it."""

    services: tuple[str, ...]
    count: int
    region: str
    may: Allowed
    until: datetime
    writes: float = 0.22
    # Of the calls that are not allowed, how many are made all the same.
    tries: float = 1.0


class Stage:
    """The cast of one organisation and its calendar."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rights = Rights(cast.world)
        self._titles = {person.email: person.title for person in cast.world.people}
        self.sets = {one.name: one for one in cast.world.permission_sets}

    @cached_property
    def left(self) -> frozenset[str]:
        return frozenset(p.email for p in self.cast.world.people if p.left_on is not None)

    def person_dice(self, *key: str) -> Random:
        """Dice that fall the same on every day: what somebody is like."""
        return self.cast.ids.random("story", *key)

    def services(self, email: str | None) -> tuple[str, ...]:
        return services_of(self._titles.get(email or ""))

    def ago(self, days: float) -> datetime:
        return self.cast.epoch - timedelta(days=days)

    def network(self, name: str, rng: Random) -> str:
        """The office, or home: two networks a person."""
        last = self.person_dice("network", name).randint(1, 250)
        return f"198.51.100.{last}" if rng.random() < 0.7 else f"203.0.113.{last}"

    def tool(self, name: str) -> str:
        return self.person_dice("tool", name).choice((*CLI, TERRAFORM)).format("s3.ls")

    def user_may(self, user: UserCast) -> Allowed:
        """What an IAM user's policies allow."""

        def may(operation: Operation) -> bool:
            return self.rights.user_may(user.spec, operation.action)

        return may

    def set_may(self, account: str, name: str) -> Allowed:
        """What a permission set allows in an account."""
        spec = self.sets[name]

        def may(operation: Operation) -> bool:
            return self.rights.set_may(spec, account, operation.action)

        return may


def moment(date: str, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.fromisoformat(date).replace(hour=hour, minute=minute, second=second, tzinfo=UTC)


def sometime(date: str, rng: Random, first_hour: int = 7, last_hour: int = 16) -> datetime:
    """An instant in working hours."""
    return moment(date, rng.randint(first_hour, last_hour), rng.randint(0, 59), rng.randint(0, 59))


def working_day(date: str, rng: Random) -> bool:
    """Weekends are quiet, not silent."""
    return datetime.fromisoformat(date).weekday() < WEEKEND or rng.random() < 0.08


def _named(rng: Random, caller: Caller, number: int, count: int, *, late: bool) -> bool:
    """Whether a record says on whose behalf it is; the last one of a session always does."""
    if caller.plain is None or number == count - 1:
        return True
    return rng.random() < 0.93 and not (late and number < count // 2)


def pick(rng: Random, work: Work) -> Operation:
    """The next call: mostly reading, mostly what is allowed, mostly the services used most."""
    half = work.services[: max(2, len(work.services) // 2)] if rng.random() < 0.6 else work.services
    operation = rng.choice(work_on(half, write=rng.random() < work.writes))
    if work.may(operation) or rng.random() < work.tries:
        return operation
    reads = [one for one in work_on(half, write=False) if work.may(one)]
    return rng.choice(reads) if reads else operation


def do(day: Day, rng: Random, caller: Caller, work: Work, start: datetime) -> datetime:
    """Makes the calls of a stretch of work. Returns when it ended."""
    late, at = rng.random() < 0.05, start
    for number in range(work.count):
        at += timedelta(seconds=rng.randint(2, 90))
        if at >= work.until:
            break
        operation = pick(rng, work)
        error = None if work.may(operation) else operation.denial
        if error is None and rng.random() < 0.02:
            error = rng.choice(MISHAPS)
        named = _named(rng, caller, number, work.count, late=late)
        day.add(at, caller, operation, work.region, error=error, named=named)
        if operation.name == "UpdateStack" and error is None:
            _stack(day, caller, work, at)
    return at


def _stack(day: Day, caller: Caller, work: Work, at: datetime) -> None:
    """CloudFormation calls others with the caller's rights, and says that it did."""
    for number, operation in enumerate(STACK_CALLS):
        then = at + timedelta(seconds=number)
        error = None if work.may(operation) else operation.denial
        service = "cloudformation.amazonaws.com"
        if then < work.until:
            day.add(then, caller, operation, work.region, error=error, invoked_by=service)


def silent(caller: Caller, role_arn: str) -> Caller:
    """A session none of whose records says on whose behalf it is: only the role is known."""
    assert caller.plain is not None
    who = caller.who._replace(actor=role_arn)
    return replace(caller, who=who, identity=caller.plain, plain=None)
