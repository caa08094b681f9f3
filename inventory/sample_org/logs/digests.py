"""Digests: hourly lists of the objects delivered, each signed, each pointing to the one before.

Format and signature are AWS's own (CloudTrail user guide, "CloudTrail digest file structure"):
RSA PKCS#1 v1.5 over SHA-256 of the end time, the object, its hash and the previous signature. The
signature is metadata of the S3 object.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from inventory.sample_org.clock import stamp
from inventory.sample_org.logs.cast import Cast
from inventory.sample_org.logs.delivery import LogObject, folder

HISTORY_DAYS = 2
ALGORITHM = "SHA256withRSA"
KEY_FILE = "digest-key.pem"
# Key of the object, its hash, its signature.
Previous = tuple[str, str, str]


@dataclass(frozen=True)
class DigestObject:
    """One digest: its place, its bytes, and the metadata that S3 keeps with it."""

    key: str
    body: bytes
    delivered: datetime
    metadata: dict[str, str]


class Signer:
    """The key that signs; made once and kept beside the logs."""

    def __init__(self, directory: Path) -> None:
        path = directory / KEY_FILE
        if path.exists():
            loaded = serialization.load_pem_private_key(path.read_bytes(), None)
            assert isinstance(loaded, rsa.RSAPrivateKey)
            self._key = loaded
        else:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            path.write_bytes(
                self._key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )

    @property
    def public_der(self) -> bytes:
        """As ListPublicKeys gives it: PKCS#1, DER."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1
        )

    @property
    def fingerprint(self) -> str:
        return hashlib.md5(self.public_der, usedforsecurity=False).hexdigest()

    def public_key(self, start: datetime, end: datetime) -> dict[str, Any]:
        """One entry of ListPublicKeys, times in epoch seconds."""
        return {
            "Value": base64.b64encode(self.public_der).decode(),
            "ValidityStartTime": start.timestamp(),
            "ValidityEndTime": end.timestamp(),
            "Fingerprint": self.fingerprint,
        }

    def sign(self, text: str) -> str:
        return self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


def _split(chain: str) -> tuple[str, str]:
    account, region = chain.split("/")
    return account, region


class Digests:
    """The chains of one organisation trail: one per account and region."""

    def __init__(self, cast: Cast, signer: Signer, ends: dict[str, Previous]) -> None:
        self._cast = cast
        self._signer = signer
        self.ends = ends

    @property
    def start(self) -> datetime:
        """When digests began to be delivered."""
        day = self._cast.epoch - timedelta(days=HISTORY_DAYS)
        return day.replace(hour=0, minute=0, second=0, microsecond=0)

    def _key(self, account: str, region: str, end: datetime) -> str:
        place = folder(self._cast, account, "CloudTrail-Digest", region, end, "")
        trail = f"{self._cast.world.trail}_{self._cast.home}"
        name = f"{account}_CloudTrail-Digest_{region}_{trail}_{end:%Y%m%dT%H%M%SZ}"
        return f"{place}/{name}.json.gz"

    def _files(self, objects: list[LogObject]) -> list[dict[str, str]]:
        return [
            {
                "s3Bucket": self._cast.bucket,
                "s3Object": one.key,
                "hashValue": one.sha256,
                "hashAlgorithm": "SHA-256",
                "newestEventTime": one.newest,
                "oldestEventTime": one.oldest,
            }
            for one in objects
        ]

    def _document(
        self,
        account: str,
        key: str,
        end: datetime,
        objects: list[LogObject],
        before: Previous | None,
    ) -> dict[str, Any]:
        return {
            "awsAccountId": account,
            "digestStartTime": stamp(end - timedelta(hours=1)),
            "digestEndTime": stamp(end),
            "digestS3Bucket": self._cast.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": self._signer.fingerprint,
            "digestSignatureAlgorithm": ALGORITHM,
            "newestEventTime": max((one.newest for one in objects), default=None),
            "oldestEventTime": min((one.oldest for one in objects), default=None),
            "previousDigestS3Bucket": self._cast.bucket if before else None,
            "previousDigestS3Object": before[0] if before else None,
            "previousDigestHashValue": before[1] if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature": before[2] if before else None,
            "logFiles": self._files(objects),
        }

    def _digest(
        self, account: str, region: str, end: datetime, objects: list[LogObject]
    ) -> DigestObject:
        key = self._key(account, region, end)
        before = self.ends.get(f"{account}/{region}")
        document = self._document(account, key, end, objects, before)
        text = json.dumps(document, separators=(",", ":")).encode()
        digest = hashlib.sha256(text).hexdigest()
        place, last = f"{self._cast.bucket}/{key}", before[2] if before else "null"
        signature = self._signer.sign(f"{stamp(end)}\n{place}\n{digest}\n{last}")
        self.ends[f"{account}/{region}"] = (key, digest, signature)
        metadata = {"signature": signature, "signature-algorithm": ALGORITHM}
        return DigestObject(key, gzip.compress(text, 5, mtime=0), end, metadata)

    def between(
        self, since: datetime, until: datetime, objects: Iterable[LogObject]
    ) -> Iterator[DigestObject]:
        """The digests of whole hours after since and up to until; continues the chains."""
        hours: dict[tuple[str, str, datetime], list[LogObject]] = {}
        regions = {(account, self._cast.home) for account in self._cast.accounts}
        regions |= {(account, region) for account, region in map(_split, self.ends)}
        for one in objects:
            if one.trail:
                continue
            whole = one.delivered.replace(minute=0, second=0)
            hours.setdefault((one.account, one.region, whole), []).append(one)
            regions.add((one.account, one.region))
        first = max(self.start, since.replace(minute=0, second=0))
        for account, region in sorted(regions):
            hour = first
            while hour + timedelta(hours=1) <= until:
                found = hours.get((account, region, hour), [])
                yield self._digest(account, region, hour + timedelta(hours=1), found)
                hour += timedelta(hours=1)
