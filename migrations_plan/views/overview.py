"""Overview: where the organization stands, and what nobody knows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accessportal.web.nav import address
from accessportal.web.roles import require_role, viewer
from inventory.asof import AsOf, counted_by
from inventory.freshness import tallies
from inventory.models import AccessKey, AwsAccount, Environment, IamUser
from inventory.sources import SOURCE_BY_NAME
from migrations_plan import summary
from migrations_plan.gather import alerts
from migrations_plan.gather.board import last_board
from migrations_plan.models import Finding, Person

STATED = tuple(SOURCE_BY_NAME[n] for n in (*summary.USER_SOURCES, *summary.ACCESS_SOURCES))


@require_role("lead", "auditor", "engineer")
def page(request: HttpRequest) -> HttpResponse:
    """The state of everything; an engineer is led to what is theirs."""
    user = viewer(request)
    if user.role == "engineer":
        return redirect(address("my-access") or "search")
    now = timezone.now()
    users = IamUser.objects.visible_to(user).present()
    keys = AccessKey.objects.visible_to(user).present().filter(status="Active")
    counts = tallies(now, sources=STATED)
    known = counted_by([one for one in counts if one.source.name in summary.USER_SOURCES])
    known_access = counted_by([one for one in counts if one.source.name in summary.ACCESS_SOURCES])
    sentence = summary.users_sentence(users, known)
    context = {
        "now": now,
        "as_of": known,
        "as_of_access": known_access,
        "sentence": sentence,
        "owned": sentence.owned,
        "bands": summary.key_bands(keys, users, now),
        "access": summary.access(Person.objects.visible_to(user), now),
        "board": last_board(now),
        "rules": alerts.by_rule(Finding.objects.visible_to(user), now),
        **_accounts(request, known),
    }
    return render(request, "migrations_plan/overview/page.html", context)


def _accounts(request: HttpRequest, known: AsOf) -> dict[str, Any]:
    accounts = AwsAccount.objects.visible_to(viewer(request)).present()
    nameless = accounts.filter(environment=Environment.UNKNOWN).count()
    return {
        "accounts": known.accounts,
        "accounts_read": known.accounts - len(known.unread),
        "unread": list(known.unread.values()),
        "environment_unknown": nameless,
    }
