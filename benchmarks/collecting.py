"""Collecting the sample organisation, with the portal's clock kept at the organisation's."""

import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from benchmarks.promises import AccountCounts, OrganizationCounts
from inventory import jobs
from inventory.after import after_save
from inventory.aws.rates import RateLimits
from inventory.aws.session import Connections
from inventory.collect import Worker
from inventory.connect import aws_settings
from inventory.foreground import Foreground
from inventory.models import (
    AccessKey,
    AccountAssignment,
    AwsAccount,
    CollectionRun,
    FactModel,
    IamGroup,
    IamPolicy,
    IamRole,
    IamUser,
    IdentityProvider,
    IdentityStoreGroup,
    OrganizationalUnit,
    PermissionSet,
    ServiceControlPolicy,
    Trail,
)
from inventory.sample_org.process import SampleOrganization
from inventory.sources import SOURCE_BY_NAME

ENTITIES: tuple[type[FactModel], ...] = (IamUser, IamGroup, IamRole, IamPolicy)


@dataclass
class Collection:
    """One collection: its runs, how long it took, and every request the organisation saw."""

    runs: list[CollectionRun]
    seconds: float
    log: list[list[object]]

    def outcomes(self) -> Counter[str]:
        return Counter(run.outcome for run in self.runs)

    def calls_by_source(self) -> dict[str, int]:
        """What the runs say; assuming the reader role counts in the run that needed it."""
        calls: Counter[str] = Counter()
        for run in self.runs:
            calls[run.source] += run.calls
        return dict(calls)

    def by_service(self) -> Counter[str]:
        return Counter(str(entry[1]) for entry in self.log)

    def iam_calls(self, account_id: str) -> int:
        """Requests to IAM that the account's own reader made."""
        return sum(1 for entry in self.log if entry[1] == "iam" and entry[3] == account_id)


@dataclass
class Portal:
    """A portal that collects one organisation, as often as asked."""

    organization: SampleOrganization
    limits: RateLimits
    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The organisation's time."""
        return datetime.now(UTC) + self.ahead

    def advance(self, step: timedelta) -> None:
        """Moves both clocks."""
        self.organization.advance(step.total_seconds())
        self.ahead += step

    def worker(self) -> Worker:
        """A process that begins without credentials, as after a restart."""
        here = replace(
            aws_settings(),
            endpoint_url=self.organization.endpoint,
            external_id=self.organization.info["external_id"],
        )
        connections = Connections(here, limits=self.limits, clock=self.now)
        return Worker(name="bench", connections=connections, clock=self.now, after_save=after_save)

    def collect(self, threads: int = 0) -> Collection:
        """Everything once, by threads of this process; 0: by this thread alone."""
        self.organization.reset_calls()
        started = time.perf_counter()
        if threads:
            runs = Foreground(self.worker(), by="bench", threads=threads).run()
        else:
            runs = self._alone()
        seconds = time.perf_counter() - started
        return Collection(runs, seconds, self.organization.call_log())

    def _alone(self) -> list[CollectionRun]:
        """The organization first: it tells the accounts that everything else asks for."""
        worker, runs = self.worker(), list[CollectionRun]()
        for sources in (
            ["organization"],
            [name for name in SOURCE_BY_NAME if name != "organization"],
        ):
            jobs.request(now=self.now(), by="bench", sources=sources)
            while (run := worker.work_one()) is not None:
                runs.append(run)
        return runs


def _by_account(rows: QuerySet[Any]) -> Counter[str]:
    return Counter(rows.values_list("account_id", flat=True))


def account_counts() -> dict[str, AccountCounts]:
    """What the portal knows of every account after a collection."""
    entities: Counter[str] = Counter()
    for model in ENTITIES:
        entities += _by_account(model.objects.present())
    users, keys = (_by_account(model.objects.present()) for model in (IamUser, AccessKey))
    # SAML providers cost nothing more: the list tells all there is.
    providers = _by_account(IdentityProvider.objects.present().filter(provider_type="oidc"))
    return {
        account_id: AccountCounts(
            users=users[account_id],
            keys=keys[account_id],
            entities=entities[account_id],
            providers=providers[account_id],
        )
        for account_id in AwsAccount.objects.to_read().values_list("account_id", flat=True)
    }


def organization_counts() -> OrganizationCounts:
    """What the portal knows of the organization after a collection."""
    pairs = AccountAssignment.objects.present().values_list("account_id", "permission_set_id")
    return OrganizationCounts(
        units=OrganizationalUnit.objects.present().count(),
        policies=ServiceControlPolicy.objects.present().count(),
        accounts=AwsAccount.objects.to_read().count(),
        sets=PermissionSet.objects.present().count(),
        pairs=len(set(pairs)),
        groups=IdentityStoreGroup.objects.present().count(),
        trails=Trail.objects.present().count(),
        regions=len({settings.AWS_REGION, *settings.IDENTITY_CENTER_REGIONS}),
    )
