"""Which ways out there are, which are set up, and by what their state is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q

from migrations_plan.models import Message, MessageChannel, MessageState
from migrations_plan.notify import mail, slack
from migrations_plan.notify.letter import Deliver

DELIVER: dict[str, Deliver] = {
    MessageChannel.EMAIL: mail.deliver,
    MessageChannel.SLACK: slack.deliver,
}
NAMES = {MessageChannel.EMAIL: "E-mail", MessageChannel.SLACK: "Slack"}


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One way out. where: the server, never a secret. missing: settings to set; '' when set up.
    sent_at: the last delivery; None: none yet. waiting, doubtful, failed: messages now."""

    channel: str
    name: str
    where: str
    missing: str
    sent_at: datetime | None
    waiting: int
    doubtful: int
    failed: int

    @property
    def configured(self) -> bool:
        """Messages can go this way."""
        return not self.missing


def configured() -> list[str]:
    """Channels that are set up, the usual one first."""
    return [name for name, missing in _missing().items() if not missing]


def states() -> list[ChannelState]:
    """Of every way out. One query."""
    rows: dict[str, Any] = {row["channel"]: row for row in _counts()}
    where = {MessageChannel.EMAIL: _mail_words(), MessageChannel.SLACK: settings.SLACK_API_URL}
    empty = {"sent": None, "waiting": 0, "doubtful": 0, "failed": 0}
    found = []
    for channel, missing in _missing().items():
        row = rows.get(channel, empty)
        numbers = {name: row[name] for name in ("waiting", "doubtful", "failed")}
        name, place = NAMES[MessageChannel(channel)], where[MessageChannel(channel)]
        found.append(ChannelState(channel, name, place, missing, row["sent"], **numbers))
    return found


def _counts() -> Any:
    going = Q(state__in=(MessageState.QUEUED, MessageState.SENDING))
    return (
        Message.objects.order_by()
        .values("channel")
        .annotate(
            sent=Max("sent_at", filter=Q(state=MessageState.SENT)),
            waiting=Count("pk", filter=going),
            doubtful=Count("pk", filter=Q(state=MessageState.DOUBTFUL)),
            failed=Count("pk", filter=Q(state=MessageState.FAILED)),
        )
    )


def _missing() -> dict[str, str]:
    lacking = [n for n in ("EMAIL_HOST", "EMAIL_FROM") if not getattr(settings, n)]
    return {
        MessageChannel.EMAIL.value: " and ".join(lacking),
        MessageChannel.SLACK.value: "" if slack.configured() else "SLACK_BOT_TOKEN",
    }


def _mail_words() -> str:
    if not settings.EMAIL_HOST:
        return ""
    how = {"starttls": "STARTTLS", "tls": "TLS", "none": "not encrypted"}[settings.EMAIL_TLS]
    sender = settings.EMAIL_FROM or "no sender"
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}, {how}, from {sender}"
