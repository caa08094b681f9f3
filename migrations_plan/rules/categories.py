"""What kind of program a workload is, by what its name, its tools and its pattern say: suggested,
until a lead confirms it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from migrations_plan.rules.patterns import BUILDS, GITHUB, GITLAB, MAIL, PIPELINE, VENDOR

CI_CD, MONITORING, INTEGRATION = "ci-cd", "monitoring", "integration"
WATCHES = re.compile(
    r"datadog|newrelic|new-relic|dynatrace|prometheus|grafana|cloudwatch|monitor|metrics|nagios"
    r"|zabbix|splunk|sumo|(?:^|[-_.])logs?(?:$|[-_.])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Category:
    """word: '' where nothing tells. why: by what evidence."""

    word: str
    why: str


def suggested(name: str, pattern: str, families: Collection[str]) -> Category:
    """The first that has evidence."""
    if pattern in (GITHUB, GITLAB, PIPELINE):
        return Category(CI_CD, "what should take its place belongs to a pipeline")
    if BUILDS.search(name):
        return Category(CI_CD, f"the name {name} says that it builds or deploys")
    if "terraform" in families:
        return Category(CI_CD, "Terraform makes its calls")
    if WATCHES.search(name):
        return Category(MONITORING, f"the name {name} says that it watches")
    if pattern == VENDOR:
        return Category(INTEGRATION, "a vendor uses it")
    if MAIL.search(name):
        return Category(INTEGRATION, f"the name {name} says that it sends mail")
    return Category("", "neither its name nor its tools tell")
