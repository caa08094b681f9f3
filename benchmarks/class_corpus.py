"""Invented IAM users with a known nature: programs, people, and both behind one key.

Everything is made call by call, from what such users do in the field. It knows nothing of the rules
that judge them: no name, no number and no line of code is shared with migrations_plan.rules.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

END = datetime(2026, 9, 16, tzinfo=UTC)  # a Wednesday
LENGTH = 30
ZONES = (-8, -5, 0, 1, 2, 5.5, 9)
MONDAY_TO_FRIDAY = range(5)

READING = tuple(
    f"{service} {verb}{thing}"
    for service, things in {
        "ec2": ("Instances", "Vpcs", "Images", "Volumes", "Subnets", "KeyPairs"),
        "s3": ("Buckets", "Objects", "BucketPolicy", "BucketLocation"),
        "logs": ("LogGroups", "LogStreams", "Queries"),
        "rds": ("DBInstances", "DBSnapshots", "DBClusters"),
        "iam": ("Roles", "Users", "Policies", "Groups"),
        "lambda": ("Functions", "Aliases", "Layers"),
        "ecs": ("Services", "Tasks", "Clusters"),
        "dynamodb": ("Tables", "Backups"),
        "cloudformation": ("Stacks", "StackEvents"),
    }.items()
    for verb in ("List", "Describe")
    for thing in things
)
CHANGING = (
    "ec2 StartInstances", "ec2 StopInstances", "ec2 RunInstances", "s3 PutBucketPolicy",
    "lambda UpdateFunctionCode", "ecs UpdateService", "rds ModifyDBInstance", "iam CreateRole",
    "cloudformation UpdateStack", "dynamodb UpdateTable", "s3 PutObject", "s3 DeleteObject",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """One call as CloudTrail would show it."""

    at: datetime
    network: str
    tool: str
    action: str


@dataclass(slots=True)
class Invented:
    """A user. nature: human, workload or mixed. kind: which generator made it."""

    nature: str
    kind: str
    calls: list[Call]
    name: str = ""
    password: bool = False
    mfa: bool = False
    tags: dict[str, str] = field(default_factory=dict)


def _network(rng: Random) -> str:
    return f"{rng.randint(20, 220)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.0/24"


def days() -> Iterator[datetime]:
    for number in range(LENGTH, 0, -1):
        yield END - timedelta(days=number)


def _task(rng: Random, most: int = 9) -> list[str]:
    """What a program does each time: a few actions, some of them often."""
    actions = rng.sample(READING, rng.randint(1, most)) + rng.sample(CHANGING, rng.randint(0, 2))
    return [action for action in actions for _ in range(rng.choice((1, 1, 2, 3)))]


def _run(
    rng: Random, start: datetime, task: list[str], network: str, tool: str, pace: float
) -> Iterator[Call]:
    at = start
    for action in task:
        yield Call(at, network, tool, action)
        at += timedelta(seconds=rng.uniform(0.1, pace))


def nightly(rng: Random) -> list[Call]:
    """A job at one minute of the night, with some delay, every day."""
    task, network = _task(rng) * rng.randint(2, 6), _network(rng)
    tool = rng.choice(("boto3", "aws-cli-v1", "aws-cli-v2", "aws-sdk-java"))
    hour, minute, late = rng.randint(0, 23), rng.randint(0, 59), rng.uniform(1, 12)
    return [
        call
        for day in days()
        for call in _run(
            rng,
            day + timedelta(hours=hour, minutes=minute + rng.uniform(0, late)),
            task,
            network,
            tool,
            8,
        )
    ]


def on_workdays(rng: Random) -> list[Call]:
    """The same, Monday to Friday."""
    return [call for call in nightly(rng) if call.at.weekday() in MONDAY_TO_FRIDAY]


def poller(rng: Random) -> list[Call]:
    """Looks every so many minutes, for ever."""
    task, network = _task(rng, 5), _network(rng)
    tool, every = rng.choice(("boto3", "aws-sdk-go", "custom")), rng.choice((30, 60, 120, 240))
    calls: list[Call] = []
    at = END - timedelta(days=LENGTH, minutes=-rng.uniform(0, 60))
    while at < END:
        calls += _run(rng, at, task, network, tool, 3)
        at += timedelta(minutes=every + rng.uniform(-1, 1))
    return calls


def worker(rng: Random) -> list[Call]:
    """Takes work from a queue, which comes when it comes, day and night."""
    network, tool = _network(rng), rng.choice(("boto3", "aws-sdk-js", "aws-sdk-java"))
    actions, calls = _task(rng, 6), list[Call]()
    at = END - timedelta(days=LENGTH)
    while at < END:
        at += timedelta(minutes=rng.expovariate(1 / rng.choice((20, 60))))
        calls += _run(rng, at, rng.sample(actions, min(3, len(actions))), network, tool, 4)
    return calls


def controller(rng: Random) -> list[Call]:
    """A controller in a cluster: round the clock, its nodes come and go."""
    networks, task = [_network(rng) for _ in range(rng.randint(1, 3))], _task(rng, 5)
    calls: list[Call] = []
    at = END - timedelta(days=LENGTH)
    while at < END:
        calls += _run(rng, at, task, rng.choice(networks), "kubernetes", 2)
        at += timedelta(minutes=rng.uniform(50, 70))
    return calls


def _builds(rng: Random, networks: Callable[[], str], tool: str, rare: float) -> list[Call]:
    task, now_and_then = _task(rng, 6), rng.sample(CHANGING, 4)
    zone, calls = rng.choice(ZONES), list[Call]()
    for day in days():
        works = day.weekday() in MONDAY_TO_FRIDAY
        for _ in range(rng.randint(2, 12) if works else int(rng.random() < 0.15)):
            local = min(max(rng.gauss(13.5, 2.6), 6), 23)
            start = day + timedelta(hours=local - zone)
            steps = task + ([rng.choice(now_and_then)] if rng.random() < rare else [])
            calls += _run(rng, start, steps, networks(), tool, 15)
    return calls


def hosted_builds(rng: Random) -> list[Call]:
    """CI on hosted runners: somewhere else each time, when people push."""
    pool = [_network(rng) for _ in range(60)]
    tool = rng.choice(("aws-cli-v2", "aws-sdk-js", "terraform", "boto3"))
    return _builds(rng, lambda: rng.choice(pool), tool, 0.0)


def own_builds(rng: Random) -> list[Call]:
    """CI behind the company's own address."""
    network, tool = _network(rng), rng.choice(("aws-cli-v2", "aws-cli-v1", "terraform", "boto3"))
    return _builds(rng, lambda: network, tool, 0.0)


