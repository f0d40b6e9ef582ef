"""The works: what people do all day, each measured beside a bare page of the framework that shows the same cards."""

from __future__ import annotations

import csv
import io
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.ground import bare, bare_cpu, board_url, client, least_member, member, pipeline_id, session_cookie
from benchmarks.server import Ask, Server, Storm
from benchmarks.streams import Streams
from benchmarks.teaching import insights
from benchmarks.timing import Figures, Watch, compared, cpu_seconds, figures, held_mib

#: Common and rare fragments, several words, slips of the fingers, nothing at all.
SEARCHED = (
    "sa", "e", "tion", "an", "brasserie", "delmas", "planning des", "menui delm", "fonderei", "quemner", "brasseire delam",
    "zzzz",
)  # fmt: skip
IMPORTED = 3000
LISTENERS = 200
#: As many as there are, up to this.
EDITED = 10_000


def stormed(done: Storm) -> Figures:
    """The figures of a storm; clients wait for each other, so the ratio is that of processor times."""
    told = figures(done.spans, cpu_ms=done.cpu_each, per_s=done.per_s)
    return told | {"ratio_to_bare": round(done.cpu_each / bare_cpu(), 2), "failed": done.failed}


def board() -> Figures:
    """W1: the board as an admin sees it when something has happened: session, rights, totals, cards, page. `kept_cpu_ms` is what
    it takes while nothing happens."""
    from django.db import connection

    from piste.web.board import keeping

    signed_in, url = client(), board_url()
    signed_in.get(url)
    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *words: Any) -> Any:
        statements.append(sql)
        return execute(sql, *words)

    def anew() -> Any:
        keeping.forget()
        return signed_in.get(url)

    with connection.execute_wrapper(count):
        answer = anew()
    assert answer.status_code == 200, answer.status_code
    found = compared(anew, bare(), times=60)
    again = compared(lambda: signed_in.get(url), bare(), times=20)
    return found | {"statements": len(statements), "bytes": len(answer.content), "kept_cpu_ms": again["cpu_ms"]}


def boards() -> Figures:
    """W2: boards a second, 16 clients, one web process, between two moves: what all of them open when one has been told."""
    cookie, url = session_cookie(), board_url()
    with Server() as server:
        server.storm(4, 5, lambda ask, turn: ask("GET", url, cookie))
        done = server.storm(16, 20, lambda ask, turn: ask("GET", url, cookie))
        return stormed(done) | {"memory_mib": server.memory()}


def move() -> Figures:
    """W3: a durable move: rights, rules, ledger, totals, journal, on disk."""
    from django.utils import timezone

    from piste.deals import operations
    from piste.deals.models import Deal
    from piste.pipelines.queries import stages_in_use

    chance = random.Random(1)
    deals = list(Deal.objects.open().filter(pipeline_id=pipeline_id()).order_by("pk").values_list("pk", flat=True)[:2000])
    who = member()
    stages = stages_in_use(pipeline_id())[:5]

    def once() -> None:
        deal = Deal.objects.visible_to(who).get(pk=chance.choice(deals))
        to = chance.choice([stage for stage in stages if stage.pk != deal.stage_id])
        operations.move(deal=deal, to=to, by=who, at=timezone.now())

    return compared(once, bare(), times=150)


