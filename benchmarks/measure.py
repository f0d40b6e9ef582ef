"""Measures some works on one database, in a process of its own; prints JSON. Called by `piste bench`."""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

SEARCHED = ("brasserie", "tion", "delmas", "planning des", "zzzz", "ménui")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--works", required=True)
    options = parser.parse_args()
    from piste.commands import set_up

    set_up()
    prepare(options.size)
    found = {}
    for name in options.works.split(","):
        found[name] = WORKS[name]()
    print(json.dumps(found))


def prepare(size: int) -> None:
    """Fills the database with the demo company of this size, once."""
    from django.core.management import call_command
    from django.utils import timezone

    from piste.company.models import Member
    from piste.exchange.demo import operations

    call_command("migrate", verbosity=0, interactive=False)
    if not Member.objects.exists():
        for _done in operations.fill(deals=size, at=timezone.now(), language="en"):
            pass


def timed(work: Callable[[], Any], *, times: int, warm: int = 5) -> dict[str, float]:
    """Median, 95th percentile and CPU of one call, in milliseconds."""
    for _turn in range(warm):
        work()
    spans, cpu = [], time.process_time()
    for _turn in range(times):
        began = time.perf_counter()
        work()
        spans.append((time.perf_counter() - began) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / times
    spans.sort()
    median = statistics.median(spans)
    return {
        "median_ms": round(median, 3),
        "p95_ms": round(spans[int(len(spans) * 0.95)], 3),
        "cpu_ms": round(cpu, 3),
        "per_s": round(1000 / median, 1),
    }


def member() -> Any:
    from piste.company.models import Member

    return Member.objects.admins().order_by("pk").first()


def client() -> Any:
    from django.test import Client

    signed_in = Client(headers={"host": "localhost"})
    signed_in.force_login(member(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return signed_in


def board_url() -> str:
    from piste.pipelines.models import Pipeline

    return f"/pipelines/{Pipeline.objects.in_use().order_by('position').values_list('pk', flat=True)[0]}/"


def bare() -> Callable[[], bytes]:
    """The same cards by the framework alone: one statement, one template, no session, no rights, no totals."""
    from django.http import HttpRequest, HttpResponse
    from django.template import Context, Engine

    from piste.deals.models import Deal
    from piste.pipelines.models import Stage

    template = Engine(autoescape=True).from_string((Path(__file__).parent / "bare.html").read_text())
    keys: list[int] = []
    for stage in Stage.objects.in_use():
        keys += Deal.objects.filter(column=stage).order_by("closing_key", "pk").values_list("pk", flat=True)[:25]
    fields = ("id", "title", "company__name", "amount_minor", "entered_stage_at", "owner__name", "status", "expected_close_on")

    def view(request: HttpRequest) -> HttpResponse:
        cards = Deal.objects.filter(pk__in=keys).values(*fields)
        return HttpResponse(template.render(Context({"cards": cards})))

    return lambda: view(HttpRequest()).content


def w1_board() -> dict[str, Any]:
    """The board as an admin sees it: page, rights, totals, cards."""
    from django.db import connection

    signed_in, url = client(), board_url()
    signed_in.get(url)
    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *words: Any) -> Any:
        statements.append(sql)
        return execute(sql, *words)

    with connection.execute_wrapper(count):
        answer = signed_in.get(url)
    assert answer.status_code == 200, answer.status_code
    found: dict[str, Any] = timed(lambda: signed_in.get(url), times=60)
    plain = timed(bare(), times=60)
    found["ratio_to_bare"] = round(found["median_ms"] / plain["median_ms"], 2)
    found["cpu_ratio_to_bare"] = round(found["cpu_ms"] / plain["cpu_ms"], 2)
    return found | {"bare_ms": plain["median_ms"], "statements": len(statements), "bytes": len(answer.content)}


def w2_boards() -> dict[str, Any]:
    """Boards a second over HTTP, 16 clients, one web process."""
    with Server() as server:
        cookie, url = session_cookie(), board_url()
        done = server.storm(16, 20, lambda ask, turn: ask("GET", url, cookie))
        return {"per_s": round(done["per_s"], 1), "failed": done["failed"], "memory_mib": server.memory()}


def w3_move() -> dict[str, Any]:
    """A durable move: rights, rules, ledger, totals, journal."""
    from django.utils import timezone

    from piste.deals import operations
    from piste.deals.models import Deal
    from piste.pipelines.queries import stages_in_use

    chance = random.Random(1)
    deals = list(Deal.objects.open().order_by("pk").values_list("pk", flat=True)[:2000])
    who = member()

    def move() -> None:
        deal = Deal.objects.visible_to(who).select_related("stage").get(pk=chance.choice(deals))
        stages = [stage for stage in stages_in_use(deal.pipeline_id)[:5] if stage.pk != deal.stage_id]
        operations.move(deal=deal, to=chance.choice(stages), by=who, at=timezone.now())

    return timed(move, times=200)


def w3c_moves() -> dict[str, Any]:
    """Moves a second over HTTP, 8 clients; each acknowledged one must be in the ledger."""
    from piste.deals.models import Deal, Move
    from piste.pipelines.queries import stages_in_use

    clients, each = 8, 60
    pipeline = int(board_url().split("/")[2])
    stages = [stage.pk for stage in stages_in_use(pipeline)[:5]]
    found = Deal.objects.open().filter(stage__in=stages).order_by("pk").values_list("pk", "stage_id")[: clients * each]
    # Each client works on deals of its own, and always sends one to another stage than its present one.
    where = dict(found)
    shares = [sorted(where)[number::clients] for number in range(clients)]
    before = Move.objects.count()
    with Server() as server:
        cookie = session_cookie()

        def move(ask: Callable[..., int], turn: int) -> int:
            share = shares[turn // each]
            deal = share[turn % len(share)]
            where[deal] = stages[(stages.index(where[deal]) + 1) % len(stages)]
            return ask("POST", f"/deals/{deal}/move/", cookie, f"to={where[deal]}")

        done = server.storm(clients, each, move)
        moved = Move.objects.count() - before
    acknowledged = done["answers"].get(302, 0) + done["answers"].get(200, 0)
    return {"per_s": round(done["per_s"], 1), "failed": done["failed"], "acknowledged": acknowledged, "in_ledger": moved}


def w4_create() -> dict[str, Any]:
    """A new deal."""
    from piste.deals import operations
    from piste.pipelines.queries import stages_in_use

    who = member()
    stage = stages_in_use(int(board_url().split("/")[2]))[0]

    def create() -> None:
        operations.create(
            title="Bench", stage=stage, owner=who, by=who, at=datetime.now(UTC), currency="EUR", amount_minor=100_00
        )

    return timed(create, times=150)


def w5_search() -> dict[str, Any]:
    """The search by fragments, a different one each time."""
    from piste.finding.queries import find

    chance, who = random.Random(2), member()
    return timed(lambda: find(chance.choice(SEARCHED), member=who), times=120)


def session_cookie() -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client().cookies.items())


class Server:
    """One web process on a free port, and clients that storm it."""

    def __enter__(self) -> Server:
        import socket

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen([sys.executable, "-m", "piste.commands", "web", "--port", str(self.port)])
        for _turn in range(200):
            try:
                self.ask(HTTPConnection("127.0.0.1", self.port, timeout=5), "GET", "/account/login/", "")
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the web process does not answer")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def ask(self, connection: HTTPConnection, method: str, url: str, cookie: str, body: str = "") -> int:
        token = "b" * 32
        headers = {"Cookie": f"{cookie}; csrftoken={token}", "X-CSRFToken": token, "Origin": f"http://127.0.0.1:{self.port}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, url, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def storm(
        self, clients: int, each: int, work: Callable[[Callable[..., int], int], int], good: tuple[int, ...] = (200, 302)
    ) -> dict[str, Any]:
        """`clients` threads, each with its own connection, asking `each` times."""
        answers: list[int] = []
        failed = 0

        def run(number: int) -> None:
            nonlocal failed
            connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
            for turn in range(each):
                try:
                    answers.append(work(lambda *words: self.ask(connection, *words), number * each + turn))
                except OSError:
                    failed += 1

        threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        failed += sum(status not in good for status in answers)
        return {
            "per_s": len(answers) / took,
            "failed": failed,
            "answers": {status: answers.count(status) for status in set(answers)},
        }

    def memory(self) -> float:
        """Resident memory of the web process in MiB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return round(int(line.split()[1]) / 1024, 1)
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


WORKS: dict[str, Callable[[], dict[str, Any]]] = {
    "W1": w1_board,
    "W2": w2_boards,
    "W3": w3_move,
    "W3c": w3c_moves,
    "W4": w4_create,
    "W5": w5_search,
}

if __name__ == "__main__":
    main()
