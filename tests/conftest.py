"""Fixtures and marks for tests that need a real server. `make test` brings the servers."""

import gc
import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
import redis
from django.db import connection
from hypothesis import settings as drawn
from psycopg import sql

# Whether a change may go in is not decided by dice: `make test` draws the same cases each time,
# `make faults` new ones.
drawn.register_profile("same", derandomize=True)
drawn.register_profile("new", print_blob=True)
drawn.load_profile(os.environ.get("DRAWN_CASES", "same"))

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_serialized_rollback"}
SERVER_MARKS = ("postgres", "redis", "browser")


def pytest_addoption(parser):
    group = parser.getgroup("servers", "the two passes of `make test`")
    group.addoption(
        "--without-servers",
        action="store_true",
        help="only tests that need no PostgreSQL, no Redis and no browser",
    )
    group.addoption(
        "--with-servers",
        action="store_true",
        help="only tests that touch the database, or need a real server or a browser",
    )


def asks_for_nightly(config):
    return "nightly" in (config.getoption("markexpr") or "")


def needs_server(item):
    return any(item.get_closest_marker(mark) for mark in SERVER_MARKS)


def touches_database(item):
    used = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
    return bool(used) or item.get_closest_marker("django_db") is not None


def only_in_production(item):
    """Without a database there is nothing to try again, so it is run where it can be."""
    return item.get_closest_marker("production") is not None and touches_database(item)


def _turn(item):
    """Slow files first; of those that share a world only one, as the others would wait for it: they
    come when a part of the quick ones is done."""
    if item.get_closest_marker("slow") is None:
        return 1 if item.path.parent.name == "faults" else 3
    waits = hasattr(item.module, "shared_world") and "classes" not in item.path.name
    return 2 if waits else 0


def pytest_collection_modifyitems(config, items):
    """The two passes together run each test once, and those that touch the database twice.

    Long drills run only when they are asked for: `make faults`. Slow files come first, so that in
    the end no worker is left alone with one.
    """
    items.sort(key=_turn)
    if not asks_for_nightly(config):
        nightly = [item for item in items if item.get_closest_marker("nightly")]
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if item not in nightly]
    nowhere = [
        i.nodeid for i in items if {"embedded", "production"} <= {m.name for m in i.iter_markers()}
    ]
    if nowhere:
        raise pytest.UsageError(f"in neither of the two passes: {nowhere[0]}")
    if config.getoption("without_servers"):
        kept = [item for item in items if not needs_server(item)]
        kept = [item for item in kept if not only_in_production(item)]
    elif config.getoption("with_servers"):
        kept = [item for item in items if needs_server(item) or touches_database(item)]
        kept = [item for item in kept if not item.get_closest_marker("embedded")]
    else:
        return
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_collection_finish():
    """Code and collected tests are never garbage: not looking through them again and again makes a
    sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def why_not(name):
    if os.environ.get(f"{name}_URL"):
        return f"DATABASE_URL is not {name}_URL"
    return os.environ.get(f"{name}_MISSING", f"{name}_URL is not set; `make test` sets it")


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip(f"needs PostgreSQL: {why_not('TEST_DATABASE')}")
    if item.get_closest_marker("embedded") and connection.vendor != "sqlite":
        pytest.skip("runs over SQLite only")
    if item.get_closest_marker("redis") and not os.environ.get("TEST_REDIS_URL"):
        pytest.skip(f"needs Redis: {why_not('TEST_REDIS')}")


@pytest.fixture
def redis_url(worker_id) -> str:
    """An empty Redis database that no other test uses at the same time."""
    server = os.environ.get("TEST_REDIS_URL")
    if not server:
        pytest.skip(f"needs Redis: {why_not('TEST_REDIS')}")
    number = 0 if worker_id == "master" else int(worker_id.removeprefix("gw")) + 1
    url = f"{server.rsplit('/', 1)[0]}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL database, for a process of the portal's own. Removed after."""
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.skip(f"needs PostgreSQL: {why_not('TEST_DATABASE')}")
    name = f"portal_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield f"{server.rsplit('/', 1)[0]}/{name}"
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
