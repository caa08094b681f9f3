"""One message as a channel gets it, and how handing it over can end."""

from collections.abc import Callable
from dataclasses import dataclass

MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Letter:
    """message_id: the same however often the same message is handed over, without the brackets."""

    to: str
    subject: str
    body: str
    message_id: str


# Called right before the first byte of the message goes out; raises when it may not go any more.
BeforeHandover = Callable[[], None]
Deliver = Callable[[Letter, BeforeHandover], None]


class Refused(Exception):
    """It did not go out, for sure. str() is one sentence for a lead.

    again: another attempt may help. wait: seconds for which the other side asks not to be asked;
    then the attempt does not count.
    """

    def __init__(self, reason: str, *, again: bool = True, wait: int | None = None) -> None:
        super().__init__(plain(reason))
        self.again = again
        self.wait = wait


class Doubtful(Exception):
    """It was handed over, and nobody said whether it was taken. str() is one sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(plain(reason))


def plain(text: str) -> str:
    """What another machine said, on one line and of a readable length."""
    return " ".join(text.split())[:MOST_REASON]
