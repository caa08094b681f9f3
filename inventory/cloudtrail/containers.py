"""From the bytes of a log object to JSON text, within bounds.

What the object says of its own size is never believed: decompression stops at the limit.
"""

from typing import cast

from isal import igzip_lib

from inventory.cloudtrail.reasons import Reason, Unreadable

MAX_BYTES = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
# Its type stub does not call it an exception.
_DAMAGED = cast("type[Exception]", igzip_lib.IsalError)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def text_of(data: bytes, max_bytes: int) -> bytes:
    """The object's JSON as UTF-8, decompressed when it is gzip, without a byte order mark.

    Raises Unreadable (not_gzip, truncated, trailing_data, too_large, not_json).
    """
    text = _decompressed(data, max_bytes) if data.startswith(_GZIP) else data
    if len(text) > max_bytes:
        raise Unreadable(Reason.TOO_LARGE, f"more than {max_bytes} bytes")
    if text.startswith(_UTF16):  # what PowerShell's > writes
        try:
            text = text.decode("utf-16").encode()
        except UnicodeError as error:
            raise Unreadable(Reason.NOT_JSON, str(error)) from None
    return text.removeprefix(b"\xef\xbb\xbf")


def _decompressed(data: bytes, max_bytes: int) -> bytes:
    """All gzip members, one after the other; zero bytes after the last are padding."""
    members: list[bytes] = []
    room = max_bytes
    while data:
        if not data.startswith(_GZIP):
            raise Unreadable(Reason.TRAILING_DATA, f"{len(data)} bytes")
        member, data = _member(data, room)
        room -= len(member)
        members.append(member)
        if not data.strip(b"\0"):
            break
    return members[0] if len(members) == 1 else b"".join(members)


def _member(data: bytes, room: int) -> tuple[bytes, bytes]:
    """One member's content and what follows it."""
    stream = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    # A member ends with its size. That may be a lie, so it only says how much memory to begin with:
    # with the right amount nothing is copied. One byte more is wanted always, so that "exactly
    # full" is told from "too much".
    guess = min(int.from_bytes(data[-4:], "little"), room)
    try:
        member = stream.decompress(data, guess + 1)
        if not stream.eof and guess < room:
            member += stream.decompress(b"", room - guess)
    except _DAMAGED as error:
        raise Unreadable(Reason.NOT_GZIP, str(error)) from None
    if len(member) > room:
        raise Unreadable(Reason.TOO_LARGE, f"more than {room} bytes left of the limit")
    if not stream.eof:
        raise Unreadable(Reason.TRUNCATED)
    return member, stream.unused_data
