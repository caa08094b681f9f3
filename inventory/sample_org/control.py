"""The control endpoints: faults, calls, the clock, the ground truth. Plain JSON, no sign-in."""

import json
from collections.abc import Callable
from typing import Any

from inventory.sample_org import truth
from inventory.sample_org.calls import Calls
from inventory.sample_org.clock import CLOCK, stamp
from inventory.sample_org.constants import CONTROL_PREFIX
from inventory.sample_org.faults import Faults, fault_from
from inventory.sample_org.shelf import SHELF
from inventory.sample_org.side import MOTO_LOCK

# Told by the story of the logs, as far as they were delivered.
TRUTHS: dict[str, Callable[[], Any]] = {"usage": SHELF.usage, "access": SHELF.access}
Handler = Callable[[dict[str, Any]], Any]


class Control:
    """Routes of /sample-org."""

    def __init__(self, calls: Calls, faults: Faults) -> None:
        self._calls = calls
        self._faults = faults
        self._routes: dict[tuple[str, str], Handler] = {
            ("GET", "/healthz"): lambda _: {"status": "ok"},
            ("GET", "/calls"): lambda _: calls.summary(),
            ("DELETE", "/calls"): self._reset_calls,
            ("GET", "/calls/log"): lambda _: calls.log(),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): self._clear_faults,
            ("POST", "/clock"): self._advance,
        }

    def _reset_calls(self, _: dict[str, Any]) -> dict[str, str]:
        self._calls.reset()
        return {"status": "ok"}

    def _add_fault(self, body: dict[str, Any]) -> dict[str, str]:
        self._faults.add(fault_from(body))
        return {"status": "ok"}

    def _clear_faults(self, _: dict[str, Any]) -> dict[str, str]:
        self._faults.clear()
        return {"status": "ok"}

    def _advance(self, body: dict[str, Any]) -> dict[str, str]:
        CLOCK.advance(float(body["advance_seconds"]))
        return {"now": stamp(CLOCK.now())}

    def _result(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        kind = path.removeprefix("/world/")
        if method == "GET" and kind in TRUTHS:
            with MOTO_LOCK:
                return 200, TRUTHS[kind]()
        if method == "GET" and kind in truth.KINDS:
            with MOTO_LOCK:
                return 200, truth.KINDS[kind]()
        handler = self._routes.get((method, path))
        if handler is None:
            return 404, {"error": f"no such control endpoint: {method} {path}"}
        return 200, handler(body)

    def answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        size = int(environ.get("CONTENT_LENGTH") or 0)
        raw = environ["wsgi.input"].read(size) if size else b"{}"
        path = environ["PATH_INFO"].removeprefix(CONTROL_PREFIX)
        try:
            status, result = self._result(environ["REQUEST_METHOD"], path, json.loads(raw))
        except (ValueError, KeyError, TypeError) as error:
            status, result = 400, {"error": f"{type(error).__name__}: {error}"}
        body = json.dumps(result).encode()
        return status, [("Content-Type", "application/json")], body
