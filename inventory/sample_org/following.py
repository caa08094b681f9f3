"""Starts the process that writes the sample organisation's log objects as they come due.

A process of its own beside the organisation's: writing a month of logs takes some seconds of
processor time, which the first collection should not wait for.
"""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from inventory.sample_org.constants import DEFAULT_SEED
from inventory.sample_org.logs.files import DIRECTORY, OBJECTS
from inventory.sample_org.process import ROOT, StartFailedError, end, first_line

READY_SECONDS = 180.0


class SampleLogs:
    """The logs of a world in a data directory, going on. Use as a context manager."""

    def __init__(self, process: subprocess.Popen[str], data_dir: Path) -> None:
        self._process = process
        self.directory = data_dir / DIRECTORY
        self._errors = data_dir / "sample-logs.stderr"

    @classmethod
    def start(cls, world: str, data_dir: Path, seed: int = DEFAULT_SEED) -> Self:
        """Starts the process; the organisation must have started, because it sets the epoch."""
        data_dir = data_dir.resolve()
        command = [sys.executable, "-m", "inventory.sample_org.logs", "--world", world]
        command += ["--data-dir", str(data_dir), "--seed", str(seed), "--follow"]
        with (data_dir / "sample-logs.stderr").open("w", encoding="utf-8") as stderr:
            process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own module)
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        return cls(process, data_dir)

    @property
    def uri(self) -> str:
        """What CLOUDTRAIL_SOURCE is set to: the folder is the whole bucket."""
        return (self.directory / OBJECTS).as_uri().replace("file://", "mirror://", 1)

    def wait(self) -> int:
        """Until everything due so far is there. Returns the number of objects added.

        Raises StartFailedError with what the process wrote to stderr.
        """
        line = first_line(self._process, READY_SECONDS)
        if not line:
            self.stop()
            said = self._errors.read_text(encoding="utf-8")[-4000:]
            raise StartFailedError(f"the sample organisation's logs were not written:\n{said}")
        return int(json.loads(line)["objects"])

    def stop(self) -> None:
        """Ends the process. Stopping twice is harmless."""
        end(self._process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
