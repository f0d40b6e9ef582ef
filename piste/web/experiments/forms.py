"""What people fill in: an idea, a design, a decision, a roll-out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, FieldKind, FieldSubject, Member
from piste.deals.models import Source, Tag
from piste.experiments.models import Decision, Effort, Measure, SplitTest, Unit
from piste.experiments.rules import MOST_VARIANTS, Among, Arm, Guard, Hypothesis, Plan, among_from_json
from piste.pipelines.models import Stage
from piste.web.process import words as process_words

LETTERS = "ABCD"
GUARDS = 2
WHOLE = {"inputmode": "numeric"}
CUSTOM = "field_"


def number(label: Any, *, least: int = 0, most: int = 100_000, required: bool = True, **options: Any) -> forms.IntegerField:
    """A whole number, with one sentence for whatever else was typed."""
    said = _("A whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said)
    widget = forms.TextInput(attrs=WHOLE)
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=required, widget=widget, error_messages=errors, **options
    )


def amount(label: Any, *, required: bool = True, **options: Any) -> forms.DecimalField:
    """A number with at most three decimals."""
    said = _("A number, not below 0.")
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places"), said)
    errors["max_whole_digits"] = said
    return forms.DecimalField(
        label=label, min_value=0, max_digits=12, decimal_places=3, required=required, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}), error_messages=errors, **options,
    )  # fmt: skip


class IdeaForm(forms.Form):
    """A hypothesis about a stage."""

    title = forms.CharField(label=_("In a few words"), max_length=120, error_messages={"required": _("Give the idea a name.")})
    stage = forms.TypedChoiceField(label=_("Stage"), coerce=int, empty_value=None, required=False)
    if_text = forms.CharField(
        label=_("If"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What would be done otherwise."),
        error_messages={"required": _("Say what would be done otherwise.")},
    )
    then_text = forms.CharField(
        label=_("Then"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What would change, as one could count it."),
        error_messages={"required": _("Say what would change.")},
    )
    because_text = forms.CharField(
        label=_("Because"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Why you believe it: what you saw or heard."),
        error_messages={"required": _("Say why you believe it.")},
    )
    effort = forms.ChoiceField(label=_("Effort to try it"), choices=Effort.choices, initial=Effort.MEDIUM)

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [("", _("The whole pipeline")), *((stage.pk, stage.name) for stage in stages)]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]

    def said(self) -> Hypothesis:
        found = self.cleaned_data
        return Hypothesis(found["title"], found["if_text"], found["then_text"], found["because_text"], found["effort"])


class DropForm(forms.Form):
    """Why an idea is not followed up."""

    why = forms.CharField(
        label=_("Why it is not followed up"), max_length=400, error_messages={"required": _("Say why in a few words.")}
    )


class DesignForm(forms.Form):
    """A whole design; its variants are B, C and D, those without a name are not there."""

    title = forms.CharField(label=_("Name of the test"), max_length=120, error_messages={"required": _("Give the test a name.")})
    stage = forms.TypedChoiceField(label=_("Deals that enter"), coerce=int)
    unit = forms.ChoiceField(
        label=_("Drawn is"),
        choices=Unit.choices,
        initial=Unit.DEAL,
        help_text=_("A company or a rep has one variant for all its deals: nobody is treated in two ways."),
    )
    owners = forms.MultipleChoiceField(label=_("Owner"), required=False, widget=forms.CheckboxSelectMultiple)
    sources = forms.MultipleChoiceField(label=_("Source"), required=False, widget=forms.CheckboxSelectMultiple)
    tags = forms.MultipleChoiceField(label=_("Tag"), required=False, widget=forms.CheckboxSelectMultiple)
    amount_from = amount(_("Amount from"), required=False)
    amount_to = amount(_("Amount up to"), required=False)
    measure = forms.ChoiceField(label=_("Main measure"), choices=Measure.choices, initial=Measure.REACHES)
    goal = forms.TypedChoiceField(label=_("Stage to reach"), coerce=int, empty_value=None, required=False)
    within_days = number(_("Within days"), least=1, most=730, initial=30)
    smallest = amount(
        _("Smallest difference worth finding"),
        help_text=_("In points of per cent, in the company’s currency or in days."),
        initial=10,
    )
    bar = amount(_("Adopt from"), help_text=_("The least estimate at which the winner becomes everybody’s."), initial=5)
    planned_count = number(
        _("How many to draw"), least=4, most=1_000_000, required=False, help_text=_("Left empty: as many as reckoned beside.")
    )
    is_factorial = forms.BooleanField(
        label=_("Run it beside another test on this stage (factorial)"),
        required=False,
        help_text=_("Each is drawn on its own and read over all variants of the other. They must vary different things."),
    )

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], facts: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        places = [(stage.pk, stage.name) for stage in stages]
        offered: tuple[tuple[str, Any], ...] = (
            ("stage", places),
            ("goal", [("", "—"), *places]),
            ("owners", Member.objects.active().order_by("name").values_list("pk", "name")),
            ("sources", Source.objects.filter(retired_at=None).values_list("pk", "name")),
            ("tags", Tag.objects.values_list("pk", "name")),
        )
        for name, choices in offered:
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
        self.own = [
            field.key
            for field in CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None)
            if field.kind == FieldKind.CHOICE and self._add_own(field)
        ]
        for place in range(MOST_VARIANTS):
            self._add_variant(place, facts)
        for place in range(GUARDS):
            kinds = [("", gettext("no guard")), *(choice for choice in Measure.choices if choice[0] != Measure.REACHES)]
            self.fields[f"guard_{place}"] = forms.ChoiceField(label=_("Must not get worse"), choices=kinds, required=False)
            self.fields[f"guard_days_{place}"] = number(_("Within days"), least=1, most=730, required=False)
            self.fields[f"guard_bar_{place}"] = amount(_("By more than"), required=False)

    def _add_own(self, field: CustomField) -> bool:
        self.fields[CUSTOM + field.key] = forms.MultipleChoiceField(
            label=field.label,
            choices=[(option, option) for option in field.options],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        return True

    def _add_variant(self, place: int, facts: Sequence[tuple[str, str]]) -> None:
        letter = LETTERS[place]
        label = _("Name of variant %(letter)s") % {"letter": letter}
        self.fields[f"name_{place}"] = forms.CharField(
            label=label, max_length=80, required=place < 2, initial=gettext("As today") if place == 0 else "",
            error_messages={"required": _("Give the variant a name.")},
        )  # fmt: skip
        self.fields[f"share_{place}"] = number(
            _("Share, in per cent"), least=1, most=99, required=place < 2, initial=50 if place < 2 else None
        )
        if place:
            self.fields[f"clock_{place}"] = number(
                _("Working days to the first contact"), most=60, required=False, help_text=_("Empty: as everybody. 0: no clock.")
            )
            self.fields[f"other_needs_{place}"] = forms.BooleanField(
                label=_("Asks for other information to leave the stage:"), required=False
            )
            self.fields[f"needs_{place}"] = forms.MultipleChoiceField(
                label=_("To know before leaving"), choices=facts, required=False, widget=forms.CheckboxSelectMultiple
            )

    @property
    def variants(self) -> list[dict[str, Any]]:
        """The fields of each variant, for the page; `more` are those one rarely needs."""
        return [
            {
                "letter": LETTERS[place],
                "name": self[f"name_{place}"],
                "share": self[f"share_{place}"],
                "clock": self[f"clock_{place}"] if place else None,
                "other_needs": self[f"other_needs_{place}"] if place else None,
                "needs": self[f"needs_{place}"] if place else None,
                "is_further": place > 1 and not self[f"name_{place}"].value(),
            }
            for place in range(MOST_VARIANTS)
        ]

    @property
    def guard_rows(self) -> list[list[Any]]:
        names = ("guard", "guard_days", "guard_bar")
        return [[self[f"{name}_{place}"] for name in names] for place in range(GUARDS)]

    @property
    def narrowing(self) -> list[Any]:
        """The fields that narrow who is drawn."""
        names = ("sources", "tags", "owners", *(CUSTOM + key for key in self.own))
        return [self[name] for name in names if self.fields[name].choices]  # type: ignore[attr-defined]

    @property
    def is_narrowed(self) -> bool:
        return any(field.value() for field in (*self.narrowing, self["amount_from"], self["amount_to"]))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("measure") == Measure.REACHES:
            self._check_goal(found)
        shares = [found.get(f"share_{place}") for place in range(MOST_VARIANTS) if self._is_there(found, place)]
        if "share_0" not in self.errors and all(shares) and sum(share or 0 for share in shares) != 100:
            said = gettext("The shares are %(sum)s in all: make them 100.") % {"sum": sum(share or 0 for share in shares)}
            self.add_error("share_0", said)
        for place in range(2, MOST_VARIANTS):
            if self._is_there(found, place) and not found.get(f"share_{place}") and f"share_{place}" not in self.errors:
                self.add_error(f"share_{place}", gettext("Give the variant a share."))
        for place in range(GUARDS):
            if found.get(f"guard_{place}"):
                for name in (f"guard_days_{place}", f"guard_bar_{place}"):
                    if found.get(name) is None and name not in self.errors:
                        self.add_error(name, gettext("A guard needs both."))
        if "smallest" in found and found["smallest"] == 0:
            self.add_error("smallest", gettext("Say the smallest difference worth finding: more than 0."))
        return found

    def _check_goal(self, found: dict[str, Any]) -> None:
        # A design that is changed keeps its stage: the order is that of all there are.
        order = [key for key, _name in self.fields["goal"].choices if key]  # type: ignore[attr-defined]
        goal, stage = found.get("goal"), found.get("stage")
        if goal is None or stage is None or order.index(goal) <= order.index(stage):
            self.add_error("goal", gettext("Choose a stage further on than the one the deals enter."))

    @staticmethod
    def _is_there(found: dict[str, Any], place: int) -> bool:
        return place < 2 or bool(found.get(f"name_{place}"))

    @property
    def shares(self) -> tuple[int, ...]:
        found = self.cleaned_data
        return tuple(found[f"share_{place}"] for place in range(MOST_VARIANTS) if self._is_there(found, place))

    def among(self) -> Among:
        found = self.cleaned_data
        return Among(
            owners=tuple(int(key) for key in found.get("owners") or ()),
            sources=tuple(int(key) for key in found.get("sources") or ()),
            tags=tuple(int(key) for key in found.get("tags") or ()),
            amount_from=found.get("amount_from"),
            amount_to=found.get("amount_to"),
            custom=tuple((key, tuple(found[CUSTOM + key])) for key in self.own if found.get(CUSTOM + key)),
        )

    def arms(self) -> list[Arm]:
        """The variants; what they do otherwise is written on a page of their own, but for what is asked and the clock."""
        found = self.cleaned_data
        return [
            Arm(
                name=found[f"name_{place}"],
                share=found[f"share_{place}"],
                needs=tuple(found[f"needs_{place}"]) if place and found[f"other_needs_{place}"] else None,
                clock_days=found[f"clock_{place}"] if place else None,
            )
            for place in range(MOST_VARIANTS)
            if self._is_there(found, place)
        ]

    def plan(self, *, planned: int, expected: dict[str, str], currency: str) -> Plan:
        found = self.cleaned_data
        return Plan(
            title=found["title"],
            measure=found["measure"],
            within_days=found["within_days"],
            smallest=found["smallest"],
            bar=found["bar"],
            planned_count=planned,
            unit=found["unit"],
            goal_id=found["goal"],
            currency=currency,
            among=self.among(),
            guards=tuple(
                Guard(found[f"guard_{place}"], found[f"guard_days_{place}"], found[f"guard_bar_{place}"])
                for place in range(GUARDS)
                if found[f"guard_{place}"]
            ),
            is_factorial=found["is_factorial"],
            expected=expected,
        )


def start_of(test: SplitTest) -> dict[str, Any]:
    """A design as the form begins with it."""
    among = among_from_json(test.among)
    found: dict[str, Any] = {
        "title": test.title, "stage": test.stage_id, "unit": test.unit, "measure": test.measure, "goal": test.goal_id,
        "within_days": test.within_days, "smallest": test.smallest.normalize(), "bar": _plain(test.bar),
        "planned_count": test.planned_count, "is_factorial": test.is_factorial, "owners": among.owners, "sources": among.sources,
        "tags": among.tags, "amount_from": among.amount_from, "amount_to": among.amount_to,
    }  # fmt: skip
    found["smallest"] = _plain(test.smallest)
    found |= {CUSTOM + key: values for key, values in among.custom}
    for variant in test.variants.all():
        place = variant.position
        found |= {f"name_{place}": variant.name, f"share_{place}": variant.share, f"clock_{place}": variant.clock_days}
        found |= {f"other_needs_{place}": variant.needs is not None, f"needs_{place}": variant.needs or ()}
    for place, guard in enumerate(test.guards):
        found |= {f"guard_{place}": guard["measure"], f"guard_days_{place}": guard["within_days"]}
        found[f"guard_bar_{place}"] = _plain(Decimal(guard["bar"]))
    return found


def _plain(value: Decimal) -> Decimal:
    """Without the zeros behind the point."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


class DecisionForm(forms.Form):
    """What is concluded, in words."""

    decision = forms.ChoiceField(label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect)
    winner = forms.TypedChoiceField(label=_("What is adopted"), coerce=int, required=False, empty_value=None)
    words = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Bar and interval are kept beside it."),
        error_messages={"required": _("Say why in a few words: one will read it before trying the same again.")},
    )

    def __init__(self, data: Any = None, *, variants: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["winner"].choices = list(variants)  # type: ignore[attr-defined]
        if len(variants) == 1:
            self.fields["winner"].initial = variants[0][0]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("decision") == Decision.ADOPT and not found.get("winner"):
            self.add_error("winner", gettext("Say which variant is adopted."))
        return found


class RolloutForm(forms.Form):
    """The why of the version that the winner becomes, and when one looks again."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason stays in the changelog."),
        error_messages={"required": _("Say why in a few words: a change of the process is not published without.")},
    )
    retest_on = forms.DateField(
        label=_("Look again on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(("required", "invalid"), _("Choose a day.")),
    )


def facts_named(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Facts a stage may ask for, each with its name."""
    names = process_words.labels()
    return [(code, process_words.fact(code, names)) for code in codes]
