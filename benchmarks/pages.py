"""Every page over the large world: queries, milliseconds, size; and the CSV of all IAM users.

Requests go through Django's own client in this process, so the figures hold no network and no
gunicorn, but every middleware, a real session and a real database.
"""

import json
import os
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from accessportal import heap
from benchmarks.large_world import Counter
from benchmarks.storing import server_seconds
from benchmarks.usage_world import usage_addresses
from inventory.models import AccountAssignment, AwsAccount, IamUser, PermissionSet
from migrations_plan.models import IamUserLink, Person, PortalUser

MOST_QUERIES = 12
# In a tiny world a list may be empty, which saves the question that would follow from it. The exact
# equality is tests/test_query_growth.py's.
FOLLOW_UPS = 2
MOST_P95_MS = 200.0
POPULATIONS = ("iam-users", "credentials", "people", "assignments")
FIRST_BYTE_MS = 300.0
EXPORT_SECONDS = 5.0
EXPORT_MEMORY_MB = 32.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One page: statements per request, milliseconds (cpu: of this process alone; server: of its
    PostgreSQL backend, 0 elsewhere), bytes."""

    queries: int
    cpu: float
    server: float
    p50: float
    p95: float
    size: int


def addresses() -> dict[str, str]:
    """Page by name. Details are of the account with most users and of somebody with grants."""
    account = AwsAccount.objects.get(pk=IamUser.objects.order_by("pk")[0].account_id)
    user = IamUser.objects.filter(account=account).order_by("user_name")[0]
    person = owner_of_something()
    arn = AccountAssignment.objects.order_by("pk")[0].permission_set_id
    granted = PermissionSet.objects.get(arn=arn)
    users = reverse("iam-users")
    return {
        "overview": reverse("home"),
        "iam-users": users,
        "iam-users filtered": f"{users}?admin=yes&console=yes&mfa=no",
        "iam-users by last seen": f"{users}?sort=-seen",
        "iam-users by account": f"{users}?sort=account",
        "iam-users last page": f"{users}?page=9999",
        "iam-users search": f"{users}?q=payments.0",
        "iam-user": reverse("iam-user", args=[user.pk]),
        "credentials": reverse("credentials"),
        "credentials filtered": f"{reverse('credentials')}?rule=key-unused&owner=no",
        "credentials by account": f"{reverse('credentials')}?sort=account",
        "alerts": reverse("alerts"),
        "alerts filtered": f"{reverse('alerts')}?rule=key-old&environment=prod",
        "accounts": reverse("accounts"),
        "account": reverse("account", args=[account.pk]),
        **board_addresses(),
        "person": reverse("person", args=[person.pk]),
        "permission-sets": reverse("permission-sets"),
        "permission-set": reverse("permission-set", args=[granted.pk]),
        "collection": reverse("collection"),
        "search": f"{reverse('search')}?q=payments",
        "my-access": reverse("my-access"),
        "evidence": reverse("evidence"),
        **{f"evidence: {n}": reverse("evidence-population", args=[n]) for n in POPULATIONS},
        **usage_addresses(),
    }


def board_addresses() -> dict[str, str]:
    """The migration board and what stands beside it."""
    people = reverse("people")
    return {
        "people": people,
        "people search": f"{people}?q=lea",
        "people by gate": f"{people}?gate=quiet&verdict=blocked",
        "people everybody": f"{people}?who=everybody&sort=-blocked",
        "people last page": f"{people}?page=9999",
        "directory": reverse("directory"),
        "progress": reverse("progress"),
        "thresholds": reverse("thresholds"),
    }


def owner_of_something() -> Person:
    """Somebody with an IAM user; everybody is in groups that have grants."""
    return IamUserLink.objects.select_related("person").order_by("pk")[0].person


def signed_in() -> Client:
    """A client with the session of a lead who is also somebody with grants."""
    person = owner_of_something()
    lead, _ = PortalUser.objects.get_or_create(
        username="bench@example.com", defaults={"role": "lead", "person": person}
    )
    client = Client(SERVER_NAME="localhost")
    client.force_login(lead)
    return client


def body_of(answer: HttpResponseBase) -> Iterator[bytes]:
    """The answer's body, in the pieces in which it is made."""
    if isinstance(answer, StreamingHttpResponse):
        for piece in answer:
            yield piece if isinstance(piece, bytes) else str(piece).encode()
    else:
        yield bytes(getattr(answer, "content", b""))


