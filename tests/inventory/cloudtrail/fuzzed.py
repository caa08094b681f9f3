"""Log objects of 25 kinds of damage, from a seed. Each comes with the number of records that were
put into it, or None when the object as a whole cannot be read."""

import gzip
import json
import zlib
from collections.abc import Callable
from random import Random
from typing import Any

from tests.inventory.cloudtrail import samples as given

Json = dict[str, Any]
Made = tuple[bytes, int | None]
TYPES: tuple[Any, ...] = (5, 1.5, True, [], {}, [[]], "x", None, "", 10**30, {"a": [None]})


def records(random: Random) -> list[Any]:
    identities = [
        given.iam_user(),
        given.session(),
        given.permission_set(onBehalfOf=given.ON_BEHALF_OF),
        given.root(),
        given.service(),
        given.another_account("AIDAX"),
        None,
    ]
    made = [given.event(random.choice(identities)) for _ in range(random.randrange(1, 8))]
    return [*made, given.assume_role(given.iam_user(), "ASIAX"), given.console_login(given.root())]


def text(made: list[Any]) -> bytes:
    # As CloudTrail writes it, or as people do.
    separators = (",", ":") if len(made) % 2 else (", ", ": ")
    return json.dumps({"Records": made}, separators=separators).encode()


def one_changed(change: Callable[[Random, Json], None]) -> Callable[[Random], Made]:
    """An object in which one of the records is damaged."""

    def make(random: Random) -> Made:
        made = records(random)
        change(random, random.choice(made))
        return text(made), len(made)

    return make


def _spoil(*keys: str) -> Callable[[Random, Json], None]:
    def change(random: Random, record: Json) -> None:
        record[random.choice(keys)] = random.choice(TYPES)

    return change


def _drop(random: Random, record: Json) -> None:
    for key in random.sample(sorted(record), random.randrange(1, 8)):
        del record[key]


def _time(random: Random, record: Json) -> None:
    times = ("0000-00-00T00:00:00Z", "9999-12-31T23:59:59Z", "1969-01-01", "now", "2026-11-31T1:1")
    record["eventTime"] = random.choice(
        (*times, "2026-11-01T10:00:00+99:00", "\u0662\u0660\u0662\u0666-11-01")
    )


def _nul(random: Random, record: Json) -> None:
    record[random.choice(("userAgent", "eventName", "errorCode"))] = "a\x00\ud800\x1b[31m\u2028b"


def _long(random: Random, record: Json) -> None:
    record[random.choice(("userAgent", "eventName", "awsRegion", "eventID"))] = "x" * 200_000


def _identity(random: Random, record: Json) -> None:
    identity = dict(record.get("userIdentity") or {"type": "IAMUser"})
    identity[random.choice(("type", "arn", "principalId", "accountId", "sessionContext"))] = (
        random.choice(TYPES)
    )
    record["userIdentity"] = identity


def _inner(random: Random, record: Json) -> None:
    record["eventSource"], record["eventName"] = "sts.amazonaws.com", "AssumeRole"
    record["responseElements"] = {"credentials": random.choice(TYPES)}


def _big_number(random: Random, record: Json) -> None:
    record["requestParameters"] = {"n": 0, "marker": "MARK"}


def raw(pattern: bytes) -> Callable[[Random], Made]:
    """An object in which one record has bytes that are no JSON, or that few parsers bear."""

    def make(random: Random) -> Made:
        made = records(random)
        _big_number(random, random.choice(made))
        return text(made).replace(b'"MARK"', pattern), len(made)

    return make


def cut(random: Random) -> Made:
    data = gzip.compress(text(records(random)))
    return data[: random.randrange(3, len(data) - 1)], None


def flipped(random: Random) -> Made:
    data = bytearray(gzip.compress(text(records(random))))
    data[random.randrange(20, len(data))] ^= 1 << random.randrange(8)
    return bytes(data), None


def cut_json(random: Random) -> Made:
    data = text(records(random))
    return data[: random.randrange(1, len(data) - 1)], None


def noise(random: Random) -> Made:
    return random.choice((b"", random.randbytes(500), b"\x1f\x8b", b"null", b"<html>", b"{}")), None


def bomb(random: Random) -> Made:
    return BOMB, None


def not_objects(random: Random) -> Made:
    made = [*records(random), *random.choices(TYPES, k=4)]
    random.shuffle(made)
    return text(made), len(made)


def twice(random: Random) -> Made:
    made = records(random)
    doubled = text(made).replace(b'"eventName"', b'"eventName": [], "eventName"', 1)
    return doubled, len(made)


def padded(random: Random) -> Made:
    made = records(random)
    mark = random.choice((b"\xef\xbb\xbf", b"\n \t", b""))
    return mark + text(made) + b"\n" * random.randrange(3), len(made)


def lines(random: Random) -> Made:
    made = records(random)
    return "\n".join(json.dumps(one) for one in made).encode(), len(made)


def looked_up(random: Random) -> Made:
    events: list[Json] = [{"CloudTrailEvent": json.dumps(one)} for one in records(random)]
    events.append({"CloudTrailEvent": random.choice(("{", 5, "null", "[1]"))})
    return json.dumps({"Events": events}).encode(), len(events)


def _bomb() -> bytes:
    """200 MiB of zeros, never held as such: the memory of this process is measured."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    megabyte = bytes(1024 * 1024)
    return b"".join(packer.compress(megabyte) for _ in range(200)) + packer.flush()


BOMB = _bomb()
KINDS: tuple[Callable[[Random], Made], ...] = (
    cut,
    flipped,
    cut_json,
    noise,
    bomb,
    not_objects,
    twice,
    padded,
    lines,
    looked_up,
    raw(b"[" * 100_000 + b"]" * 100_000),
    raw(b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    raw(b"9" * 5_000),
    raw(b"NaN"),
    raw(b'"\xff\xfe\x00\x01"'),
    raw(b'"\\ud800 \\udc00 \\q"'),
    one_changed(_spoil("eventName", "eventSource", "eventID", "awsRegion")),
    one_changed(_spoil("userIdentity", "recipientAccountId", "resources", "addendum")),
    one_changed(_drop),
    one_changed(_time),
    one_changed(_nul),
    one_changed(_long),
    one_changed(_identity),
    one_changed(_inner),
    one_changed(_spoil("userAgent", "sourceIPAddress", "errorCode", "sharedEventID")),
)
