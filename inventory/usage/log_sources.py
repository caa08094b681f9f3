"""Addresses of logs -> the sources behind them: file://, mirror://, s3://, lookup://.

A further kind of place is one more class with find and fetch (inventory.cloudtrail.objects) and one
line in each of the two tables here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings

from inventory.aws.errors import ReadError, ReadFailed
from inventory.aws.lookup_events import SCHEME as LOOKUP
from inventory.aws.lookup_events import LookupLogs, scope_of
from inventory.aws.s3_logs import SCHEME as S3
from inventory.aws.s3_logs import S3Logs
from inventory.aws.session import Connections
from inventory.aws.values import account_of
from inventory.cloudtrail.files import SCHEME as FILE
from inventory.cloudtrail.files import FileLogs
from inventory.cloudtrail.mirror import SCHEME as MIRROR
from inventory.cloudtrail.mirror import MirrorLogs
from inventory.cloudtrail.objects import Fetched, LogSource, OnAttempt
from inventory.connect import connections
from inventory.freshness import expected_account_ids
from inventory.models import TrailObject


class LogSources:
    """What fetches objects, by their address; kept, because it holds connections. Thread-safe.

    AWS is only connected to when an address needs it.
    """

    def __init__(self, connect: Callable[[], Connections] = connections) -> None:
        self._connect = connect
        self._kept: dict[str, LogSource] = {}

    def fetch(self, row: TrailObject, on_attempt: OnAttempt) -> Fetched:
        """The bytes of an object on the list. Errors: as LogSource.fetch."""
        place = row.uri.split("/", 3)[:3]
        key = "/".join(place) if row.uri.startswith(S3) else place[0]
        if key not in self._kept:
            # Two threads may both make one; the one that is kept serves from then on.
            self._kept.setdefault(key, self._source(row.uri))
        return self._kept[key].fetch(row.uri, on_attempt)

    def _source(self, uri: str) -> LogSource:
        if uri.startswith(S3):
            return S3Logs(self._connect(), uri)
        if uri.startswith(LOOKUP):
            return LookupLogs(self._connect())
        return FileLogs()

    def listing(self, uri: str, now: datetime) -> LogSource:
        """What lists an address that a person or a setting gave; a bare path is a file's."""
        if uri.startswith(S3):
            return S3Logs(self._connect(), uri)
        if uri.startswith(LOOKUP):
            return self._lookup(uri, now)
        if uri.startswith(MIRROR):
            return MirrorLogs(uri)
        if "://" in uri and not uri.startswith(FILE):
            scheme = uri.split("://", 1)[0]
            raise ReadFailed("logs", f"{scheme!a} is none of file, mirror, s3 and lookup")
        return FileLogs([uri])

    def _lookup(self, uri: str, now: datetime) -> LookupLogs:
        account_id, region = scope_of(uri)
        accounts: Sequence[str] = [account_id] if account_id else expected_account_ids()
        here = self._connect()
        if not accounts:
            accounts = [account_of(here.whoami())]
        usual = dict.fromkeys((settings.AWS_REGION, *settings.IDENTITY_CENTER_REGIONS))
        regions = [region] if region else list(usual)
        return LookupLogs(here, account_ids=accounts, regions=regions, now=now)


def problem_of(uri: str, sources: LogSources, now: datetime) -> str:
    """Why an address cannot be one of logs; '' when it can."""
    try:
        sources.listing(uri, now)
    except ReadError as error:
        return str(error)
    return ""
