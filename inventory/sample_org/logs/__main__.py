"""`python -m inventory.sample_org.logs`: writes the log objects that are due, once or as they come.

Says with one line of JSON on standard output that everything due so far is there.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from inventory.sample_org.constants import DEFAULT_SEED, WORLD_NAMES
from inventory.sample_org.logs.files import Logs, now

FOLLOW_SECONDS = 60.0
PARENT_POLL_SECONDS = 1.0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m inventory.sample_org.logs", description=__doc__
    )
    parser.add_argument("--world", choices=WORLD_NAMES, default=WORLD_NAMES[0])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--no-truth", action="store_true", help="write the log objects alone")
    parser.add_argument(
        "--follow", action="store_true", help="go on until the starting process is gone"
    )
    return parser.parse_args(argv)


def _follow(logs: Logs, parent: int) -> None:
    stop, waited = Event(), 0.0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(PARENT_POLL_SECONDS) and os.getppid() == parent:
        waited += PARENT_POLL_SECONDS
        if waited >= FOLLOW_SECONDS:
            waited = 0.0
            logs.write(now())


def main(argv: Sequence[str] | None = None) -> int:
    """Writes, says so, and follows if asked."""
    options, parent = _arguments(argv), os.getppid()
    options.data_dir.mkdir(parents=True, exist_ok=True)
    logs, until = Logs(options.world, options.seed, options.data_dir), now()
    written = logs.write(until)
    sys.stdout.write(json.dumps(written._asdict() | {"directory": str(logs.directory)}) + "\n")
    sys.stdout.flush()
    if not options.no_truth:
        logs.write_truth(until)
    if options.follow:
        _follow(logs, parent)
    return 0


if __name__ == "__main__":
    sys.exit(main())
