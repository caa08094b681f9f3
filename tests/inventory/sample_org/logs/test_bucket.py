"""What is delivered: twice, late, signed, and the same whether at once or bit by bit."""

import base64
import gzip
import hashlib
import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from inventory.sample_org.logs import truth
from inventory.sample_org.logs.bucket import Bucket
from inventory.sample_org.logs.files import Logs
from inventory.sample_org.logs.story import Story

EPOCH = datetime(2026, 11, 20, 15, 30, 12, tzinfo=UTC)
NOW = EPOCH + timedelta(minutes=1)
LATER = EPOCH + timedelta(days=2, hours=3)

COLUMNS = [
    "day",
    "account_id",
    "path",
    "actor_kind",
    "actor",
    "user_name",
    "access_key_id",
    "permission_set",
    "event_source",
    "event_name",
    "region",
    "error",
    "events",
    "direct_events",
    "first_at",
    "last_at",
]


def data_dir(path):
    """A data directory of an organisation that started at the epoch."""
    path.mkdir(exist_ok=True)
    clock = {"epoch": EPOCH.strftime("%Y-%m-%dT%H:%M:%SZ")}
    (path / "sample-org-clock.json").write_text(json.dumps(clock))
    return path


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    return Bucket(Story("fifty", 47, EPOCH), tmp_path_factory.mktemp("bucket"))


@pytest.fixture(scope="module")
def stored(bucket):
    return list(bucket.added(None, NOW))


def records_of(one):
    return json.loads(gzip.decompress(one.body))["Records"]


def logs(stored):
    return [one for one in stored if "/CloudTrail/" in one.key]


