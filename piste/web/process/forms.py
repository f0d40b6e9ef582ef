"""What managers fill in to change the process; every form asks why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.pipelines.models import Draft, Pipeline, Stage, StageRole
from piste.pipelines.rules import Need, Promise, Shape
from piste.web.parts.name_field import name_field


class DraftForm(forms.Form):
    """What goes into the draft; `seen` is what was on the screen there."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def show_problem(self) -> None:
        """Puts the focus where something must be mended, else on the first field."""
        names = [name for name in self.fields if name != "seen"]
        wrong = next((name for name in self.fields if name in self.errors), None)
        if wrong or names:
            self.fields[wrong or names[0]].widget.attrs["autofocus"] = True

    def was_shown(self) -> dict[str, Any]:
        """What was on the screen, as a definition says it; nothing when it cannot be read."""
        return read_back(self["seen"].value())

    def show_anew(self, said: Any) -> None:
        """Takes note of what one has just been told of, so that saving again is meant."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = json.dumps(said)
        self.data = data


def read_back(seen: Any) -> dict[str, Any]:
    """A part of a definition from a hidden field; nothing when somebody has put something else there."""
    try:
        found = json.loads(str(seen or ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class WhyForm(DraftForm):
    """The why, and the version that was on the screen."""

    why = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The reason stays in the changelog."),
        error_messages={"required": _("Say why in a few words: a change of the process is not published without.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)  # type: ignore[assignment]

    def catch_up(self, number: int) -> None:
        """Takes note of the version one has just been told of, so that publishing again is meant."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = str(number)
        self.data = data


class StageForm(DraftForm):
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
    field_order: Sequence[str] = ("name", "norm_days", "probability", "role", "seen")

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
    field_order: Sequence[str] = ("name", "after", "role", "norm_days", "probability", "seen")

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [(0, _("At the very front")), *((stage.pk, stage.name) for stage in stages)]
        self.fields["after"].choices = choices  # type: ignore[attr-defined]


class ClockForm(DraftForm):
    """The company's contact clock."""

    role = forms.ChoiceField(
        label=_("First contact wanted after"),
        choices=StageRole.choices,
        help_text=_("A deal that comes to a stage of this role starts its clock."),
    )
    working_days = forms.IntegerField(
        label=_("Within so many working days"),
        min_value=0,
        max_value=30,
        help_text=_("0: no clock. Deals that have one keep it."),
        error_messages={name: _("A number of days from 0 to 30.") for name in ("invalid", "min_value", "max_value", "required")},
    )


class NewPipelineForm(WhyForm):
    """A pipeline to be, and what its stages are taken from."""

    name = name_field(_("Name"))
    source = forms.TypedChoiceField(label=_("Stages"), coerce=int)
    field_order: Sequence[str] = ("name", "source", "why")

    def __init__(self, data: Any = None, *, pipelines: Sequence[Pipeline], **options: Any) -> None:
        super().__init__(data, **options)
        copies = ((pipeline.pk, gettext("As in %(pipeline)s") % {"pipeline": pipeline.name}) for pipeline in pipelines)
        self.fields["source"].choices = [(0, _("The six usual ones")), *copies]  # type: ignore[attr-defined]


class PipelineNameForm(DraftForm):
    """Another name for a pipeline."""

    name = name_field(_("Name"))
    field_order: Sequence[str] = ("name", "seen")


class StageLeavingForm(DraftForm):
    """Where the deals go of a stage that leaves: to one that stays, or that is only in the draft yet."""

    destination = forms.TypedChoiceField(
        label=_("Its deals go to"),
        coerce=int,
        error_messages={name: _("Say where its deals go.") for name in ("required", "invalid_choice")},
    )

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], **options: Any) -> None:
        super().__init__(data, **options)
        choices = [("", _("Choose a stage")), *((stage.pk, stage.name) for stage in stages)]
        self.fields["destination"].choices = choices  # type: ignore[attr-defined]


