"""The deals behind a number: each number of the pages has a key, and a key gives exactly the deals that were counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
from django.http import Http404
from django.utils.translation import gettext, pgettext

from piste.company.models import Member
from piste.foundations.calendar import Period, Span
from piste.foundations.numbers import row_number
from piste.insights.queries.figures import StageFigures, outcomes
from piste.insights.queries.live import arrivals
from piste.insights.queries.losses import losses
from piste.insights.queries.pipeline import glass, won_by
from piste.insights.queries.team import advanced, due_of, expected_of, following
from piste.stats.history import ELSEWHERE, Ints
from piste.web.forecast.behind import SAID, deals_said

from . import words
from .asking import Question
from .flowing import flow_between, place_name
from .groups import group_of, is_kind
from .losing import sizes
from .period import YEARS
from .teaming import following_names

STAGE_GROUPS = ("entered", "advanced", "lost", "held", "open", "kept", "left")
STANDING = ("skipped", "returned", "standing")


def behind(question: Question, key: str) -> tuple[str, Ints]:
    """What a key counts, in words, and the deals it counted; 404 for a key that no number has."""
    kind, _, rest = key.partition(".")
    found = READERS.get(kind)
    if found is None:
        raise Http404
    return found(question, rest.split(".") if rest else [])


def _stage(question: Question, parts: list[str]) -> tuple[str, Ints]:
    stage, group = _two(parts)
    figures = _figures_of(question, stage)
    if group in STAGE_GROUPS:
        ids: Ints = getattr(figures.conversion, group)
    elif group in STANDING:
        ids = getattr(figures, group)
    else:
        raise Http404
    return words.stage_group(figures.stage.name, group), ids


def _figures_of(question: Question, key: str) -> StageFigures:
    for figures in question.stages:
        if str(figures.stage.id) == key:
            return figures
    raise Http404


def _glass(question: Question, parts: list[str]) -> tuple[str, Ints]:
    drawn = glass(question.reading, question.within)
    if parts in (["created"], ["won"], ["kept"]):
        return words.glass_whole(parts[0]), getattr(drawn, parts[0])
    stage, group = _two(parts)
    for level in drawn.levels:
        one = question.reading.stages[level.place]
        if str(one.id) == stage and group in ("reached", "lost", "open", "held", "left"):
            return words.glass_group(one.name, group), getattr(level, group)
    raise Http404


def _won(question: Question, parts: list[str]) -> tuple[str, Ints]:
    try:
        span, first = Span(int(parts[0])), date.fromisoformat(parts[1])
    except (ValueError, IndexError):
        raise Http404 from None
    if not YEARS[0] <= first.year <= YEARS[1]:
        raise Http404
    (found,) = won_by(question.reading, [Period(span, first)], question.zone)
    return words.won_in(found.period), found.deals


def _closing(question: Question, parts: list[str]) -> tuple[str, Ints]:
    found = outcomes(question.reading, question.within)
    match parts:
        case ["won"]:
            return gettext("Won in the period"), found.by_closing.won
        case ["lost"]:
            return gettext("Lost in the period"), found.by_closing.lost
        case ["closed"]:
            return gettext("Closed in the period"), np.concatenate([found.by_closing.won, found.by_closing.lost])
        case ["created"]:
            return gettext("Created in the period and closed"), np.concatenate([found.by_creation.won, found.by_creation.lost])
        case ["open"]:
            return pgettext("deals", "Open"), found.open
    raise Http404


def _group(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """`kind.key.group`; a key may hold points itself."""
    if len(parts) < 3 or not is_kind(parts[0]):
        raise Http404
    kind, key, group = parts[0], ".".join(parts[1:-1]), parts[-1]
    found = group_of(question, kind, key)
    if found is None or group not in words.GROUPS:
        raise Http404
    ids = np.union1d(found.won, found.lost) if group == "closed" else getattr(found, group)
    return f"{found.name} · {words.GROUPS[group]}", ids


def _lost(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """`reason.stage`: either may be `all`."""
    reason, stage = _two(parts)
    found = losses(question.reading, question.within)
    ids = found.of(
        reason=None if reason == "all" else _number(reason),
        stage=None if stage == "all" else _number(stage),
    )
    names = dict(words.reason_names())
    said = [names.get(_number(reason), gettext("No reason"))] if reason != "all" else []
    said += [one.name for one in question.reading.stages if str(one.place) == stage]
    return " · ".join([gettext("Lost in the period"), *said]), ids


def _flow(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """`origin.target`, each deal once; with `.moves` behind it, as often as it went that way."""
    each = parts[2:] == ["moves"]
    try:
        origin, target = (int(part) for part in (parts[:2] if each else parts))
    except ValueError:
        raise Http404 from None
    places = range(ELSEWHERE, len(question.reading.stages))
    if origin not in places or target not in places:
        raise Http404
    title, found = flow_between(question, origin, target)
    if each:
        title = gettext("%(way)s, a line for each move") % {"way": title}
    if found is None:
        return title, np.array([], dtype=np.int64)
    return title, found.moved if each else found.deals


def _into(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """Deals that came to a place in the period, from wherever."""
    places = {str(place) for place in range(ELSEWHERE, len(question.reading.stages))}
    if len(parts) != 1 or parts[0] not in places:
        raise Http404
    found = next((one for one in arrivals(question.reading, question.within) if str(one.place) == parts[0]), None)
    title = gettext("Came to in the period: %(place)s") % {"place": place_name(question.reading, int(parts[0]))}
    return title, found.deals if found is not None else np.array([], dtype=np.int64)


def _size(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """`place.group`: one of the groups of equal size by amount, and whether all of it or what was lost."""
    place, group = _two(parts)
    found = next((one for one in sizes(question) if str(one.place) == place), None)
    if found is None or group not in ("closed", "lost"):
        raise Http404
    return f"{found.name} · {words.GROUPS[group]}", found.closed if group == "closed" else found.lost


def _followed(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """`yes` or `no`, and whether all that was closed or what was won."""
    which, group = _two(parts)
    if which not in ("yes", "no") or group not in ("closed", "won"):
        raise Http404
    found = following(question.reading, question.within, today=question.when.today)
    ids = found.deals_followed if which == "yes" else found.deals_others
    if group == "won":
        ids = np.intersect1d(ids, outcomes(question.reading, question.within).by_closing.won)
    return f"{following_names()[which == 'no']} · {words.GROUPS[group]}", ids


def _steps(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """The steps forward of an owner’s deals, a line for each."""
    who, name = _member(parts)
    title = gettext("Steps forward: %(name)s") % {"name": name}
    return gettext("%(way)s, a line for each move") % {"way": title}, advanced(question.reading, question.within, who)


def _contacts(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """The deals whose first contact was expected of a member."""
    who, name = _member(parts)
    found = expected_of(question.reading, question.within, who, zone_now=question.as_of)
    return gettext("First contacts expected: %(name)s") % {"name": name}, found


def _asked(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """What playbooks asked of a member, a line for each activity."""
    who, name = _member(parts)
    found = due_of(question.reading, question.within, who, today=question.when.today, zone_now=question.as_of)
    return gettext("Asked by playbooks: %(name)s, a line for each activity") % {"name": name}, found


def _member(parts: list[str]) -> tuple[int, str]:
    who = _number(parts[0]) if len(parts) == 1 else 0
    name = Member.objects.filter(pk=who).values_list("name", flat=True).first()
    if name is None:
        raise Http404
    return who, name


def _two(parts: list[str]) -> tuple[str, str]:
    if len(parts) != 2:
        raise Http404
    return parts[0], parts[1]


def _number(text: str) -> int:
    if (number := row_number(text)) is None:
        raise Http404
    return number


READERS: dict[str, Callable[[Question, list[str]], tuple[str, Ints]]] = {
    "stage": _stage,
    "glass": _glass,
    "won": _won,
    "closing": _closing,
    "by": _group,
    "lost": _lost,
    "flow": _flow,
    "into": _into,
    "size": _size,
    "followed": _followed,
    "steps": _steps,
    "contacts": _contacts,
    "asked": _asked,
    SAID: deals_said,
}
