"""CloudTrail log objects made from a seed: about 1.3 kB an event, in files as AWS delivers them.

`write` puts them under AWSLogs/<org>/<account>/CloudTrail/<region>/<day>/ with 1 % of the events
delivered twice and 0.3 % of the objects redelivered under another name.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.trail_identities import Event, People
from benchmarks.trail_sessions import KINDS, moments

REGIONS = ("eu-west-1", "us-east-1", "eu-central-1", "us-west-2")
# source, name, how often, and whether its resources are listed
OPERATIONS = (
    ("ec2.amazonaws.com", "DescribeInstances", 14, False),
    ("sts.amazonaws.com", "GetCallerIdentity", 5, False),
    ("s3.amazonaws.com", "GetBucketAcl", 8, True),
    ("s3.amazonaws.com", "ListObjects", 6, True),
    ("kms.amazonaws.com", "Decrypt", 12, True),
    ("secretsmanager.amazonaws.com", "GetSecretValue", 5, False),
    ("ssm.amazonaws.com", "GetParameter", 6, False),
    ("logs.amazonaws.com", "CreateLogStream", 6, False),
    ("cloudformation.amazonaws.com", "DescribeStacks", 4, False),
    ("ecs.amazonaws.com", "DescribeServices", 6, False),
    ("iam.amazonaws.com", "GetRole", 5, False),
    ("ecr.amazonaws.com", "BatchGetImage", 4, False),
    ("ec2.amazonaws.com", "RunInstances", 2, False),
    ("lambda.amazonaws.com", "GetFunction20150331v2", 4, False),
    ("dynamodb.amazonaws.com", "DescribeTable", 4, True),
    ("autoscaling.amazonaws.com", "DescribeAutoScalingGroups", 4, False),
)
WEIGHTS = [weight for _source, _name, weight, _listed in OPERATIONS]
ERRORS = ("AccessDenied", "Client.UnauthorizedOperation", "ThrottlingException", "NoSuchEntity")


class Maker:
    """Makes the events of one organisation, day by day."""

    def __init__(self, seed: int, **sizes: int) -> None:
        self.random = Random(seed)
        self.people = People(self.random, **sizes)

    def sessions(self, day: datetime, events: int) -> Iterator[tuple[str, str, Event]]:
        """At least so many events of a day: account, region, event."""
        made = 0
        weights = [weight for _kind, weight, _size in KINDS]
        while made < events:
            kind, _weight, middle = self.random.choices(KINDS, weights)[0]
            start = day + timedelta(seconds=self.random.randrange(80_000))
            size = max(1, int(middle * self.random.lognormvariate(0, 1.1)))
            region = self.random.choices(REGIONS, (60, 25, 10, 5))[0]
            calls = kind(self.people, start, size)
            wanted = self.random.choices(OPERATIONS, WEIGHTS, k=min(max(2, size // 6), 40))
            place = {"sourceIPAddress": self._address(), "awsRegion": region}
            times = moments(self.people, start, len(calls))
            for (account, fields), at in zip(calls, times, strict=True):
                yield account, region, self.event(place | fields, account, region, at, wanted)
            made += len(calls)

    def _address(self) -> str:
        """A session's address; sessions of one place share a network."""
        first = self.random.choice((3, 18, 34, 52, 81))
        return f"{first}.7.{self.random.randrange(40)}.{self.random.randrange(1, 255)}"

    def event(
        self,
        fields: Event,
        account: str,
        region: str,
        at: datetime,
        wanted: list[tuple[str, str, int, bool]],
    ) -> Event:
        """A whole event around the fields that a session gives."""
        source, name, _weight, listed = self.random.choice(wanted)
        event: Event = {
            "eventVersion": "1.11",
            "userIdentity": None,
            "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": source,
            "eventName": name,
            "awsRegion": region,
            "sourceIPAddress": "",
            "userAgent": "AWS Internal",
        }
        if "eventName" not in fields and self.random.random() < 0.08:
            event["errorCode"] = self.random.choice(ERRORS)
            event["errorMessage"] = f"User is not authorized to perform: {name} " + "because " * 12
        event |= self._blobs(name, account, region)
        if "eventName" not in fields and listed:
            thing = f"{region}:{account}:thing/{self.random.randrange(12)}"
            arn = f"arn:aws:{source.split('.')[0]}:{thing}"
            event["resources"] = [{"accountId": account, "type": "AWS::Some::Thing", "ARN": arn}]
        event |= {"eventID": self.people.uuid(), "readOnly": True, "eventType": "AwsApiCall"}
        event |= {
            "managementEvent": True,
            "recipientAccountId": account,
            "eventCategory": "Management",
        }
        return event | fields

    def _blobs(self, name: str, account: str, region: str) -> Event:
        """Parameters and the like, of the sizes that real ones have."""
        hexadecimal = f"{self.random.getrandbits(128):032x}"
        items = [
            {"instanceId": f"i-0{hexadecimal[:16]}", "name": f"shop-{number}", "enabled": True}
            for number in range(self.random.randrange(1, 3))
        ]
        answer = {"requestId": hexadecimal, "_return": True, "set": {"items": items[:2]}}
        return {
            "requestParameters": {
                "filterSet": {"items": items},
                "maxResults": 50,
                "note": 'say "hi" {' + name,
            },
            "responseElements": answer if self.random.random() < 0.35 else None,
            "additionalEventData": {
                "SignatureVersion": "SigV4",
                "CipherSuite": "TLS_AES_128_GCM_SHA256",
                "x-amz-id-2": hexadecimal * 2,
            },
            "requestID": self.people.uuid(),
            "tlsDetails": {
                "tlsVersion": "TLSv1.3",
                "cipherSuite": "TLS_AES_128_GCM_SHA256",
                "clientProvidedHostHeader": f"service.{region}.amazonaws.com",
            },
        }


def write(folder: Path, *, seed: int, events: int, per_object: int, days: int = 3) -> int:
    """Writes the objects; returns how many events are in them, duplicates included.

    per_object: events in a middling object; some are a tenth of it, some three times as large.
    """
    maker = Maker(seed, accounts=6)
    first = datetime(2026, 11, 1, tzinfo=UTC)
    written = 0
    for number in range(days):
        day = first + timedelta(days=number)
        shelves: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for account, region, event in maker.sessions(day, events // days):
            shelves[account, region].append(event)
            if maker.random.random() < 0.01:
                shelves[account, region].append(event)
        for (account, region), shelf in shelves.items():
            shelf.sort(key=lambda event: str(event["eventTime"]))
            place = f"AWSLogs/o-abc123def4/{account}/CloudTrail/{region}/{day:%Y/%m/%d}"
            written += _write_shelf(folder / place, shelf, maker.random, per_object)
    return written


def _write_shelf(folder: Path, shelf: list[Event], random: Random, per_object: int) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    written = 0
    while shelf:
        size = max(1, int(random.lognormvariate(0, 0.6) * per_object))
        part, shelf = shelf[:size], shelf[size:]
        data = gzip.compress(
            json.dumps({"Records": part}, separators=(",", ":")).encode(), 6, mtime=0
        )
        for _ in range(2 if random.random() < 0.003 else 1):
            (folder / f"log_{random.getrandbits(80):020x}.json.gz").write_bytes(data)
            written += len(part)
    return written
