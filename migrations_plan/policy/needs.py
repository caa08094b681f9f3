"""What a recorded call needs of IAM."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needed:
    """actions: each must be allowed; neither these nor perhaps: the call needs no permission.

    perhaps: needed with some request parameters only, which the counts do not keep: where one of
    these is denied, the call's fate is unknown. never_by_roles: AWS refuses it to any role session,
    whatever the policies. why: '' where the action simply has the call's name.
    """

    actions: tuple[str, ...]
    perhaps: tuple[str, ...] = ()
    never_by_roles: bool = False
    why: str = ""
