"""The slow way into a log object: its records one by one, so that a bad one sinks no other.

A scanner over brackets and strings finds where each record begins and ends without building
anything and without recursion; each is then decoded for itself.
"""

import re
from collections.abc import Iterator

from inventory.cloudtrail.reasons import Reason, Unreadable

MAX_DEPTH = 256
MAX_RECORDS = 250_000

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s"{}\[\],:]+', re.DOTALL)
_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\udc80-\udcff]")
_ESCAPE = re.compile(
    r"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\(u[dD][89a-fA-F][0-9a-fA-F]{2})|(\\.)",
    re.DOTALL,
)
_CLOSES = {b"}": b"{", b"]": b"["}


def values(text: bytes) -> Iterator[bytes]:
    """The JSON values that stand one after the other at the top level (JSON lines, or one only).

    Raises Unreadable (not_json) when brackets do not match or nothing but junk is there.
    """
    for start, end, _depth in _spans(text, 0, len(text)):
        yield text[start:end]


def elements(array: bytes) -> Iterator[tuple[bytes, int]]:
    """The elements of a JSON array's text, and how deep each is nested."""
    for start, end, depth in _spans(array, 1, array.rindex(b"]")):
        yield array[start:end], depth


def members(record: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The members of a JSON object's text: name (with its quotes) and value."""
    name = b""
    for start, end, _depth in _spans(record, 1, record.rindex(b"}")):
        if name:
            yield name, record[start:end]
            name = b""
        else:
            name = record[start:end]


def _spans(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Begin, end and depth of each value in text[start:end]; commas and colons only separate."""
    opened: list[bytes] = []
    begin = deepest = 0
    for match in _TOKEN.finditer(text, start, end):
        token = match[0]
        if token in (b"{", b"["):
            if not opened:
                begin, deepest = match.start(), 0
            opened.append(token)
            deepest = max(deepest, len(opened))
        elif token in _CLOSES:
            if not opened or opened.pop() != _CLOSES[token]:
                raise Unreadable(Reason.NOT_JSON, f"unmatched bracket at byte {match.start()}")
            if not opened:
                yield begin, match.end(), deepest
        elif not opened and token not in (b",", b":"):
            yield match.start(), match.end(), 0
    if opened:
        raise Unreadable(Reason.NOT_JSON, "the text ends inside a value")


def repaired(record: bytes) -> bytes:
    """The record with what JSON forbids inside strings (raw control characters, broken UTF-8, lone
    surrogates) written out visibly."""
    text = record.decode("utf-8", "surrogateescape")
    return _STRING.sub(_visible, text).encode("utf-8", "replace")


def _visible(string: re.Match[str]) -> str:
    plain = _CONTROL.sub(_control, string[0])
    return _ESCAPE.sub(lambda one: "\\\\" + one[2] if one[2] else one[0], plain)


def _control(one: re.Match[str]) -> str:
    code = ord(one[0])
    return f"\\\\x{code - 0xDC00:02x}" if code > 0xFF else f"\\u{code:04x}"
