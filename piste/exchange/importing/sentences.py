"""Each code of a report in words, and what one writes into a mapping to answer each question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext

from piste.foundations import typography

SENTENCES = {
    "amount": gettext_lazy("The amount “%(value)s” cannot be read."),
    "amount_large": gettext_lazy("The amount “%(value)s” is too large."),
    "amount_decimals": gettext_lazy("The amount “%(value)s” has more decimals than %(currency)s has."),
    "amount_letter": gettext_lazy("The amount “%(value)s” cannot be read: a letter stands for a figure. Was “%(meant)s” meant?"),
    "date": gettext_lazy("The date “%(value)s” cannot be read."),
    "date_impossible": gettext_lazy("The day “%(value)s” is in no calendar."),
    "quote": gettext_lazy("A quotation mark is opened and never closed."),
    "stage": gettext_lazy("The stage “%(value)s” is unknown: say which stage it means."),
    "pipeline": gettext_lazy("The pipeline “%(value)s” is unknown."),
    "email": gettext_lazy("“%(value)s” is not an e-mail address."),
    "currency": gettext_lazy("The currency “%(value)s” is unknown."),
    "nothing": gettext_lazy("Neither title nor company."),
    "name": gettext_lazy("The name is missing."),
    "cells": gettext_lazy("%(found)s cells where the header has %(expected)s."),
    "duplicate": gettext_lazy("The same row stands on line %(line)s."),
    "required": gettext_lazy("Missing for the stage %(stage)s: %(facts)s."),
    "custom": gettext_lazy("“%(value)s” does not fit the field %(field)s."),
    "cut": gettext_lazy("“%(value)s…” is longer than the %(limit)s characters that fit there; the rest was left out."),
    "long": gettext_lazy("The reference “%(value)s…” is longer than %(limit)s characters."),
    "deal_unknown": gettext_lazy("No deal has the reference “%(value)s”."),
    "company_reference": gettext_lazy("No company has the reference “%(value)s”; the deal came without one."),
    "history": gettext_lazy("This deal has a history of its own in Piste already: %(value)s."),
    "at": gettext_lazy("The moment of the move is missing."),
    "reference": gettext_lazy("The reference of the deal is missing."),
    "unchanged": gettext_lazy("Already so in Piste."),
    "far_date": gettext_lazy("The year %(value)s is far away; it was kept."),
    "empty": gettext_lazy("The file is empty: there is nothing to import."),
    "gone": gettext_lazy("The file is no longer here: choose it again."),
    "header_only": gettext_lazy("The file holds only names of columns, no row."),
    "too_large": gettext_lazy("The file is too large to be read safely (limit %(limit)s). Split it, or save it as CSV."),
    "too_wide": gettext_lazy("The file has %(columns)s columns; at most %(limit)s can be read."),
    "not_text": gettext_lazy("The file is neither a table of text nor a spreadsheet (XLSX)."),
    "hostile": gettext_lazy("The file is built in a way that no program should write (line %(line)s); it was not read."),
    "spreadsheet": gettext_lazy("The spreadsheet cannot be read. Open it in your spreadsheet program and save it as CSV."),
    "old_spreadsheet": gettext_lazy("This is a spreadsheet of the old kind (XLS), or a protected one. Save it as XLSX without a password, or as CSV."),
    "sheet_unknown": gettext_lazy("The spreadsheet has no sheet “%(name)s”."),
    "titles": gettext_lazy("Lines above the names of the columns that were left out: %(lines)s."),
    "total": gettext_lazy("The total on line %(line)s was left out."),
    "footer": gettext_lazy("The footer from line %(line)s on was left out."),
    "encoding": gettext_lazy("Read as %(name)s."),
    "damaged": gettext_lazy("Bytes that are no letters of this encoding: %(count)s. They show as �."),
    "control": gettext_lazy("Zero characters were taken away, for instance on line %(line)s."),
    "header_unsure": gettext_lazy("Line %(line)s was taken for the names of the columns; look whether it is."),
    "sheet": gettext_lazy("The sheet “%(name)s” was read; the others were not (%(others)s)."),
    "formulas": gettext_lazy("Formulas without a value in the file: %(count)s. Their cells are empty; save the file once in your spreadsheet program."),
    "mojibake": gettext_lazy("The text looks as if it had been encoded twice (“Ã©” for “é”): it can be repaired, as far as it is still there."),
    "mended": gettext_lazy("The text encoded twice was repaired; what was lost shows as �."),
    "dates_declared_day": gettext_lazy("Dates that can be read both ways were read with the day first (%(columns)s)."),
    "dates_declared_month": gettext_lazy("Dates that can be read both ways were read with the month first (%(columns)s)."),
    "decimal_declared": gettext_lazy("Amounts can be read both ways; “%(mark)s” was taken for the decimal mark (%(columns)s)."),
    "owner_unknown": gettext_lazy("Rows whose owner is not a member: %(count)s (%(names)s). New deals are given to %(owner)s; known ones keep their owner."),
    "left_out": gettext_lazy("Columns that were not recognised and are left out: %(columns)s."),
    "already": gettext_lazy("Rows that were already so in Piste: %(count)s."),
    "more_problems": gettext_lazy("Only the first %(listed)s rows with a problem are listed; there are %(more)s more."),
    "ask_column": gettext_lazy("What stands in the column “%(column)s” does not look like what its name says. What is it?"),
    "ask_owner": gettext_lazy("Which member is “%(value)s”? (rows: %(count)s)"),
    "ask_dates": gettext_lazy("Does the day or the month come first in “%(columns)s”?"),
    "ask_decimal": gettext_lazy("Is the decimal mark a comma or a point in “%(columns)s”?"),
    "ask_stage": gettext_lazy("Which stage does “%(value)s” mean? (rows: %(count)s)"),
    "ask_mend": gettext_lazy("Repair the text that was encoded twice?"),
    "file_missing": gettext_lazy("There is no file %(file)s."),
    "file_closed": gettext_lazy("The file %(file)s cannot be opened: %(why)s."),
    "kind_unknown": gettext_lazy("What %(file)s holds cannot be told from its columns. Say it with --as: %(kinds)s."),
    "mapping_file": gettext_lazy("%(file)s is not a mapping: an object in JSON is needed."),
    "mapping_shape": gettext_lazy("“%(part)s” of the mapping has another shape than it should."),
    "mapping_parts": gettext_lazy("The mapping has unknown parts: %(parts)s. It knows %(known)s."),
    "mapping_dates": gettext_lazy("“dates” of the mapping is “dmy” (day first) or “mdy” (month first)."),
    "mapping_decimal": gettext_lazy("“decimal” of the mapping is “,” or “.”."),
    "mapping_field": gettext_lazy("“%(field)s” is not a field of %(kind)s. The fields are: %(known)s, custom:<label>."),
    "mapping_twice": gettext_lazy("Two columns are given to “%(field)s”: leave one out."),
    "mapping_missing": gettext_lazy("No column was taken for any of these: %(fields)s. Say which one it is."),
}  # fmt: skip


def say(code: str, facts: dict[str, Any]) -> str:
    """A problem, note or question in words."""
    known = {"line": "?", "limit": "?", **facts}
    return str(SENTENCES[code]) % known


def answer(code: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The part of a mapping that answers a question; `?` stands where a person has to choose."""
    match code:
        case "ask_stage":
            return {"values": {facts["value"]: "?"}}
        case "ask_owner":
            return {"members": {facts["value"]: "?"}}
        case "ask_column":
            return {"columns": {facts["column"]: "?"}}
        case "ask_dates":
            return {"dates": facts.get("default", "dmy")}
        case "ask_decimal":
            return {"decimal": facts.get("default", ",")}
        case "ask_mend":
            return {"mend": True}
    return {}


def along(made: Mapping[str, int]) -> list[str]:
    """What comes along with the rows of an import, in words."""
    words: dict[str, Callable[[int], str]] = {
        "deals": lambda count: ngettext("%(said)s deal", "%(said)s deals", count),
        "companies": lambda count: ngettext("%(said)s company", "%(said)s companies", count),
        "contacts": lambda count: ngettext("%(said)s contact", "%(said)s contacts", count),
        "moves": lambda count: ngettext("%(said)s move", "%(said)s moves", count),
        "members": lambda count: ngettext("%(said)s member", "%(said)s members", count),
        "managers": lambda count: ngettext("%(said)s manager", "%(said)s managers", count),
        "teams": lambda count: ngettext("%(said)s team", "%(said)s teams", count),
    }
    tongue = typography.tongue(get_language() or "")
    return [said(made[what]) % {"said": typography.number(made[what], tongue)} for what, said in words.items() if made.get(what)]
