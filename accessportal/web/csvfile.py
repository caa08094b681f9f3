"""CSV that is safe to open in a spreadsheet: text stays text, and nothing hides in a cell."""

import csv
import json
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

# What a spreadsheet may take for the start of a formula, with look-alikes that NFKC leaves alone.
FORMULA_SIGNS = frozenset("=+-@\u2212\u2010\u2011")
LINE_SIGNS = frozenset("\t\r\n")
SKIPPED = frozenset("'\"`\u2018\u2019\u201c\u201d\uff07\uff02\ufeff\u200b\u200c\u200d\u2060\u00ad")


class _Echo:
    """A file whose write returns the line, so that csv.writer can feed a stream."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: Any) -> str:
    """One cell as text. None is empty, times are UTC with Z, lists and dicts are JSON. Text that a
    spreadsheet could run gets an apostrophe, and characters nobody sees become visible."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    text = str(value)
    shown = text if text.isprintable() else "".join(map(_visible, text))
    return f"'{shown}" if _is_formula(text) else shown


def _is_formula(text: str) -> bool:
    if text[:1] in LINE_SIGNS:
        return True
    for sign in text:
        plain = unicodedata.normalize("NFKC", sign)[:1]
        if sign in SKIPPED or plain in SKIPPED or not plain.strip() or not plain.isprintable():
            continue
        return plain in FORMULA_SIGNS
    return False


def _visible(sign: str) -> str:
    code = ord(sign)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"<U+{code:04X}>"
    return sign


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Header and rows, line by line. Everything is quoted: some spreadsheets split at ';'."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([safe_cell(value) for value in row])


def csv_response(
    filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download that is written while it is read: give it a generator over .iterator()."""
    return StreamingHttpResponse(
        csv_lines(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, filename) or "attachment"},
    )
