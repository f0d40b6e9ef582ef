"""What was expected of a version, what it rests on and what its re-test found: each figure with its measure and its unit, in the
language of whoever reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from piste.company.models import Settings
from piste.company.queries import company
from piste.experiments.models import SplitTest
from piste.foundations import typography
from piste.foundations.money import to_minor
from piste.pipelines.models import ProcessVersion, Stage
from piste.pipelines.rules import measured
from piste.upkeep.models import Retest, Verdict
from piste.upkeep.queries import judging
from piste.upkeep.rules import TOO_FEW
from piste.web.experiments import kept
from piste.web.experiments import words as trials
from piste.web.retests import words as retests
from piste.web.templatetags.piste import tongue

from . import words

#: A figure to which nobody has given a unit, its sign apart.
BARE = re.compile(r"([+\-−]?)\s*(\d+(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class Promised:
    """What is said of a version: what was expected of it, the test it rests on and its figures, its last re-test."""

    expected: str = ""
    test: SplitTest | None = None
    evidence: str = ""
    retest: str = ""


def promised(found: Sequence[ProcessVersion], *, retested: bool) -> dict[int, Promised]:
    """By version, in as many statements however many they are; `retested` for those who read re-tests."""
    stages, tests = _stage_names(found), _tests(found)
    last = judging.last_retests([version.pk for version in found]) if retested else {}
    verdicts = judging.last_verdicts([retest.pk for retest in last.values()]) if last else {}
    said = {}
    for version in found:
        test = tests.get(version.evidence.get("split_test", 0))
        retest = last.get(version.pk)
        said[version.pk] = Promised(
            _expected(version, test, stages),
            test,
            _evidence(test) if test is not None else "",
            _retest(retest, verdicts.get(retest.pk)) if retest is not None else "",
        )
    return said


def _stage_names(found: Sequence[ProcessVersion]) -> dict[int, str]:
    """The names of the stages that versions expect something of; no statement when none does."""
    keys = {stage for version in found if (stage := measured(version.expects_measure)[1]) is not None}
    return dict(Stage.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}


def _tests(found: Sequence[ProcessVersion]) -> dict[int, SplitTest]:
    """The split tests that versions rest on; no statement when none does."""
    keys = {key for version in found if isinstance(key := version.evidence.get("split_test"), int)}
    return SplitTest.objects.select_related("winner", "goal").in_bulk(keys) if keys else {}


def _expected(version: ProcessVersion, test: SplitTest | None, stages: Mapping[int, str]) -> str:
    """On what, and how much: of the test it rests on as the figures were kept, else as somebody wrote it."""
    gap = kept.gap(test, kept.letter_of(test)) if test is not None else ""
    change = gap or with_unit(version.expects_change, measured(version.expects_measure)[0])
    return ", ".join(said for said in (words.measure(version.expects_measure, stages), change) if said)


def with_unit(change: str, kind: str) -> str:
    """An expected effect as one wrote it; a bare figure gets the unit of its measure: « +5 » is « +5 points »."""
    bare = BARE.fullmatch(change.strip())
    if bare is None or not kind:
        return change
    sign, size = "−" if bare[1] == "-" else bare[1], Decimal(bare[2].replace(",", "."))
    if kind == "amount":
        currency = (company() or Settings()).currency
        return sign + typography.amount(to_minor(size, currency), currency, tongue())
    number = sign + typography.number(size, tongue(), places=-int(size.as_tuple().exponent))
    if kind == "days":
        return ngettext("%(count)s day", "%(count)s days", 1 if size == 1 else 2) % {"count": number}
    return gettext("%(count)s points") % {"count": number}


def _evidence(test: SplitTest) -> str:
    """« reaches Meeting within 30 days, +10.8 points (+2.5 to +19.1 points) »."""
    letter = kept.letter_of(test)
    return with_interval(trials.measure_of(test), kept.gap(test, letter), kept.interval(test, letter))


def with_interval(measure: str, gap: str, interval: str) -> str:
    """A measure, how much it differs and between what, as far as these are known."""
    if not gap:
        return measure
    return f"{measure}, {gap} ({interval})" if interval else f"{measure}, {gap}"


def _retest(retest: Retest, verdict: Verdict | None) -> str:
    """What the promised measure was since the change and before, and what somebody made of it."""
    row, currency = retest.figures["rows"][0], retest.figures["currency"]
    write = retests.writer(row["kind"], currency)
    said = {"day": trials.on_day(retest.on), "measure": words.measure(f"{row['kind']}:0", {0: row["stage"]})}
    if row["verdict"] == TOO_FEW or row["low"] is None:
        told = gettext("Re-test on %(day)s: %(measure)s, too few deals to compare.") % said
    else:
        said |= {side: write(row[side]["value"]) for side in ("before", "after")}
        gaps = {name: retests.gap(row["kind"], row[name], currency) for name in ("difference", "low", "high")}
        if row["kind"] in ("conversion", "wins"):
            # Points in full, as what was expected is written beside it.
            gaps = {name: trials.difference("wins", row[name], "") for name in gaps} | {"low": trials.gap("wins", row["low"], "")}
        said |= gaps
        told = (
            gettext("Re-test on %(day)s: %(measure)s, %(after)s instead of %(before)s, %(difference)s (%(low)s to %(high)s).")
            % said
        )
    return f"{told} {verdict.get_choice_display()}." if verdict is not None else told
