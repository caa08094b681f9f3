"""CloudTrail: the organisation's trail as every account sees it, and the event history."""

import json
from collections import deque
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse

from inventory.sample_org.clock import CLOCK, seconds, stamp
from inventory.sample_org.constants import HOME_REGION, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.paging import json_page
from inventory.sample_org.shelf import SHELF

LOOKUPS_PER_SECOND = 2
LOOKUP_DAYS = 90
LOOKUP_PAGE = 50
# How long before the epoch, and from now, the digests' key is valid.
KEY_DAYS = 30
DEFAULT_SELECTORS = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
]
_LOOKUPS: dict[tuple[str, str], deque[float]] = {}


def home_trails() -> dict[str, Trail]:
    return cloudtrail_backends[MANAGEMENT_ACCOUNT_ID][HOME_REGION].trails


class TrailReads(CloudTrailResponse):
    """Organisation trails are shadowed into every account and region."""

    def _visible(self) -> list[Trail]:
        own = list(self.cloudtrail_backend.describe_trails(include_shadow_trails=True))
        shared = [one for one in home_trails().values() if one.is_org_trail and one not in own]
        return own + shared

    def _trail(self, name: str) -> Trail:
        for trail in self._visible():
            if name == trail.arn or (name == trail.trail_name and self.region == HOME_REGION):
                return trail
        raise JsonError("TrailNotFoundException", f"Unknown trail: {name}")

    def describe_trails(self) -> str:
        shadows = self._get_param("includeShadowTrails", True)
        wanted = set(self._get_param("trailNameList") or [])
        shown = [
            {k: v for k, v in trail.description(include_region=True).items() if v is not None}
            for trail in self._visible()
            if (not wanted or {trail.arn, trail.trail_name} & wanted)
            and (shadows or trail in self.cloudtrail_backend.trails.values())
        ]
        return json.dumps({"trailList": shown})

    def get_trail_status(self) -> str:
        trail = self._trail(self._get_param("Name"))
        status = trail.status
        answer: dict[str, Any] = {"IsLogging": status.is_logging}
        if status.started is not None:
            answer["StartLoggingTime"] = seconds(status.started)
            answer["TimeLoggingStarted"] = stamp(status.started)
            # Whole hours after the epoch, so that a restart answers the same.
            hours = (CLOCK.now() - CLOCK.epoch) // timedelta(hours=1)
            answer["LatestDeliveryTime"] = seconds(CLOCK.ago(0.003 - hours / 24))
            if trail.log_validation:
                answer["LatestDigestDeliveryTime"] = seconds(CLOCK.ago(0.03 - hours / 24))
        if status.stopped is not None:
            answer["StopLoggingTime"] = seconds(status.stopped)
            answer["TimeLoggingStopped"] = stamp(status.stopped)
        return json.dumps(answer)

    def get_event_selectors(self) -> str:
        trail = self._trail(self._get_param("TrailName"))
        answer: dict[str, Any] = {"TrailARN": trail.arn}
        if trail.advanced_event_selectors:
            answer["AdvancedEventSelectors"] = trail.advanced_event_selectors
        else:
            answer["EventSelectors"] = trail.event_selectors or DEFAULT_SELECTORS
        return json.dumps(answer)


def _event(record: dict[str, Any]) -> dict[str, Any]:
    """A record as the event history shows it."""
    identity = record["userIdentity"]
    name = identity.get("userName") or str(identity.get("arn", "")).rsplit("/", 1)[-1]
    event = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "AccessKeyId": identity.get("accessKeyId"),
        "EventTime": seconds(datetime.fromisoformat(record["eventTime"])),
        "EventSource": record["eventSource"],
        "Username": name,
        "Resources": [
            {"ResourceType": one["type"], "ResourceName": one["ARN"]}
            for one in record.get("resources", [])
        ],
        "CloudTrailEvent": json.dumps(record),
    }
    return {key: value for key, value in event.items() if value not in (None, "")}


class EventHistory(CloudTrailResponse):
    """LookupEvents: twice a second per account and region, 50 a page, 90 days back."""

    def _throttle(self) -> None:
        recent = _LOOKUPS.setdefault((self.current_account, self.region), deque())
        now = monotonic()
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= LOOKUPS_PER_SECOND:
            raise JsonError("ThrottlingException", "Rate exceeded")
        recent.append(now)

    def _history(self, start: float, end: float) -> list[dict[str, Any]]:
        """Newest first; ties by id, so that pages do not overlap."""
        oldest = seconds(CLOCK.now() - timedelta(days=LOOKUP_DAYS))
        found = []
        for record in SHELF.history(self.current_account, self.region):
            at = seconds(datetime.fromisoformat(record["eventTime"]))
            if max(oldest, start) <= at <= end:
                found.append((-at, record["eventID"], record))
        return [_event(record) for _at, _id, record in sorted(found, key=lambda one: one[:2])]

    def lookup_events(self) -> str:
        self._throttle()
        start = self._get_param("StartTime") or 0
        end = self._get_param("EndTime") or float("inf")
        events = self._history(start, end)
        for rule in self._get_param("LookupAttributes") or []:
            name = rule["AttributeKey"]
            events = [event for event in events if event.get(name) == rule["AttributeValue"]]
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        part, following = json_page(events, token, size, LOOKUP_PAGE, maximum=LOOKUP_PAGE)
        more = {"NextToken": following} if following else {}
        return json.dumps({"Events": part, **more})

    def list_public_keys(self) -> str:
        """The keys that sign digests: one, for as long as there have been digests."""
        if self.region != HOME_REGION:
            return json.dumps({"PublicKeyList": []})
        start, end = SHELF.story.cast.epoch, CLOCK.now() + timedelta(days=KEY_DAYS)
        key = SHELF.signer.public_key(start - timedelta(days=KEY_DAYS), end)
        return json.dumps({"PublicKeyList": [key]})


class SampleTrails(TrailReads, EventHistory):
    """Every cloudtrail operation the sample answers."""
