"""The process: seeds a world, listens on loopback, says that it is ready, and stops when asked."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from inventory.aws.permissions import MANAGEMENT_ROLE_NAME
from inventory.sample_org.clock import CLOCK, stamp
from inventory.sample_org.constants import (
    DEFAULT_SEED,
    EXTERNAL_ID,
    HOME_REGION,
    MANAGEMENT_ACCOUNT_ID,
    WORLD_NAMES,
)
from inventory.sample_org.front import Front
from inventory.sample_org.seed import seed
from inventory.sample_org.shelf import SHELF
from inventory.sample_org.side import MOTO_LOCK
from inventory.sample_org.uses import CATCH_UP_SECONDS, USES

INFO_FILE = "sample-org.json"
BREATH_SECONDS = 0.05
PARENT_POLL_SECONDS = 0.5


class QuietHandler(MotoRequestHandler):
    """Says nothing about each call: thousands of lines would hide the one that matters."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return None


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inventory.sample_org", description=__doc__)
    parser.add_argument("--world", choices=WORLD_NAMES, default=WORLD_NAMES[0])
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument(
        "--logs", action="store_true", help="fill the trail's bucket before being ready"
    )
    parser.add_argument(
        "--with-parent", action="store_true", help="exit when the starting process is gone"
    )
    return parser.parse_args(argv)


def _info(world_name: str, port: int) -> dict[str, str]:
    return {
        "log_bucket": SHELF.story.cast.bucket,
        "epoch": stamp(CLOCK.epoch),
        "endpoint": f"http://127.0.0.1:{port}",
        "world": world_name,
        "management_account_id": MANAGEMENT_ACCOUNT_ID,
        "identity_center_region": HOME_REGION,
        "external_id": EXTERNAL_ID,
        "management_role_arn": f"arn:aws:iam::{MANAGEMENT_ACCOUNT_ID}:role/{MANAGEMENT_ROLE_NAME}",
    }


def _watch_parent(parent: int, stop: Event) -> None:
    while not stop.is_set():
        if os.getppid() != parent:
            stop.set()
        sleep(PARENT_POLL_SECONDS)


def _go_on(stop: Event) -> None:
    """Time goes on: keys and passwords are used. Between two days of it requests are answered."""
    while not stop.wait(CATCH_UP_SECONDS):
        left = True
        while left and not stop.wait(BREATH_SECONDS):
            with MOTO_LOCK:
                left = USES.catch_up_a_day()


def _stop_on(stop: Event) -> None:
    def handle(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _announce(info: dict[str, str], data_dir: Path) -> None:
    line = json.dumps(info)
    (data_dir / INFO_FILE).write_text(line + "\n", encoding="utf-8")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _serve(server: BaseWSGIServer, front: Front, stop: Event) -> None:
    """Serves until `stop` is set; requests that hang on purpose are let go."""
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    while not stop.wait(0.2):
        continue
    front.faults.stopping.set()
    server.shutdown()
    server.server_close()


def main(argv: Sequence[str] | None = None) -> int:
    options = _arguments(argv)
    parent, stop = os.getppid(), Event()
    _stop_on(stop)
    options.data_dir.mkdir(parents=True, exist_ok=True)
    seed(options.world, options.seed, options.data_dir)
    USES.catch_up()
    if options.logs:
        SHELF.deliver()
    front = Front()
    server = make_server(
        "127.0.0.1", options.port, front, threaded=True, request_handler=QuietHandler
    )
    if options.with_parent:
        Thread(target=_watch_parent, args=(parent, stop), daemon=True).start()
    Thread(target=_go_on, args=(stop,), daemon=True).start()
    _announce(_info(options.world, server.port), options.data_dir)
    _serve(server, front, stop)
    return 0
