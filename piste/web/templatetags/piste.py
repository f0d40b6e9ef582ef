"""Template words available in every page: amounts, dates, icons, marks of stages, avatars.

The same words are plain functions for views that prepare many rows at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from piste.foundations import typography
from piste.web.parts.cells import drawn
from piste.web.parts.charts.figure import Cell
from piste.web.parts.mould import cast

register = template.Library()


def tongue() -> str:
    """The language of the present request."""
    return get_language() or "en"


def zone() -> ZoneInfo:
    """The time zone of the present request."""
    found = timezone.get_current_timezone()
    return found if isinstance(found, ZoneInfo) else ZoneInfo("UTC")


def today() -> date:
    """The member's present day."""
    return timezone.localdate()


@register.filter
def cells(row: Sequence[tuple[Cell, str, bool]], is_wide: bool) -> SafeString:
    """The cells of a line of a figure's table."""
    return drawn(row, is_wide=is_wide)


@register.filter
def amount(minor: int | None, currency: str) -> str:
    """`{{ deal.amount_minor|amount:deal.currency }}`; empty without amount."""
    return "" if minor is None else typography.amount(minor, currency, tongue())


@register.filter
def number(value: int | None) -> str:
    return "" if value is None else typography.number(value, tongue())


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1."""
    return "" if share is None else typography.percent(share, tongue())


@register.filter
def days(count: int | None) -> str:
    return "" if count is None else typography.days(count, tongue())


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as a date; a moment is read in the member's zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    return typography.day(value, tongue(), today=today())


@register.filter
def near(value: date | None) -> str:
    """A day as one says it: today, tomorrow, −3 d, Thu 26 Nov."""
    return "" if value is None else typography.day_near(value, tongue(), today=today())


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in lists, in the member's zone."""
    return "" if value is None else typography.moment(value, tongue(), zone=zone(), today=today())


@cache
def use(symbol: str, classes: str) -> SafeString:
    """A drawing of the icon sheet."""
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("piste/icons.svg"), symbol)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """`{% icon "phone" %}`, `{% icon "plus" "icon--s" %}`; "piste" is the mark itself."""
    symbol = name if name == "piste" else f"i-{name}"
    return use(symbol, classes or "brand__mark" if name == "piste" else f"icon {classes}".strip())


def stage_rank(place: int, total: int, role: str) -> str:
    """The drawing of a stage: 1 to 5 by its place among the selling stages (counted from 0), `kept` for retention."""
    if role == "retention":
        return "kept"
    if total <= 1:
        return "5"
    return str(1 + round(place * 4 / (total - 1)))


@register.simple_tag
def stage_mark(rank: str) -> SafeString:
    """`{% stage_mark "3" %}`: the glyph of a rank (1–5, kept, held, won, lost)."""
    return _stage_mark(rank)


@cache
def _stage_mark(rank: str) -> SafeString:
    return format_html(
        '<svg class="stage-mark" data-stage="{}" aria-hidden="true"><use href="{}#stage-{}"/></svg>',
        rank,
        static("piste/icons.svg"),
        rank,
    )


def hue_step(hue: int) -> int:
    """The nearest of the 24 hues the style sheet knows."""
    return round(hue / 15) % 24 * 15


@register.simple_tag
def avatar(member: Any, classes: str = "") -> SafeString:
    """A member's initials in their colour."""
    return format_html(
        '<span class="avatar {}" data-hue="{}" title="{}">{}</span>',
        classes,
        hue_step(member.hue),
        member.name,
        member.initials,
    )


@register.filter
def hue_of(key: int) -> int:
    """A colour for someone who has not chosen one: always the same for the same number, far apart for neighbours."""
    return key * 7 % 24 * 15


@register.filter
def filesize(count: int) -> str:
    """A number of bytes: 2.4 MB, « 2,4 Mo »."""
    return typography.size(count, tongue())


@register.filter
def initials(text: str) -> str:
    return typography.initials(text)


@register.simple_tag
def still(template: str) -> SafeString:
    """`{% still "board/dock.html" %}`: a template that shows no values, rendered once for each language."""
    return mark_safe(cast(template, "still", {}, tongue()))  # noqa: S308


@register.simple_tag(takes_context=True)
def to_page(context: template.Context, number: int, key: str = "") -> str:
    """`{% to_page 2 key %}`: the address of another page of a list; `key` where a page of the site holds several lists."""
    wanted = context["request"].GET.copy()
    wanted[key or "page"] = str(number)
    return f"?{wanted.urlencode()}"


@register.simple_tag(takes_context=True)
def heading(context: template.Context) -> str:
    """`<{% heading %} id="ask-title">`: the title of a dialog, second to the page beneath it; first where it is the page."""
    return "h1" if context.get("is_page") else "h2"


@register.simple_tag(takes_context=True)
def bar(context: template.Context, part: str) -> SafeString:
    """`{% bar "top" %}`, `{% bar "low" %}`: the links of the frame's bars, with how many steps are due."""
    frame = context["frame"]
    links, further = (frame.nav, frame.out_of_sight) if part == "top" else (frame.at_hand, frame.further)
    shape: dict[str, Any] = {"links": links, "further": further, "section": context.get("section")}
    if not frame.due:
        shape["due"] = "0"
    html = cast(f"layouts/bars.html#{part}", "bar", {"due": number(frame.due)}, tongue(), **shape)
    return mark_safe(html)  # noqa: S308


CLASSES = {"select": "select", "textarea": "textarea", "checkbox": "", "radio": ""}


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's control in the design's classes, tied to its hint or error."""
    kind = getattr(field.field.widget, "input_type", "textarea")
    attrs: dict[str, str | bool] = {"class": CLASSES.get(kind, "input")} if CLASSES.get(kind, "input") else {}
    if field.errors:
        attrs |= {"aria-invalid": "true", "aria-describedby": f"{field.auto_id}_error"}
    return field.as_widget(attrs=attrs)
