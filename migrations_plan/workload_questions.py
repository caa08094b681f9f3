"""What somebody asks of one program: the address or a form, else what was decided, else what is
suggested."""

from typing import Any

from django.http import HttpRequest

from migrations_plan.artefacts.quoting import slug
from migrations_plan.forms.workloads import USUAL, WorkloadForm, fields_of
from migrations_plan.gather.workload import Program
from migrations_plan.rules.patterns import LEGACY

LONGEST_NAME = 64


def form_of(request: HttpRequest, one: Program) -> WorkloadForm:
    """Filled, and checked."""
    given = request.POST if request.method == "POST" else request.GET
    pattern = "" if one.pattern == LEGACY else one.pattern
    first: dict[str, Any] = {"pattern": pattern, "role_name": _role_name(one), **USUAL}
    if one.move is not None:
        first |= fields_of(one.move.subject)
    asked = {
        name: given[name].replace("\0", "") for name in WorkloadForm.base_fields if name in given
    }
    form = WorkloadForm({**first, **asked})
    form.is_valid()
    return form


def _role_name(one: Program) -> str:
    if one.move is not None and one.move.role_arn:
        return str(one.move.role_arn).rsplit("/", 1)[-1]
    return f"{slug(one.row.user_name) or 'workload'}-role"[:LONGEST_NAME]


def role_arn_of(form: WorkloadForm, one: Program) -> str:
    """Of the role that is asked for; as decided where its name was kept."""
    name = form.cleaned_data.get("role_name", "")
    if one.move is not None and one.move.role_arn.endswith(f"/{name}"):
        return str(one.move.role_arn)
    return f"arn:aws:iam::{one.row.account_id}:role/{name}" if name else ""
