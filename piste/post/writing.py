"""How a letter looks: one plan for all, as plain text and as plain HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString

LINE, LINK = "#c9d1da", "#2f6fd0"
FONT = "font-family:system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in a letter: what it is, where it leads (empty: nowhere), what else to know."""

    title: str
    href: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a heading (empty: none); `more` says what is left out."""

    heading: str
    rows: Sequence[Row]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """All that a letter says. `door` is the address of where to begin (empty: nowhere), named by `door_name`; `foot` why one gets
    it."""

    subject: str
    lead: str
    parts: Sequence[Part]
    door: str
    door_name: str
    foot: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A letter in somebody's own words, as they would have typed it themselves."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """What is enclosed with a letter: its name, its media type, its bytes."""

    name: str
    kind: str
    content: bytes


def as_text(page: Page | Plain) -> str:
    """The letter without any form."""
    if isinstance(page, Plain):
        return page.text
    lines = [page.lead, ""]
    for part in page.parts:
        if part.heading:
            lines += [part.heading, "-" * len(part.heading)]
        for row in part.rows:
            lines.append(f"* {row.title}")
            lines += [f"  {said}" for said in (row.detail, row.href) if said]
        lines += [part.more] if part.more else []
        lines.append("")
    lines += [f"{page.door_name}: {page.door}", ""] if page.door else []
    return "\n".join([*lines, "-- ", page.foot, ""])


def as_html(page: Page | Plain, language: str) -> SafeString:
    """The letter with headings and links; nothing is fetched from anywhere."""
    if isinstance(page, Plain):
        return format_html(
            '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>'
            '<body style="{};font-size:15px;line-height:1.5">{}</body></html>',
            language,
            page.subject,
            FONT,
            linebreaks(page.text, autoescape=True),
        )
    return format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>{}</title></head>'
        '<body style="margin:0;padding:24px 16px"><div style="max-width:560px;margin:0 auto;{};font-size:15px;line-height:1.5">'
        '<p style="font-size:18px;margin:0 0 16px"><b>{}</b></p>{}'
        "{}"
        '<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid {};font-size:13px;opacity:.75">{}</p>'
        "</div></body></html>",
        language,
        page.subject,
        FONT,
        page.lead,
        format_html_join("", "{}", ((_part(part),) for part in page.parts)),
        _door(page),
        LINE,
        page.foot,
    )


def _door(page: Page) -> SafeString | str:
    if not page.door:
        return ""
    return format_html(
        '<p style="margin:24px 0"><a href="{}" style="display:inline-block;padding:9px 16px;border-radius:6px;background:{};'
        'color:#ffffff;text-decoration:none">{}</a></p>',
        page.door,
        LINK,
        page.door_name,
    )


def _part(part: Part) -> SafeString:
    heading = format_html('<h2 style="font-size:15px;margin:20px 0 4px">{}</h2>', part.heading) if part.heading else ""
    more = format_html('<p style="margin:6px 0 0;font-size:14px;opacity:.75">{}</p>', part.more) if part.more else ""
    return format_html("{}{}{}", heading, format_html_join("", "{}", ((_row(row),) for row in part.rows)), more)


def _row(row: Row) -> SafeString:
    title = format_html('<a href="{}" style="color:{}">{}</a>', row.href, LINK, row.title) if row.href else row.title
    detail = format_html('<br><span style="font-size:14px;opacity:.75">{}</span>', row.detail) if row.detail else ""
    return format_html('<p style="margin:0;padding:7px 0;border-bottom:1px solid {}">{}{}</p>', LINE, title, detail)
