"""Messages to the people of a wave, each with that person's own facts, in plain text.

Nobody should learn from an error that their access has ended, and nobody should read about keys
that are not theirs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from migrations_plan.artefacts.artefact import TEXT, Artefact, artefact, instant
from migrations_plan.artefacts.quoting import comment_text, slug

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a wave.

    old: what ends, in words ("user nora in acme-prod-app, 2 active keys"). new: what they may open
    ("ProductionReadOnly in acme-prod-app"). open_items: what still blocks or is not known, one
    sentence each; None: not judged.
    """

    name: str
    email: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    open_items: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is the same for everybody. All times carry their zone: people read them as they are.

    portal_url: of this portal's My access page. contact: where help is, in words.
    """

    start_url: str
    portal_url: str
    contact: str
    test_by: datetime
    ends_at: datetime
    as_of: datetime


def announcement(to: Recipient, when: Occasion) -> Artefact:
    """The first word of it."""
    lines = [
        "your access to AWS moves to single sign-on. Until then both ways work, so you can try the",
        "new one while the old one is still there.",
        "",
        *_listed("What you will open the new way:", to.new, "nothing yet: tell us what you need"),
        "",
        *_listed("What ends:", to.old, "nothing of yours is known"),
        "",
        f"It ends on {_when(when.ends_at)}.",
        f"Please try the new way by {_when(when.test_by)}: {_plain(when.start_url)}",
        f"Your links and your configuration for the command line: {_plain(when.portal_url)}",
    ]
    return _message("announcement", "Your access to AWS moves to single sign-on", lines, to, when)


def test_by(to: Recipient, when: Occasion) -> Artefact:
    """A reminder, with what this person has not done yet."""
    day = WEEKDAYS[when.test_by.weekday()]
    lines = [
        f"please test your new access to AWS by {_when(when.test_by)}. It takes ten minutes:",
        "",
        f"1. Sign in: {_plain(when.start_url)}",
        "2. Open the console of each account that you work in.",
        f"3. If you use the command line: {_plain(when.portal_url)} has your configuration.",
        "4. Do what you do on a usual day, and tell us what is denied.",
        "",
        *_open(to),
    ]
    return _message("test", f"Please test your new access to AWS by {day}", lines, to, when)


def ends_today(to: Recipient, when: Occasion) -> Artefact:
    """The morning of the day."""
    hour = f"{when.ends_at:%H:%M}"
    lines = [
        f"your old access to AWS ends today: {_when(when.ends_at)}.",
        "",
        *_listed("What ends:", to.old, "nothing of yours is known"),
        "",
        *_listed("What you open instead:", to.new, "NOTHING IS ASSIGNED TO YOU: call us now"),
        "",
        *_open(to),
        "",
        "Nothing is deleted today: if something stops that must not, it can be given back.",
        f"Somebody is there for it: {_plain(when.contact)}",
    ]
    return _message("today", f"Your old access to AWS ends today {hour}", lines, to, when)


def done(to: Recipient, when: Occasion) -> Artefact:
    """After the cutover."""
    lines = [
        "your old access to AWS is switched off:",
        "",
        *[f"- {_plain(text)}" for text in to.old or ("nothing of yours was known",)],
        "",
        "Please remove what is left of it on your machines: keys in ~/.aws/credentials, and",
        "AWS_ACCESS_KEY_ID in the files of your shell. They no longer work, and are in the way.",
        "",
        f"From now on: {_plain(when.start_url)}",
        f"If something does not work: {_plain(when.contact)}",
    ]
    return _message("done", "Your old access to AWS is switched off", lines, to, when)


def stuck(to: Recipient, when: Occasion) -> Artefact:
    """What to do when it does not work."""
    lines = [
        "if the new access does not work for you:",
        "",
        "1. The sign-in fails: is it the address of your work account? Then it is the directory;",
        f"   write to {_plain(when.contact)}",
        "2. An account has no tile: you are not assigned there. Say which, and for what.",
        "3. AccessDenied: copy the whole message; it names the action. Do not work around it with",
        "   somebody else's access.",
        "4. The command line says that the session has expired: aws sso login opens a new one.",
        "5. Something must go on right now: say so. Whoever is on standby can give the old access",
        "   back for as long as it takes.",
        "",
        *_open(to),
    ]
    return _message("stuck", "If your new access to AWS does not work", lines, to, when)


def messages(to: Recipient, when: Occasion) -> tuple[Artefact, ...]:
    """All of them, in the order in which they are sent."""
    return tuple(make(to, when) for make in (announcement, test_by, ends_today, done, stuck))


def _message(
    kind: str, subject: str, lines: Iterable[str], to: Recipient, when: Occasion
) -> Artefact:
    text = "\n".join(
        [
            f"To: {_plain(to.email)}",
            f"Subject: {subject}",
            "",
            f"Hello {_plain(to.name)},",
            "",
            *lines,
            "",
            f"Made from facts as of {instant(when.as_of)}.",
        ]
    )
    return artefact(f"{kind}-{slug(to.email)}.txt", TEXT, text + "\n", when.as_of)


def _open(to: Recipient) -> list[str]:
    if to.open_items is None:
        return ["What is still open for you is not known: the facts are not read yet."]
    return _listed("Still open for you:", to.open_items, "nothing is open, as far as we see")


def _listed(title: str, items: Sequence[str], nothing: str) -> list[str]:
    return [title, *[f"- {_plain(text)}" for text in items or (nothing,)]]


def _when(moment: datetime) -> str:
    """Weekday, day, hour and zone; English whatever the machine speaks."""
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone says nothing")
    zone = moment.tzname() or ""
    return f"{WEEKDAYS[moment.weekday()]} {moment:%Y-%m-%d, %H:%M} {zone}".rstrip()


def _plain(text: str) -> str:
    """On one line: a name cannot begin a header or a line of its own."""
    return comment_text(text)
