"""How a program leaves its key: the steps of each pattern, as a page for whoever does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.artefacts.artefact import Artefact, markdown
from migrations_plan.artefacts.quoting import md, md_code, slug

CHECK = "Run `aws sts get-caller-identity` where the program runs: it must name the role."
# What comes before the program is switched over, by pattern.
FIRST: Mapping[str, tuple[str, ...]] = {
    "github-oidc": (
        "Make the OIDC provider of GitHub in the account, if it is not there.",
        "Make the role, then put the snippet into the workflow on the branch or environment.",
    ),
    "gitlab-oidc": (
        "Make the OIDC provider of GitLab in the account, if it is not there.",
        "Make the role, then put the snippet into the pipeline's file on the branch.",
    ),
    "irsa": (
        "Make the OIDC provider of the cluster in the account, if it is not there.",
        "Make the role, annotate the service account as the snippet says, restart its pods.",
    ),
    "compute-role": (
        "Make the role, and its instance profile for EC2 or a Jenkins there.",
        "Name the role in the instance, the task definition or the function, and roll it out.",
        "On EC2 demand version 2 of the metadata service (hop limit 1).",
    ),
    "codepipeline": ("Make the role, and name it in the pipeline or the build project.",),
    "roles-anywhere": (
        "Make a trust anchor for the company's CA, the role, and a profile that names it.",
        "Give the machine a certificate, and its AWS configuration the snippet.",
    ),
    "vendor-role": (
        "Ask the vendor for its account and an external id that nobody else has.",
        "Make the role, and enter its ARN at the vendor.",
    ),
}


@dataclass(frozen=True, slots=True)
class Steps:
    """keys: ids of active keys; None: not known. shared: why the user cannot simply be closed."""

    user_arn: str
    pattern: str
    title: str
    role_arn: str
    keys: Sequence[str] | None
    shared: str
    as_of: datetime


def steps_page(wanted: Steps) -> Artefact:
    """From the role to the deleted key. Raises KeyError for a pattern without steps."""
    name = wanted.user_arn.rsplit("/", 1)[-1]
    role = f" ({md_code(wanted.role_arn)})" if wanted.role_arn else ""
    lines = [
        "",
        f"{md_code(wanted.user_arn)} shall work through: {md(wanted.title)}{role}.",
        "",
    ]
    if wanted.shared:
        lines += [f"FIRST: {md(wanted.shared)}", ""]
    todo = [*FIRST[wanted.pattern], CHECK, *_last(wanted)]
    lines += [f"{number}. {text}" for number, text in enumerate(todo, 1)]
    text = "\n".join(lines) + "\n"
    title = f"From a key to a role: {md(name)}"
    return markdown(f"steps-{slug(name) or 'workload'}.md", title, text, wanted.as_of)


def _last(wanted: Steps) -> Sequence[str]:
    if wanted.keys is None:
        keys = "its keys (which ones was not read)"
    else:
        keys = ", ".join(md_code(one) for one in wanted.keys) or "its keys (none is active now)"
    return (
        "Remove the key from where the program found it: secrets, files, images, variables.",
        f"Watch for a week, or for as long as its rarest job needs: no call by {keys}.",
        f"Make inactive, do not delete: {keys}. Back again is one command.",
        "After the next rare job, delete the keys; the user last, with everything it still has.",
    )
