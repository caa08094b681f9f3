"""Two more things as Terraform: the denial of everything for a wave's users, and a guardrail."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from migrations_plan.artefacts.artefact import TERRAFORM, Artefact, commented
from migrations_plan.artefacts.cutover_facts import AccountPart
from migrations_plan.artefacts.hcl_blocks import (
    VERSIONS,
    imported,
    json_policy,
    label,
    labels,
    resource,
)
from migrations_plan.artefacts.quoting import hcl, slug
from migrations_plan.artefacts.scp import (
    Guardrail,
    GuardrailError,
    policy_text,
    strong_policy,
    uncovered,
)

TARGET = re.compile(r"r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12}")


def denials(part: AccountPart) -> Artefact:
    """AWSDenyAll on every user of a wave in one account; those who have it already are imported.

    Keys and sessions of roles are not here: Terraform cannot make a key of somebody's inactive
    without owning its secret.
    """
    kind, arn = "aws_iam_user_policy_attachment", f"arn:{part.partition}:iam::aws:policy/AWSDenyAll"
    names = labels(user.name for user in part.users)
    blocks = [VERSIONS]
    for user in part.users:
        rows = [("user", hcl(user.name)), ("policy_arn", hcl(arn))]
        blocks.append(resource(kind, f"deny_{names[user.name]}", rows))
        if user.denied:
            blocks.append(imported(kind, f"deny_{names[user.name]}", f"{user.name}/{arn}"))
    name = "-".join(word for word in ("deny", slug(part.wave), part.account_id) if word)
    about = f"Denies everything to the users of wave {part.wave} in account {part.account_id}."
    text = "\n" + "\n".join(blocks)
    return commented(f"{name}.tf", TERRAFORM, text, part.as_of, about=about)


def guardrail(
    wanted: Guardrail,
    targets: Sequence[str],
    *,
    as_of: datetime,
    policy_id: str | None = None,
    attached: Sequence[str] = (),
) -> Artefact:
    """The service control policy with its attachments, at the root, at units or at accounts.

    policy_id, attached: what exists already and is imported. Raises GuardrailError.
    """
    document = strong_policy(wanted)
    policy_text(document)
    for target in targets:
        if not TARGET.fullmatch(target):
            raise GuardrailError(f"{target!a} is no root, no organizational unit and no account.")
    name = label(wanted.name)
    rows = [
        ("name", hcl(wanted.name)),
        ("description", hcl("No new long-lived credentials.")),
        ("type", hcl("SERVICE_CONTROL_POLICY")),
        ("content", json_policy(document)),
    ]
    blocks = [VERSIONS, resource("aws_organizations_policy", name, rows)]
    if policy_id:
        blocks.append(imported("aws_organizations_policy", name, policy_id))
    for target in sorted(set(targets)):
        blocks += _attachment(name, target, policy_id if target in attached else None)
    gaps = "".join(f"# {line}\n" for line in uncovered(wanted))
    about = "A service control policy against new long-lived credentials. What it does not stop:"
    text = gaps + "\n" + "\n".join(blocks)
    return commented(f"{slug(wanted.name)}.tf", TERRAFORM, text, as_of, about=about)


def _attachment(name: str, target: str, policy_id: str | None) -> Iterable[str]:
    """The policy on one target. policy_id: where it hangs there already."""
    kind, where = "aws_organizations_policy_attachment", f"{name}_{label(target)}"
    rows = [
        ("policy_id", f"aws_organizations_policy.{name}.id"),
        ("target_id", hcl(target)),
    ]
    yield resource(kind, where, rows)
    if policy_id:
        yield imported(kind, where, f"{target}:{policy_id}")
