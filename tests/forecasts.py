"""A small company whose people still use their IAM users, for tests of forecasts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from inventory.models import (
    ActorDay,
    OrganizationalUnit,
    PolicyTarget,
    ResourceName,
    ServiceControlPolicy,
    UsageResource,
)
from migrations_plan.gather.forecast import window
from migrations_plan.models import ForecastLine
from migrations_plan.passes import forecasting
from tests import builders, usage_rows

OBJECT = "arn:aws:s3:::reports/2026.csv"
S3_READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(*actions, effect="Allow", resource="*"):
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


FULL = document("*")


@dataclass
class Company:
    """An account, read whole, whose logs are read whole too."""

    account: Any
    developer: Any

    def person(self, name="Ada", *, assigned=True):
        """Somebody with an IAM user and, mostly, the permission set."""
        stored = builders.store_user(f"{name.lower()}@example.com", display_name=name)
        person = builders.person(stored.email, name=name, identity_center_user_id=stored.user_id)
        user = builders.iam_user(name.lower(), account=self.account)
        builders.owner(user, person)
        if assigned:
            builders.assignment(self.account, self.developer, stored.user_id, "USER")
        return person

    def calls(self, person, name="GetObject", *, days=3, events=10, resource=OBJECT, **more):
        """Calls of the person's IAM user, so many days ago."""
        arn = person.links.get().iam_user_arn
        who = usage_rows.actor(arn=arn, user_name=person.name, account_id=self.account.account_id)
        day = usage_rows.days_ago(days)
        known = ActorDay.objects.filter(actor=who, day=day)
        if not known.update(events=F("events") + events):
            usage_rows.used(who, day, events)
        row = usage_rows.called(who, day, name, events, **more)
        if resource:
            made, _ = ResourceName.objects.get_or_create(
                digest=usage_rows.digest(resource), defaults={"arn": resource}
            )
            UsageResource.objects.create(
                day=day, account_id=row.account_id, actor=who, operation=row.operation,
                resource=made, events=events,
            )  # fmt: skip
        return row


def company(*, managed=(S3_READ,), read_logs=True, **more):
    """managed, and more of a permission set: what is in Developer."""
    root = OrganizationalUnit.objects.create(
        **builders._fact(unit_id=f"r-{builders.number()}", arn="arn:root", name="Root", path="Root")
    )
    account = builders.account(parent_id=root.unit_id)
    builders.read_everything(account)
    values = {
        "managed_policies": list(managed),
        "customer_managed_policies": [],
        "inline_policy": None,
        "permissions_boundary": None,
        **more,
    }
    made = Company(account, builders.permission_set("Developer", **values))
    guardrail("FullAWSAccess", FULL, root.unit_id, account.account_id)
    if read_logs:
        usage_rows.read_all(account, days=40)
    return made


def guardrail(name, policy, *targets):
    policy_id = f"p-{builders.number()}"
    ServiceControlPolicy.objects.create(
        **builders._fact(
            policy_id=policy_id, arn=f"arn:{policy_id}", name=name, aws_managed=False,
            document=policy,
        )
    )  # fmt: skip
    for target in targets:
        PolicyTarget.objects.create(
            **builders._fact(policy_id=policy_id, target_id=target, target_type="ACCOUNT")
        )


def days_due():
    """Of the 30 days looked back, those whose logs should be there by now."""
    looked = window(timezone.now(), 30)
    return (looked.due - looked.first).days + 1


def run(*, later=timedelta(0)):
    """A pass."""
    return forecasting.forecast_due(timezone.now() + later)


def decisions(person=None, against="live"):
    rows = ForecastLine.objects.filter(against=against)
    rows = rows.filter(person=person) if person else rows
    return {row.action: row.decision for row in rows}


def text(response):
    """A page in one line."""
    return " ".join(response.content.decode().split())
