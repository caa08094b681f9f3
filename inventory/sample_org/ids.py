"""AWS's identifiers, derived from the seed and a natural key instead of drawn from a generator.

A drawn sequence would shift every later id when one user is added to a world; a derived id stays.
Shapes and lengths are AWS's own, because code under test parses and validates them.
"""

import base64
import hashlib
from random import Random
from uuid import UUID

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_ACCOUNT_OFFSET = 549755813888


class Ids:
    """All identifiers of one organisation: same world and seed, same ids."""

    def __init__(self, world: str = "", seed: int = 0) -> None:
        self._root = f"{world}/{seed}"

    def random(self, *key: str) -> Random:
        """A generator of its own for each natural key."""
        text = "\x1f".join((self._root, *key))
        return Random(hashlib.sha256(text.encode()).digest())

    def _text(self, alphabet: str, length: int, key: tuple[str, ...]) -> str:
        return "".join(self.random(*key).choices(alphabet, k=length))

    def unique(self, prefix: str, *key: str, length: int = 17) -> str:
        """AIDA, AGPA, AROA, ANPA, ACCA and the like: prefix and 17 characters of base 32."""
        return prefix + self._text(_BASE32, length, (prefix, *key))

    def access_key(self, account_id: str, *key: str, prefix: str = "AKIA") -> str:
        """20 characters; as in AWS since 2019 the account id can be decoded from the key id."""
        number = int(account_id)
        packed = int.to_bytes(number // 2 + _ACCOUNT_OFFSET, byteorder="big", length=5)
        rng = self.random(prefix, account_id, *key)
        half = _BASE32[16:] if number % 2 else _BASE32[:16]
        head = prefix + base64.b32encode(packed).decode() + rng.choice(half)
        return head + "".join(rng.choices(_BASE32, k=20 - len(head)))

    def hexadecimal(self, length: int, *key: str) -> str:
        return self._text("0123456789abcdef", length, key)

    def lower(self, length: int, *key: str) -> str:
        return self._text(_LOWER, length, key)

    def uuid(self, *key: str) -> str:
        return str(UUID(int=self.random("uuid", *key).getrandbits(128), version=4))
