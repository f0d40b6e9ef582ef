"""Cells of tables: what people wrote is text there, whatever it looks like."""

from __future__ import annotations

import pytest
from django.utils.functional import lazystr
from django.utils.html import escape
from django.utils.safestring import mark_safe

from piste.web.parts.cells import drawn
from piste.web.parts.charts.figure import Cell


@pytest.mark.parametrize("text", ["Alba & <b>Co</b>", '"it\'s" 5 %(href)s 100%', "", "12\u202f345"])
def test_words_are_escaped_as_the_templates_do_it(text: str) -> None:
    for said in (text, lazystr(text)):
        html = drawn([(Cell(said, "/deals/?a=1&b=<2>"), text, False), (Cell(text), text, True)], is_wide=True)  # type: ignore[arg-type]
        assert f'<a href="/deals/?a=1&amp;b=&lt;2&gt;">{escape(text)}</a>' in html
        assert f'data-label="{escape(text)}">{escape(text)}</td>' in html


def test_what_is_html_stays_so() -> None:
    assert "<b>1</b>" in drawn([(Cell(mark_safe("<b>1</b>")), "", False)], is_wide=False)
