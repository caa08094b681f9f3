"""Looks into a deployment's database: `python -m tests.faults.inspection WORD`, see the end."""

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accessportal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from inventory import codec, jobs, ledger  # noqa: E402
from inventory.models import (  # noqa: E402
    AwsAccount,
    CollectionRun,
    IamUser,
    Job,
    Observation,
    PermissionSet,
)
from inventory.saving.tables import TABLES, record_of, row_key  # noqa: E402
from migrations_plan.models import Finding, Person, Plan, PortalUser  # noqa: E402
from tests import messaging, plans  # noqa: E402
from tests.address_rows import a_program  # noqa: E402
from tests.scenarios import scenario  # noqa: E402


def facts() -> dict[str, str]:
    """Every present fact as canonical text, by kind and key."""
    return {
        f"{kind.KIND} {row_key(row, kind)}": codec.canonical(record_of(row, kind))
        for kind, model in TABLES.items()
        for row in model._default_manager.filter(gone_at=None).exclude(run=None)
    }


def state() -> dict[str, object]:
    """What has to be right after any mishap."""
    slots = Job.objects.exclude(slot=None).values_list("source", "account_id", "slot")
    changes = Counter(Observation.objects.values_list("kind", "key", "change"))
    return {
        "chain": ledger.verify().reason,
        "jobs": Counter(Job.objects.values_list("state", flat=True)),
        "runs": Counter(CollectionRun.objects.values_list("outcome", flat=True)),
        "slots twice": sum(1 for count in Counter(slots).values() if count > 1),
        "appeared twice": [key for key, count in changes.items() if count > 1],
        "changes": Counter(change for _, _, change in changes.elements()),
        "errors": sorted(set(CollectionRun.objects.values_list("error", flat=True))),
    }


def request() -> int:
    """Asks for everything, as a person would."""
    return jobs.request(now=datetime.now(UTC), by="test")


def session() -> str:
    """The session key of a lead who has just signed in."""
    client = Client()
    client.force_login(PortalUser.objects.create_user("lea", role="lead", password=None))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def examples() -> dict[str, list[object]]:
    """What addresses with a part of their own are opened with, by the address's name."""
    user, account = IamUser.objects.present()[0], AwsAccount.objects.present()[0]
    finding = Finding.objects.present()[0]
    person, _ = Person.objects.get_or_create(email="ana@example.com")
    at = {"run": CollectionRun.objects.all()[0], "first_seen_at": finding.opened_at}
    at |= {"observed_at": finding.opened_at, "changed_at": finding.opened_at, "digest": "0" * 64}
    granted, _ = PermissionSet.objects.get_or_create(arn="arn:aws:sso:::set/1", defaults=at)
    plan, program = plans.plan(), a_program(account)
    return {
        **{name: [plan.pk] for name in ("plan", "plan-edit", "plan-waves", "plan-versions")},
        "plan-standby": [plan.pk],
        **{
            name: [plan.pk, plan.waves.get().pk]
            for name in ("plan-cutover", "plan-watch", "plan-disabled")
        },
        "plan-item": [plan.pk, "scim-proven"],
        "plan-version": [plan.pk, 1],
        "iam-user": [user.pk],
        "iam-user-usage": [user.pk],
        "account": [account.account_id],
        "workload": [program],
        "workload-use": [program],
        "finding": [finding.pk],
        "person": [person.pk],
        "person-answers": [person.pk],
        "my-cli-file": ["config"],
        "iam-user-identity": [user.pk],
        "person-usage": [person.pk],
        "person-forecast": [person.pk],
        "person-targets": [person.pk],
        "permission-set": [granted.pk],
        "permission-set-forecast": [granted.pk],
        "evidence-population": ["iam-users"],
        "evidence-statement": ["access-by-sso"],
        "scenario": [scenario().pk],
        **messages(person),
    }


def messages(person: Person) -> dict[str, list[object]]:
    """A plan with one person in its wave."""
    wave = messaging.wave(messaging.plan(f"Plan {Plan.objects.count()}"), person)
    return {
        "plan-messages": [wave.plan_id],
        "plan-message": [wave.plan_id, wave.pk, "test", person.pk],
    }


WORDS = {
    "facts": facts,
    "state": state,
    "request": request,
    "session": session,
    "examples": examples,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(WORDS[sys.argv[1]]()))