def moves() -> Figures:
    """W3c: moves a second over HTTP, 8 clients, one web process; each acknowledged one must be in the ledger."""
    from piste.deals.models import Deal, Move
    from piste.pipelines.queries import stages_in_use

    each = 40
    stages = [stage.pk for stage in stages_in_use(pipeline_id())[:5]]
    found = Deal.objects.open().filter(stage__in=stages).order_by("pk").values_list("pk", "stage_id")[: 8 * each]
    # Each client works on deals of its own, and always sends one to another stage than its present one.
    where = dict(found)
    clients = min(8, len(where))
    shares = [sorted(where)[number::clients] for number in range(clients)]
    before = Move.objects.count()
    cookie = session_cookie()

    def once(ask: Ask, turn: int) -> int:
        share = shares[turn // each]
        deal = share[turn % len(share)]
        where[deal] = stages[(stages.index(where[deal]) + 1) % len(stages)]
        return ask("POST", f"/deals/{deal}/move/", cookie, f"to={where[deal]}")

    with Server() as server:
        done = server.storm(clients, each, once)
        moved = Move.objects.count() - before
    return stormed(done) | {"acknowledged": done.good, "in_ledger": moved, "lost": max(0, done.good - moved)}


def create() -> Figures:
    """W4: a new deal with a company."""
    from piste.deals import operations
    from piste.people.models import Company
    from piste.pipelines.queries import stages_in_use

    who, company = member(), Company.objects.current().order_by("pk").first()
    stage = stages_in_use(pipeline_id())[0]
    facts = {"title": "Bench", "currency": "EUR", "amount_minor": 100_00, "company": company}

    def once() -> None:
        operations.create(stage=stage, owner=who, by=who, at=datetime.now(UTC), **facts)

    return compared(once, bare(), times=60)


def search() -> Figures:
    """W5: search by fragments, by an admin and by somebody who sees little; besides the median, the slowest question."""
    from piste.finding.queries import find

    watch, started = Watch(), bare_cpu()
    of: dict[tuple[str, str], Watch] = {}
    for who in (member(), least_member()):
        for text in SEARCHED:
            find(text, member=who)
            own = of[text, who.sees] = Watch()
            for _turn in range(9):
                own.time(lambda text=text, who=who: find(text, member=who))  # type: ignore[misc]
            watch.spans += own.spans
            watch.cpu += own.cpu
    slowest = max(of, key=lambda key: of[key].cpu)
    return watch.figures() | {
        "ratio_to_bare": round(watch.cpu_each / started, 2),
        "slowest_ms": round(of[slowest].median, 2),
        "slowest_cpu_ms": round(of[slowest].cpu_each, 2),
        "slowest": f"{slowest[0]} ({slowest[1]})",
    }


def bring_in() -> Figures:
    """W6: a file of deals with their companies and contacts, from first byte to report."""
    from django.utils import timezone

    from piste.exchange.importing.run import import_file
    from piste.exchange.reading.mapping import Mapping

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        path.write_text(_rows(random.Random(time.time_ns())), encoding="utf-8")
        watch = Watch()
        reports: list[Any] = []

        def once() -> None:
            told = import_file(path=path, name=path.name, kind="deals", mapping=Mapping(), by=member(), at=timezone.now())
            reports.append(told[1].as_json())

        started = bare_cpu()
        watch.time(once)
    created = reports[0]["created"]
    each = watch.spans[0] / IMPORTED
    return figures([each], cpu_ms=watch.cpu_each / IMPORTED, per_s=1000 / each) | {
        "ratio_to_bare": round(watch.cpu_each / IMPORTED / started, 2),
        "created": created,
        "rows_per_cpu_s": round(IMPORTED / watch.cpu, 1),
        "memory_mib": held_mib(_own()),
    }


def many() -> Figures:
    """W7: one edit of many deals (source, campaign, expected close, a field, tags), and taking all of it back."""
    from django.utils import timezone

    from piste.deals.models import Deal, Source
    from piste.deals.operations import bulk

    chance = f"{time.time_ns():x}"
    change = bulk.Change(
        facts={"source": Source.objects.order_by("pk")[0].pk, "campaign": chance, "expected_close_on": "2027-06-30"},
        custom={"bench": chance},
        add_tags=(f"Bench {chance[-4:]}",),
    )
    deals = Deal.objects.filter(pk__in=Deal.objects.present().order_by("-pk").values("pk")[:EDITED])
    started, watch, back, kept = bare_cpu(), Watch(), Watch(), []

    def once() -> None:
        kept.append(bulk.start(deals=deals, change=change, by=member(), at=timezone.now()))
        bulk.carry_out(edit=kept[0], at=timezone.now())

    watch.time(once)
    back.time(lambda: bulk.take_all_back(edit=bulk.ask_back(edit=kept[0], at=timezone.now()), at=timezone.now()))
    count = kept[0].counted
    each = watch.spans[0] / count
    return figures([each], cpu_ms=watch.cpu_each / count, per_s=1000 / each) | {
        "ratio_to_bare": round(watch.cpu_each / count / started, 2),
        "edited": count,
        "back_per_s": round(count * 1000 / back.spans[0], 1),
        "back": kept[0].parts.filter(state="back").count(),
        "memory_mib": held_mib(_own()),
    }


def my_day() -> Figures:
    """W8: My day as somebody has it who sells, and the whole team's as an admin sees it."""
    mine, team = client(least_member()), client()
    assert mine.get("/day/").status_code == team.get("/day/?who=team").status_code == 200
    found = compared(lambda: mine.get("/day/"), bare(), times=40)
    whole = compared(lambda: team.get("/day/?who=team"), bare(), times=20)
    return found | {"team_median_ms": whole["median_ms"], "team_cpu_ms": whole["cpu_ms"]}


def list_of_deals() -> Figures:
    """W10: the list of a pipeline as an admin sees it, by next step, and by an order that no index serves."""
    signed_in, url = client(), f"{board_url()}list/"
    assert signed_in.get(url).status_code == signed_in.get(f"{url}?by=title").status_code == 200
    found = compared(lambda: signed_in.get(url), bare(), times=40)
    sorted_all = compared(lambda: signed_in.get(f"{url}?by=title"), bare(), times=10)
    return found | {"sorted_median_ms": sorted_all["median_ms"], "bytes": len(signed_in.get(url).content)}


def live() -> Figures:
    """W9: how soon 200 open boards hear of a move, from the request to the last of them; memory of a stream."""
    from piste.deals.models import Deal
    from piste.pipelines.queries import stages_in_use

    stages = [stage.pk for stage in stages_in_use(pipeline_id())[:5]]
    deal, stage = Deal.objects.open().filter(stage__in=stages).order_by("pk").values_list("pk", "stage_id")[0]
    place, cookie = stages.index(stage), session_cookie()
    slowest: list[float] = []
    heard = cpu = 0.0

    def once(ask: Ask, turn: int) -> int:
        return ask("POST", f"/deals/{deal}/move/", cookie, f"to={stages[place]}")

    with Server() as server:
        server.storm(1, 2, lambda ask, turn: ask("GET", board_url(), cookie))
        before = server.memory()
        streams = Streams(server, cookie, pipeline_id(), LISTENERS)
        each_kib = (server.memory() - before) * 1024 / LISTENERS
        for _turn in range(5):
            place = (place + 1) % len(stages)
            began = cpu_seconds(server.process.pid)
            spans = streams.spans(lambda: server.storm(1, 1, once))
            cpu += cpu_seconds(server.process.pid) - began
            heard += len(spans)
            slowest.append(max(spans, default=0.0))
        streams.close()
    told = figures(slowest, cpu_ms=cpu * 200, per_s=heard * 1000 / sum(slowest))
    return told | {
        "ratio_to_bare": round(cpu * 200 / bare_cpu(), 2),
        "slowest_ms": round(max(slowest), 1),
        "unheard": 5 * LISTENERS - int(heard),
        "stream_kib": round(each_kib, 1),
    }


def _own() -> int:
    import os

    return os.getpid()


def _rows(chance: random.Random) -> str:
    """A file as another program exports it, other companies each time."""
    from piste.pipelines.queries import stages_in_use

    stages = [stage.name for stage in stages_in_use(pipeline_id())[:5]]
    sheet = io.StringIO()
    write = csv.writer(sheet)
    write.writerow(["Title", "Company", "Contact", "Email", "Amount", "Currency", "Stage", "Expected close"])
    for number in range(IMPORTED):
        mark = f"{chance.getrandbits(40):x}"
        write.writerow(
            [
                f"Planning {number}",
                f"Atelier {mark}",
                f"Claire Martin{number}",
                f"claire@{mark}.example",
                f"{chance.randint(1000, 90000)}.00",
                "EUR",
                chance.choice(stages),
                f"2027-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            ]
        )
    return sheet.getvalue()


WORKS: dict[str, Callable[[], Figures]] = {
    "W1": board,
    "W2": boards,
    "W3": move,
    "W3c": moves,
    "W4": create,
    "W5": search,
    "W6": bring_in,
    "W7": many,
    "W8": my_day,
    "W9": live,
    "W10": list_of_deals,
    "W11": insights,
}
