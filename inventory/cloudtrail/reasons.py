"""Why a log object or an event could not be counted: a fixed set, each with its sentence."""

from dataclasses import dataclass
from enum import StrEnum

from inventory.cloudtrail.text import clean


class Reason(StrEnum):
    """One of these stands beside everything that was not counted."""

    NOT_GZIP = "not_gzip"
    TRUNCATED = "truncated"
    TRAILING_DATA = "trailing_data"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NOT_JSON = "not_json"
    NOT_RECORDS = "not_records"
    TOO_DEEP = "too_deep"
    BAD_EVENT = "bad_event"
    NO_TIME = "no_time"
    BAD_TIME = "bad_time"
    FUTURE_TIME = "future_time"
    DAY_SEALED = "day_sealed"
    UNREADABLE = "unreadable"
    WORKER_LOST = "worker_lost"


SENTENCES = {
    Reason.NOT_GZIP: "The object claims to be gzip but is damaged.",
    Reason.TRUNCATED: "The gzip data ends before its end: the object is not whole.",
    Reason.TRAILING_DATA: "Something other than gzip follows the gzip data.",
    Reason.TOO_LARGE: "The object is larger than the limit when decompressed.",
    Reason.TOO_MANY: "The object holds more records than the limit.",
    Reason.NOT_JSON: "The object is not JSON.",
    Reason.NOT_RECORDS: "The object is JSON but holds no CloudTrail records.",
    Reason.TOO_DEEP: "The JSON is nested deeper than the limit.",
    Reason.BAD_EVENT: "A field that counting needs is missing or of another type.",
    Reason.NO_TIME: "The event has no time.",
    Reason.BAD_TIME: "The event's time is not a time since CloudTrail exists.",
    Reason.FUTURE_TIME: "The event's time lies in the future.",
    Reason.DAY_SEALED: "The event's day is sealed: whether it was counted can no longer be told.",
    Reason.UNREADABLE: "The object could not be fetched.",
    Reason.WORKER_LOST: "The process that counted the object died each time.",
}


@dataclass(frozen=True, slots=True)
class Reject:
    """One record of an object that was not counted. index: its place in the object, from 0."""

    index: int
    reason: Reason
    detail: str = ""


class Unreadable(Exception):
    """A whole log object cannot be read. Nothing of it was counted."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{SENTENCES[reason]} {detail}".strip())
        self.reason = reason
        self.detail = clean(detail)
