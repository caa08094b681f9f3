"""The trail's bucket: accounts and regions found, days looked back at, objects read whole."""

from datetime import date

import pytest

from inventory.aws.errors import AccessDenied, ReadFailed, Throttled
from inventory.aws.rates import no_limits
from inventory.aws.retries import Patience
from inventory.aws.s3_get import Bucket
from inventory.aws.s3_logs import S3Logs
from inventory.aws.session import AwsSettings, Connections
from inventory.cloudtrail.objects import Days, Place
from inventory.cloudtrail.reasons import Unreadable
from tests.s3_server import BUCKET, serving

ORG = "AWSLogs/o-abcd123456"
A, B = "123456789012", "210987654321"


def key(account, day, region="eu-west-1", kind="CloudTrail", root=ORG, number=1):
    folder = f"{root}/{account}/{kind}/{region}/{day.replace('-', '/')}"
    stamp = day.replace("-", "")
    return f"{folder}/{account}_{kind}_{region}_{stamp}T0105Z_{number:016d}.json.gz"


KEYS = {
    key(A, "2026-03-01"): b"first",
    key(A, "2026-03-02"): b"second",
    key(A, "2026-03-03"): b"third",
    key(A, "2026-03-02", "us-east-1"): b"virginia",
    key(B, "2026-03-02"): b"other",
    key(B, "2026-03-02", kind="CloudTrail-Digest"): b"digest",
    key(B, "2026-03-02", kind="CloudTrail-Insight"): b"insight",
    f"{ORG}/{A}/Config/eu-west-1/2026/3/2/ConfigHistory/x.json.gz": b"not ours",
    "elsewhere/notes.txt": b"not ours",
}
THREE_DAYS = Days(date(2026, 3, 1), date(2026, 3, 3))


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATESTING")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def s3():
    with serving(KEYS) as running:
        yield running


def connections(s3, *, read_timeout=5):
    settings = AwsSettings(
        endpoint_url=s3.url,
        profile=None,
        region="us-east-1",
        management_role_arn=None,
        reader_role_name="reader",
        external_id=None,
        read_timeout_seconds=read_timeout,
    )
    patience = Patience(max_attempts=3, sleep=lambda seconds: None)
    return Connections(settings, limits=no_limits(), patience=patience)


def logs(s3, prefix="", **more):
    return S3Logs(connections(s3, **more), f"s3://{BUCKET}/{prefix}")


def listed(source, days=None):
    """Names of what is found, what is vouched for, and problems."""
    objects, vouched, problems = [], [], []
    for part in source.find(days, lambda: None):
        objects += part.objects
        vouched += part.vouched
        problems += [part.problem] if part.problem else []
    return sorted(objects), sorted(vouched), problems


def uris(*keys):
    return sorted(f"s3://{BUCKET}/{one}" for one in keys)


OURS = [one for one in KEYS if "CloudTrail" in one and "Insight" not in one]


def test_every_account_and_region_of_an_organization_trail_is_found(s3):
    objects, _, problems = listed(logs(s3))
    assert [one.uri for one in objects] == uris(*OURS)
    assert problems == []


@pytest.mark.parametrize(
    "prefix", ["AWSLogs", "AWSLogs/", ORG, f"{ORG}/{A}", f"{ORG}/{A}/CloudTrail/eu-west-1/2026/03"]
)
def test_an_address_may_stop_at_any_folder_of_the_layout(s3, prefix):
    objects, _, _ = listed(logs(s3, prefix))
    assert [one.uri for one in objects] == uris(*[one for one in OURS if one.startswith(prefix)])


def test_an_address_may_name_one_object(s3):
    name = key(B, "2026-03-02")
    objects, _, _ = listed(logs(s3, name))
    assert [one.uri for one in objects] == uris(name)


def test_a_trail_of_one_account_with_a_prefix_of_its_own_is_found():
    name = key(A, "2026-03-02", root="my/logs/AWSLogs")
    with serving({name: b"x"}) as s3:
        objects, _, _ = listed(logs(s3, "my/logs"))
        assert [one.uri for one in objects] == uris(name)


def test_a_bucket_without_the_layout_is_listed_as_it_is():
    with serving({"a.json": b"x", "b/c.json.gz": b"y", "b/": b""}) as s3:
        objects, _, _ = listed(logs(s3))
        assert [one.name for one in objects] == ["a.json", "c.json.gz"]


def test_an_object_carries_what_its_path_and_the_listing_tell(s3):
    objects, _, _ = listed(logs(s3))
    [found] = [one for one in objects if one.uri.endswith(key(A, "2026-03-01"))]
    assert found.place == Place(A, "eu-west-1", "2026-03-01")
    assert (found.size, len(found.version)) == (5, 32)
    assert found.name == key(A, "2026-03-01").rsplit("/", 1)[1]


