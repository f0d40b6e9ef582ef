"""What the variants of a test do otherwise, in words, one thing after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from piste.automations.models import Automation
from piste.automations.queries import automations_of
from piste.automations.rules import Recipe, action_of
from piste.experiments.models import SplitTest, Variant
from piste.experiments.queries.varied import Meanwhile, changed_meanwhile, parts, texts_of
from piste.experiments.rules import AUTOMATION, PLAYBOOK, TEMPLATE, Way, Wording
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.playbooks.models import Template
from piste.web.automations import words as automation_words
from piste.web.automations.naming import Names
from piste.web.process import words as process_words
from piste.web.templatetags.piste import tongue

from . import words

#: Choices in groups, as a field takes them.
type Choices = list[tuple[str, list[tuple[str, str]]]]


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing that a variant does otherwise. `of` names it as addresses do (`playbook`, `template:5`, `automation:7`); it is
    empty for what the form of the design says itself."""

    said: str
    of: str = ""
    is_gone: bool = False

    @property
    def kind(self) -> str:
        return self.of.partition(":")[0]


def choices(pipeline: Pipeline) -> Choices:
    """What a variant may do otherwise besides what the form of the design says itself; a group of none is left out."""
    texts = [
        (f"{TEMPLATE}:{row.pk}", _("Template “%(name)s” (%(stage)s)") % {"name": row.name, "stage": row.stage.name})
        for row in texts_of(pipeline.pk).select_related("stage")
    ]
    own = [(f"{AUTOMATION}:{row.pk}", _("Automation “%(name)s”") % {"name": row.name}) for row in automations_of(pipeline.pk)]
    worked = [(PLAYBOOK, _("The playbook, with its script"))]
    told = ((_("How the stage is worked"), worked), (_("The text of a template"), texts), (_("An automation"), own))
    return [(name, rows) for name, rows in told if rows]


def left(offered: Choices, taken: Iterable[Doing]) -> Choices:
    """Those that a variant does not change yet."""
    changed = {one.of for one in taken}
    found = [(name, [row for row in rows if row[0] not in changed]) for name, rows in offered]
    return [(name, rows) for name, rows in found if rows]


class Varied:
    """The templates and automations that variants do otherwise with, and their names, fetched once for a page."""

    def __init__(self, test: SplitTest, variants: Sequence[Variant]) -> None:
        self.test = test
        self.parts = sorted(parts(test, variants))
        texts, rules = ([key for name, key in self.parts if name == kind] for kind in (TEMPLATE, AUTOMATION))
        self.texts = Template.objects.select_related("stage").in_bulk(texts) if texts else {}
        self.rules = Automation.objects.in_bulk(rules) if rules else {}
        self.names = Names(test.pipeline)

    def what(self) -> list[str]:
        """« the text of “First mail” (Qualification) », « the automation “Watch”: when …: … »; nothing when the playbook, the
        information and the contact clock of the stage are all that varies."""
        found = [
            _("the text of “%(name)s” (%(stage)s)") % {"name": row.name, "stage": row.stage.name} for row in self.texts.values()
        ]
        for row in self.rules.values():
            said = automation_words.sentence(Recipe.of(row.recipe), self.names)
            found.append(_("the automation “%(name)s”: %(sentence)s") % {"name": row.name, "sentence": said})
        worked = any(name not in (TEMPLATE, AUTOMATION) for name, _key in self.parts)
        return [_("how %(stage)s is worked") % {"stage": self.test.stage.name}, *found] if worked and found else found

    def done(self, variant: Variant) -> list[Doing]:
        """What a variant does otherwise than everybody."""
        asked = variant.needs or ()
        names = process_words.labels() if asked else {}
        worked = words.varied(variant, {code: process_words.fact(code, names) for code in asked})
        found = [Doing(said, PLAYBOOK if place == 0 and variant.guide is not None else "") for place, said in enumerate(worked)]
        for key, wording in variant.wordings.items():
            text = self.texts.get(key)
            gone = text is None or text.retired_at is not None or text.stage.retired_at is not None
            found.append(Doing(self._writing(key, wording), f"{TEMPLATE}:{key}", gone))
        for key, way in variant.ways.items():
            rule = self.rules.get(key)
            found.append(Doing(self._acting(key, way), f"{AUTOMATION}:{key}", rule is None or rule.retired_at is not None))
        return found

    def today(self) -> list[Doing]:
        """What everybody, the control among them, does today with the templates and the automations that vary."""
        found = [Doing(self._writing(key, Wording(row.subject, row.body))) for key, row in self.texts.items()]
        return found + [Doing(self._acting(key, Way(on=self._runs(row)))) for key, row in self.rules.items()]

    def _writing(self, key: int, wording: Wording) -> str:
        name = str(self.texts.get(key, "…"))
        return _("writes by “%(name)s”: “%(subject)s”") % {"name": name, "subject": wording.subject or name}

    def _acting(self, key: int, way: Way) -> str:
        said = {"name": str(self.rules.get(key, "…"))}
        if not way.on:
            return _("does not run “%(name)s”") % said
        if way.do is None or key not in self.rules:
            return _("runs “%(name)s”") % said
        recipe = Recipe(Recipe.of(self.rules[key].recipe).when, (), tuple(action_of(one) for one in way.do))
        said["do"] = automation_words.doing(recipe, self.names)
        return _("runs “%(name)s” with other actions: %(do)s") % said

    @staticmethod
    def _runs(row: Automation) -> bool:
        return row.retired_at is None and row.paused_at is None


