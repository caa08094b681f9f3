"""The garbage collector of a web process."""

import gc
from typing import Any

import pytest

from accessportal import gunicorn_conf, heap


@pytest.fixture
def thawed():
    yield
    gc.unfreeze()


def test_code_and_templates_are_left_alone_by_the_collector(thawed):
    heap.settle()

    assert gc.get_freeze_count() > 50_000


def test_a_worker_of_gunicorn_settles(thawed, monkeypatch):
    monkeypatch.setattr(gunicorn_conf, "EMBEDDED", False)

    worker: Any = None
    gunicorn_conf.post_worker_init(worker)

    assert gc.get_freeze_count() > 50_000
