"""Days and moments as people write them, each column read one way."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading.amounts import BadValue
from piste.exchange.reading.dates import day_order, read_moment

FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-03-31", "2026-03-31T00:00:00"),
        ("2026/03/31", "2026-03-31T00:00:00"),
        ("2026-01-12 09:00:00", "2026-01-12T09:00:00"),
        ("2026-01-12T08:00:00.000Z", "2026-01-12T08:00:00+00:00"),
        ("2026-01-12T08:00:00+01:00", "2026-01-12T08:00:00+01:00"),
        ("2026-01-12 08:00 UTC", "2026-01-12T08:00:00+00:00"),
        ("31/03/2026", "2026-03-31T00:00:00"),
        ("28/02/26", "2026-02-28T00:00:00"),
        ("31.03.2026", "2026-03-31T00:00:00"),
        ("31-03-2026", "2026-03-31T00:00:00"),
        ("31/03/2026 14h30", "2026-03-31T14:30:00"),
        ("31/03/2026 à 14:30", None),
        ("15 janvier 2026", "2026-01-15T00:00:00"),
        ("1er août 2026", "2026-08-01T00:00:00"),
        ("lundi 12 janvier 2026", "2026-01-12T00:00:00"),
        ("12 janv. 2026", "2026-01-12T00:00:00"),
        ("15 Apr, 2021 00:02:00", "2021-04-15T00:02:00"),
        ("Apr 15, 2021", "2021-04-15T00:00:00"),
        ("April 15th 2021 3:05 pm", "2021-04-15T15:05:00"),
        ("Mon, 12 Jan 2026", "2026-01-12T00:00:00"),
        ("03-Mar-21", "2021-03-03T00:00:00"),
        ("46203", "2026-06-30T00:00:00"),
        ("46203.5", "2026-06-30T12:00:00"),
        ("20260331", "2026-03-31T00:00:00"),
        ("2285-03-21", "2285-03-21T00:00:00"),
        ("0000-00-00 00:00:00", ""),
        ("à définir", ""),
        ("", ""),
    ],
)
def test_dates_are_read(text: str, said: str | None) -> None:
    if said is None:
        with pytest.raises(BadValue):
            read_moment(text, day_first=True)
        return
    found = read_moment(text, day_first=True)
    assert (found.isoformat() if found else "") == said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2026", "date_impossible"),
        ("2026-02-30", "date_impossible"),
        ("31/03/2026 25:00", "date_impossible"),
        ("12/31/2026", "date_impossible"),
        ("20261340", "date_impossible"),
        ("bientôt", "date"),
        ("12", "date"),
        ("T1 2026", "date"),
        ("99999", "date"),
        ("1" * 100, "date"),
    ],
)
def test_what_is_no_date_says_why(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_moment(text, day_first=True)
    assert refused.value.code == code


def test_a_column_tells_its_order() -> None:
    assert day_order(["01/02/2026", "31/01/2026"]).verdict is True
    assert day_order(["01/02/2026", "01/31/2026"]).verdict is False
    both = day_order(["01/02/2026", "03/04/2026"])
    assert both.verdict is None
    assert both.open
    same = day_order(["01/01/2026", "02/02/2026"])
    assert not same.open, "the same day either way"
    against = day_order(["31/01/2026", "01/31/2026"])
    assert against.verdict is None
    assert against.open
    assert not day_order(["2026-01-02", ""]).open


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2069, 12, 31)))
def test_a_day_comes_back_however_it_was_written(day: date) -> None:
    forms = [
        (day.isoformat(), True),
        (day.strftime("%d/%m/%Y"), True),
        (day.strftime("%m/%d/%Y"), False),
        (f"{day.month}/{day.day}/{day.year}", False),
        (day.strftime("%d/%m/%y"), True),
        (f"{day.day} {FRENCH[day.month - 1]} {day.year}", False),
        (day.strftime("%b %d, %Y"), True),
        (day.strftime("%d %b, %Y 00:02:00"), True),
        (str((day - date(1899, 12, 30)).days), True),
        (day.strftime("%Y%m%d"), True),
    ]
    for text, day_first in forms:
        found = read_moment(text, day_first=day_first)
        assert found is not None
        assert found.date() == day, text


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_with_its_zone_comes_back(moment: datetime) -> None:
    assert read_moment(moment.isoformat(), day_first=True) == moment


@given(st.text(max_size=40), st.booleans())
def test_no_text_breaks_it(text: str, day_first: bool) -> None:
    with suppress(BadValue):
        read_moment(text, day_first=day_first)
