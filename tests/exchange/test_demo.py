"""The demo company: the same for a seed, believable, proved by every check, removed in one action."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from piste.company.models import Member, Settings
from piste.company.operations import join, set_up
from piste.deals.models import Deal, LossReason, Move, Source
from piste.exchange.demo import english as english_words
from piste.exchange.demo import operations as demo
from piste.exchange.demo import trade
from piste.exchange.demo.story import lost_quarter, stories
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within, stage_figures
from piste.insights.queries.team import following, work
from piste.insights.queries.traits import traits_of
from piste.people.models import Company, Contact
from piste.pipelines.models import Pipeline, Stage
from piste.stats.bottleneck import change
from piste.stats.shares import difference
from piste.upkeep.queries import checks
from tests.cast import NOW, Cast

WON, LOST, OPEN, HELD = "won", "lost", "open", "held"


@pytest.fixture(scope="module")
def told() -> list:
    """Many stories, so that shares say something."""
    return list(stories(6000, months=demo.MONTHS, now=NOW, buyers=500, chance=random.Random(3)))


def fill(deals: int, seed: int = 7, language: str = "fr") -> list[int]:
    return list(demo.fill(deals=deals, seed=seed, at=NOW, language=language))


def everything() -> list[object]:
    """What the company holds, without ids that another run may number otherwise."""
    return [
        list(Company.objects.order_by("pk").values_list("name", "city", "employees", "domain")),
        list(Contact.objects.order_by("pk").values_list("name", "email", "phone")),
        list(Deal.objects.order_by("pk").values_list("title", "company__name", "owner__email", "amount_minor", "status")),
        list(Move.objects.order_by("pk").values_list("number", "kind", "to_stage__name", "to_status", "at", "why")),
    ]


def empty_again() -> None:
    demo.remove(at=NOW)


# Stories


def test_fourteen_months_up_to_now(told: list) -> None:
    first, last = told[0].events[0].at, max(event.at for story in told for event in story.events)
    assert timedelta(days=420) < NOW - first < timedelta(days=428)
    assert last <= NOW
    assert all(one.at <= other.at for story in told for one, other in pairwise(story.events))


def test_august_and_december_are_quiet(told: list) -> None:
    months = Counter(story.events[0].at.strftime("%Y-%m") for story in told)
    whole = {month: count for month, count in months.items() if month not in (min(months), max(months))}
    usual = median(whole.values())
    assert months["2026-08"] < 0.6 * usual
    assert months["2025-12"] < 0.8 * usual
    assert months["2026-10"] > 1.1 * usual


def test_nobody_works_at_night_or_on_sunday(told: list) -> None:
    moments = [event.at for story in told for event in story.events if event.at < NOW - timedelta(hours=2)]
    assert all(7 <= moment.hour <= 18 for moment in moments)
    assert sum(moment.weekday() == 6 for moment in moments) < 0.04 * len(moments)


def test_the_proposal_is_the_bottleneck(told: list) -> None:
    """Deals stay longest there, and most of the value that is lost is lost there."""
    stays: dict[int, list[float]] = {}
    lost = Counter[int]()
    for story in told:
        for one, after in pairwise(story.events):
            if one.status == OPEN and after.status != HELD:
                stays.setdefault(one.stage, []).append((after.at - one.at).total_seconds() / 86400)
        if story.events[-1].status == LOST:
            lost[story.events[-1].stage] += story.amount_minor
    slow = {stage: median(days) for stage, days in stays.items()}
    assert max(slow, key=slow.__getitem__) == 3
    assert slow[3] > 1.5 * sorted(slow.values())[-2]


def test_a_quarter_was_lost_to_a_price_war(told: list) -> None:
    began, ended = lost_quarter(NOW)
    rates = {True: Counter[str](), False: Counter[str]()}
    prices = {True: Counter[bool](), False: Counter[bool]()}
    for story in told:
        for event in story.events:
            if event.stage < 3 or event.status not in (WON, LOST):
                continue
            inside = began <= event.at.date() <= ended
            rates[inside][event.status] += 1
            if event.status == LOST:
                prices[inside][event.loss_reason == "Prix trop élevé"] += 1
    share = {inside: count[WON] / count.total() for inside, count in rates.items()}
    assert rates[True].total() > 100
    assert share[True] < 0.65 * share[False]
    assert prices[True][True] / prices[True].total() > 1.3 * prices[False][True] / prices[False].total()


def test_all_that_happens_to_deals_happens(told: list) -> None:
    ends = Counter(story.events[-1].status for story in told)
    assert all(ends[status] > 20 for status in (OPEN, WON, LOST, HELD))
    assert 0.08 < ends[WON] / (ends[WON] + ends[LOST]) < 0.4
    assert any(after.stage < one.stage for story in told for one, after in pairwise(story.events))
    assert any(after.stage > one.stage + 1 for story in told for one, after in pairwise(story.events))
    assert any(story.amount_minor is None for story in told)


# The company


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_company() -> None:
    fill(60, seed=5)
    first = everything()
    empty_again()
    fill(60, seed=5)
    assert everything() == first
    empty_again()
    fill(60, seed=6)
    assert everything() != first


@pytest.mark.django_db
@pytest.mark.parametrize("deals", [1, 2500])
def test_any_size_holds_every_check(deals: int) -> None:
    assert fill(deals)[-1] == deals
    assert Deal.objects.count() == deals
    assert {check.name: check.first_broken for check in checks() if not check.ok} == {}


@pytest.mark.django_db
def test_its_past_has_something_to_teach() -> None:
    """Clocks met and missed, playbooks followed and not, what goes with winning, and meetings that lead nowhere of late."""
    fill(demo.DEFAULT_DEALS)
    read = reading(Scope(pipeline=Pipeline.objects.get(), as_of=NOW))
    year = Within(NOW - timedelta(days=365), NOW)
    found = work(read, year, today=NOW.date(), zone_now=NOW)
    sellers = [one for one in found.values() if one.advances]
    assert len(sellers) == 6
    assert all(10 < one.in_time.count < one.in_time.n for one in sellers)
    assert all(50 < one.adherence.count < one.adherence.n for one in sellers)
    both = following(read, year, today=NOW.date())
    gap = difference(both.followed, both.others)
    assert gap is not None
    assert gap[1] > 0
    assert both.others.count > 5
    kept = {(trait.field, trait.value) for trait in traits_of(read, 3, year).found if trait.is_found}
    assert ("contacts", "yes") in kept
    quarter = datetime(2026, 10, 1, tzinfo=UTC)
    now = stage_figures(read, Within(quarter, NOW))[2].conversion.estimate
    before = stage_figures(read, Within(quarter - timedelta(days=92), quarter))[2].conversion.estimate
    gone = change(now, before)
    assert gone is not None
    assert gone.high < 0


@pytest.mark.django_db
def test_it_speaks_the_language_asked_for() -> None:
    fill(5, language="en")
    english = list(Stage.objects.order_by("position").values_list("name", flat=True))
    known = {text for text in english_words.WORDS if english_words.WORDS[text] != text}
    for model, field in ((Deal, "title"), (Contact, "job_title"), (Company, "sector"), (Source, "name"), (LossReason, "name")):
        said = set(model._default_manager.values_list(field, flat=True))
        assert said
        assert not said & known, model
    empty_again()
    fill(5, language="fr")
    assert set(Source.objects.values_list("name", flat=True)) <= known
    assert english[0] == "Prospecting"
    assert Stage.objects.order_by("position").first().name == "Prospection"


def test_all_its_words_have_english_ones() -> None:
    pairs = (*trade.PRODUCTS, *trade.SOURCES, *trade.LOSS_REASONS)
    lists = (trade.SECTORS, trade.NEEDS, trade.JOB_TITLES, trade.TEAMS, trade.WHY_SKIPPED, trade.WHY_RETURNED)
    words = {word for words in (*lists, trade.WHY_CALLED, trade.WHY_HELD) for word in words} | {pair[0] for pair in pairs}
    alike = {"Maintenance", "Transport", "Services"}
    assert words - alike == set(english_words.WORDS)


@pytest.mark.django_db
def test_nobody_in_it_passes_for_somebody_else() -> None:
    fill(200)
    phones = list(Contact.objects.values_list("phone_key", flat=True))
    assert len(set(phones)) == len(phones) > 100


@pytest.mark.django_db
def test_everything_in_it_is_invented() -> None:
    """Addresses nobody can have, and the telephone numbers that France keeps for fiction."""
    fill(80)
    assert all(email.endswith(".example") for email in Contact.objects.values_list("email", flat=True))
    assert all(email.endswith(".example") for email in Member.objects.values_list("email", flat=True))
    assert all(phone.startswith("+33 1 99 00 ") for phone in Contact.objects.values_list("phone", flat=True))
    assert not any(member.has_usable_password() for member in Member.objects.all())
    assert Settings.objects.get(pk=1).is_demo


@pytest.mark.django_db
def test_it_goes_whole() -> None:
    fill(40)
    empty_again()
    told = {"journal.Entry", "contenttypes.ContentType", "sessions.Session"}
    left = {model._meta.label for model in apps.get_models() if model._default_manager.exists()} - told
    assert left == set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT verb FROM journal_entry")
        assert cursor.fetchall() == [("demo.removed",)]


@pytest.mark.django_db
def test_a_company_of_ones_own_is_neither_filled_nor_removed(cast: Cast) -> None:
    with pytest.raises(demo.NotEmpty):
        fill(5)
    with pytest.raises(demo.NotDemo):
        empty_again()
    assert Member.objects.count() == 6


@pytest.fixture
def admin() -> Iterator[Client]:
    fill(20, language="en")
    with translation.override("en"):
        client = Client()
        client.force_login(Member.objects.admins().first())
        yield client


@pytest.mark.django_db
def test_the_settings_remove_it(admin: Client) -> None:
    page = admin.get(reverse("company_settings")).content.decode()
    assert 'id="demo"' in page
    assert reverse("remove_demo") in page
    assert "everything here is invented" in admin.get("/", follow=True).content.decode()
    admin.post(reverse("remove_demo"))
    assert not Settings.objects.exists()
    assert Client().get("/").url == "/start/"


@pytest.mark.django_db
def test_a_company_can_be_set_up_after_it(admin: Client) -> None:
    empty_again()
    at = datetime.now(UTC)
    set_up(name="Ours", language="en", currency="EUR", country="FR", time_zone="Europe/Paris", at=at)
    join(email="a@ours.example", name="Ann", password=None, role="admin", sees="all", team=None, language="en", at=at)
    assert Settings.objects.get(pk=1).is_demo is False
