"""A mail server over TCP that takes messages, refuses them, or goes away in the middle."""

import contextlib
import socket
import socketserver
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Behaviour:
    """answers: replies by command ('mail', 'rcpt', 'data', 'text', 'quit'), instead of the usual.
    gone_at: the word at which the connection is cut without a reply. held: set while the text was
    taken and its reply waits for `go_on`."""

    answers: dict[str, str] = field(default_factory=dict)
    gone_at: str = ""
    hold_at: str = ""
    held: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)


class GoneError(Exception):
    """The connection is to be cut."""


class _Session(socketserver.StreamRequestHandler):
    server: "MailServer"

    def handle(self) -> None:
        with contextlib.suppress(GoneError, OSError):
            self._talk()

    def _talk(self) -> None:
        self._say("greeting", "220 mail.example.com ready")
        while line := self.rfile.readline().decode("utf-8", "replace").strip():
            word = line.split()[0].lower()
            self.server.lines.append(line)
            if word == "ehlo":
                self._say("ehlo", "250-mail.example.com\r\n250-AUTH PLAIN\r\n250 SMTPUTF8")
            elif word == "auth":
                self._say("auth", "235 welcome")
            elif word == "data":
                self._data()
            elif word == "quit":
                self._say("quit", "221 bye")
                return
            else:
                self._say(word, "250 fine")

    def _data(self) -> None:
        usual = "354 go on"
        self._say("data", usual)
        if not self.server.behaviour.answers.get("data", usual).startswith("354"):
            return
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise GoneError
            lines.append(line.removeprefix(b"."))
        self.server.taken.append(b"".join(lines))
        self._say("text", "250 queued")

    def _say(self, word: str, usual: str) -> None:
        behaviour = self.server.behaviour
        if behaviour.gone_at == word:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise GoneError
        if behaviour.hold_at == word:
            behaviour.held.set()
            behaviour.go_on.wait(60)
        self.wfile.write(f"{behaviour.answers.get(word, usual)}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Everything that was said, and every text that came to its end."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.behaviour = Behaviour()
        self.lines: list[str] = []
        self.taken: list[bytes] = []

    def __enter__(self) -> "MailServer":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.behaviour.go_on.set()
        self.shutdown()
        self.server_close()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.taken]
