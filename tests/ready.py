"""A person who is ready, as rows, and passes over everybody; tests make one thing worse."""

from datetime import UTC, datetime, time, timedelta

from inventory.models import GroupMembership, IamUser, IdentityStoreGroup, UsageOrigin
from migrations_plan.models import (
    Assessment,
    ForecastSummary,
    IdentityClass,
    Person,
    Plan,
    TargetAccess,
    Wave,
)
from migrations_plan.passes import assessing
from tests import builders, usage_rows

MINUTES = timedelta(minutes=20)


def noon():
    """Today at noon (UTC): yesterday's logs are due, whatever the hour of the test."""
    return datetime.combine(usage_rows.today(), time(12), UTC)


class World:
    """An account read whole, a person with one IAM user, and everything a gate asks for."""

    # Whom and what a test adds beside the person.
    bob: "World"
    cat: Person
    loose: IamUser
    pages: list[str]
    plan: Plan
    wave: Wave
    group: IdentityStoreGroup
    member: GroupMembership

    def __init__(self, now=None, name="ana", account=None):
        self.now = now or noon()
        self.account = account or builders.account("dev", environment="dev")
        if account is None:
            builders.read_everything(self.account, at=self.now - MINUTES)
            usage_rows.read_all(self.account, days=40)
        self.user = builders.iam_user(
            name, account=self.account, active_keys=1, observed_at=self.now - MINUTES
        )
        self.key = builders.access_key(self.user, observed_at=self.now - MINUTES)
        self.store = builders.store_user(f"{name}@example.com", observed_at=self.now - MINUTES)
        self.person = builders.person(
            f"{name}@example.com", name=name, identity_center_user_id=self.store.user_id
        )
        self.set = builders.permission_set(f"Developer-{name}")
        self.grant = builders.assignment(self.account, self.set, self.store.user_id, "USER")
        self.link = builders.owner(self.user, self.person)
        self.old = usage_rows.actor_of(self.user, access_key_id=self.key.access_key_id)
        self.new = usage_rows.sso_actor(self.store.user_id, account_id=self.account.account_id)
        self._decide(name)
        self._use()

    def _decide(self, name):
        TargetAccess.objects.create(
            person=self.person,
            account_id=self.account.account_id,
            permission_set=self.set.name,
            confirmed_by="lead@example.com",
            confirmed_at=self.now,
        )
        for subject in (self.user.arn, self.key.access_key_id):
            IdentityClass.objects.create(
                subject=subject,
                user_arn=self.user.arn,
                kind="human",
                judged="human",
                made_at=self.now - MINUTES,
                stale_after=self.now + timedelta(hours=30),
            )
        self.forecast = ForecastSummary.objects.create(
            person=self.person,
            since=usage_rows.days_ago(30),
            calls=12,
            allowed=12,
            made_at=self.now - MINUTES,
            stale_after=self.now + timedelta(hours=30),
        )

    def _use(self):
        usage_rows.used(self.old, usage_rows.days_ago(6))
        self.came(self.old, 6, "aws-cli-v2")
        usage_rows.used(self.new, usage_rows.days_ago(4))
        self.came(self.new, 4, "console")
        self.came(self.new, 4, "aws-cli-v2")

    def came(self, who, days, family, version="2.15.30"):
        day = usage_rows.days_ago(days)
        return UsageOrigin.objects.create(
            day=day,
            actor=who,
            network="198.51.100.0/24",
            agent_family=family,
            agent_version=version,
            events=5,
            direct_events=5,
            first_at=usage_rows.at(day),
            last_at=usage_rows.at(day),
        )

    def judged(self, now=None, **more):
        """A pass, and what it says of the person by gate."""
        now = now or self.now
        assessing.assess(now, **more)
        return self.gates(now)

    def gates(self, now=None):
        rows = Assessment.objects.current().filter(person=self.person)
        return {row.gate: row.reads(now or self.now) for row in rows}

    def sentence(self, gate):
        return Assessment.objects.current().get(person=self.person, gate=gate).sentence

    def standing(self):
        self.person.refresh_from_db()
        return type(self.person).objects.get(pk=self.person.pk).standing
