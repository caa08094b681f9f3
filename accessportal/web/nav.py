"""The way around: which pages there are, and for whom. Only pages that exist are shown."""

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accessportal.web.roles import role_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. inside: URL names of the pages below it, which mark it as current too."""

    name: str
    title: str
    group: str
    roles: tuple[str, ...] = ("lead", "auditor")
    inside: tuple[str, ...] = ()


EVERYBODY = ("lead", "auditor", "engineer")
OF_A_PERSON = (
    "person",
    "person-usage",
    "person-forecast",
    "person-targets",
    "person-answers",
    "directory",
)
MINE = ("my-usage", "my-forecast", "my-cli", "my-accounts")
OF_A_SCENARIO = ("what-if-ask", "what-if-save", "what-if-compare", "scenario")
OF_A_PLAN = (
    "plan", "plan-new", "plan-item", "plan-edit", "plan-waves", "plan-versions",
    "plan-cutover", "plan-watch", "plan-disabled", "plan-standby", "plan-messages", "plan-message",
)  # fmt: skip
OF_AN_IAM_USER = ("iam-user", "iam-user-usage", "iam-user-identity")
OF_A_WORKLOAD = ("workload", "workload-use", "workload-burn-down")
OF_GENERATED = (
    "generated-center",
    "generated-catalogue",
    "generated-guardrail",
    "generated-guardrail-use",
    "generated-break-glass",
    "generated-runbooks",
)
NAV: tuple[Entry, ...] = (
    Entry("home", "Overview", "Where we stand", inside=("progress",)),
    Entry("people", "People", "Where we stand", inside=OF_A_PERSON),
    Entry("plans", "Plan", "Where we stand", inside=OF_A_PLAN),
    Entry("forecast", "Forecast", "Where we stand"),
    Entry("generated", "Generated", "Where we stand", inside=OF_GENERATED),
    Entry("access-requests", "Requests", "Where we stand"),
    Entry("what-if", "What-if", "Where we stand", inside=OF_A_SCENARIO),
    Entry("thresholds", "Thresholds", "Where we stand"),
    Entry("owners", "Owners", "Who is who", inside=("owners-import",)),
    Entry("classes", "Classes", "Who is who"),
    Entry("workloads", "Workloads", "Who is who", inside=OF_A_WORKLOAD),
    Entry("leavers", "Leavers", "Who is who"),
    Entry("targets", "Targets", "Who is who", inside=("targets-import",)),
    Entry("my-access", "My access", "Mine", roles=EVERYBODY, inside=MINE),
    Entry("iam-users", "IAM users", "What AWS says", inside=OF_AN_IAM_USER),
    Entry("credentials", "Credentials", "What AWS says"),
    Entry("accounts", "Accounts", "What AWS says", inside=("account",)),
    Entry("usage", "Usage", "What AWS says", inside=("usage-identities", "usage-corrections")),
    Entry(
        "permission-sets",
        "Permission sets",
        "What AWS says",
        inside=("permission-set", "permission-set-forecast"),
    ),
    Entry("alerts", "Alerts", "What needs attention", inside=("finding",)),
    Entry("evidence", "Evidence", "Proof", inside=("evidence-population", "evidence-statement")),
    Entry("journal", "Journal", "Proof"),
    Entry("channels", "Channels", "Proof"),
    Entry("collection", "Collection", "Proof", inside=("collection-logs",)),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as one page shows it."""

    title: str
    url: str
    current: bool


@cache
def address(name: str) -> str | None:
    """Where a page is; None while nobody has built it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def nav_for(request: HttpRequest) -> list[tuple[str, list[Link]]]:
    """Groups of links for the role of this request, in the order of NAV."""
    role = role_of(request)
    match = request.resolver_match
    here = match.url_name if match else ""
    groups: dict[str, list[Link]] = {}
    for entry in NAV:
        url = address(entry.name)
        if url and role in entry.roles:
            current = here == entry.name or here in entry.inside
            groups.setdefault(entry.group, []).append(Link(entry.title, url, current))
    return list(groups.items())
