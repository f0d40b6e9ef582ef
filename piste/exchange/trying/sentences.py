"""What a split test read from a file has to say, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from piste.exchange.proving.records import BadFile
from piste.exchange.proving.sentences import refusal as refusal_of_reading

from .records import Tried

REFUSALS = {
    "no_unit": gettext_lazy("No row of %(file)s can be used. The first one: %(why)s."),
    "one_arm": gettext_lazy("A split test has two variants at least: the column %(column)s of %(file)s holds only %(found)s."),
    "many_arms": gettext_lazy(
        "The column %(column)s of %(file)s has %(count)s different values, too many for variants (%(limit)s at most): name the "
        "column that says which variant a unit was given."
    ),
    "control_unknown": gettext_lazy("%(file)s has no variant %(control)s. Its variants are: %(found)s."),
    "share_of_nobody": gettext_lazy("No unit of %(file)s has the variant %(missing)s. Its variants are: %(found)s."),
    "measure_empty": gettext_lazy("The column %(column)s of %(file)s is empty: there is nothing to measure."),
    "measure_unread": gettext_lazy(
        "Line %(line)s of %(file)s: in %(column)s, “%(value)s” is neither a number nor a yes or no that everybody reads alike. "
        "Leave the cell empty where nothing is known yet."
    ),
}
LEFT_OUT = {
    "unit_missing": gettext_lazy("rows do not name their unit and were left out"),
    "variant_missing": gettext_lazy("rows do not name their variant and were left out"),
    "variant_unknown": gettext_lazy("rows have a variant for which no share was told and were left out"),
    "cluster_missing": gettext_lazy("rows do not name their group and were left out"),
    "unit_twice": gettext_lazy("rows repeat a unit with the same variant and were left out"),
    "unit_in_two": gettext_lazy("rows are of units that were given two variants: none of them counts"),
}
RATIO = gettext_lazy(
    "The variants are not filled as planned (p = %(p)s): units were lost or counted twice on one side. Find out why before you "
    "believe any figure below."
)
NOT_RIPE = gettext_lazy("%(count)s units have no value of %(measure)s yet and do not count for it.")
UNUSED = gettext_lazy("Covariates that are all alike or different for nearly every unit are not used: %(columns)s.")
IN_BOTH = gettext_lazy("%(count)s groups have units in several variants: what one unit was given may have worked on the others.")
FEW = gettext_lazy("Too few units for any word on %(measure)s (%(variant)s against %(control)s).")
ONE_UNIT = gettext_lazy(
    "One unit, %(unit)s with %(value)s, makes %(moved)s of the difference in %(measure)s (%(difference)s): look at it."
)
OVER = gettext_lazy("There are more units than planned: the interval holds when the figures are read now and then no more.")
VERDICTS = {
    "more": gettext_lazy("%(variant)s has more than %(control)s"),
    "less": gettext_lazy("%(variant)s has less than %(control)s"),
    "none_seen": gettext_lazy("no difference is seen"),
    "unclear": gettext_lazy("not decided yet"),
    "too_early": gettext_lazy("too early to say"),
}
METHODS = {
    "fixed": gettext_lazy(
        "The intervals are of 95 % when the figures are read once, at the end. Whoever watched them meanwhile reads the last "
        "column, which holds at any moment, or names the sample that was planned (--planned)."
    ),
    "planned": gettext_lazy(
        "The intervals hold together, at twenty looks until the %(planned)s planned units are in, with 95 %%."
    ),
}


def refusal(problem: BadFile) -> str:
    """Why a file cannot be used."""
    if problem.code not in REFUSALS:
        return refusal_of_reading(problem)
    facts = dict(problem.facts)
    if problem.code == "no_unit":
        facts["why"] = str(LEFT_OUT[str(facts["why"])]) if facts["why"] else "–"
    return str(REFUSALS[problem.code]) % facts


def left_out(tried: Tried) -> list[dict[str, Any]]:
    """What was not read, by reason, with the first lines."""
    found = []
    for code, count in tried.left_out.items():
        shown = tried.lines.get(code, [])
        where = f" ({', '.join(str(line) for line in shown)}{', …' if count > len(shown) else ''})" if shown else ""
        found.append({"code": code, "count": count, "message": f"{count} {LEFT_OUT[code]}{where}."})
    return found