@pytest.fixture(scope="module")
def deliveries(stored):
    """(eventID, recipient) -> the objects it came in."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in logs(stored):
        for record in records_of(one):
            found.setdefault((record["eventID"], record["recipientAccountId"]), []).append(one.key)
    return found


def test_keys_are_cloudtrails(stored):
    one = logs(stored)[0]
    parts = one.key.split("/")
    account, region = parts[2], parts[4]
    assert parts[0] == "AWSLogs"
    assert parts[1].startswith("o-")
    name = f"{account}_CloudTrail_{region}_{''.join(parts[5:8])}T"
    assert parts[8].startswith(name)
    assert one.key.endswith(".json.gz")
    assert len({one.key for one in stored}) == len(stored)


def test_a_late_object_does_not_take_the_place_of_another(tmp_path):
    """With this epoch a day late object and one of an event told twice come at the same time."""
    bucket = Bucket(Story("fifty", 47, datetime(2026, 9, 25, 15, 30, 12, tzinfo=UTC)), tmp_path)
    delivered = Counter(one.key for one in bucket.added(None, datetime(2026, 9, 25, tzinfo=UTC)))
    assert [key for key, count in delivered.items() if count > 1] == []


def test_some_events_come_twice_and_some_objects_under_two_names(stored, deliveries):
    organization = [
        [key for key in keys if "/o-" in key] for keys in deliveries.values() if len(keys) > 1
    ]
    assert [keys for keys in organization if len(set(keys)) > 1]
    bodies = Counter(one.body for one in logs(stored))
    assert max(bodies.values()) > 1


def test_one_account_is_delivered_by_its_own_trail_too(bucket, deliveries):
    both = {
        account
        for (_event, account), keys in deliveries.items()
        if any("/o-" in key for key in keys) and any("/o-" not in key for key in keys)
    }
    assert both == {bucket.story.cast.own_trail}


def test_data_events_come_by_that_trail_alone(stored):
    places = {
        "/o-" in one.key
        for one in logs(stored)
        for record in records_of(one)
        if not record["managementEvent"]
    }
    assert places == {False}


def test_the_path_is_the_day_of_delivery_not_of_the_event(stored):
    gaps: Counter[int] = Counter()
    for one in logs(stored):
        day = datetime.fromisoformat("-".join(one.key.split("/")[-4:-1])).date()
        for record in records_of(one):
            gaps[(day - datetime.fromisoformat(record["eventTime"]).date()).days] += 1
    assert gaps[0] > 0
    assert gaps[1] > 0
    assert sum(count for days, count in gaps.items() if days > 1) > 0


def test_nothing_is_delivered_before_it_happened_or_after_now(stored):
    for one in logs(stored):
        delivered = one.key.rsplit("_", 2)[1]
        assert delivered <= f"{NOW:%Y%m%dT%H%MZ}"
        for record in records_of(one):
            assert record["eventTime"].replace("-", "").replace(":", "")[:13] <= delivered


def test_insight_objects_lie_in_the_same_bucket(stored):
    assert sum("/CloudTrail-Insight/" in one.key for one in stored) == 1


@pytest.mark.nightly
def test_bit_by_bit_is_the_same_as_at_once(tmp_path):
    first, second = data_dir(tmp_path / "first"), data_dir(tmp_path / "second")
    bit_by_bit = Logs("fourteen", 47, first)
    bit_by_bit.write(NOW)
    shutil.copy(first / "cloudtrail/digest-key.pem", second)
    (second / "cloudtrail").mkdir()
    shutil.copy(first / "cloudtrail/digest-key.pem", second / "cloudtrail")
    Logs("fourteen", 47, first).write(NOW + timedelta(hours=7))
    Logs("fourteen", 47, first).write(LATER)
    Logs("fourteen", 47, second).write(LATER)
    assert contents(first) == contents(second)


def contents(directory):
    objects = directory / "cloudtrail" / "objects"
    return {
        str(path.relative_to(objects)): path.read_bytes()
        for path in objects.rglob("*")
        if path.is_file()
    }


def test_writing_again_adds_nothing(tmp_path):
    Logs("fourteen", 47, data_dir(tmp_path)).write(NOW)
    assert Logs("fourteen", 47, tmp_path).write(NOW).objects == 0


def test_the_truth_counts_each_thing_once(bucket, deliveries):
    happenings, _starts = bucket.told(NOW)
    rows = list(truth.usage(happenings))
    own = {one.record["eventID"] for one in happenings}
    assert sum(row["events"] for row in rows) == len(own)
    copies = {copy["eventID"] for one in happenings for copy in one.copies}
    assert {event for event, _account in deliveries} <= own | copies | late(bucket, deliveries)


def late(bucket, deliveries):
    """Copies of which the caller's account's own record is still under way."""
    until = NOW + timedelta(days=9)
    happenings, _starts = bucket.told(until)
    return {copy["eventID"] for one in happenings for copy in one.copies}


def test_the_truth_has_the_columns_of_the_export(bucket):
    happenings, _starts = bucket.told(NOW)
    row = next(truth.usage(happenings))
    assert list(row) == COLUMNS


@pytest.fixture(scope="module")
def digests(stored):
    found = [one for one in stored if "/CloudTrail-Digest/" in one.key]
    return {one.key: (one, json.loads(gzip.decompress(one.body))) for one in found}


def test_digests_are_signed_as_aws_signs_them(bucket, digests):
    der = bucket.signer.public_der
    public = serialization.load_der_public_key(der)
    assert isinstance(public, rsa.RSAPublicKey)
    for one, document in digests.values():
        digest = hashlib.sha256(gzip.decompress(one.body)).hexdigest()
        place = f"{document['digestS3Bucket']}/{document['digestS3Object']}"
        previous = document["previousDigestSignature"] or "null"
        text = f"{document['digestEndTime']}\n{place}\n{digest}\n{previous}"
        signature = bytes.fromhex(one.metadata["signature"])
        public.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())


def test_digests_are_chained_without_a_gap(digests):
    firsts = 0
    for _one, document in digests.values():
        before = document["previousDigestS3Object"]
        if before is None:
            firsts += 1
            continue
        previous, known = digests[before]
        text = gzip.decompress(previous.body)
        assert document["previousDigestHashValue"] == hashlib.sha256(text).hexdigest()
        assert document["previousDigestSignature"] == previous.metadata["signature"]
        assert document["digestStartTime"] == known["digestEndTime"]
    chains = {
        (document["awsAccountId"], key.split("/")[4]) for key, (_, document) in digests.items()
    }
    assert firsts == len(chains)


def test_digests_list_every_object_of_their_hours_with_its_hash(stored, digests, bucket):
    listed = {
        entry["s3Object"]: entry["hashValue"]
        for _one, document in digests.values()
        for entry in document["logFiles"]
    }
    start = (EPOCH - timedelta(days=2)).strftime("%Y%m%dT0000Z")
    end = EPOCH.strftime("%Y%m%dT%H00Z")
    expected = {
        one.key: hashlib.sha256(gzip.decompress(one.body)).hexdigest()
        for one in logs(stored)
        if "/o-" in one.key and start <= one.key.rsplit("_", 2)[1] < end
    }
    assert listed == expected


def test_the_public_key_is_given_as_aws_gives_it(bucket):
    key = bucket.signer.public_key(EPOCH, LATER)
    assert base64.b64decode(key["Value"]) == bucket.signer.public_der
    assert key["Fingerprint"] == bucket.signer.fingerprint
