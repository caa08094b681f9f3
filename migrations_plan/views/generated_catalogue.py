"""The catalogue of permission sets, whether the organization has them already, and their
Terraform."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accessportal.web.roles import require_role, viewer
from inventory.models import IdentityCenterInstance
from migrations_plan.artefacts.plan_template import SOURCES
from migrations_plan.gather.generated import catalogue_sets as gather
from migrations_plan.gather.generated.behind import CENTER, Behind, Made, behind
from migrations_plan.gather.target_facts import offered
from migrations_plan.text_files import asked_file

READ = (*CENTER, "organization")


@require_role("lead", "auditor")
def page(request: HttpRequest) -> HttpResponse:
    """All sets of the stories, and a file for each story."""
    now, who = timezone.now(), viewer(request)
    known = behind(now, READ)
    made = _made(known)
    file = asked_file(request, made.texts)
    if file is not None:
        return file
    context = {
        "now": now,
        "rows": gather.compared(
            offered(emergencies=True), gather.holders(who), whole=not known.refused
        ),
        "made": made,
        "as_of": known.as_of,
    }
    return render(request, "migrations_plan/generated/catalogue.html", context)


def _made(known: Behind) -> Made:
    if known.refused:
        return Made(refused=known.refused)
    instance = IdentityCenterInstance.objects.present().order_by("pk").first()
    if instance is None:
        return Made(refused="Identity Center has no instance: there is nothing to put them into.")
    arn, store = instance.instance_arn, instance.identity_store_id
    texts = (gather.file(known, arn, store, source) for source in SOURCES)
    return Made(tuple(one for one in texts if one is not None))