def measure(get: Callable[[], HttpResponseBase], requests: int) -> Measured:
    """Some requests; the first fills caches of templates and statements and is not counted."""
    times, spent, counts, size = list[float](), list[float](), set[int](), 0
    before = 0.0
    for number in range(requests + 1):
        counter = Counter()
        started, used = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(counter):
            answer = get()
            size = sum(map(len, body_of(answer)))
        if answer.status_code != 200:
            raise AssertionError(f"status {answer.status_code}")
        if not number:
            before = server_seconds()
        else:
            times.append((time.perf_counter() - started) * 1000)
            spent.append((time.process_time() - used) * 1000)
            counts.add(counter.count)
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    server = (server_seconds() - before) * 1000 / requests
    cpu, p50 = statistics.median(spent), statistics.median(times)
    return Measured(max(counts), cpu, server, p50, p95, size)


def compare(found: dict[str, Measured], tiny: dict[str, Measured]) -> list[str]:
    """The table, and a complaint for every bound that a page breaks."""
    complaints = []
    print(
        f"  {'page':24} {'queries':>8} {'cpu ms':>7} {'server':>7} {'p50 ms':>7} "
        f"{'p95 ms':>7} {'kB':>6} {'p95/tiny':>9}"
    )
    for name, page in found.items():
        small = tiny[name]
        print(
            f"  {name:24} {page.queries:4}/{small.queries:<3} {page.cpu:7.0f} {page.server:7.0f} "
            f"{page.p50:7.0f} {page.p95:7.0f} {page.size / 1000:6.0f} {page.p95 / small.p95:9.1f}"
        )
        if page.queries > MOST_QUERIES:
            complaints.append(f"{name}: {page.queries} queries, {MOST_QUERIES} at most")
        if page.queries > small.queries + FOLLOW_UPS:
            complaints.append(f"{name}: {small.queries} queries when tiny, {page.queries} now")
        if page.p95 > MOST_P95_MS:
            complaints.append(f"{name}: p95 {page.p95:.0f} ms")
    return complaints


def export(client: Client) -> list[str]:
    """The CSV of all IAM users: the first byte, the whole, and how much memory it took."""
    address = f"{reverse('iam-users')}?format=csv"
    started = time.perf_counter()
    pieces = body_of(client.get(address))
    next(pieces)
    first = (time.perf_counter() - started) * 1000
    lines = 1 + sum(1 for _ in pieces)
    seconds = time.perf_counter() - started
    tracemalloc.start()
    for _ in body_of(client.get(address)):
        pass
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(
        f"  CSV of {lines - 1} IAM users: first byte {first:.0f} ms, {seconds:.1f} s, "
        f"{peak:.0f} MB at the peak",
        flush=True,
    )
    bounds = (
        ("first byte ms", first, FIRST_BYTE_MS),
        ("seconds", seconds, EXPORT_SECONDS),
        ("MB", peak, EXPORT_MEMORY_MB),
    )
    return [
        f"CSV: {value:.0f} {name}, {most:.0f} at most"
        for name, value, most in bounds
        if value > most
    ]


def main(arguments: Sequence[str]) -> int:
    """Tiny: measures and keeps the figures. Large: measures, compares, prints."""
    name, requests = arguments[0], int(arguments[1])
    kept = Path(os.environ["BENCH_SCRATCH"]) / "pages-tiny.json"
    call_command("collectstatic", interactive=False, verbosity=0)
    # As gunicorn's worker does (accessportal.gunicorn_conf).
    heap.settle()
    client = signed_in()
    found = {
        title: measure(lambda address=address: client.get(address), requests)  # type: ignore[misc]
        for title, address in addresses().items()
    }
    if name == "tiny":
        kept.write_text(json.dumps({title: asdict(page) for title, page in found.items()}))
        return 0
    tiny = {title: Measured(**page) for title, page in json.loads(kept.read_text()).items()}
    print(f"\npages: {IamUser.objects.count()} IAM users, {AwsAccount.objects.count()} accounts")
    complaints = compare(found, tiny) + export(client)
    # Times of a busy machine say little: they are shown, and only what is counted breaks the run.
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    counted = [one for one in complaints if "queries" in one or not busy]
    for complaint in complaints:
        print(f"{'BROKEN' if complaint in counted else 'SLOW (busy machine)'} {complaint}")
    return 1 if counted else 0
