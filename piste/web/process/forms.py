"""What managers fill in to change the process; every form asks why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.pipelines.models import Pipeline, Stage, StageRole
from piste.pipelines.rules import Need, Shape


def name_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=80, error_messages={"required": _("A name is needed.")})


class WhyForm(forms.Form):
    """The why, and the version that was on the screen."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason stays in the changelog."),
        error_messages={"required": _("Say why in a few words: a change of the process is not published without.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def catch_up(self, number: int) -> None:
        """Takes note of the version one has just been told of, so that publishing again is meant."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(number)
        self.data = data

    def show_problem(self) -> None:
        """Puts the focus where something must be mended, else on the first field."""
        wrong = next((name for name in self.fields if name in self.errors), None)
        field = self.fields[wrong or next(name for name in self.fields if name != "seen")]
        field.widget.attrs["autofocus"] = True


class StageForm(WhyForm):
    """A stage and what it asks for; `enter` and `leave` are the facts ticked."""

    name = name_field(_("Name"))
    norm_days = forms.IntegerField(
        label=_("Norm"),
        required=False,
        min_value=1,
        max_value=3650,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={
            "invalid": _("A whole number of days, or nothing."),
            "min_value": _("At least one day, or nothing."),
            "max_value": _("At most ten years."),
        },
    )
    probability = forms.IntegerField(
        label=_("Probability"),
        min_value=0,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={name: _("A whole number from 0 to 100.") for name in ("required", "invalid", "min_value", "max_value")},
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=StageRole.choices,
        help_text=_("What Piste may assume about the stage, whatever its name."),
    )
    field_order: Sequence[str] = ("name", "norm_days", "probability", "role", "why", "seen")

    def shape(self, facts: Sequence[str]) -> Shape:
        """What was filled in; of the facts ticked, those of `facts`, in their order."""
        found = self.cleaned_data
        enter, leave = (set(cast(QueryDict, self.data).getlist(name)) for name in ("enter", "leave"))
        return Shape(
            name=found["name"],
            role=found["role"],
            probability=found["probability"],
            norm_days=found["norm_days"],
            needs=tuple(Need(fact, fact in enter, fact in leave) for fact in facts if fact in enter | leave),
        )


class NewStageForm(StageForm):
    """A stage to be, and where it goes."""

    after = forms.TypedChoiceField(label=_("Behind"), coerce=int)
    field_order: Sequence[str] = ("name", "after", "role", "norm_days", "probability", "why", "seen")

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [(0, _("At the very front")), *((stage.pk, stage.name) for stage in stages)]
        self.fields["after"].choices = choices  # type: ignore[attr-defined]


class NewPipelineForm(WhyForm):
    """A pipeline to be, and what its stages are taken from."""

    name = name_field(_("Name"))
    source = forms.TypedChoiceField(label=_("Stages"), coerce=int)
    field_order: Sequence[str] = ("name", "source", "why")

    def __init__(self, data: Any = None, *, pipelines: Sequence[Pipeline], **options: Any) -> None:
        super().__init__(data, **options)
        copies = ((pipeline.pk, gettext("As in %(pipeline)s") % {"pipeline": pipeline.name}) for pipeline in pipelines)
        self.fields["source"].choices = [(0, _("The six usual ones")), *copies]  # type: ignore[attr-defined]


class PipelineNameForm(WhyForm):
    """Another name for a pipeline."""

    name = name_field(_("Name"))
    field_order: Sequence[str] = ("name", "why", "seen")


class LeavingForm(WhyForm):
    """Where the deals go that stand in what is taken out of use."""

    destination = forms.ModelChoiceField(
        Stage.objects.none(),
        label=_("Its deals go to"),
        empty_label=_("Choose a stage"),
        error_messages={"required": _("Say where its deals go.")},
    )
    field_order: Sequence[str] = ("destination", "why", "seen")

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], needed: bool = True, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["destination"]
        field.queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages]).select_related("pipeline")  # type: ignore[attr-defined]
        if not needed:
            del self.fields["destination"]
        elif len({stage.pipeline_id for stage in stages}) > 1 or self.initial.get("elsewhere"):
            field.label_from_instance = lambda stage: f"{stage.pipeline.name}, {stage.name}"  # type: ignore[attr-defined]
