"""Requests to AWS: the sample organisation *fifty* collected three times, against every promise."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.collecting import Collection, Portal, account_counts, organization_counts
from benchmarks.promises import (
    CARTOGRAPHY_PER_USER,
    MOST_SSO_PER_SECOND,
    RECIPE_PER_USER,
    assignments_bound,
    broken,
    busiest_second,
    first_formula,
    organization_formula,
    unchanged_bound,
)
from inventory.aws.rates import SHARED_LIMITS
from inventory.models import IamUser
from inventory.sample_org.process import SampleOrganization

THREADS = 8
REPORT_LIFETIME = timedelta(hours=4, minutes=1)
# Beyond the formulas a run may have had to become the reader, or to ask who it is.
SESSION_CALLS = 2


def promises_of(first: Collection) -> list[str]:
    """What a first collection did against its formulas, source by source."""
    organization, accounts = organization_counts(), account_counts()
    formulas = organization_formula(organization) | first_formula(accounts.values())
    own = Counter(run.source for run in first.runs)
    # Each run may hold a session call on top; none may make fewer calls than it should.
    bounds = {
        name: (least, most + SESSION_CALLS * own[name]) for name, (least, most) in formulas.items()
    }
    measured = first.calls_by_source()
    for name, (least, most) in formulas.items():
        promised = str(least) if least == most else f"{least} to {most}"
        print(f"  {name:30} {measured.get(name, 0):5} calls, formula {promised}")
    complaints = broken(measured, bounds)
    if measured["account_assignments"] > assignments_bound(organization) + SESSION_CALLS:
        complaints.append("account_assignments: more than 1.1 x (pairs + sets)")
    return complaints


def unchanged_promises(collection: Collection) -> list[str]:
    """Every account that did not change costs no more than its bound, whatever its users."""
    complaints, most = [], 0
    for account_id, counts in account_counts().items():
        calls = collection.iam_calls(account_id)
        most = max(most, calls)
        if calls > unchanged_bound(counts):
            complaints.append(f"{account_id}: {calls} IAM calls, {unchanged_bound(counts)} at most")
    print(f"  an unchanged account costs at most {most} IAM calls")
    return complaints


def describe(title: str, collection: Collection) -> list[str]:
    """The totals of one collection; a read that was not whole, or too fast, is a complaint."""
    services = ", ".join(
        f"{name} {count}" for name, count in sorted(collection.by_service().items())
    )
    fastest = busiest_second(collection.log, "sso-admin")
    print(
        f"{title}: {len(collection.log)} requests, {collection.seconds:.1f} s ({services}); "
        f"at most {fastest} to sso in one second",
        flush=True,
    )
    complaints = [
        f"{title}: {run.source} of {run.account_id or 'organization'} ended {run.outcome}"
        for run in collection.runs
        if run.outcome != "complete"
    ]
    if fastest > MOST_SSO_PER_SECOND:
        complaints.append(f"{title}: {fastest} sso requests in one second")
    return complaints


def compare(first: Collection, second: Collection) -> None:
    """The same users, read as others read them."""
    users = IamUser.objects.present().count()
    iam = [collection.by_service()["iam"] for collection in (first, second)]
    cartography, recipe = CARTOGRAPHY_PER_USER * users, RECIPE_PER_USER * users + 1
    print(f"IAM requests for {users} users: first {iam[0]}, unchanged {iam[1]}")
    for name, others in (("Cartography (6.2 a user)", cartography), ("recipe (4 a user)", recipe)):
        print(f"  {name}: {others:.0f}, every time; ours unchanged {iam[1] / others:.2f} x that")


def change_one_user(portal: Portal) -> str:
    """Somebody gets a key, and AWS makes a new report later."""
    user = IamUser.objects.present().filter(active_keys=0).order_by("arn")[0]
    client = portal.organization.admin_client("iam", user.account_id)
    client.create_access_key(UserName=user.user_name)
    portal.advance(REPORT_LIFETIME)
    account_id: str = user.account_id
    return account_id


def main(_arguments: Sequence[str]) -> int:
    """Three collections; the exit status says whether a promise was broken."""
    scratch = Path(os.environ["BENCH_SCRATCH"]) / "sample-org"
    with SampleOrganization.start("fifty", scratch) as organization:
        os.environ |= organization.environment()
        portal = Portal(organization, SHARED_LIMITS)
        print("\ncalls: the sample organisation fifty")
        first = portal.collect(THREADS)
        complaints = describe("first collection", first) + promises_of(first)
        second = portal.collect(THREADS)
        complaints += describe("unchanged second collection", second)
        complaints += unchanged_promises(second)
        compare(first, second)
        account_id = change_one_user(portal)
        third = portal.collect(THREADS)
        complaints += describe("after one user got a key, and a new report", third)
        print(f"  its account: {third.iam_calls(account_id)} IAM calls")
    for complaint in complaints:
        print(f"BROKEN {complaint}")
    return 1 if complaints else 0
