"""How messages are handled: the settings that keep a lost, late or doubled one from doing harm."""

import pytest

from accessportal.celery import app
from inventory import tasks as _registered  # noqa: F401
from migrations_plan import tasks as _registered_too  # noqa: F401

DEMANDED = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_retry_on_worker_lost": True,
    "task_acks_on_timeout": False,
    "task_acks_on_failure": True,
    "task_ignore_result": True,
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 200,
    "worker_soft_shutdown_timeout": 30,
    "worker_enable_soft_shutdown_on_idle": True,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "broker_connection_retry_on_startup": True,
    "visibility_timeout": 900,
    "result_backend": None,
    "timezone": "UTC",
    "task_annotations": None,
}


@pytest.fixture(scope="module")
def tasks():
    app.finalize()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


@pytest.mark.parametrize("name", sorted(DEMANDED))
def test_a_demanded_setting_has_its_value(name):
    assert app.conf[name] == DEMANDED[name]


def test_the_visibility_timeout_is_the_same_wherever_it_is_read():
    assert app.conf.result_backend_transport_options["visibility_timeout"] == 900


def test_a_task_is_stopped_well_before_its_message_would_come_again(tasks):
    for task in tasks.values():
        hard = task.time_limit or app.conf.task_time_limit
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        assert soft < hard < app.conf.visibility_timeout / 2


def test_every_task_is_tried_again_a_few_times_and_soon(tasks):
    assert set(tasks) == {
        "inventory.work",
        "inventory.tick",
        "inventory.thin_runs",
        "inventory.count_logs",
        "inventory.list_logs",
        "inventory.keep_usage",
        "migrations_plan.send_messages",
    }
    for task in tasks.values():
        assert task.max_retries == 3
        assert task.retry_backoff_max <= 60
        assert task.retry_backoff


def test_every_entry_of_the_schedule_names_a_task_and_expires_before_the_next(tasks):
    assert app.conf.beat_schedule
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in tasks
        assert entry["options"]["expires"] < entry["schedule"]