def test_only_the_days_looked_at_are_listed_and_vouched_for(s3):
    days = Days(date(2026, 3, 2), date(2026, 3, 2))
    objects, vouched, _ = listed(logs(s3), days)
    assert {one.place.day for one in objects} == {"2026-03-02"}
    places = [(A, "eu-west-1"), (A, "us-east-1"), (B, "eu-west-1")]
    assert vouched == [Place(*place, "2026-03-02") for place in places]


def test_loose_listings_vouch_for_nothing(s3):
    assert listed(logs(s3))[1] == []


def test_pages_are_followed_to_the_end():
    keys = {key(A, "2026-03-02", number=n): b"x" for n in range(25)}
    with serving(keys, page=10) as s3:
        objects, _, _ = listed(logs(s3), THREE_DAYS)
        assert len(objects) == 25


def test_a_region_that_cannot_be_listed_is_told_and_not_vouched_for(s3):
    s3.fault("deny", "list", part=f"{A}/CloudTrail/us-east-1/")
    objects, vouched, problems = listed(logs(s3), THREE_DAYS)
    assert not [one for one in objects if "us-east-1" in one.uri]
    assert {(one.account_id, one.region) for one in vouched} == {(A, "eu-west-1"), (B, "eu-west-1")}
    assert [type(one) for one in problems] == [AccessDenied]
    assert "s3:ListBucket" in str(problems[0])


def test_an_account_that_cannot_be_listed_does_not_stop_the_others(s3):
    s3.fault("deny", "list", part=f"{ORG}/{A}/")
    objects, _, problems = listed(logs(s3), THREE_DAYS)
    assert {one.place.account_id for one in objects} == {B}
    assert len(problems) == 1


def test_a_bucket_that_cannot_be_listed_is_one_problem(s3):
    s3.fault("deny", "list")
    assert [str(one)[:13] for one in listed(logs(s3))[2]] == ["s3:ListBucket"]


def test_a_listing_that_breaks_between_pages_is_told_and_not_vouched_for():
    keys = {key(A, "2026-03-02", number=n): b"x" for n in range(25)}
    with serving(keys, page=10) as s3:
        s3.fault("deny", "next")
        source = logs(s3, f"{ORG}/{A}/CloudTrail/eu-west-1/")
        first, *rest = source.find(THREE_DAYS, lambda: None)
        assert len(first.objects) == 10
        assert isinstance(rest[-1].problem, AccessDenied)
        assert not [one for one in (first, *rest) if one.vouched]


def test_an_object_is_read_as_it_lies_there(s3):
    assert logs(s3).fetch(uris(key(A, "2026-03-02"))[0], lambda: None).data == b"second"


def test_signs_in_a_key_survive_listing_and_reading():
    odd = "AWSLogs-a b+c%2F&é\N{SNOWMAN}.json"
    with serving({odd: b"odd"}) as s3:
        source = logs(s3)
        [found] = listed(source)[0]
        assert source.fetch(found.uri, lambda: None).data == b"odd"


@pytest.mark.parametrize("kind", ["throttle", "error500", "cut"])
def test_a_passing_fault_costs_another_attempt_and_nothing_else(s3, kind):
    s3.fault(kind, left=2)
    assert logs(s3).fetch(uris(key(A, "2026-03-02"))[0], lambda: None).data == b"second"
    assert s3.count("get") == 3


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("deny", AccessDenied, "refused: as told (AccessDenied)"),
        ("throttle", Throttled, "kept throttling"),
        ("error500", ReadFailed, "as told (Oops)"),
        ("cut", ReadFailed, "the connection broke"),
        ("timeout", ReadFailed, "no answer in time"),
    ],
)
def test_a_fault_that_stays_is_told_and_never_a_shorter_object(s3, kind, error, words):
    s3.fault(kind)
    with pytest.raises(error, match="s3:GetObject") as caught:
        logs(s3, read_timeout=0.3).fetch(uris(key(A, "2026-03-02"))[0], lambda: None)
    assert words in str(caught.value)
    assert s3.count("get") <= 3


def test_an_object_that_is_gone_cannot_be_read_at_all(s3):
    with pytest.raises(Unreadable):
        logs(s3).fetch(f"s3://{BUCKET}/AWSLogs/none.json.gz", lambda: None)


def test_an_address_without_a_bucket_is_refused(s3):
    with pytest.raises(ReadFailed, match="does not name a bucket"):
        S3Logs(connections(s3), "s3:///x")


@pytest.mark.parametrize(
    ("name", "endpoint", "expected"),
    [
        ("logs", "https://s3.eu-west-1.amazonaws.com", "https://logs.s3.eu-west-1.amazonaws.com/a"),
        (
            "lo.gs",
            "https://s3.eu-west-1.amazonaws.com",
            "https://s3.eu-west-1.amazonaws.com/lo.gs/a",
        ),
        ("logs", "http://127.0.0.1:9000", "http://127.0.0.1:9000/logs/a"),
    ],
)
def test_the_address_of_an_object_suits_its_endpoint(name, endpoint, expected):
    assert Bucket(name, "eu-west-1", endpoint).url("a") == expected