class LeavingForm(DraftForm):
    """Where the deals go that stand in a pipeline that is taken out of use; one may say it even when none stands there yet."""

    destination = forms.ModelChoiceField(
        Stage.objects.none(),
        label=_("Its deals go to"),
        empty_label=_("Choose a stage"),
        error_messages={"required": _("Say where its deals go.")},
    )

    def __init__(self, data: Any = None, *, stages: Sequence[Stage], needed: bool = True, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["destination"]
        field.queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages]).select_related("pipeline")  # type: ignore[attr-defined]
        field.label_from_instance = lambda stage: f"{stage.pipeline.name}, {stage.name}"  # type: ignore[attr-defined]
        field.required = needed


class PublishForm(WhyForm):
    """The why of a version, what is expected of it, and what running deals do."""

    measure = forms.ChoiceField(label=_("Expected effect on"), required=False)
    change = forms.CharField(
        label=_("By how much"), max_length=80, required=False, widget=forms.TextInput(attrs={"placeholder": _("+5 points")})
    )
    retest_on = forms.DateField(
        label=_("Look again on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choose a day.")},
    )
    adopt = forms.ChoiceField(
        label=_("Deals already there"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("keep what was planned for them")), ("1", _("adopt the new playbook"))],
    )
    written = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order: Sequence[str] = ("why", "measure", "change", "retest_on", "adopt", "seen", "written")

    def __init__(
        self, data: Any = None, *, stages: Sequence[Mapping[str, Any]], today: date, retires: bool = False, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.today = today
        if retires:
            # Nothing is measured any more where no deal comes.
            for name in ("measure", "change", "retest_on", "adopt"):
                del self.fields[name]
            return
        kept = [stage for stage in stages if stage["id"] > 0 and not stage.get("leaving")]
        self.fields["measure"].choices = [  # type: ignore[attr-defined]
            ("", _("nothing that is measured")),
            ("wins", _("Share of deals won")),
            ("amount", _("Amount won")),
            (_("Share that goes on from"), [(f"conversion:{stage['id']}", stage["name"]) for stage in kept]),
            (_("Days spent in"), [(f"days:{stage['id']}", stage["name"]) for stage in kept]),
        ]

    @property
    def draft_seen(self) -> datetime | None:
        """When the draft that was on the screen was last written in; None when that cannot be read."""
        try:
            return datetime.fromisoformat(self.cleaned_data["written"])
        except ValueError:
            return None

    def show_draft(self, draft: Draft | None) -> None:
        """Takes note of the draft one is now shown, so that publishing again is meant."""
        data = cast(QueryDict, self.data).copy()
        data["written"] = draft.at.isoformat() if draft is not None else ""
        self.data = data

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        day = found.get("retest_on")
        if day is not None and day <= self.today:
            self.add_error("retest_on", _("Choose a day to come: the effect takes time to show."))
        if (day is not None or found.get("change")) and not found.get("measure") and "measure" not in self.errors:
            self.add_error("measure", _("Say on what: it is what one will look at again."))
        return found

    @property
    def promise(self) -> Promise:
        found = self.cleaned_data
        return Promise(found.get("measure", ""), found.get("change", ""), found.get("retest_on"))

    @property
    def adopts(self) -> bool:
        return bool(self.cleaned_data.get("adopt") == "1")


class RestoreForm(PublishForm):
    """A past version brought back: where the deals go of stages that it does not have (`leaving`, as ids and names)."""

    def __init__(
        self,
        data: Any = None,
        *,
        leaving: Sequence[tuple[int, str]],
        remaining: Sequence[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.leaving = leaving
        for key, name in leaving:
            self.fields[f"to_{key}"] = forms.TypedChoiceField(
                label=gettext("Deals of %(stage)s go to") % {"stage": name},
                coerce=int,
                choices=[("", _("Choose a stage")), *remaining],
                error_messages={"required": _("Say where its deals go.")},
            )

    def destinations(self) -> list[forms.BoundField]:
        """The fields that ask where deals go."""
        return [self[f"to_{key}"] for key, _name in self.leaving]

    def chosen(self) -> dict[int, int]:
        """Where they go, by the stage they leave."""
        return {key: self.cleaned_data[f"to_{key}"] for key, _name in self.leaving}
