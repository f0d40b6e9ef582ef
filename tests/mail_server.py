"""A mail server on this machine that keeps what it is given: the real protocol, on a real socket."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, cast


class MailServer(socketserver.ThreadingTCPServer):
    """`taken` are the letters it has accepted; `answers` what it says to commands instead of yes; `on_letter` is called when
    a letter has been kept and before it says so."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.taken: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
        self.on_letter: Callable[[], object] = lambda: None

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def mailer(self) -> dict[str, Any]:
        """Django's settings that lead here."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 5}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server = cast(MailServer, self.server)
        self._say("220 here")
        while line := self.rfile.readline():
            verb = line.decode("ascii", "replace").split()[0].upper().removesuffix(":") if line.strip() else ""
            if verb == "QUIT":
                return self._say("221 bye")
            if answer := server.answers.get(verb):
                self._say(answer)
            elif verb == "DATA":
                self._say("354 go on")
                self._keep(server)
            else:
                self._say("250 yes")
        return None

    def _keep(self, server: MailServer) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        letter = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        server.taken.append(cast(EmailMessage, letter))
        server.on_letter()
        self._say(server.answers.get("LETTER", "250 kept"))

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """One that listens until the end of the block."""
    with MailServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
