"""What an IAM user, and each of its access keys, is used as: human, workload, mixed, dormant or
unknown, with reasons.

The common rule, "it has a password, so it is a human", is wrong both ways: programs were given
passwords, and people took over the keys of programs. So the calls decide, and what is merely set
up (a name, a tag, MFA) only tips what they leave open. docs/owners-and-classes.md has every rule.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from migrations_plan.rules.class_facts import (
    DORMANT,
    HUMAN,
    MIXED,
    UNKNOWN,
    WORKLOAD,
    Class,
    CredentialUse,
    KeyFacts,
    Part,
    Reason,
    UserFacts,
)
from migrations_plan.rules.facts import days
from migrations_plan.rules.strands import Signs, parts_of

READ_SHARE = 0.8  # fewer days of the window read, if only in part: no class but mixed is certain
UNDECIDED_SHARE = 0.5  # more of the calls undecided: the whole is
SERVICE_WORD = (
    "svc|service|bot|ci|cd|deploy|deployer|jenkins|gitlab|github|terraform|backup|agent|exporter|"
    "integration|automation|cron|job|worker|runner|pipeline|smtp|airflow|monitor|monitoring|sync"
)
SERVICE_NAME = re.compile(rf"(?:^|[-_./\s])(?:{SERVICE_WORD})(?:$|[-_./\s\d])", re.IGNORECASE)
SERVICE_TAGS = {"type": ("service", "machine", "robot", "workload"), "kind": ("service", "machine")}
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
ORDER = {HUMAN: 0, WORKLOAD: 1, UNKNOWN: 2}


def classify(user: UserFacts) -> tuple[Class, dict[str, Class]]:
    """The class of the user, and of each of its access keys by id."""
    hints = _hints(user)
    uses = sorted(user.uses, key=_order)
    parts = {_order(use): parts_of(use, hints) for use in uses}
    every = _like_their_neighbours([part for use in uses for part in parts[_order(use)]])
    whole = _judged(user, every, _quiet_user(user), tuple(user.keys or ()))
    keys = {
        key.access_key_id: _judged(
            user,
            [part for part in every if part.access_key_id == key.access_key_id],
            _quiet_key(key, user),
            (key,),
        )
        for key in user.keys or ()
    }
    return whole, keys


def nature_of_calls(uses: Iterable[CredentialUse]) -> Class:
    """The same for somebody who is no IAM user, from the calls alone."""
    ordered = sorted(uses, key=_order)
    hints: Signs = [(-1, "it is somebody's sign-in")]
    parts = _like_their_neighbours([part for use in ordered for part in parts_of(use, hints)])
    if not parts:
        return Class(UNKNOWN, "No call was seen.")
    return Class(*_kind(parts), tuple(map(_reason, _weightiest(parts))), tuple(parts))


def _like_their_neighbours(parts: Sequence[Part]) -> list[Part]:
    """What cannot be decided alone, but came from where the user's other credentials are used by
    one side only, with the same tools, is that side's; unless all that is decided of its own
    credential is the other's."""
    known: dict[tuple[str, str], set[str]] = {}
    own: dict[tuple[str, str], set[str]] = {}
    for one in parts:
        if one.nature != UNKNOWN:
            own.setdefault((one.credential, one.access_key_id), set()).add(one.nature)
            for network in one.networks:
                known.setdefault((one.family, network), set()).add(one.nature)
    found = []
    for one in parts:
        near = {nature for place in one.networks for nature in known.get((one.family, place), ())}
        decided = own.get((one.credential, one.access_key_id), near)
        if one.nature == UNKNOWN and len(near) == 1 and near <= decided:
            why = f"{one.why}; more with {one.family or 'this tool'} from there is decided"
            found.append(replace(one, nature=near.pop(), why=why))
        else:
            found.append(one)
    return found


def _order(use: CredentialUse) -> tuple[object, ...]:
    return (-use.events, use.credential, use.access_key_id, use.days, use.origins)


def _hints(user: UserFacts) -> Signs:
    """What is set up rather than done. Positive for a program."""
    found: Signs = []
    tags = {name.lower(): value for name, value in (user.tags or {}).items()}
    if any(tags.get(name, "").lower() in words for name, words in SERVICE_TAGS.items()):
        found.append((2, "a tag says that it is a service"))
    elif SERVICE_NAME.search(user.user_name) or SERVICE_NAME.search(user.path):
        found.append((1, f"it is called {user.path}{user.user_name}"))
    if any(ADDRESS.fullmatch(value) for value in tags.values()):
        found.append((-1, "a tag names an address"))
    elif ADDRESS.fullmatch(user.user_name):
        found.append((-1, "its name is an address"))
    if user.mfa:
        found.append((-1, "it has an MFA device"))
    if user.console_password:
        found.append((-1, "it has a console password"))
    elif user.console_password is False:
        found.append((1, "it has no console password"))
    return found


