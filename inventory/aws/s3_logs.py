"""Log objects in a trail's bucket: AWSLogs/[o-id/]<account>/CloudTrail/<region>/YYYY/MM/DD/.

Source: s3:ListBucket (ListObjectsV2).   Cost: 1 call per folder that leads to a region, then 1 per
account, region and 1,000 objects of the days looked at.
Errors: a folder that cannot be listed is a Listed with the problem; the others go on.

Accounts and regions are found by what folders there are. No cursor is kept: CloudTrail delivers
late and again, up to 30 days, so days are listed again and the ledger says what is new.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from inventory.aws.caller import Aws
from inventory.aws.errors import ReadError
from inventory.aws.s3_get import REGION_HEADER, Bucket, ObjectReader, no_bucket
from inventory.aws.session import Connections
from inventory.aws.side_by_side import side_by_side
from inventory.aws.values import is_account_id
from inventory.cloudtrail.objects import (
    Days,
    Fetched,
    Found,
    Listed,
    OnAttempt,
    Place,
    SourceName,
    each,
    place_of,
    within,
)

SCHEME = "s3://"
ROOT = "AWSLogs"
# Insight objects hold no calls, so they are not even listed.
LOGS, DIGESTS = "CloudTrail", "CloudTrail-Digest"
# Folders after AWSLogs and the organization's: account, CloudTrail, region.
TO_ACCOUNT, TO_REGION = 1, 3
KEY_SIGNS = "/=+@:,~()!*'"


class S3Logs:
    """The log objects below one address. Thread-safe.

    The address may stop at any folder of the layout, or name one object; a bucket without AWSLogs
    in it is listed as it is.
    """

    def __init__(self, connections: Connections, uri: str) -> None:
        parts = urlsplit(uri)
        if not parts.netloc:
            raise no_bucket(uri)
        self._connections = connections
        self.bucket = parts.netloc
        self.prefix = unquote(uri[len(SCHEME) + len(parts.netloc) :]).lstrip("/")
        self._reader: ObjectReader | None = None
        self._lock = Lock()

    def find(self, days: Days | None, on_attempt: OnAttempt) -> Iterator[Listed]:
        """One Listed a page, of several accounts at a time."""
        try:
            aws = self._connections.management(on_attempt)
            accounts = self._folders(aws, self._start(), TO_ACCOUNT)
        except ReadError as error:
            yield Listed(problem=error)
            return
        yield from side_by_side([partial(self._account, aws, one, days) for one in accounts])

    def fetch(self, uri: str, on_attempt: OnAttempt) -> Fetched:
        """One object of this bucket."""
        key = unquote(uri[len(SCHEME) + len(self.bucket) + 1 :])
        return Fetched(self._object_reader(on_attempt).read(key, on_attempt))

    def _object_reader(self, on_attempt: OnAttempt) -> ObjectReader:
        with self._lock:
            if self._reader is None:
                answer = self._connections.management(on_attempt).call(
                    "s3", "list_objects_v2", Bucket=self.bucket, MaxKeys=1
                )
                headers = answer["ResponseMetadata"]["HTTPHeaders"]
                region = str(headers.get(REGION_HEADER) or self._connections.settings.region)
                endpoint = self._connections.settings.endpoint_url
                known = Bucket(
                    self.bucket, region, endpoint or f"https://s3.{region}.amazonaws.com"
                )
                self._reader = ObjectReader(self._connections, known)
            return self._reader

    def _start(self) -> str:
        """The folder to begin with: a whole name, or the object itself."""
        prefix = self.prefix
        return prefix if not prefix or prefix.endswith((".gz", ".json", "/")) else f"{prefix}/"

    def _folders(self, aws: Aws, prefix: str, depth: int) -> list[str]:
        """The folders so deep below a prefix; the prefix itself where it is no such layout."""
        below = _below_root(prefix)
        if below is None:
            children = self._children(aws, prefix)
            return self._folders(aws, f"{prefix}{ROOT}/", depth) if ROOT in children else [prefix]
        if len(below) >= depth or prefix.endswith((".gz", ".json")):
            return [prefix]
        wanted = [name for name in self._children(aws, prefix) if _leads_on(below, name)]
        return [
            folder for name in wanted for folder in self._folders(aws, f"{prefix}{name}/", depth)
        ]

    def _children(self, aws: Aws, prefix: str) -> list[str]:
        pages = aws.pages("s3", "list_objects_v2", Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        found = [str(one["Prefix"]) for page in pages for one in page.get("CommonPrefixes") or ()]
        return [name[len(prefix) :].rstrip("/") for name in found]

    def _account(self, aws: Aws, folder: str, days: Days | None) -> Iterator[Listed]:
        try:
            regions = self._folders(aws, folder, TO_REGION)
        except ReadError as error:
            yield Listed(problem=error)
            return
        for region in regions:
            yield from self._listed(aws, region, days)

    def _listed(self, aws: Aws, folder: str, days: Days | None) -> Iterator[Listed]:
        """The pages of a region's folder from the first day looked at, and who vouches for them."""
        below = _below_root(folder) or []
        region = len(below) == TO_REGION and is_account_id(below[0])
        params: dict[str, Any] = {"Bucket": self.bucket, "Prefix": folder}
        if region and days:
            # Keys sort by day, so one listing is cheaper than one of each day.
            params["StartAfter"] = f"{folder}{days.first:%Y/%m/%d/}"
        try:
            for page in aws.pages("s3", "list_objects_v2", **params):
                found = aws.parsed("s3", "list_objects_v2", self._page, page)
                yield Listed(tuple(one for one in found if within(one.place.day, days)))
        except ReadError as error:
            yield Listed(problem=error)
            return
        if region and days and below[1] == LOGS:
            yield Listed(vouched=tuple(Place(below[0], below[2], day) for day in each(days)))

    def _page(self, page: dict[str, Any]) -> list[Found]:
        """Its objects, without the empty ones that stand for folders."""
        return [
            self._found(one)
            for one in page.get("Contents") or ()
            if not str(one["Key"]).endswith("/")
        ]

    def _found(self, one: dict[str, Any]) -> Found:
        key = str(one["Key"])
        return Found(
            uri=f"{SCHEME}{self.bucket}/{quote(key, safe=KEY_SIGNS)}",
            name=key.rsplit("/", 1)[1] if "/" in key else key,
            source=SourceName.S3,
            version=str(one["ETag"]).strip('"'),
            size=int(one["Size"]),
            place=place_of(key),
        )


def _below_root(prefix: str) -> list[str] | None:
    """The folders after AWSLogs and an organization's, None where the prefix has no AWSLogs."""
    names = [name for name in prefix.split("/") if name]
    if ROOT not in names:
        return None
    below = names[len(names) - names[::-1].index(ROOT) :]
    return below[1:] if below and below[0].startswith("o-") else below


def _leads_on(below: Sequence[str], name: str) -> bool:
    """Whether a child folder may hold logs: an organization, an account, CloudTrail, a region."""
    if not below:
        return is_account_id(name) or name.startswith("o-")
    return len(below) != 1 or name in (LOGS, DIGESTS)
