"""A portal's own commands and actions, done as of an instant of a story instead of now. Run as a
process of its own: python -m tests.journeys.portal_at_instant INSTANT COMMAND [ARGUMENT...].
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
django.setup()

from django.conf import settings  # noqa: E402 - after the apps
from django.core.management import execute_from_command_line  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from inventory import tasks  # noqa: E402
from inventory.after import settle  # noqa: E402
from inventory.management import importing  # noqa: E402
from inventory.models import IamUser  # noqa: E402
from migrations_plan.actions.classes import declare_class  # noqa: E402
from migrations_plan.actions.gates import set_thresholds, waive_gate  # noqa: E402
from migrations_plan.actions.links import link_iam_user, unlink_iam_user  # noqa: E402
from migrations_plan.actions.plans import making  # noqa: E402
from migrations_plan.actions.targets import confirm_targets  # noqa: E402
from migrations_plan.models import (  # noqa: E402
    Assessment,
    IdentityClass,
    Person,
    PersonState,
    PortalUser,
    Role,
    Standing,
)
from migrations_plan.rules.thresholds import Thresholds  # noqa: E402
from migrations_plan.sign_in import BACKEND  # noqa: E402

LEAD = "lead@example.com"
Rows = list[dict[str, Any]]


def lead() -> PortalUser:
    found = PortalUser.objects.filter(username=LEAD).first()
    return found or PortalUser.objects.create_user(LEAD, role=Role.LEAD)


def link(now: datetime, rows: Rows) -> None:
    """[{arn, email, reason}]"""
    for row in rows:
        link_iam_user(
            by=lead(),
            iam_user=IamUser.objects.get(arn=row["arn"]),
            person=Person.objects.get(email=row["email"]),
            reason=row["reason"],
            now=now,
        )


def unlink(now: datetime, rows: Rows) -> None:
    """[{arn, reason}]"""
    for row in rows:
        user = IamUser.objects.get(arn=row["arn"])
        unlink_iam_user(by=lead(), iam_user=user, reason=row["reason"], now=now)


def declare(now: datetime, rows: Rows) -> None:
    """[{arn, kind, reason}]"""
    for row in rows:
        identity = IdentityClass.objects.get(subject=row["arn"])
        declare_class(
            by=lead(),
            identity=identity,
            kind=row["kind"],
            reason=row["reason"],
            until=None,
            now=now,
        )


def target(now: datetime, rows: Rows) -> None:
    """[{email, account_id, permission_set, reason}]"""
    for row in rows:
        wanted = [
            (Person.objects.get(email=row["email"]), row["account_id"], row["permission_set"])
        ]
        confirm_targets(by=lead(), wanted=wanted, reason=row["reason"], now=now)


def waive(now: datetime, rows: Rows) -> None:
    """[{email, gate, days, reason}]"""
    for row in rows:
        people = [Person.objects.get(email=row["email"])]
        until = now + timedelta(days=row["days"])
        waive_gate(
            by=lead(), people=people, gate=row["gate"], reason=row["reason"], until=until, now=now
        )


def threshold(now: datetime, rows: Rows) -> None:
    """[{window_days, reason}]"""
    for row in rows:
        wanted = Thresholds(window_days=row["window_days"])
        set_thresholds(by=lead(), wanted=wanted, reason=row["reason"], now=now)


def plan(now: datetime, rows: Rows) -> None:
    """[{template, reason}]: a plan that begins today, with everybody in its first wave."""
    for row in rows:
        wanted = making.Wanted(
            template=row["template"],
            name=row["template"],
            starts_on=now.date(),
            time_zone="UTC",
            working_days=range(5),
            holidays=(),
            cutover_at=time(18),
            contact="#identity",
            everybody=True,
        )
        making.make_plan(by=lead(), wanted=wanted, reason=row["reason"], now=now)


def standings(now: datetime, rows: Rows) -> None:
    """Says how every item of every plan stands."""
    for row in Standing.objects.select_related("plan").order_by("plan", "item", "subject"):
        say(
            {
                "plan": row.plan.template,
                "item": row.item,
                "subject": row.subject,
                "name": row.name,
                "verdict": row.reads(now),
                "sentence": row.sentence,
                "gates": row.gates,
            }
        )


def standing(now: datetime, rows: Rows) -> None:
    """Says how everybody stands, and every IAM user that is nobody's."""
    gates: dict[int, dict[str, str]] = {}
    for one in Assessment.objects.current():
        gates.setdefault(one.person_id, {})[one.gate] = one.reads(now)
    for row in PersonState.objects.concerned() | PersonState.objects.exclude(user_arn=""):
        say(
            {
                "email": row.email,
                "user_arn": row.user_arn,
                "state": row.state,
                "sentence": row.sentence,
                "open": row.open,
                "used_at": row.used_at.isoformat() if row.used_at else None,
                "certain": not row.uncertain(now),
                "gates": gates.get(row.person_id or 0, {}),
            }
        )


def sign_ins(now: datetime, rows: Rows) -> None:
    """[{role, name, email}]: a sample sign-in for each, bound to the person of that address, if
    there is one."""
    for row in rows:
        user = PortalUser.objects.filter(username=row["name"]).first()
        user = user or PortalUser.objects.create_user(row["name"], role=Role(row["role"]))
        user.sample, user.person = True, Person.objects.filter(email=row.get("email")).first()
        user.save()


def enter(now: datetime, rows: Rows) -> None:
    """[{name}]: says the session key of each, as if they had signed in at this instant."""
    vars(timezone)["now"] = lambda: now
    for row in rows:
        client = Client()
        client.force_login(PortalUser.objects.get(username=row["name"]), backend=BACKEND)
        say(row | {"session": client.cookies[settings.SESSION_COOKIE_NAME].value})


def conclude(now: datetime, rows: Rows) -> None:
    """What the worker would do next: everything derived is brought up to date."""


def say(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")


DECISIONS: dict[str, Callable[[datetime, Rows], None]] = {
    "link": link,
    "unlink": unlink,
    "declare": declare,
    "target": target,
    "waive": waive,
    "threshold": threshold,
    "sign_ins": sign_ins,
    "enter": enter,
    "conclude": conclude,
    "standing": standing,
    "plan": plan,
    "standings": standings,
}
# These say something, and change nothing that is concluded from.
QUESTIONS = ("standing", "standings", "enter")


def main(instant: str, command: str, *arguments: str) -> None:
    now = datetime.fromisoformat(instant)
    if command in DECISIONS:
        DECISIONS[command](now, json.loads(arguments[0]) if arguments else [])
        if command not in QUESTIONS:
            settle(now)
        return
    # The two doors through which commands are told the time.
    for door in (tasks, importing):
        vars(door)["utc_now"] = lambda: now
    execute_from_command_line(["manage.py", command, *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
