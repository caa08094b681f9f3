"""The ledger of calls: which API operations were asked for, by whom, and how fast."""

from collections import Counter, deque
from threading import Lock
from time import monotonic
from typing import Any

KEPT = 200_000


class Calls:
    """Counts per operation and account, and a log with times for rate checks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str, str, str | None]] = Counter()
        self._log: deque[tuple[float, str, str, str | None]] = deque(maxlen=KEPT)

    def record(self, service: str, operation: str, action: str, account_id: str | None) -> None:
        with self._lock:
            self._counts[(service, operation, action, account_id)] += 1
            self._log.append((monotonic(), service, operation, account_id))

    def reset(self) -> None:
        with self._lock:
            self._counts.clear()
            self._log.clear()

    def summary(self) -> dict[str, Any]:
        with self._lock:
            known = sorted(self._counts.items(), key=lambda item: tuple(map(str, item[0])))
        names = ("service", "operation", "action", "account_id")
        rows = [dict(zip(names, key, strict=True)) | {"count": count} for key, count in known]
        return {"total": sum(row["count"] for row in rows), "calls": rows}

    def log(self) -> list[list[Any]]:
        with self._lock:
            return [list(entry) for entry in self._log]
