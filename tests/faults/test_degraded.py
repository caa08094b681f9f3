"""The web over servers that are gone: pages never need Redis, and say it of PostgreSQL."""

import http.client
import time
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.urls import reverse

from tests import services
from tests.addresses import TABLE
from tests.faults.deployment import Deployment, Servers

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
# Beside every address that is read, some of the forms that those are asked for in.
FORMS = (
    "/collection/?format=csv",
    "/evidence/iam-users/?format=csv",
    "/iam-users/?format=csv",
    "/usage/?days=90",
    "/usage/identities/?sort=-calls",
    "/search/?q=ana",
)
# Answers for machines, which say by themselves what is away.
MACHINES = ("healthz", "readyz", "metrics")
DECENTLY = 2.0


def read_pages(examples):
    """Every address of tests/addresses.py that is read, with real rows behind it."""
    named = [name for name, (roles, _) in TABLE.items() if roles is not None]
    wanted = [name for name in named if name not in (*MACHINES, "setup")]
    kept = examples["scenario"][0]
    asked = {"what-if-compare": f"?a={kept}&b={kept}"}
    pages = [reverse(name, args=examples.get(name)) + asked.get(name, "") for name in wanted]
    return pages + list(FORMS)


@pytest.fixture(scope="module")
def portal(organization, tmp_path_factory):
    """A collected portal with its web, over servers of its own that a test may stop."""
    try:
        servers = Servers()
    except services.Unavailable as reason:
        pytest.skip(str(reason))
    home = tmp_path_factory.mktemp("degraded")
    running = Deployment(servers, servers.empty_database(), organization, home)
    try:
        running.manage("migrate", "-v0")
        running.manage("collect", "--source", "organization")
        running.manage("collect", "--account", "555555555555", "--source", "authorization_details")
        examples = running.inspect("examples")
        web = Web(running.start_web(), running.inspect("session"), read_pages(examples))
        yield running, web
    finally:
        running.stop()
        servers.stop()


class Web:
    """A signed-in lead. A page that takes ten seconds is no answer."""

    def __init__(self, address, session, pages):
        self.host, self.pages = urlsplit(address).netloc, pages
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}"

    def get(self, path, *, cookie=True):
        line = http.client.HTTPConnection(self.host, timeout=10)
        line.request("GET", path, headers={"Cookie": self.cookie} if cookie else {})
        answer = line.getresponse()
        text = answer.read().decode()
        line.close()
        return answer, text

    def probe(self, path):
        """What a load balancer gets, which has no session."""
        return self.get(path, cookie=False)[0].status

    def statuses(self):
        return {path: self.get(path)[0].status for path in self.pages}


@pytest.mark.nightly
def test_pages_without_redis_then_without_postgresql_then_with_it_again(portal):
    """One test, because the servers go one after the other."""
    running, web = portal
    # The status of the collection is a part, and sends a browser to its page; signed-in people may
    # sign in again.
    whole = dict.fromkeys(web.pages, 200) | {reverse("collection-status"): 302}
    assert web.statuses() == whole

    running.servers.stop_redis()
    assert web.statuses() == whole
    assert web.probe("/readyz") == 200

    running.servers.stop_postgres()
    for path in (*web.pages, "/setup/x/", "/no-such-page/"):
        began = time.monotonic()
        answer, text = web.get(path)
        assert time.monotonic() - began < DECENTLY, path
        said = (path, answer.status, text)
        assert "Traceback" not in text, said
        assert "psycopg" not in text, said
        assert answer.status == 503, said
        assert "The database does not answer" in text, said
        assert answer.headers["Retry-After"] == "30", said
    assert web.probe("/healthz") == 200
    assert web.probe("/readyz") == 503

    running.servers.crash_postgres()
    assert web.statuses() == whole
