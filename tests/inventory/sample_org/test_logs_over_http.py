"""CloudTrail's logs over HTTP: the trail's bucket in S3, the event history, the digests' keys."""

import gzip
import hashlib
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ResponseStreamingError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from inventory.sample_org.logs.files import Logs
from inventory.sample_org.process import SampleOrganization
from inventory.sample_org.reading import pages

QUIET = "444455556666"


@pytest.fixture(scope="module")
def organization(tmp_path_factory):
    data_dir = tmp_path_factory.mktemp("logs")
    with SampleOrganization.start("fourteen", data_dir, logs=True) as running:
        yield running


@pytest.fixture(autouse=True)
def no_faults(organization):
    yield
    organization.clear_faults()


@pytest.fixture(scope="module")
def s3(organization):
    return organization.portal_client("s3")


@pytest.fixture(scope="module")
def keys(organization, s3):
    bucket = organization.info["log_bucket"]
    return [one["Key"] for one in pages(s3, "list_objects_v2", "Contents", Bucket=bucket)]


def body_of(organization, key):
    s3 = organization.portal_client("s3")
    return s3.get_object(Bucket=organization.info["log_bucket"], Key=key)["Body"].read()


def records_of(organization, key):
    return json.loads(gzip.decompress(body_of(organization, key)))["Records"]


def test_the_bucket_holds_what_the_files_of_the_same_organization_hold(
    organization, keys, tmp_path
):
    clock = {"epoch": organization.info["epoch"]}
    (tmp_path / "sample-org-clock.json").write_text(json.dumps(clock))
    logs = Logs("fourteen", 47, tmp_path)
    logs.write(datetime.fromisoformat(organization.info["epoch"]))
    objects = tmp_path / "cloudtrail" / "objects"
    written = {str(path.relative_to(objects)) for path in objects.rglob("*.gz")}
    # The bucket was filled a moment after the epoch.
    assert {key for key in written if "Digest" not in key} <= set(keys)
    sample = [key for key in sorted(written) if "/CloudTrail/" in key][::100]
    for key in sample:
        assert body_of(organization, key) == (objects / key).read_bytes()


def test_keys_are_listed_by_prefix_folder_and_place(organization, s3, keys):
    bucket = organization.info["log_bucket"]
    top = s3.list_objects_v2(Bucket=bucket, Prefix="AWSLogs/", Delimiter="/")
    assert len(top["CommonPrefixes"]) == 2
    after = s3.list_objects_v2(Bucket=bucket, StartAfter=keys[10], MaxKeys=5)
    assert [one["Key"] for one in after["Contents"]] == keys[11:16]
    assert keys == sorted(keys)


def test_the_readers_of_member_accounts_may_not_read_the_bucket(organization):
    s3 = organization.reader_client("s3", QUIET)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=organization.info["log_bucket"])


def test_the_portal_may_not_write(organization, s3, keys):
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket=organization.info["log_bucket"], Key=keys[0], Body=b"")


def test_a_key_that_is_not_there_is_not_found(organization):
    with pytest.raises(ClientError, match="NoSuchKey"):
        body_of(organization, "AWSLogs/nothing.json.gz")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("deny", "AccessDenied"),
        ("throttle", "SlowDown"),
        ("expired", "ExpiredToken"),
        ("error500", "InternalError"),
    ],
)
def test_faults_speak_the_words_of_s3(organization, keys, kind, code):
    organization.fault(service="s3", operation="GetObject", kind=kind, count=1)
    with pytest.raises(ClientError) as refused:
        body_of(organization, keys[0])
    assert refused.value.response["Error"]["Code"] == code


def test_a_fault_can_be_about_the_logs_of_one_account(organization, keys):
    organization.fault(service="s3", kind="deny", account_id=QUIET)
    theirs = next(key for key in keys if QUIET in key)
    others = next(key for key in keys if QUIET not in key)
    assert body_of(organization, others)
    with pytest.raises(ClientError, match="AccessDenied"):
        body_of(organization, theirs)


def test_a_body_can_break_off(organization, keys):
    organization.fault(service="s3", operation="GetObject", kind="cut_body", count=1)
    with pytest.raises(ResponseStreamingError):
        body_of(organization, keys[0])
    assert body_of(organization, keys[0])


def test_signatures_are_metadata_and_the_public_key_fits_them(organization, s3, keys):
    key = next(one for one in keys if "/CloudTrail-Digest/" in one)
    found = s3.get_object(Bucket=organization.info["log_bucket"], Key=key)
    text = gzip.decompress(found["Body"].read())
    document = json.loads(text)
    trails = organization.admin_client("cloudtrail")
    (known,) = trails.list_public_keys()["PublicKeyList"]
    assert known["Fingerprint"] == document["digestPublicKeyFingerprint"]
    public = serialization.load_der_public_key(known["Value"])
    assert isinstance(public, rsa.RSAPublicKey)
    place = f"{document['digestS3Bucket']}/{key}"
    previous = document["previousDigestSignature"] or "null"
    digest = hashlib.sha256(text).hexdigest()
    signed = f"{document['digestEndTime']}\n{place}\n{digest}\n{previous}".encode()
    signature = bytes.fromhex(found["Metadata"]["signature"])
    public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


def events(client, **arguments):
    """Every page, no faster than twice a second."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        answer = client.lookup_events(**arguments, **token)
        found += answer["Events"]
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}
        time.sleep(0.51)


def test_the_event_history_is_the_management_events_of_the_logs(organization, keys):
    day = datetime.fromisoformat(organization.info["epoch"]) - timedelta(days=6)
    start = day.replace(hour=0, minute=0, second=0)
    end = start + timedelta(hours=23, minutes=59, seconds=59)
    client = organization.reader_client("cloudtrail", QUIET)
    history = events(client, StartTime=start, EndTime=end)
    near = [
        f"/{QUIET}/CloudTrail/eu-central-1/{start + timedelta(days=n):%Y/%m/%d}/" for n in range(6)
    ]
    logged = {
        record["eventID"]: record
        for key in keys
        if any(place in key for place in near)
        for record in records_of(organization, key)
        if record["eventTime"][:10] == start.date().isoformat() and record["managementEvent"]
    }
    assert {one["EventId"] for one in history} == set(logged)
    assert [json.loads(one["CloudTrailEvent"]) for one in history] == [
        logged[one["EventId"]] for one in history
    ]


def test_the_event_history_comes_newest_first_and_fifty_a_page(organization):
    time.sleep(1)
    answer = organization.reader_client("cloudtrail", QUIET).lookup_events()
    times = [one["EventTime"] for one in answer["Events"]]
    assert len(times) == 50
    assert times == sorted(times, reverse=True)


def test_time_goes_on_in_the_bucket(tmp_path):
    with SampleOrganization.start("fourteen", tmp_path) as organization:
        s3, bucket = organization.portal_client("s3"), organization.info["log_bucket"]
        before = {one["Key"] for one in pages(s3, "list_objects_v2", "Contents", Bucket=bucket)}
        organization.advance(26 * 3600)
        after = {one["Key"] for one in pages(s3, "list_objects_v2", "Contents", Bucket=bucket)}
        assert before < after


def test_the_truth_can_be_asked_for(organization):
    assert {row["path"] for row in organization.world("usage")} >= {"old", "new", "workload"}
    assert {row["path"] for row in organization.world("access")} >= {"new"}
