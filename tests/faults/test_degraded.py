"""The web over servers that are gone: pages never need Redis, and say it of PostgreSQL."""

import http.client
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests import services
from tests.faults.deployment import Deployment, Servers

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]
PAGES = (
    "/",
    "/iam-users/",
    "/iam-users/1/",
    "/accounts/",
    "/people/",
    "/permission-sets/",
    "/collection/",
    "/collection/?format=csv",
    "/evidence/",
    "/evidence/iam-users/?format=csv",
    "/my-access/",
    "/search/?q=ana",
)


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
        web = Web(running.start_web(), running.inspect("session"))
        yield running, web
    finally:
        running.stop()
        servers.stop()


class Web:
    """A signed-in lead. A page that takes ten seconds is no answer."""

    def __init__(self, address, session):
        self.host = urlsplit(address).netloc
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
        return {path: self.get(path)[0].status for path in PAGES}


def test_pages_without_redis_then_without_postgresql_then_with_it_again(portal):
    """One test, because the servers go one after the other."""
    running, web = portal
    whole = dict.fromkeys(PAGES, 200)
    assert web.statuses() == whole

    running.servers.stop_redis()
    assert web.statuses() == whole
    assert web.probe("/readyz") == 200

    running.servers.stop_postgres()
    for path in (*PAGES, "/sign-in/", "/no-such-page/"):
        answer, text = web.get(path)
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
