"""The e-mail address of an identity store user, in one place for facts, people and exports."""

from typing import Protocol


class Addressed(Protocol):
    """An identity store user, as record or as row."""

    @property
    def email(self) -> str:
        """The primary address in lower case, or ''."""

    @property
    def user_name(self) -> str:
        """What the person signs in with."""


def address_of(user: Addressed) -> str:
    """The address; many directories give it as the user name only. '' is not known."""
    return user.email or (user.user_name.lower() if "@" in user.user_name else "")
