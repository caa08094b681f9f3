"""Small log objects from a seed, and a count of them that shares nothing with the portal's.

Some people with static keys in some accounts; some events twice, some whole objects again under
another name, objects of late days among them.
"""

import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGIONS = ("eu-west-1", "us-east-1")
PEOPLE = [f"person{number:02d}" for number in range(12)]
CALLS = (
    ("s3.amazonaws.com", "ListBuckets", ""),
    ("ec2.amazonaws.com", "DescribeInstances", ""),
    ("ec2.amazonaws.com", "RunInstances", "Client.UnauthorizedOperation"),
    ("iam.amazonaws.com", "ListUsers", "AccessDenied"),
)
Cell = tuple[str, str, str, str, str, str, str, str]


@dataclass
class Logs:
    """Objects by key, and how often each cell really happened."""

    objects: dict[str, bytes] = field(default_factory=dict)
    cells: Counter[Cell] = field(default_factory=Counter)

    def write(self, folder: Path) -> Path:
        for key, data in self.objects.items():
            path = folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder


def event(chance: random.Random, at: datetime, account: str, region: str) -> dict[str, Any]:
    name = chance.choice(PEOPLE)
    source, operation, error = chance.choice(CALLS)
    found = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": f"AIDA{name.upper():X<16}",
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": f"AKIA{name.upper():X<16}",
            "userName": name,
        },
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": source,
        "eventName": operation,
        "awsRegion": region,
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.15.0 Python/3.11.6",
        "eventID": f"{chance.getrandbits(128):032x}",
        "eventType": "AwsApiCall",
        "recipientAccountId": account,
    }
    return found | ({"errorCode": error} if error else {})


def cell_of(one: dict[str, Any]) -> Cell:
    who = one["userIdentity"]
    call = (one["eventSource"], one["eventName"], one["awsRegion"], one.get("errorCode", ""))
    return (one["eventTime"][:10], one["recipientAccountId"], who["arn"], who["accessKeyId"], *call)


def packed(records: list[dict[str, Any]]) -> bytes:
    return gzip.compress(json.dumps({"Records": records}).encode(), 1, mtime=0)


def make_logs(number: int, *, seed: int = 7, days: int = 5, most: int = 20) -> Logs:
    """So many objects, a tenth of which repeat what others hold."""
    chance, logs = random.Random(seed), Logs()
    earlier: list[dict[str, Any]] = []
    while len(logs.objects) < number:
        account, region = chance.choice(ACCOUNTS), chance.choice(REGIONS)
        day = FIRST + timedelta(days=chance.randrange(days))
        records = [
            event(chance, day + timedelta(seconds=chance.randrange(86_400)), account, region)
            for _ in range(chance.randint(1, most))
        ]
        logs.cells.update(map(cell_of, records))
        late = day + timedelta(days=chance.choice((0, 0, 0, 1, 3)))
        if earlier and chance.random() < 0.2:
            records += chance.sample(earlier, min(len(earlier), 3))
        earlier = records
        folder = f"AWSLogs/{account}/CloudTrail/{region}/{late:%Y/%m/%d}"
        copies = 2 if chance.random() < 0.05 else 1
        for _ in range(copies):
            name = (
                f"{account}_CloudTrail_{region}_{late:%Y%m%dT%H%MZ}_{chance.getrandbits(64):016x}"
            )
            logs.objects[f"{folder}/{name}.json.gz"] = packed(records)
    return logs
