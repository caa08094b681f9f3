"""What keeping tallies has to do, in memory: the rules of inventory.usage without a database.

Counts add up; event ids and sessions are remembered; counts of a session move when it becomes known
who is behind it; a better copy of a shared action takes the place of a worse one.
"""

from msgspec.structs import astuple

from inventory.cloudtrail.behind import resolved
from inventory.cloudtrail.events import Events
from inventory.cloudtrail.identifiers import rank, worse_copies
from inventory.cloudtrail.records import Actor, ProvisionalEvent, Session, UsageKey
from inventory.cloudtrail.sessions import merged, who_is_behind
from inventory.cloudtrail.tallying import session_keys, tally

Exported = tuple[str, ...]


class Ledger:
    """Adds batches of events."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.seen: dict[bytes, str] = {}
        self.provisional: dict[bytes, ProvisionalEvent] = {}
        self.usage: dict[UsageKey, list[int | str]] = {}
        self.duplicates = 0

    def add(self, events: Events) -> None:
        skip = worse_copies(events)
        for at, (stay, one) in enumerate(zip(events.stays, events.ids, strict=True)):
            if at not in skip and one in self.seen and not rank(stay) < self.seen[one]:
                skip.add(at)
        for at, (stay, one) in enumerate(zip(events.stays, events.ids, strict=True)):
            if at not in skip:
                self._take_out(one)
                self.seen[one] = rank(stay)
        behind = {key: who_is_behind(key, self.sessions, {}) for key in session_keys(events)}
        known = {key: actor for key, actor in behind.items() if actor is not None}
        result = tally(events, skip=skip, known=known)
        assert result.counted + result.duplicates == len(events)
        self.duplicates += result.duplicates
        for key, session in result.sessions.items():
            before = self.sessions.get(key)
            self.sessions[key] = merged(before, session) if before else session
        for row, count in result.usage.items():
            self._count(row, list(astuple(count)))
        self.provisional |= {one.event_id: one for one in result.provisional}

    def _count(self, row: UsageKey, more: list[int | str]) -> None:
        if row.provisional:
            return
        count = self.usage.setdefault(row, [0, 0, more[2], more[3]])
        self.usage[row] = [
            int(count[0]) + int(more[0]),
            int(count[1]) + int(more[1]),
            min(str(count[2]), str(more[2])),
            max(str(count[3]), str(more[3])),
        ]

    def _take_out(self, event_id: bytes) -> None:
        self.provisional.pop(event_id, None)

    def _moved(self, actor: Actor) -> Actor:
        behind = who_is_behind(actor.session_key, self.sessions, {})
        return resolved(actor, behind) if actor.session_key and behind else actor

    def exported(self) -> dict[Exported, list[int | str]]:
        """The rows under the fields that `export usage` has, all moves made."""
        for one in self.provisional.values():
            self._count(one.key._replace(provisional=False), [1, int(one.direct), one.at, one.at])
        self.provisional = {}
        moved, self.usage = self.usage, {}
        rows: dict[Exported, list[int | str]] = {}
        for row, count in moved.items():
            self._count(row._replace(actor=self._moved(row.actor)), count)
        for row, count in self.usage.items():
            key = exported_fields(row)
            known = rows.setdefault(key, [0, 0, count[2], count[3]])
            rows[key] = [
                int(known[0]) + int(count[0]),
                int(known[1]) + int(count[1]),
                min(str(known[2]), str(count[2])),
                max(str(known[3]), str(count[3])),
            ]
        return rows


def exported_fields(row: UsageKey) -> Exported:
    """The fields of `export usage` that say which row it is."""
    who, what = row.actor, row.operation
    return (
        row.day,
        row.account_id,
        who.path.value,
        who.kind,
        who.arn,
        who.user_name,
        who.access_key_id,
        who.permission_set,
        what.event_source,
        what.event_name,
        what.region,
        what.error,
    )
