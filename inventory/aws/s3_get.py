"""Reading small objects from S3 quickly: botocore's signature and connections, without its client.

Source: s3:GetObject.   Cost: 1 call an object. Log objects are small and many, and boto3's
get_object takes four times the processor time of the request itself.
Errors: any ReadError. Unreadable: the object is not there any more. A body that ends early is a
broken connection, never a shorter object.
"""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ClientError, ResponseStreamingError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from inventory.aws.errors import ReadFailed
from inventory.aws.explain import BOTO_ERRORS, explain, is_credential_error
from inventory.aws.session import POOL_CONNECTIONS, Connections
from inventory.cloudtrail.reasons import Reason, Unreadable

OPERATION = "GetObject"
REGION_HEADER = "x-amz-bucket-region"
# Of an answer that is no object; S3's are below a kilobyte.
MOST_ERROR_BYTES = 10_000


@dataclass
class Bucket:
    """Where a bucket is: endpoint without the bucket's name, and its region, once known."""

    name: str
    region: str
    endpoint: str

    def url(self, key: str) -> str:
        """The object's address: the bucket in the host's name at AWS, in the path elsewhere."""
        parts, path = urlsplit(self.endpoint), quote(key, safe="/~")
        # A name with a dot fits no certificate of AWS's.
        if "." in self.name or not parts.netloc.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return f"{self.endpoint.rstrip('/')}/{quote(self.name)}/{path}"
        return f"{parts.scheme}://{self.name}.{parts.netloc}/{path}"


class ObjectReader:
    """Reads the objects of one bucket. Thread-safe; keep it, it holds the connections."""

    def __init__(self, connections: Connections, bucket: Bucket) -> None:
        self._connections = connections
        self._bucket = bucket
        self._lock = Lock()
        settings = connections.settings
        self._http = URLLib3Session(
            verify=True,
            proxies=get_environ_proxies(bucket.endpoint),
            timeout=(settings.connect_timeout_seconds, settings.read_timeout_seconds),  # type: ignore[arg-type]
            max_pool_connections=POOL_CONNECTIONS,
        )

    def read(self, key: str, on_attempt: Callable[[], None]) -> bytes:
        """One object, retried like every call to AWS."""
        patience = self._connections.patience
        started, attempt = patience.clock(), 1
        while True:
            on_attempt()
            try:
                return self._attempt(key, on_attempt)
            except BOTO_ERRORS as error:
                spent = patience.clock() - started
                delay = patience.delay_after(attempt, error, spent)
                if delay is None:
                    raise self._explained(error) from None
            patience.sleep(delay)
            attempt += 1

    def _attempt(self, key: str, on_attempt: Callable[[], None]) -> bytes:
        answer = self._send(key, on_attempt)
        region = answer.headers.get(REGION_HEADER)
        if answer.status_code in (301, 307, 400) and region and region != self._bucket.region:
            self._move(region)
            answer = self._send(key, on_attempt)
        if answer.status_code == 200:
            return _whole(answer)
        error = _error_of(answer)
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise Unreadable(Reason.UNREADABLE, "the object is no longer in the bucket")
        raise error

    def _send(self, key: str, on_attempt: Callable[[], None]) -> AWSResponse:
        bucket = self._bucket
        request = AWSRequest("GET", bucket.url(key))
        request.context["payload_signing_enabled"] = False
        role = self._connections.management_role
        signer = S3SigV4Auth(self._connections.credentials(role, on_attempt), "s3", bucket.region)
        signer.add_auth(request)
        return self._http.send(request.prepare())

    def _move(self, region: str) -> None:
        with self._lock:
            here = self._bucket
            endpoint = here.endpoint.replace(f".{here.region}.", f".{region}.")
            self._bucket = Bucket(here.name, region, endpoint)

    def _explained(self, error: Exception) -> Exception:
        if is_credential_error(error):
            self._connections.forget(self._connections.management_role)
        where = f"that reads bucket {self._bucket.name}"
        return explain(error, service="s3", operation=OPERATION, where=where)


def _whole(answer: AWSResponse) -> bytes:
    """The body. botocore's connections do not mind one that ends before its announced length."""
    content: bytes = answer.content
    announced = answer.headers.get("Content-Length")
    if announced is not None and int(announced) != len(content):
        raise ResponseStreamingError(error=f"{len(content)} of {announced} bytes arrived")
    return content


def _error_of(answer: AWSResponse) -> ClientError:
    """S3's error, as boto3 would raise it."""
    told: dict[str, Any] = {"Code": str(answer.status_code), "Message": "no reason given"}
    body = answer.content[:MOST_ERROR_BYTES]
    # No entities, so nothing to expand: S3's errors have no document type.
    if body.startswith(b"<") and b"<!" not in body:
        try:
            root = ET.fromstring(body)  # noqa: S314 - bounded, and refused with a document type
            told |= {child.tag: child.text or "" for child in root if child.tag in told}
        except ET.ParseError:
            pass
    response: Any = {"Error": told, "ResponseMetadata": {"HTTPStatusCode": answer.status_code}}
    return ClientError(response, OPERATION)


def no_bucket(name: str) -> ReadFailed:
    """The error for an address without a bucket in it."""
    return ReadFailed("s3", f"{name!a} does not name a bucket: s3://bucket/prefix")
