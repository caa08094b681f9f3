"""Which read told a fact, and whether it may still be believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.freshness import FRESH, Freshness, freshness
from inventory.sources import SOURCE_BY_NAME
from inventory.words import counted
from migrations_plan.rules.facts import Told

# What tells of credentials, in the order in which a reader wants to hear of it.
CREDENTIAL_SOURCES = (
    "authorization_details",
    "credential_report",
    "access_keys",
    "login_profiles",
    "mfa_devices",
    "ssh_public_keys",
    "signing_certificates",
    "service_specific_credentials",
    "account_summary",
)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Reads:
    """The state of every source in every account, at one instant."""

    now: datetime
    states: Mapping[tuple[str, str], Freshness]

    def told(self, source: str, account_id: str, observed_at: datetime | None = None) -> Told:
        """By this source; observed_at: when it told this very fact, by default its last whole
        read (users are read one by one, so one may be known for longer than another)."""
        title = SOURCE_BY_NAME[source].title
        state = self.states.get((source, account_id))
        if state is None:
            return Told(title, observed_at, None, "the account is not read")
        at = observed_at or state.observed_at
        if state.state != FRESH:
            return Told(title, at, None, state.reason)
        until = at + state.source.stale_after if at else None
        if at and until and until <= self.now:
            hours = int((self.now - at).total_seconds() // HOUR)
            return Told(title, at, until, f"it told so {counted(hours, 'hour')} ago and not since")
        return Told(title, at, until)

    def account(self, account_id: str) -> tuple[Told, ...]:
        """Every source that tells of the account's credentials."""
        return tuple(self.told(source, account_id) for source in CREDENTIAL_SOURCES)


def reads(now: datetime, account_ids: Sequence[str], also: Sequence[str] = ()) -> Reads:
    """Of what tells of credentials and of the identity store, and of other sources by name. Three
    queries."""
    wanted = [SOURCE_BY_NAME[name] for name in (*CREDENTIAL_SOURCES, "identity_store", *also)]
    found = freshness(now, sources=wanted, account_ids=account_ids)
    return Reads(now, {(one.source.name, one.account_id): one for one in found})


def best(*candidates: Told | None) -> Told:
    """The first that is whole and fresh; else the first that ever told anything; else the first."""
    known = [told for told in candidates if told is not None]
    fresh = next((told for told in known if not told.why), None)
    spoke = next((told for told in known if told.observed_at is not None), None)
    return fresh or spoke or known[0]


def worst(*reads_behind: Told) -> Told:
    """The first that is not whole and fresh; else the one that ages first."""
    bad = next((told for told in reads_behind if told.why), None)
    ageing = [told for told in reads_behind if told.until is not None]
    return bad or min(ageing, key=lambda told: str(told.until), default=reads_behind[0])
