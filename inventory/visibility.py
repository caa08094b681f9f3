"""Who may see which facts. Roles are words here, because facts know nothing of portal users."""

from collections.abc import Collection
from typing import Protocol

SEES_EVERYTHING = ("lead", "auditor")


class Viewer(Protocol):
    """A signed-in portal user, as far as facts care."""

    role: str
    is_active: bool

    def identity_center_user_id(self) -> str | None:
        """The identity store user this sign-in is bound to; None: not bound."""

    def principal_ids(self) -> Collection[str]:
        """That user's id and the ids of its groups: what assignments may name."""

    def iam_user_arns(self) -> Collection[str]:
        """ARNs of the IAM users that a lead confirmed to be this person's."""


def sees_everything(viewer: Viewer) -> bool:
    """True for an active lead or auditor."""
    return viewer.is_active and getattr(viewer, "role", "") in SEES_EVERYTHING
