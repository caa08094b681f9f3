"""Forms of one program: what shall take the place of its key, and the terms of an exception."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from django import forms

from migrations_plan.artefacts import snippets
from migrations_plan.forms.decisions import ReasonForm
from migrations_plan.rules import patterns

EC2, ECS, LAMBDA, JENKINS = "ec2", "ecs", "lambda", "jenkins"
RUNS_ON = (
    (EC2, "an EC2 instance"),
    (JENKINS, "a Jenkins on EC2"),
    (ECS, "an ECS task"),
    (LAMBDA, "a Lambda function"),
)
# What has to be said of each pattern: the field and its title.
FIELDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    patterns.GITHUB: (
        ("repository", "Repository (owner/name)"),
        ("branch", "Branch"),
        ("environment", "Or environment, instead of a branch"),
    ),
    patterns.GITLAB: (
        ("project", "Project (group/project)"),
        ("branch", "Branch"),
        ("host", "Host"),
    ),
    patterns.IRSA: (
        ("provider", "OIDC provider (oidc.eks.REGION.amazonaws.com/id/ID)"),
        ("namespace", "Namespace"),
        ("service_account", "Service account"),
    ),
    patterns.COMPUTE: (("runs_on", "Runs on"),),
    patterns.PIPELINE: (("pipeline", "Name of the pipeline"),),
    patterns.ANYWHERE: (
        ("trust_anchor", "ARN of the trust anchor"),
        ("profile", "ARN of the profile"),
        ("common_name", "Common name of the certificate"),
    ),
    patterns.VENDOR: (
        ("vendor_account", "The vendor's account"),
        ("external_id", "External id"),
    ),
}
USUAL = {"host": "gitlab.com", "runs_on": EC2}
ALL_FIELDS = tuple(dict.fromkeys(name for rows in FIELDS.values() for name, _ in rows))


class WorkloadForm(forms.Form):
    """The choices that texts are made from; they are the address of the page."""

    pattern = forms.ChoiceField(choices=[*patterns.TITLES.items()], required=False)
    role_name = forms.CharField(max_length=64, required=False)
    region = forms.CharField(max_length=32, required=False)
    repository = forms.CharField(max_length=140, required=False)
    branch = forms.CharField(max_length=244, required=False)
    environment = forms.CharField(max_length=255, required=False)
    project = forms.CharField(max_length=255, required=False)
    host = forms.CharField(max_length=253, required=False)
    provider = forms.CharField(max_length=300, required=False)
    namespace = forms.CharField(max_length=253, required=False)
    service_account = forms.CharField(max_length=253, required=False)
    runs_on = forms.ChoiceField(choices=RUNS_ON, required=False)
    pipeline = forms.CharField(max_length=100, required=False)
    trust_anchor = forms.CharField(max_length=300, required=False)
    profile = forms.CharField(max_length=300, required=False)
    common_name = forms.CharField(max_length=64, required=False)
    vendor_account = forms.CharField(max_length=12, required=False)
    external_id = forms.CharField(max_length=400, required=False)

    def subject(self) -> str:
        """Who the role trusts, as it is kept: the fields of the pattern, as in an address."""
        given = self.cleaned_data
        names = [name for name, _ in FIELDS.get(given.get("pattern", ""), ())]
        return urlencode([(name, given[name]) for name in names if given.get(name)])

    def target(self) -> snippets.Target | None:
        """None for a pattern without a role, and while nothing is said of what it trusts."""
        if not self.subject():
            return None
        given = {name: self.cleaned_data.get(name) or USUAL.get(name, "") for name in ALL_FIELDS}
        match self.cleaned_data.get("pattern"):
            case patterns.GITHUB:
                return snippets.GitHub(
                    given["repository"], given["branch"] or None, given["environment"] or None
                )
            case patterns.GITLAB:
                return snippets.GitLab(given["project"], given["branch"], given["host"])
            case patterns.IRSA:
                return snippets.ServiceAccount(
                    given["provider"], given["namespace"], given["service_account"]
                )
            case patterns.COMPUTE:
                return _compute(given["runs_on"])
            case patterns.PIPELINE:
                return snippets.Pipeline(given["pipeline"])
            case patterns.ANYWHERE:
                return snippets.Certificate(
                    given["trust_anchor"], given["profile"], given["common_name"]
                )
            case patterns.VENDOR:
                return snippets.Vendor(given["vendor_account"], given["external_id"])
        return None


def _compute(runs_on: str) -> snippets.Target:
    if runs_on == ECS:
        return snippets.Task()
    return snippets.Function() if runs_on == LAMBDA else snippets.Instance()


def fields_of(subject: str) -> dict[str, str]:
    """What subject() kept."""
    return {name: text for name, text in parse_qsl(subject) if name in ALL_FIELDS}


class DecideForm(ReasonForm):
    """A lead's decision beside the fields of WorkloadForm."""

    category = forms.CharField(max_length=12, required=False)


class ExceptionForm(ReasonForm):
    """On what terms a key may stay, until and including a day (UTC)."""

    owner = forms.CharField(max_length=320)
    rotation_days = forms.IntegerField(min_value=1, max_value=365)
    addresses = forms.CharField(max_length=4000)
    until = forms.DateField()

    def networks(self) -> list[str]:
        """Each once, in order."""
        return list(dict.fromkeys(self.cleaned_data["addresses"].replace(",", " ").split()))
