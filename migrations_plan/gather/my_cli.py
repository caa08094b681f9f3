"""What one person's command line needs: a configuration from their grants, and newer tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from migrations_plan.artefacts import cli_config, cli_tools
from migrations_plan.artefacts.artefact import Artefact
from migrations_plan.artefacts.cli_config import Target
from migrations_plan.artefacts.cli_tools import OwnAccess
from migrations_plan.gather import person_usage
from migrations_plan.gather.my_access import (
    access_states,
    region_of,
    target_of,
    why_not_whole,
)
from migrations_plan.gather.person import GrantRow, grants_of
from migrations_plan.models import Person, PortalUser, thresholds
from migrations_plan.rules.person_facts import ToolUse
from migrations_plan.rules.tools import OLD, UNCLEAR, least_words, newest, state_of

CONFIG, LEGACY, STEPS = "config", "legacy", "steps"
TEXTS = (CONFIG, LEGACY, STEPS)


@dataclass(frozen=True, slots=True)
class Check:
    """The command that shows whom AWS takes one for, and how its answer begins."""

    target: Target
    command: str
    expected: str


@dataclass(frozen=True, slots=True)
class OldTool:
    """A tool that was seen and does not renew a session; unclear: its version was not told."""

    use: ToolUse
    words: str
    unclear: bool


@dataclass(frozen=True, slots=True)
class CommandLine:
    """All of it. start, region None: not known. texts: by name; empty: nothing can be made. why:
    which read behind it is not whole and fresh; '' for none. skipped: grants that make no profile.
    """

    start: str | None
    region: str | None
    grants: Sequence[GrantRow]
    texts: dict[str, Artefact]
    login: str
    checks: tuple[Check, ...]
    why: str
    skipped: int

    @property
    def config(self) -> Artefact | None:
        """The file for new tools."""
        return self.texts.get(CONFIG)


def own_grants(who: PortalUser, person: Person) -> list[GrantRow]:
    """What the signed-in person may open now. Two queries."""
    user_id = person.identity_center_user_id
    here = user_id if user_id in who.principal_ids() else None
    return grants_of(here, None, who)


def command_line(who: PortalUser, person: Person, now: datetime) -> CommandLine:
    """From what is assigned now. Four queries."""
    grants = own_grants(who, person)
    states = access_states(now)
    told = [one.observed_at for one in states if one.observed_at]
    start, region = cli_config.start_url(settings.PORTAL_START_URL), region_of(who)
    targets = tuple(target_of(grant) for grant in grants)
    access = OwnAccess(start or "", region or "", targets, min(told, default=now))
    usable = [one for one in cli_config.distinct(list(targets)) if _usable(start, region, one)]
    return CommandLine(
        start=start,
        region=region,
        grants=grants,
        # Facts of which nobody knows the time make no text that would have to name one.
        texts=_texts(access) if told else {},
        login=cli_tools.login(start) if start else "",
        checks=tuple(_check(one) for one in usable),
        why=why_not_whole(states),
        skipped=len(targets) - len(usable),
    )


def _usable(start: str | None, region: str | None, target: Target) -> bool:
    return cli_config.profile(start, region, target) is not None


def _texts(access: OwnAccess) -> dict[str, Artefact]:
    made = {
        CONFIG: cli_tools.config_file(access),
        LEGACY: cli_tools.config_file(access, legacy=True),
        STEPS: cli_tools.instructions(access),
    }
    return {name: text for name, text in made.items() if text is not None}


def _check(target: Target) -> Check:
    return Check(target, cli_tools.who_am_i(target), cli_tools.expected_identity(target))


def old_tools(who: PortalUser, person: Person, now: datetime) -> list[OldTool]:
    """Tools seen over either path that do not refresh a session by themselves, or of which the
    version was not told. Five queries."""
    since = person_usage.window_start(now, thresholds().window_days)
    user_id = person.identity_center_user_id
    seen = person_usage.usage(since, who.iam_user_arns(), [user_id] if user_id else [])
    uses = [use for one in (*seen.users.values(), *seen.people.values()) for use in one.tools]
    return [
        OldTool(use, least_words(use), state == UNCLEAR)
        for use in newest(uses)
        if (state := state_of(use)) in (OLD, UNCLEAR)
    ]
