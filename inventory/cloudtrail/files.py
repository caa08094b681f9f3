"""Log objects in files: a file, a folder, many of both. Links inside a folder are not followed.

Version: size and time of the last change, so a file that is written again is read again. Nothing
vouches for loose files being all there are.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from inventory.aws.errors import ReadFailed
from inventory.aws.explain import tidy
from inventory.cloudtrail.objects import (
    MOST_OBJECT_BYTES,
    Days,
    Fetched,
    Found,
    Listed,
    OnAttempt,
    SourceName,
    place_of,
    within,
)
from inventory.cloudtrail.reasons import Reason, Unreadable

SCHEME = "file://"
PER_LIST = 1000


class FileLogs:
    """Files below these paths, in the order in which they were named and then of their names.

    skipped_links: symbolic links inside folders, of which none is followed.
    """

    def __init__(self, paths: Sequence[str] = ()) -> None:
        self.paths = [path_of(path) for path in paths]
        self.skipped_links = 0

    def find(self, days: Days | None, on_attempt: OnAttempt) -> Iterator[Listed]:
        """Every file; days narrows by the day of the path, where the path has one."""
        # One path cannot show a file twice; a million addresses need not be remembered for it.
        seen: set[str] | None = set() if len(self.paths) > 1 else None
        batch: list[Found] = []
        for found in self._all():
            if isinstance(found, ReadFailed):
                yield Listed(problem=found)
            elif within(found.place.day, days) and (seen is None or found.uri not in seen):
                batch.append(found)
                if seen is not None:
                    seen.add(found.uri)
            if len(batch) == PER_LIST:
                on_attempt()
                yield Listed(tuple(batch))
                batch = []
        yield Listed(tuple(batch))

    def _all(self) -> Iterator[Found | ReadFailed]:
        for path in self.paths:
            try:
                # What was named itself may be a link: whoever named it meant what it points to.
                real = os.path.realpath(path, strict=True)
                if os.path.isdir(real):
                    yield from self._folder(real)
                else:
                    yield _found(real, os.stat(real))
            except OSError as error:
                yield _problem(path, error)

    def _folder(self, top: str) -> Iterator[Found | ReadFailed]:
        broken: list[OSError] = []
        for folder, names, files in os.walk(top, onerror=broken.append):
            yield from (_problem(folder, error) for error in broken)
            broken.clear()
            self.skipped_links += sum(os.path.islink(os.path.join(folder, name)) for name in names)
            names[:] = sorted(name for name in names if not name.startswith("."))
            for name in sorted(files):
                path = os.path.join(folder, name)
                try:
                    status = os.lstat(path)
                except OSError:
                    continue  # gone since the folder was read
                if stat.S_ISLNK(status.st_mode):
                    self.skipped_links += 1
                elif stat.S_ISREG(status.st_mode) and not name.startswith("."):
                    yield _found(path, status)
        yield from (_problem(top, error) for error in broken)

    def fetch(self, uri: str, on_attempt: OnAttempt) -> Fetched:
        """The file's bytes."""
        path = path_of(uri)
        try:
            # Between listing and reading somebody may have put a link there.
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise Unreadable(Reason.UNREADABLE, "it is no regular file any more")
                data = file.read(MOST_OBJECT_BYTES + 1)
        except FileNotFoundError:
            raise Unreadable(Reason.UNREADABLE, "the file is no longer there") from None
        except OSError as error:
            raise _problem(path, error) from None
        if len(data) > MOST_OBJECT_BYTES:
            limit = MOST_OBJECT_BYTES // 2**20
            raise Unreadable(Reason.TOO_LARGE, f"the file is larger than {limit} MB")
        return Fetched(data)


def path_of(text: str) -> str:
    """The absolute path that a path or a file:// address names."""
    if text.startswith(SCHEME):
        return os.path.abspath(os.fsdecode(unquote_to_bytes(urlsplit(text).path)))
    return os.path.abspath(text)


def _found(path: str, status: os.stat_result) -> Found:
    uri = Path(path).as_uri()
    version = f"{status.st_size}-{status.st_mtime_ns}"
    name = uri.rsplit("/", 1)[1]
    return Found(uri, name, SourceName.FILE, version, status.st_size, place_of(path))


def _problem(path: str, error: OSError) -> ReadFailed:
    shown = os.fsencode(path).decode("utf-8", "replace")
    return ReadFailed("file", tidy(f"{shown} cannot be read ({error.strerror or error})"))