def variant_rows(test: SplitTest, variants: Sequence[Variant], found: Varied) -> list[tuple[Variant, list[Doing]]]:
    """Each variant and what it does otherwise; of the control, and of who does as everybody, what that is today as long as the
    test is not decided."""
    today = [] if test.decided_at is not None else found.today()
    return [(variant, found.done(variant) or ([] if variant.position else today)) for variant in variants]


def meanwhile(test: SplitTest, variants: Sequence[Variant], found: Varied, *, as_of: datetime) -> list[str]:
    """What was done to what the test compares with while it ran, and what stopped by itself."""
    told = [said for one in changed_meanwhile(test, set(found.parts), as_of=as_of) for said in _changes(one, found)]
    for key, row in found.rules.items():
        stopped = row.paused_why == "rate" and not row.is_acting
        if test.decided_at is None and stopped and any(key in one.ways and one.ways[key].on for one in variants):
            told.append(_("“%(name)s” has paused by itself: no variant runs it any more.") % {"name": row.name})
    return told


def _changes(one: Meanwhile, found: Varied) -> list[str]:
    """What one version did to what a test compares with, each thing in a sentence, the work of the stage as one."""
    day = typography.day(one.at.date(), tongue(), weekday=False)
    told = []
    for (kind, key), is_gone in sorted(one.parts.items()):
        known = found.texts if kind == TEMPLATE else found.rules
        told.append(_sentence(kind, is_gone) % {"number": one.number, "day": day, "name": str(known.get(key, "…"))})
    return list(dict.fromkeys(told))


def _sentence(kind: str, is_gone: bool) -> str:
    if is_gone and kind in (TEMPLATE, AUTOMATION):
        return _("v%(number)s of %(day)s took “%(name)s” out of use: from there on all variants are alike in it.")
    if is_gone:
        return _("v%(number)s of %(day)s took the stage out of use: no deal comes in any more.")
    if kind == TEMPLATE:
        return _("v%(number)s of %(day)s changed “%(name)s” while the test ran: A wrote one thing before, another since.")
    if kind == AUTOMATION:
        return _("v%(number)s of %(day)s changed, paused or resumed “%(name)s” while the test ran: A is not the same throughout.")
    return _("v%(number)s of %(day)s changed how everybody works here while the test ran: A is not the same throughout.")
