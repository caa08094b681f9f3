"""What scripts were made from, as JSON, and the same scripts again from it, byte by byte.

Pure. The texts themselves are not kept: facts, name of the wave and time give the same bytes, and
the SHA-256 that was kept proves it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from migrations_plan.artefacts.artefact import TERRAFORM, Artefact
from migrations_plan.artefacts.cutover import cutover_scripts
from migrations_plan.artefacts.cutover_facts import (
    AssumedRole,
    CutoverError,
    Key,
    LegacyUser,
    Wave,
    parts_of,
)
from migrations_plan.artefacts.terraform_iam import denials
from migrations_plan.rules.wave_facts import WaveUser

# In the order in which they are run.
KINDS = ("cutover", "verify", "rollback", "login-profiles", "deny")
TITLES: Mapping[str, str] = {
    "cutover": "ends the access",
    "verify": "reads again and says what is off",
    "rollback": "gives it back",
    "login-profiles": "deletes passwords, later",
    "deny": "the denial as Terraform",
}
Kept = dict[str, Any]


class ChangedTextError(ValueError):
    """The kept facts give other bytes than were handed out. str() is one sentence."""


def kept_user(user: WaveUser) -> Kept:
    """What rollback and verification have to know of a user later."""
    return {
        "arn": user.arn,
        "person": user.person,
        "person_id": user.person_id,
        "keys": [{"id": key.id, "active": key.active} for key in user.keys or ()],
        "denied": bool(user.denied),
        "password": bool(user.password),
        "others": [one.words for one in user.others if one.active],
    }


def kept_role(role: AssumedRole) -> Kept:
    """also_used_by None: not known."""
    others = role.also_used_by
    return {"arn": role.arn, "also_used_by": None if others is None else list(others)}


def texts(
    users: Sequence[Kept], roles: Sequence[Kept], *, wave: str, as_of: datetime
) -> tuple[Artefact, ...]:
    """All scripts, account by account, and the denial as Terraform. Raises CutoverError."""
    facts = Wave(
        wave,
        tuple(_user(one) for one in users),
        tuple(
            AssumedRole(one["arn"], _names(one["also_used_by"]))
            for one in sorted(roles, key=lambda one: str(one["arn"]))
        ),
        as_of,
    )
    terraform = [denials(part) for part in parts_of(facts) if part.users]
    return (*cutover_scripts(facts), *terraform)


def listed(found: Sequence[Artefact], wave: str) -> list[Kept]:
    """What is kept of texts."""
    return [
        {
            "name": one.name,
            "account_id": account_of(one.name),
            "kind": kind_of(one),
            "sha256": one.sha256,
            "wave": wave,
        }
        for one in found
    ]


def again(
    users: Sequence[Kept], roles: Sequence[Kept], scripts: Sequence[Kept], as_of: datetime
) -> dict[str, Artefact]:
    """By name, the texts that were handed out. Raises ChangedTextError."""
    if not scripts:
        return {}
    try:
        found = {one.name: one for one in texts(users, roles, wave=scripts[0]["wave"], as_of=as_of)}
    except (CutoverError, KeyError, TypeError, ValueError) as problem:
        raise ChangedTextError(f"The kept facts give no scripts any more: {problem}") from problem
    for one in scripts:
        made = found.get(one["name"])
        if made is None or made.sha256 != one["sha256"]:
            raise ChangedTextError(
                f"{one['name']} comes out otherwise than it was handed out: its SHA-256 is "
                f"{made.sha256 if made else 'of nothing'}, and was {one['sha256']}. "
                "Hand out new scripts."
            )
    return {one["name"]: found[one["name"]] for one in scripts}


def kind_of(one: Artefact) -> str:
    """One of KINDS."""
    if one.media_type == TERRAFORM:
        return "deny"
    return next(kind for kind in KINDS if one.name.startswith(f"{kind}-"))


def account_of(name: str) -> str:
    """The account at the end of a script's name."""
    return name.rpartition(".")[0][-12:]


def _user(one: Kept) -> LegacyUser:
    keys = tuple(Key(key["id"], key["active"]) for key in one["keys"])
    return LegacyUser(one["arn"], keys, one["denied"], tuple(one["others"]))


def _names(others: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if others is None else tuple(others)
