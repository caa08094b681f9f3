"""For probes and Prometheus: does the process answer, is it ready, how is it doing."""

import hmac
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from accessportal.web.address import is_loopback
from accessportal.web.roles import public
from inventory.models import CollectionRun, Job, JobState, Outcome
from inventory.words import counted
from migrations_plan import metrics

RUN_TOO_OLD_SECONDS = 3 * 3600
JOB_TOO_OLD_SECONDS = 15 * 60


@public("a probe asks whether the process answers; it learns nothing else")
@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public("a load balancer asks whether to send people here; no names, no counts of people")
@require_safe
def readyz(_: HttpRequest) -> HttpResponse:
    """Database, schema and collection are in order; otherwise 503 with the reasons."""
    try:
        reasons, facts = _look()
    except DatabaseError:
        reasons, facts = ["the database does not answer"], {}
    status = "not ready" if reasons else "ready"
    body = {"status": status, "reasons": reasons, **facts}
    return JsonResponse(body, status=503 if reasons else 200)


def _look() -> tuple[list[str], dict[str, Any]]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["schema migrations are waiting: run manage.py migrate"], {}
    run_age, job_age = _ages()
    reasons = []
    if settings.PORTAL_COLLECT and run_age is not None and run_age > RUN_TOO_OLD_SECONDS:
        reasons.append(f"the freshest finished read is {counted(run_age // 60, 'minute')} old")
    if job_age is not None and job_age > JOB_TOO_OLD_SECONDS:
        reasons.append(f"a job has been waiting for {counted(job_age // 60, 'minute')}")
    return reasons, {"freshest_run_seconds": run_age, "oldest_queued_job_seconds": job_age}


def _ages() -> tuple[int | None, int | None]:
    now = timezone.now()
    run = CollectionRun.objects.exclude(outcome=Outcome.RUNNING).order_by("-ended_at")
    ended = run.filter(ended_at__isnull=False).values_list("ended_at", flat=True).first()
    due = Job.objects.filter(state=JobState.QUEUED, not_before__lte=now).order_by("not_before")
    waiting = due.values_list("not_before", flat=True).first()
    return (
        int((now - ended).total_seconds()) if ended else None,
        int((now - waiting).total_seconds()) if waiting else None,
    )


@public("Prometheus cannot sign in; it comes from this machine or brings METRICS_TOKEN")
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Gauges in Prometheus's text format."""
    if not is_loopback(request) and not _has_token(request):
        return HttpResponse(
            "metrics are for this machine or for a bearer token\n",
            status=403,
            content_type="text/plain",
        )
    return HttpResponse(metrics.text(timezone.now()), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(
        sent.encode(), settings.METRICS_TOKEN.encode()
    )
