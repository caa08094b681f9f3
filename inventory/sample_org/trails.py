"""CloudTrail: the organisation's trail as every account sees it, and a small event history."""

import json
from collections import deque
from datetime import timedelta
from time import monotonic
from typing import Any

from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.iam.models import iam_backends

from inventory.sample_org.clock import CLOCK, naive, seconds, stamp
from inventory.sample_org.constants import HOME_REGION, MANAGEMENT_ACCOUNT_ID
from inventory.sample_org.errors import JsonError
from inventory.sample_org.paging import json_page
from inventory.sample_org.side import SIDE

LOOKUPS_PER_SECOND = 2
LOOKUP_DAYS = 90
LOOKUP_PAGE = 50
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
            # Deliveries hang on the epoch, so that a restart answers the same.
            answer["LatestDeliveryTime"] = seconds(CLOCK.ago(0.003))
            if trail.log_validation:
                answer["LatestDigestDeliveryTime"] = seconds(CLOCK.ago(0.03))
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


def _event(account_id: str, user: Any, key: Any) -> dict[str, Any]:
    """One management event for the last use of an access key."""
    when = key.last_used.timestamp
    event_id = SIDE.ids.uuid("event", account_id, key.access_key_id)
    record = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": user.id,
            "arn": user.arn,
            "accountId": account_id,
            "accessKeyId": key.access_key_id,
            "userName": user.name,
        },
        "eventTime": stamp(when),
        "eventSource": "sts.amazonaws.com",
        "eventName": "GetCallerIdentity",
        "awsRegion": key.last_used.region,
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.15.0",
        "eventID": event_id,
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account_id,
        "eventCategory": "Management",
    }
    return {
        "EventId": event_id,
        "EventName": "GetCallerIdentity",
        "ReadOnly": "true",
        "AccessKeyId": key.access_key_id,
        "EventTime": seconds(when),
        "EventSource": "sts.amazonaws.com",
        "Username": user.name,
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }


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

    def _history(self) -> list[dict[str, Any]]:
        oldest = naive(CLOCK.now() - timedelta(days=LOOKUP_DAYS))
        users = iam_backends[self.current_account]["aws"].users.values()
        found = [
            _event(self.current_account, user, key)
            for user in users
            for key in user.access_keys
            if key.last_used and key.last_used.region == self.region
            if key.last_used.timestamp >= oldest
        ]
        return sorted(found, key=lambda event: (-event["EventTime"], event["EventId"]))

    def lookup_events(self) -> str:
        self._throttle()
        start = self._get_param("StartTime") or 0
        end = self._get_param("EndTime") or float("inf")
        events = [event for event in self._history() if start <= event["EventTime"] <= end]
        for rule in self._get_param("LookupAttributes") or []:
            name = rule["AttributeKey"]
            events = [event for event in events if event.get(name) == rule["AttributeValue"]]
        size, token = self._get_param("MaxResults"), self._get_param("NextToken")
        part, following = json_page(events, token, size, LOOKUP_PAGE, maximum=LOOKUP_PAGE)
        more = {"NextToken": following} if following else {}
        return json.dumps({"Events": part, **more})


class SampleTrails(TrailReads, EventHistory):
    """Every cloudtrail operation the sample answers."""
