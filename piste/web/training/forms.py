"""A lesson as a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from piste.pipelines.models import Stage
from piste.training.models import Lesson, LessonKind, Path
from piste.training.operations import Text

from .evidence import Evidence


class LessonForm(forms.Form):
    """What a lesson says, where it belongs, whose path it is a step of, and which figures it names."""

    title = forms.CharField(label=_("Title"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=LessonKind.choices)
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), required=False, empty_label=_("The whole pipeline"))
    path = forms.ChoiceField(label=_("On the path of"), required=False, choices=Path.choices)
    body = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Markdown: # heading, **bold**, - list, > quotation."),
    )
    supports = forms.MultipleChoiceField(
        label=_("Figures that support it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are shown as they are on the day somebody reads, with what that reader may see."),
    )
    why = forms.CharField(
        label=_("What changed, and why?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Everybody is asked to read the new version."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, stages: Sequence[Stage], offered: Sequence[Evidence], lesson: Lesson | None) -> None:
        initial: dict[str, Any] = {"kind": LessonKind.LESSON}
        version = lesson.version if lesson is not None else None
        if lesson is not None and version is not None:
            initial = {name: getattr(version, name) for name in ("title", "kind", "body", "supports")}
            initial |= {"stage": lesson.stage_id, "path": lesson.path, "seen": version.number}
        super().__init__(data, initial=initial)
        self.version = version
        fields: dict[str, Any] = self.fields
        fields["stage"].queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages])
        fields["supports"].choices = [(one.key, f"{one.words} · {one.said}") for one in offered]
        if not fields["supports"].choices:
            del self.fields["supports"]
        if version is None:
            del self.fields["why"], self.fields["seen"]
        fields["title"].widget.attrs["autofocus"] = True

    @property
    def text(self) -> Text:
        found = self.cleaned_data
        return Text(found["kind"], found["title"], found["body"], tuple(found.get("supports", ())))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.version is not None and not self.errors and not found["why"].strip():
            now = self.text
            before = self.version
            same = (now.kind, now.title, now.body, list(now.supports)) == (
                before.kind, before.title, before.body, list(before.supports)
            )  # fmt: skip
            if not same:
                self.add_error("why", gettext("Say in a few words what changed: who has read the lesson wants to know."))
        return found
