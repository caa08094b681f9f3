"""Every address of the portal: who may open it, and one of each with something behind it."""

from typing import Any

from django.urls import reverse

from migrations_plan.models import (
    Wave,
)
from tests import builders, plans
from tests.address_rows import (
    a_class,
    a_finding,
    a_line_and_a_request,
    a_program,
    a_target,
    a_waiver,
    messages_of_a_plan,
)
from tests.scenarios import scenario
from tests.waves import a_handout

EVERYBODY = ("lead", "auditor", "engineer")
READERS = ("lead", "auditor")
LEAD = ("lead",)
# name -> roles that may GET, roles that may POST (None: the method is not offered).
# 'public' instead of roles: without sign-in, with the reason written at the view.
TABLE: dict[str, tuple[Any, Any]] = {
    "home": (EVERYBODY, EVERYBODY),
    "iam-users": (READERS, READERS),
    "iam-user": (EVERYBODY, EVERYBODY),
    "iam-user-owner": (None, LEAD),
    "iam-user-no-owner": (None, LEAD),
    "iam-user-identity": (EVERYBODY, EVERYBODY),
    "owners": (READERS, READERS),
    "owners-links": (READERS, READERS),
    "owners-import": (LEAD, LEAD),
    "owners-confirm": (None, LEAD),
    "owners-decide": (None, LEAD),
    "classes": (READERS, READERS),
    "classes-declare": (None, LEAD),
    "classes-take-back": (None, LEAD),
    "workloads": (READERS, READERS),
    "workload-burn-down": (READERS, READERS),
    "workload": (READERS, READERS),
    "workload-use": (READERS, READERS),
    "workload-decide": (None, LEAD),
    "workload-bind": (None, LEAD),
    "leavers": (READERS, READERS),
    "targets": (READERS, READERS),
    "targets-file": (READERS, READERS),
    "targets-import": (LEAD, LEAD),
    "targets-confirm": (None, LEAD),
    "targets-remove": (None, LEAD),
    "person-targets": (READERS, READERS),
    "person-targets-add": (None, LEAD),
    "credentials": (READERS, READERS),
    "alerts": (READERS, READERS),
    "finding": (EVERYBODY, EVERYBODY),
    "finding-acknowledge": (None, LEAD),
    "finding-unacknowledge": (None, LEAD),
    "accounts": (READERS, READERS),
    "account": (READERS, READERS),
    "account-environment": (None, LEAD),
    "people": (READERS, READERS),
    "people-waive": (None, LEAD),
    "directory": (READERS, READERS),
    "person": (READERS, READERS),
    "waiver-end": (None, LEAD),
    "progress": (READERS, READERS),
    "thresholds": (READERS, READERS),
    "plans": (READERS, READERS),
    "plan-new": (LEAD, LEAD),
    "plan": (READERS, READERS),
    "plan-item": (READERS, READERS),
    "plan-tick": (None, LEAD),
    "plan-tick-take-back": (None, LEAD),
    "plan-drill": (None, LEAD),
    "plan-review-use": (None, LEAD),
    "plan-edit": (LEAD, LEAD),
    "plan-shift": (None, LEAD),
    "plan-state": (None, LEAD),
    "plan-add-item": (None, LEAD),
    "plan-remove-item": (None, LEAD),
    "plan-waves": (READERS, READERS),
    "wave-add": (None, LEAD),
    "wave-take-out": (None, LEAD),
    "wave-move": (None, LEAD),
    "wave-remove": (None, LEAD),
    "wave-put": (None, LEAD),
    "plan-versions": (READERS, READERS),
    "plan-standby": (READERS, READERS),
    "plan-cutover": (READERS, READERS),
    "plan-hand-out": (None, LEAD),
    "plan-handout-approve": (None, LEAD),
    "plan-handout-started": (None, LEAD),
    "plan-handout-withdraw": (None, LEAD),
    "plan-script": (None, LEAD),
    "plan-watch": (READERS, READERS),
    "plan-watch-again": (None, LEAD),
    "plan-disabled": (READERS, READERS),
    "plan-disabled-decide": (None, LEAD),
    "plan-version": (READERS, READERS),
    "generated": (READERS, READERS),
    "generated-center": (READERS, READERS),
    "generated-catalogue": (READERS, READERS),
    "generated-guardrail": (READERS, READERS),
    "generated-guardrail-use": (READERS, READERS),
    "generated-break-glass": (READERS, READERS),
    "generated-runbooks": (READERS, READERS),
    "permission-sets": (READERS, READERS),
    "permission-set": (READERS, READERS),
    "my-access": (EVERYBODY, EVERYBODY),
    "my-cli": (EVERYBODY, EVERYBODY),
    "my-cli-file": (EVERYBODY, None),
    "my-accounts": (EVERYBODY, EVERYBODY),
    "my-account-need": (None, EVERYBODY),
    "my-tested": (None, EVERYBODY),
    "my-untested": (None, EVERYBODY),
    "my-key": (None, EVERYBODY),
    "person-answers": (READERS, READERS),
    "person-usage": (READERS, READERS),
    "iam-user-usage": (EVERYBODY, EVERYBODY),
    "my-usage": (EVERYBODY, EVERYBODY),
    "usage-summary": (READERS, READERS),
    "usage": (READERS, READERS),
    "usage-identities": (READERS, READERS),
    "usage-corrections": (READERS, READERS),
    "evidence": (READERS, READERS),
    "evidence-population": (READERS, READERS),
    "evidence-statement": (READERS, READERS),
    "evidence-review": (None, LEAD),
    "journal": (READERS, READERS),
    "what-if": (READERS, READERS),
    "what-if-ask": (READERS, READERS),
    "what-if-save": (None, LEAD),
    "what-if-compare": (READERS, READERS),
    "scenario": (READERS, READERS),
    "scenario-recompute": (None, LEAD),
    "scenario-remove": (None, LEAD),
    "collection": (READERS, READERS),
    "collection-status": (READERS, READERS),
    "collection-collect": (None, LEAD),
    "collection-logs": (READERS, READERS),
    "collection-logs-retry": (None, LEAD),
    "forecast": (READERS, READERS),
    "person-forecast": (READERS, READERS),
    "permission-set-forecast": (READERS, READERS),
    "my-forecast": (EVERYBODY, EVERYBODY),
    "access-requests": (EVERYBODY, EVERYBODY),
    "access-request-ask": (None, EVERYBODY),
    "access-request-decide": (None, LEAD),
    "plan-messages": (READERS, READERS),
    "plan-messages-queue": (None, LEAD),
    "plan-message-decide": (None, LEAD),
    "plan-message": (READERS, READERS),
    "plan-message-copied": (None, LEAD),
    "channels": (READERS, READERS),
    "channels-test": (None, LEAD),
    "search": (EVERYBODY, EVERYBODY),
    "login": ("public", "public"),
    "login-demo": (None, "public"),
    "logout": (None, "public"),
    "setup": ("public", "public"),
    "theme": (None, "public"),
    "healthz": ("public", None),
    "readyz": ("public", None),
    "metrics": ("public", None),
}
OF_A_PLAN = ("plan", "plan-edit", "plan-shift", "plan-add-item", "plan-remove-item")
OF_ITS_WAVES = ("plan-waves", "plan-versions", "wave-add", "wave-take-out")
OF_A_WAVE = (
    "wave-move", "wave-remove", "wave-put", "plan-cutover", "plan-hand-out", "plan-watch",
    "plan-disabled", "plan-disabled-decide",
)  # fmt: skip
OF_SCRIPTS = (
    "plan-handout-approve", "plan-handout-started", "plan-handout-withdraw", "plan-watch-again",
)  # fmt: skip
OF_A_PERSON = (
    "person",
    "person-answers",
    "person-forecast",
    "person-targets",
    "person-targets-add",
    "person-usage",
)
SCENARIO = ("scenario", "scenario-recompute", "scenario-remove")
WORKLOAD = ("workload", "workload-use", "workload-decide", "workload-bind")
FINDING = ("finding", "finding-acknowledge", "finding-unacknowledge")