def changing_builds(rng: Random) -> list[Call]:
    """CI of which one run in ten does something more."""
    network, tool = _network(rng), rng.choice(("aws-cli-v2", "terraform"))
    return _builds(rng, lambda: network, tool, 0.1)


PROGRAMS: tuple[Callable[[Random], list[Call]], ...] = (
    nightly, on_workdays, poller, worker, controller, hosted_builds, own_builds, changing_builds,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """What somebody is like."""

    zone: float
    office: str
    home: str
    tools: tuple[str, ...]
    interests: tuple[str, ...]
    attendance: float
    weekends: float


def habits(rng: Random) -> Habits:
    """Somebody, somewhere."""
    return Habits(
        zone=rng.choice(ZONES),
        office=_network(rng),
        home=_network(rng),
        tools=tuple(
            rng.sample(("aws-cli-v2", "aws-cli-v1", "boto3", "terraform"), rng.randint(1, 2))
        ),
        interests=tuple(
            rng.sample(READING, rng.randint(10, 30)) + rng.sample(CHANGING, rng.randint(2, 8))
        ),
        attendance=rng.uniform(0.4, 0.95),
        weekends=rng.choice((0, 0, 0.03, 0.1)),
    )


def session(rng: Random, who: Habits, day: datetime) -> list[Call]:
    """An hour or two of somebody's work: favourites more often than the rest."""
    start = day + timedelta(hours=rng.uniform(8.5, 17.5) - who.zone)
    network = who.office if rng.random() < 0.65 else who.home
    tool, at, calls = rng.choice(who.tools), start, list[Call]()
    for _ in range(rng.randint(3, 18)):
        place = min(int(rng.expovariate(0.12)), len(who.interests) - 1)
        calls.append(Call(at, network, tool, who.interests[place]))
        at += timedelta(seconds=rng.expovariate(1 / 90))
    return calls


def person(rng: Random, who: Habits | None = None) -> list[Call]:
    """A month of somebody's work."""
    known, calls = who or habits(rng), list[Call]()
    for day in days():
        works = day.weekday() in MONDAY_TO_FRIDAY
        if rng.random() < (known.attendance if works else known.weekends):
            for _ in range(rng.choice((1, 1, 2, 3))):
                calls += session(rng, known, day)
    return calls


def on_call(rng: Random) -> list[Call]:
    """Somebody who is woken at night now and then."""
    who = habits(rng)
    calls = person(rng, who)
    for day in rng.sample(list(days()), 2):
        night = replace_zone(who, (who.zone + 14) % 24 - 12)
        calls += session(rng, night, day)
    return calls


def replace_zone(who: Habits, zone: float) -> Habits:
    """The same person at another hour."""
    return Habits(
        zone, who.office, who.home, who.tools, who.interests, who.attendance, who.weekends
    )


PEOPLE: tuple[Callable[[Random], list[Call]], ...] = (person, person, person, on_call)


def weekly(rng: Random) -> list[Call]:
    """A report on one day of the week: four or five days in a month show hardly anything."""
    weekday = rng.randint(0, 6)
    return [call for call in nightly(rng) if call.at.weekday() == weekday]


def same_commands(rng: Random) -> list[Call]:
    """Somebody who runs the same three commands every morning, and nothing else."""
    who, calls = habits(rng), list[Call]()
    commands = rng.sample(READING, 3)
    for day in days():
        if day.weekday() in MONDAY_TO_FRIDAY and rng.random() < who.attendance:
            start = day + timedelta(hours=rng.uniform(8, 11) - who.zone)
            calls += _run(rng, start, commands, who.office, who.tools[0], 200)
    return calls


# Shown apart: a month of their calls does not say what they are.
HARD: tuple[tuple[str, Callable[[Random], list[Call]]], ...] = (
    ("workload", weekly),
    ("human", same_commands),
)
