"""What every exit hands over: a text, its name, its kind, the time of its facts, and its SHA-256.

Pure and deterministic: the same facts give the same bytes. A text whose form knows comments says
itself of which time its facts are, and the SHA-256 of everything below that line, so that a copy
in somebody's terminal can be checked without the portal. A policy in JSON knows no comments: the
time stands in its name.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from migrations_plan.artefacts.quoting import comment_text

BASH = "text/x-shellscript"
TERRAFORM = "text/x-terraform"
JSON = "application/json"
YAML = "application/yaml"
INI = "text/x-ini"
MARKDOWN = "text/markdown"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Artefact:
    """A text for people to use. sha256: of the whole text in UTF-8."""

    name: str
    media_type: str
    text: str
    made_from_at: datetime
    sha256: str


def artefact(name: str, media_type: str, text: str, made_from_at: datetime) -> Artefact:
    """A text as it is."""
    return Artefact(name, media_type, text, made_from_at, _sha256(text))


def commented(
    name: str, media_type: str, body: str, made_from_at: datetime, *, about: str = ""
) -> Artefact:
    """A text with '#' comments: the head says what it is, of when, and the body's SHA-256."""
    shebang = "#!/usr/bin/env bash\n" if media_type == BASH else ""
    head = f"# {comment_text(about)}\n" if about else ""
    head += (
        f"# Made from facts as of {instant(made_from_at)}.\n"
        f"# SHA-256 of everything below this line: {_sha256(body)}\n"
    )
    return artefact(name, media_type, f"{shebang}{head}{body}", made_from_at)


def markdown(name: str, title: str, body: str, made_from_at: datetime) -> Artefact:
    """A page for people. title and body are Markdown already."""
    head = (
        f"# {title}\n\nMade from facts as of {instant(made_from_at)}.\n"
        f"<!-- SHA-256 of everything below this line: {_sha256(body)} -->\n"
    )
    return artefact(name, MARKDOWN, f"{head}{body}", made_from_at)


def instant(moment: datetime) -> str:
    """A moment as all exits write it: UTC, to the second."""
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone says nothing")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def file_stamp(moment: datetime) -> str:
    """The same moment, as part of a file's name."""
    return instant(moment).replace("-", "").replace(":", "")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