def plan_parts():
    """By name, of one plan."""
    plan = plans.plan()
    wave, item = Wave.objects.get(plan=plan), "scim-proven"
    scripts = a_handout(wave)
    return {
        **{name: [plan.pk] for name in (*OF_A_PLAN, *OF_ITS_WAVES)},
        **{name: [plan.pk, wave.pk] for name in OF_A_WAVE},
        **{name: [plan.pk, wave.pk, scripts.pk] for name in OF_SCRIPTS},
        "plan-standby": [plan.pk],
        "plan-script": [plan.pk, wave.pk, scripts.pk, scripts.scripts[0]["name"]],
        "plan-item": [plan.pk, item],
        "plan-tick": [plan.pk, item],
        "plan-drill": [plan.pk, item],
        "plan-review-use": [plan.pk, item],
        "plan-tick-take-back": [plan.pk, item, plans.tick(plan, item).pk],
        "plan-state": [plan.pk, "pause"],
        "plan-version": [plan.pk, 1],
    }


def make_addresses() -> dict[str, str]:
    """By name, with rows made for it."""
    account = builders.account()
    user = builders.iam_user(account=account)
    identity = a_class(user)
    finding = a_finding(account)
    line, asked = a_line_and_a_request(builders.person())
    parts = {
        "iam-user": [user.pk],
        "iam-user-usage": [user.pk],
        "iam-user-identity": [user.pk],
        "owners-decide": [user.pk],
        "classes-declare": [identity],
        "classes-take-back": [identity],
        "targets-remove": [a_target(account)],
        "iam-user-owner": [user.pk],
        "iam-user-no-owner": [user.pk],
        "account": [account.account_id],
        "account-environment": [account.account_id],
        **{name: [finding] for name in FINDING},
        **{name: [builders.person().pk] for name in OF_A_PERSON},
        "my-cli-file": ["config"],
        "access-request-ask": [line],
        "access-request-decide": [asked],
        "waiver-end": a_waiver(),
        "permission-set-forecast": [builders.permission_set().pk],
        "permission-set": [builders.permission_set().pk],
        "evidence-population": ["iam-users"],
        "evidence-statement": ["access-by-sso"],
        "setup": ["no-such-token"],
        **messages_of_a_plan(),
    }
    program = a_program(account)
    kept = scenario().pk
    parts |= plan_parts()
    parts |= {name: [kept] for name in SCENARIO}
    parts |= {name: [program] for name in WORKLOAD}
    found = {name: reverse(name, args=parts.get(name)) for name in TABLE}
    return found | {"what-if-compare": f"{found['what-if-compare']}?a={kept}&b={kept}"}
