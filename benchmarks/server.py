"""One web process of the product as it is installed, and clients that storm it over HTTP."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from benchmarks.timing import cpu_seconds, held_mib

GOOD = (200, 302)


@dataclass
class Storm:
    """What came of it: the answers' codes and times in milliseconds, how long it took, processor time of the server."""

    answers: list[int]
    spans: list[float]
    broken: int
    took: float
    cpu: float

    @property
    def good(self) -> int:
        return sum(status in GOOD for status in self.answers)

    @property
    def failed(self) -> int:
        return self.broken + len(self.answers) - self.good

    @property
    def per_s(self) -> float:
        return self.good / self.took

    @property
    def cpu_each(self) -> float:
        return self.cpu * 1000 / max(1, len(self.answers))


type Ask = Callable[..., int]


class Server:
    """`piste web` on a free port for the length of a `with`; `rests`: once it answers it is waited for until it has read what it
    keeps."""

    def __init__(self, *, rests: bool = True) -> None:
        self.rests = rests

    def __enter__(self) -> Server:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, "-m", "piste.commands", "web", "--port", str(self.port)])
        for _turn in range(600):
            try:
                self.ask(HTTPConnection("127.0.0.1", self.port, timeout=30), "GET", "/account/login/", "")
                if self.rests:
                    self._settle()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the web process does not answer")

    def _settle(self) -> None:
        """Waits until the process has read what it keeps, which it does beside its first pages: afterwards it rests."""
        began, used = time.monotonic(), -1.0
        while time.monotonic() - began < 90 and (now := cpu_seconds(self.process.pid)) - used > 0.03:
            used = now
            time.sleep(2)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def ask(self, connection: HTTPConnection, method: str, url: str, cookie: str, body: str = "") -> int:
        """One request as a browser sends it, with an answer that may be compressed; returns the code."""
        token = "b" * 32
        headers = {
            "Cookie": f"{cookie}; csrftoken={token}",
            "X-CSRFToken": token,
            "Origin": f"http://127.0.0.1:{self.port}",
            "Accept-Encoding": "gzip",
        }
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, url, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def storm(self, clients: int, each: int, work: Callable[[Ask, int], int]) -> Storm:
        """So many clients at once, each on a connection of its own, asking `each` times; `work` gets the number of the turn."""
        done = Storm([], [], 0, 0.0, 0.0)

        def run(number: int) -> None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            for turn in range(each):
                began = time.perf_counter()
                try:
                    done.answers.append(work(lambda *words: self.ask(connection, *words), number * each + turn))
                except (OSError, HTTPException):
                    done.broken += 1
                    connection.close()
                else:
                    done.spans.append((time.perf_counter() - began) * 1000)

        began, cpu = time.perf_counter(), cpu_seconds(self.process.pid)
        with ThreadPoolExecutor(clients) as pool:
            # What breaks in a client for another reason than the server breaks the measurement.
            list(pool.map(run, range(clients)))
        done.took = time.perf_counter() - began
        done.cpu = cpu_seconds(self.process.pid) - cpu
        return done

    def memory(self) -> float:
        """Memory of the web process in MiB."""
        return held_mib(self.process.pid)
