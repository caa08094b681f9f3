"""A bucket on loopback: lists, gets and fails as told. Enough of S3 and STS for the portal.

In a test: `with serving(objects) as s3:`. As a process of its own, for benchmarks:
`python -m tests.s3_server FOLDER`, which prints its address and serves the folder's files.
"""

import hashlib
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "trail-logs"
ACCOUNT = "111122223333"
REGION = "eu-central-1"
PAGE = 1000
CODES = {"deny": (403, "AccessDenied"), "throttle": (503, "SlowDown"), "error500": (500, "Oops")}


@dataclass
class Fault:
    """kind: deny, throttle, error500, timeout, cut. operation: get, list, or next (the pages of a
    listing after its first). left None: for ever."""

    kind: str
    operation: str = "get"
    part: str = ""
    left: int | None = None


@dataclass
class FakeS3:
    """objects: by key. asked: every request, (operation, key or prefix)."""

    objects: dict[str, bytes]
    page: int = PAGE
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, kind: str, operation: str = "get", part: str = "", left: int | None = None):
        self.faults.append(Fault(kind, operation, part, left))

    def take(self, operation: str, key: str, *, later: bool) -> str:
        asked = {operation, "next"} if later else {operation}
        with self._lock:
            self.asked.append((operation, key))
            for fault in self.faults:
                if fault.operation in asked and fault.part in key and fault.left != 0:
                    if fault.left is not None:
                        fault.left -= 1
                    return fault.kind
        return ""

    def count(self, operation: str) -> int:
        return sum(asked == operation for asked, _ in self.asked)

    def listing(self, query: Mapping[str, str]) -> str:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        after = query.get("continuation-token") or query.get("start-after", "")
        folders, keys = set(), []
        for key in sorted(self.objects):
            if not key.startswith(prefix) or key <= after:
                continue
            head, slash, _ = key[len(prefix) :].partition(delimiter or "\0")
            if delimiter and slash:
                folders.add(f"{prefix}{head}/")
            else:
                keys.append(key)
        page = keys[: min(self.page, int(query.get("max-keys", PAGE)))]
        return self._xml(page, sorted(folders), more=len(keys) > len(page))

    def _xml(self, keys: list[str], folders: list[str], *, more: bool) -> str:
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.objects[key])}</Size>"
            f'<ETag>"{hashlib.md5(self.objects[key]).hexdigest()}"</ETag></Contents>'  # noqa: S324
            for key in keys
        )
        shared = "".join(
            f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in folders
        )
        token = f"<NextContinuationToken>{escape(keys[-1])}</NextContinuationToken>" if more else ""
        return (
            f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"<KeyCount>{len(keys) + len(folders)}</KeyCount>{token}{contents}{shared}"
            "</ListBucketResult>"
        )


class Handler(BaseHTTPRequestHandler):
    """Path style only: /bucket/key."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake: FakeS3

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        arn = f"<Arn>arn:aws:iam::{ACCOUNT}:user/portal</Arn>"
        result = f"<GetCallerIdentityResult>{arn}</GetCallerIdentityResult>"
        self._send(200, f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>".encode())

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        query = {name: found[0] for name, found in parse_qs(parts.query).items()}
        operation = "get" if key else "list"
        later = "continuation-token" in query
        kind = self.fake.take(operation, key or query.get("prefix", ""), later=later)
        if kind == "timeout":
            self.fake.stopping.wait(30)
        elif kind in CODES:
            self._refuse(*CODES[kind])
        elif bucket != BUCKET:
            self._refuse(404, "NoSuchBucket")
        elif not key:
            self._send(200, self.fake.listing(query).encode())
        elif key not in self.fake.objects:
            self._refuse(404, "NoSuchKey")
        else:
            self._send(200, self.fake.objects[key], cut=kind == "cut")

    def _refuse(self, status: int, code: str) -> None:
        body = f"<Error><Code>{code}</Code><Message>as told</Message></Error>"
        self._send(status, body.encode())

    def _send(self, status: int, body: bytes, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml" if body[:1] == b"<" else "binary/octet")
        self.send_header("x-amz-bucket-region", REGION)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(objects: Mapping[str, bytes], **more: Any) -> Iterator[FakeS3]:
    """Serves until the end of the block."""
    fake = FakeS3(dict(objects), **more)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("OneHandler", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        fake.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    with serving(files) as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        sys.stdin.read()
