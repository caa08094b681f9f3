"""Slack's two calls over HTTP, answered as Slack does, or not at all."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LOOKUP, POST = "users.lookupByEmail", "chat.postMessage"


class _Handler(BaseHTTPRequestHandler):
    server: "SlackServer"

    def do_GET(self) -> None:
        email = parse_qs(urlsplit(self.path).query).get("email", [""])[0]
        known = self.server.people.get(email)
        usual = {"ok": True, "user": {"id": known}} if known else _error("users_not_found")
        self._answer(LOOKUP, usual)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.server.posted.append(json.loads(self.rfile.read(length)))
        self._answer(POST, {"ok": True, "ts": "1"})

    def _answer(self, name: str, usual: dict[str, Any]) -> None:
        self.server.tokens.append(self.headers["Authorization"])
        if name == self.server.gone_at:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        status, body = self.server.answers.get(name, (200, usual))
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _error(word: str) -> dict[str, Any]:
    return {"ok": False, "error": word}


class SlackServer(ThreadingHTTPServer):
    """posted: bodies that came, whatever was answered. answers: (status, body) by call."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.people: dict[str, str] = {}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.gone_at = ""
        self.posted: list[dict[str, Any]] = []
        self.tokens: list[str] = []

    def __enter__(self) -> "SlackServer":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"
