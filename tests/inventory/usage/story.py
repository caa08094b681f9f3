"""Some days of a small organization as log objects: everything that makes counting depend on order,
if it did. Seeded; says itself what was done how often."""

import random
from collections import Counter

from tests.inventory.usage.telling import (
    ELSEWHERE,
    HERE,
    THERE,
    assume_role,
    at,
    days_later,
    event,
    event_id,
    from_another_account,
    iam_user,
    permission_set_session,
    role_session,
)

DAYS = (0, 1, 2)
NAMES = ("ListBuckets", "GetObject", "PutObject")


class Story:
    """records: what was delivered. done: events by (day, account, path), each action once."""

    def __init__(self, seed=1):
        self.random = random.Random(seed)
        self.records, self.done = [], Counter[tuple[str, str, str]]()
        for offset in DAYS:
            self._day(days_later(offset))

    def objects(self, size=7):
        """Objects of a few records each, some delivered twice."""
        mixed = self.random.sample(self.records, len(self.records))
        cut = [mixed[start : start + size] for start in range(0, len(mixed), size)]
        return [*cut, *self.random.sample(cut, 3)]

    def _add(self, path, record, day, account=HERE):
        self.records.append(record | {"recipientAccountId": account})
        if path:
            self.done[f"{day}", account, path] += 1

    def _time(self, day, first=9):
        return at(self.random.randrange(first, 23), self.random.randrange(60), day=day)

    def _day(self, day):
        for name in ("ana", "bo", "cy"):
            for _ in range(6):
                call = event(iam_user(name), self._time(day), eventName=self.random.choice(NAMES))
                self._add("old", call, day)
        self._sso(day)
        self._chain(day)
        self._copies(day)
        self._alone(day)

    def _sso(self, day):
        key, user_id = f"ASIASSO{day:%d}", "906752ab-1111-2222-3333-444455556666"
        for place in range(8):
            named = user_id if place % 3 == 0 else None
            session = permission_set_session(key, user_id=named)
            self._add("new", event(session, self._time(day)), day)

    def _chain(self, day):
        one, two = f"ASIAONE{day:%d}", f"ASIATWO{day:%d}"
        user, first = iam_user("ana"), role_session(one)
        shared = {"sharedEventID": event_id()}
        self._add("old", assume_role(user, one, at(8, day=day)), day)
        far = {"role": "build", "account": THERE}
        made = {"time": at(8, 5, day=day), **far}
        self._add("old", assume_role(first, two, **made) | shared, day)
        copy = assume_role(from_another_account(first), two, **made) | shared
        self._add("", copy, day, THERE)
        for _ in range(5):
            self._add("old", event(role_session(two, **far), self._time(day)), day, THERE)

    def _copies(self, day):
        for _ in range(6):
            shared, time = {"sharedEventID": event_id()}, self._time(day)
            caller = iam_user(self.random.choice(["ana", "bo"]))
            self._add("old", event(caller, time, **shared), day)
            for account in (THERE, ELSEWHERE):
                self._add("", event(from_another_account(caller), time, **shared), day, account)
        for _ in range(4):
            shared, time = {"sharedEventID": event_id()}, self._time(day)
            service = {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}
            for place, account in enumerate((HERE, THERE, ELSEWHERE)):
                self._add("" if place else "aws", event(service, time, **shared), day, account)

    def _alone(self, day):
        """A session whose maker no account of ours records, and failures."""
        for _ in range(3):
            session = role_session(f"ASIALONE{day:%d}", role="other")
            self._add("unknown", event(session, self._time(day)), day)
        refused = event(iam_user("bo"), self._time(day), errorCode="AccessDenied")
        self._add("old", refused, day)
