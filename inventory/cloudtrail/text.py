"""Outside strings, made harmless once, where they enter: what was wrong stays visible."""

from functools import lru_cache
from hashlib import blake2b

LONGEST_ARN = 2048


@lru_cache(maxsize=65536)
def clean(value: str | None, limit: int = 256) -> str:
    r"""The string as it may be stored: '' for none, control characters and lone surrogates written
    as \xNN and \uNNNN. Longer than limit: its beginning and a digest of the whole, so that two
    strings which begin alike stay two."""
    if not value:
        return ""
    if not value.isprintable():
        value = "".join(one if one.isprintable() else _escaped(one) for one in value)
    if len(value) <= limit:
        return value
    mark = blake2b(value.encode(), digest_size=4).hexdigest()
    return f"{value[: limit - 9]}~{mark}"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
