"""What the works stand on: who asks, where, and the bare page they are held against."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.timing import Watch


def member() -> Any:
    """An admin, who sees everything."""
    from piste.company.models import Member

    return Member.objects.admins().order_by("pk").first()


def least_member() -> Any:
    """Somebody who sees only their own deals."""
    from piste.company.models import Member

    return Member.objects.active().filter(role="rep", sees="own").order_by("pk").first() or member()


def client(who: Any = None) -> Any:
    """Signed in as somebody, else as an admin."""
    from django.test import Client

    signed_in = Client(headers={"host": "localhost"})
    signed_in.force_login(who or member(), backend="allauth.account.auth_backends.AuthenticationBackend")
    return signed_in


def session_cookie() -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client().cookies.items())


@cache
def pipeline_id() -> int:
    from piste.pipelines.models import Pipeline

    return int(Pipeline.objects.in_use().order_by("position").values_list("pk", flat=True)[0])


def board_url() -> str:
    return f"/pipelines/{pipeline_id()}/"


@cache
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


def bare_cpu() -> float:
    """Processor milliseconds of the bare page, now."""
    watch = Watch()
    bare()()
    for _turn in range(20):
        watch.time(bare())
    return watch.cpu_each
