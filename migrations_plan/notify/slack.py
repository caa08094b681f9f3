"""Slack: a direct message to a person, found by e-mail address.

Source: SLACK_BOT_TOKEN, with the scopes users:read.email and chat:write. Cost: two calls a
message. Errors: Refused when Slack said no or was not reached; Doubtful when chat.postMessage was
asked for and nobody knows what came of it.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from migrations_plan.notify.letter import BeforeHandover, Doubtful, Letter, Refused

MOST_BYTES = 1_000_000
OK, TOO_MANY = 200, 429
SHORT_WAIT, LONG_WAIT = 30, 3600
# Slack's own words for a failure in the middle: what was asked for may have been done.
IN_THE_MIDDLE = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
# About this person or this text: the same again would get the same answer.
FOR_GOOD = {
    "users_not_found", "channel_not_found", "user_not_found", "user_disabled", "is_archived",
    "msg_too_long", "no_text", "cannot_dm_bot",
}  # fmt: skip
WORDS = {
    "users_not_found": "Slack knows nobody with this e-mail address.",
    "invalid_auth": "Slack does not accept the bot token.",
    "not_authed": "Slack does not accept the bot token.",
    "token_revoked": "Slack's bot token was revoked.",
    "account_inactive": "Slack's bot token belongs to an app that was removed.",
    "missing_scope": "Slack's bot token lacks a scope: it needs users:read.email and chat:write.",
}


def configured() -> bool:
    """A bot token is set."""
    return bool(settings.SLACK_BOT_TOKEN)


def deliver(letter: Letter, before: BeforeHandover) -> None:
    """Returns once Slack has taken it. Raises Refused or Doubtful."""
    found = _call("GET", f"users.lookupByEmail?email={quote(letter.to, safe='')}")
    channel = str(found.get("user", {}).get("id", ""))
    if not channel:
        raise Refused("Slack named nobody for this e-mail address.", again=False)
    text = escaped(f"{letter.subject}\n\n{letter.body}")
    # No markup, no previews, no mentions: names in the text are other people's words.
    message = {"channel": channel, "text": text, "mrkdwn": False, "parse": "none"}
    message |= {"unfurl_links": False, "unfurl_media": False, "link_names": False}
    _call("POST", "chat.postMessage", message, before)


def escaped(text: str) -> str:
    """As Slack wants it: <!channel> stays text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _call(
    method: str,
    name: str,
    body: Mapping[str, object] | None = None,
    before: BeforeHandover | None = None,
) -> dict[str, Any]:
    """One call. before: asked once the connection stands; from then on a loss is a doubt."""
    line = _connection()
    try:
        try:
            line.connect()
        except OSError as error:
            raise Refused(f"Slack was not reached: {_name(error)}.") from error
        if before is not None:
            before()
        try:
            status, wait, answer = _asked(line, method, name, body)
        except (OSError, http.client.HTTPException) as error:
            raise _lost(before, _name(error)) from error
    finally:
        line.close()
    return _judged(status, wait, answer, before)


def _connection() -> http.client.HTTPConnection:
    parts = urlsplit(settings.SLACK_API_URL)
    host, wait = parts.hostname or "", settings.PORTAL_NOTIFY_TIMEOUT
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=wait, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=wait)


def _asked(
    line: http.client.HTTPConnection, method: str, name: str, body: Mapping[str, object] | None
) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {settings.SLACK_BOT_TOKEN}"}
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        content = json.dumps(body).encode()
    line.request(method, f"{urlsplit(settings.SLACK_API_URL).path}/{name}", content, headers)
    answer = line.getresponse()
    return answer.status, answer.getheader("Retry-After", ""), answer.read(MOST_BYTES)


def _judged(status: int, wait: str, body: bytes, before: BeforeHandover | None) -> dict[str, Any]:
    if status == TOO_MANY:
        seconds = int(wait) if wait.isdecimal() else SHORT_WAIT
        reason = f"Slack asks to wait for {seconds} seconds."
        raise Refused(reason, wait=min(max(seconds, 1), LONG_WAIT))
    if 400 <= status < 500:
        raise Refused(f"Slack refused it with HTTP status {status}.")
    answer = _json(body) if status == OK else None
    if answer is None:
        raise _lost(before, f"HTTP status {status} without an answer that makes sense")
    error = str(answer.get("error", ""))
    if answer.get("ok") is True:
        return answer
    if error == "ratelimited":
        raise Refused("Slack asks to wait.", wait=SHORT_WAIT)
    if error in IN_THE_MIDDLE or not error:
        raise _lost(before, error or "no reason given")
    reason = WORDS.get(error) or f"Slack refused it: {error}"
    raise Refused(reason, again=error not in FOR_GOOD)


def _json(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _lost(before: BeforeHandover | None, why: str) -> Exception:
    """Looking somebody up changes nothing; a message may have been posted."""
    if before is None:
        return Refused(f"Slack did not answer: {why}.")
    return Doubtful(f"Slack did not say whether it took the message ({why}): it may have arrived.")


def _name(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return str(error) or type(error).__name__
