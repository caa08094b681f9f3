"""Files from disk: size-limited, unpacked, decoded, and as JSON documents. No Django."""

import codecs
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.aws.values import clean, shown
from inventory.imports.problem import ImportProblem

MAX_BYTES = 512 * 1024 * 1024
GZIP = b"\x1f\x8b"
GZIP_WINDOW = 31
# Windows PowerShell redirects into UTF-16; the mark at the start tells.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BETWEEN_DOCUMENTS = " \t\r\n,\x1e\ufeff"


@dataclass(frozen=True, slots=True)
class SavedFile:
    """A file as it lay there. sha256 is of its bytes on disk, before unpacking."""

    name: str
    data: bytes
    sha256: str
    modified_at: datetime

    def problem(self, record: str, reason: str) -> ImportProblem:
        """A problem with this file."""
        return ImportProblem(self.name, record, reason)


def read_file(path: str, *, limit: int = MAX_BYTES) -> SavedFile:
    """The file's bytes, unpacked when they are gzip."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit + 1)
        modified_at = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportProblem(clean(path), "", f"cannot be read ({reason})") from None
    name = clean(Path(path).name)
    if len(data) > limit:
        raise ImportProblem(name, "", f"is larger than {limit // 2**20} MB")
    digest = hashlib.sha256(data).hexdigest()
    return SavedFile(name, _unpacked(name, data, limit), digest, modified_at)


def _unpacked(name: str, data: bytes, limit: int) -> bytes:
    chunks, size = [], 0
    while data.startswith(GZIP):
        unpacker = zlib.decompressobj(GZIP_WINDOW)
        try:
            chunks.append(unpacker.decompress(data, limit + 1 - size))
        except zlib.error:
            raise ImportProblem(name, "", "is not a whole gzip file") from None
        size += len(chunks[-1])
        if size > limit:
            raise ImportProblem(name, "", f"is larger than {limit // 2**20} MB unpacked")
        if not unpacker.eof:
            raise ImportProblem(name, "", "is not a whole gzip file")
        data = unpacker.unused_data
    return b"".join(chunks) if chunks else data


def text_of(file: SavedFile) -> str:
    """The file as text: UTF-8, or what its byte order mark says."""
    encoding = next((name for mark, name in MARKS if file.data.startswith(mark)), "utf-8")
    try:
        return file.data.decode(encoding)
    except UnicodeDecodeError as error:
        raise file.problem(f"byte {error.start}", f"is not {encoding} text") from None


def documents(file: SavedFile) -> list[Mapping[str, Any]]:
    """Every JSON object of a file: one, several one after another, or a list of them."""
    found: list[Mapping[str, Any]] = []
    for number, value in enumerate(_values(file, text_of(file)), start=1):
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, dict):
                raise file.problem(f"document {number}", f"{shown(item)} is not a JSON object")
            found.append(_cleaned(file, number, item))
    if not found:
        raise file.problem("", "holds no JSON document")
    return found


def _values(file: SavedFile, text: str) -> Iterator[Any]:
    decoder, position, number = json.JSONDecoder(), 0, 1
    while True:
        while position < len(text) and text[position] in BETWEEN_DOCUMENTS:
            position += 1
        if position == len(text):
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            reason = f"is not JSON: {error.msg} (line {error.lineno}, column {error.colno})"
            raise file.problem(f"document {number}", reason) from None
        except RecursionError:
            raise file.problem(f"document {number}", "is nested too deeply") from None
        except ValueError as error:
            raise file.problem(f"document {number}", f"is not JSON: {error}") from None
        yield value
        number += 1


def _cleaned(file: SavedFile, number: int, item: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        cleaned: Mapping[str, Any] = clean(item)
    except ValueError as error:
        raise file.problem(f"document {number}", f"is {error}") from None
    return cleaned


def goes_on(document: Mapping[str, Any]) -> bool:
    """AWS, or its command line with --max-items, says that more would have followed."""
    return document.get("IsTruncated") is True or bool(document.get("NextToken"))
