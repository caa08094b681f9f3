"""The arithmetic of a hash chain, shared by the ledger and the journal. Pure.

A link covers the previous link and a row's visible columns. What may have to be erased one day
(names, contents) is covered through a salted hash only, so that erasing it leaves the chain whole.
"""

import hashlib
import secrets

GENESIS = ""


def new_salt() -> str:
    """128 random bits as hex: without it nobody can guess erased contents from their hash."""
    return secrets.token_hex(16)


def salted_hash(salt: str, *parts: str) -> str:
    """SHA-256 over salt and parts, each with its length so that no two splits agree."""
    digest = hashlib.sha256()
    for part in (salt, *parts):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def link(previous: str, *parts: str) -> str:
    """The next link of a chain."""
    return salted_hash(previous, *parts)