def _judged(
    user: UserFacts, parts: Sequence[Part], quiet: tuple[bool, str], keys: Sequence[KeyFacts]
) -> Class:
    if not parts:
        return _unused(user, quiet, keys)
    kind, sentence = _kind(parts)
    reasons = tuple(_reason(one) for one in _weightiest(parts))
    covered = user.read_days >= READ_SHARE * user.window_days > 0
    if kind in (HUMAN, WORKLOAD) and not covered:
        sentence = f"What was seen is {_article(kind)}, but {_unread(user)}."
        return Class(UNKNOWN, sentence, reasons, tuple(parts))
    return Class(kind, sentence, reasons, tuple(parts))


def _kind(parts: Sequence[Part]) -> tuple[str, str]:
    calls = sum(one.events for one in parts)
    by = {kind: sum(p.events for p in parts if p.nature == kind) for kind in ORDER}
    if by[HUMAN] and by[WORKLOAD]:
        numbers = f"{by[HUMAN]:,} by a human, {by[WORKLOAD]:,} by a program"
        left = f", {by[UNKNOWN]:,} by nobody knows whom" if by[UNKNOWN] else ""
        return MIXED, f"Shared: of {calls:,} calls {numbers}{left}."
    if by[UNKNOWN] > UNDECIDED_SHARE * calls:
        return UNKNOWN, f"Of {calls:,} calls {by[UNKNOWN]:,} may be anybody's."
    kind = HUMAN if by[HUMAN] else WORKLOAD
    whose = "somebody's" if kind == HUMAN else "a program's"
    said = f"All {calls:,} calls are" if by[kind] == calls else f"{by[kind]:,} of {calls:,} are"
    return kind, f"{said} {whose}." if calls != 1 else f"Its one call is {whose}."


def _unused(user: UserFacts, quiet: tuple[bool, str], keys: Sequence[KeyFacts]) -> Class:
    known, why = quiet
    window = days(user.window_days)
    if user.window_days and user.whole_days == user.window_days and known:
        told = Reason(why, {"whole days": user.whole_days, "window days": user.window_days})
        return Class(DORMANT, f"No call in the last {window}, all of them read; {why}.", (told,))
    if user.whole_days < user.window_days or not user.window_days:
        return Class(UNKNOWN, f"No call was seen, but {_uncovered(user)}.")
    return Class(UNKNOWN, f"No call was seen in {window}, but {why}.")


def _quiet_key(key: KeyFacts, user: UserFacts) -> tuple[bool, str]:
    """Whether AWS's own last use agrees that it was not used in the window, and what it says."""
    if key.active is False:
        return True, "the key is inactive"
    if not key.use_known:
        return False, "when AWS last saw it used is not known"
    if key.used_at is None:
        return True, "AWS knows of no use at all"
    start = datetime.combine(user.first_day, time.min, UTC)
    said = f"AWS last saw it used on {key.used_at:%Y-%m-%d}"
    return key.used_at < start, said


def _quiet_user(user: UserFacts) -> tuple[bool, str]:
    """All its credentials, and those of which AWS keeps no last use."""
    if user.keys is None or user.console_password is None:
        return False, "its credentials were not read"
    answers = [_quiet_key(key, user) for key in user.keys]
    if user.console_password:
        password = KeyFacts("", True, user.password_used_at, user.password_use_known)
        answers.append(_quiet_key(password, user))
    loud = next((why for known, why in answers if not known), "")
    if loud:
        return False, loud
    if user.others_use:
        return False, "AWS keeps no last use of its SSH keys and service-specific credentials"
    return True, answers[0][1] if len(answers) == 1 else "AWS knows of no use in that time either"


def _uncovered(user: UserFacts) -> str:
    if not user.window_days or not user.whole_days:
        return "no day of the logs was read whole"
    return f"only {user.whole_days} of {days(user.window_days)} of the logs were read whole"


def _unread(user: UserFacts) -> str:
    if not user.window_days or not user.read_days:
        return "no day of the logs was read"
    return f"only {user.read_days} of {days(user.window_days)} of the logs were read"


def _article(kind: str) -> str:
    return "somebody's" if kind == HUMAN else "a program's"


def _weightiest(parts: Iterable[Part]) -> list[Part]:
    return sorted(parts, key=lambda one: (ORDER[one.nature], -one.events, one.family, one.networks))


def _reason(part: Part) -> Reason:
    place = part.networks[0] or "an address not recorded"
    more = f" and {len(part.networks) - 1} more networks" if len(part.networks) > 1 else ""
    tool = part.family or "a tool not recorded"
    whose = {HUMAN: "human", WORKLOAD: "program", UNKNOWN: "undecided"}[part.nature]
    what = part.access_key_id or part.credential.replace("_", " ")
    words = f"{whose}: {what} with {tool} from {place}{more}: {part.why}"
    evidence = {
        "calls": part.events,
        "share": round(part.share, 3),
        "networks": len(part.networks),
        "times": part.habit,
    }
    return Reason(words, evidence)
