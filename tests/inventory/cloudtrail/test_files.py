"""Files as a source of log objects: what is found, in which order, and what is not followed."""

import os
from datetime import date

import pytest

from inventory.aws.errors import ReadFailed
from inventory.cloudtrail.files import FileLogs
from inventory.cloudtrail.objects import Days, Place
from inventory.cloudtrail.reasons import Unreadable

ACCOUNT = "123456789012"


@pytest.fixture
def logs(tmp_path):
    """A folder as `aws s3 sync` leaves it, with company."""
    day = (
        tmp_path / "logs" / "AWSLogs" / ACCOUNT / "CloudTrail" / "eu-west-1" / "2026" / "03" / "02"
    )
    day.mkdir(parents=True)
    (day / "b.json.gz").write_bytes(b"b")
    (day / "a.json.gz").write_bytes(b"a")
    (tmp_path / "logs" / ".hidden").write_bytes(b"x")
    (tmp_path / "logs" / "loose.json").write_bytes(b"loose")
    (tmp_path / "outside.json").write_bytes(b"outside")
    return tmp_path / "logs"


def found(*paths, days=None):
    source = FileLogs([str(path) for path in paths])
    parts = list(source.find(days, lambda: None))
    objects = [one for part in parts for one in part.objects]
    return source, objects, [part.problem for part in parts if part.problem]


def names(*paths, **more):
    return [one.name for one in found(*paths, **more)[1]]


def test_a_folder_is_walked_in_the_order_of_names_and_hidden_files_are_left(logs):
    assert names(logs) == ["loose.json", "a.json.gz", "b.json.gz"]


def test_an_address_means_the_same_as_its_path(logs):
    assert [one.uri for one in found(logs.as_uri())[1]] == [one.uri for one in found(logs)[1]]


def test_a_file_named_twice_is_found_once(logs):
    assert names(logs / "loose.json", logs) == ["loose.json", "a.json.gz", "b.json.gz"]


def test_a_file_carries_what_its_path_tells(logs):
    _, objects, _ = found(logs)
    assert objects[1].place == Place(ACCOUNT, "eu-west-1", "2026-03-02")
    assert objects[0].place == Place()
    assert objects[1].size == 1


def test_a_file_name_alone_tells_account_region_and_day(tmp_path):
    path = tmp_path / f"{ACCOUNT}_CloudTrail_us-gov-west-1_20260302T0105Z_abcdefgh.json.gz"
    path.write_bytes(b"x")
    assert found(path)[1][0].place == Place(ACCOUNT, "us-gov-west-1", "2026-03-02")


def test_days_narrow_what_has_a_day(logs):
    days = Days(date(2026, 3, 3), date(2026, 3, 4))
    assert names(logs, days=days) == ["loose.json"]


def test_a_file_that_is_written_again_is_another_object(logs):
    path = logs / "loose.json"
    before = found(path)[1][0].version
    path.write_bytes(b"longer than before")
    assert found(path)[1][0].version != before


def test_links_inside_a_folder_are_not_followed_and_are_counted(logs, tmp_path):
    (logs / "link.json").symlink_to(tmp_path / "outside.json")
    (logs / "folder").symlink_to(tmp_path)
    source, objects, _ = found(logs)
    assert "outside.json" not in [one.name for one in objects]
    assert len(objects) == 3
    assert source.skipped_links == 2


def test_a_link_that_was_named_is_followed(logs, tmp_path):
    (tmp_path / "here").symlink_to(logs)
    assert len(names(tmp_path / "here")) == 3


def test_what_is_no_regular_file_is_left(logs):
    os.mkfifo(logs / "pipe.json")
    assert "pipe.json" not in names(logs)


def test_a_path_that_is_not_there_is_a_problem_and_the_others_are_found(logs, tmp_path):
    _, objects, problems = found(tmp_path / "none", logs)
    assert len(objects) == 3
    assert [str(one) for one in problems] == [
        f"file: {tmp_path}/none cannot be read (No such file or directory)"
    ]


def test_a_file_is_read_as_it_lies_there(logs):
    _, objects, _ = found(logs / "loose.json")
    assert FileLogs().fetch(objects[0].uri, lambda: None).data == b"loose"


def test_names_with_odd_signs_and_broken_bytes_survive(tmp_path):
    path = os.fsencode(tmp_path) + b"/a%20 b?#\xff\n.json"
    with open(path, "wb") as file:
        file.write(b"odd")
    _, [one], _ = found(tmp_path)
    assert one.uri.isascii()
    assert FileLogs().fetch(one.uri, lambda: None).data == b"odd"


def test_a_file_that_is_gone_cannot_be_read(logs):
    _, [one], _ = found(logs / "loose.json")
    (logs / "loose.json").unlink()
    with pytest.raises(Unreadable, match="no longer there"):
        FileLogs().fetch(one.uri, lambda: None)


def test_a_file_that_became_a_link_is_not_read(logs, tmp_path):
    _, [one], _ = found(logs / "loose.json")
    (logs / "loose.json").unlink()
    (logs / "loose.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(ReadFailed):
        FileLogs().fetch(one.uri, lambda: None)


def test_a_file_that_became_a_pipe_is_not_waited_for(logs):
    _, [one], _ = found(logs / "loose.json")
    (logs / "loose.json").unlink()
    os.mkfifo(logs / "loose.json")
    with pytest.raises(Unreadable):
        FileLogs().fetch(one.uri, lambda: None)
