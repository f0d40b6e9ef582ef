"""The pages about a pipeline's process, as tabs over each of them; a new page adds its line here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piste.pipelines.models import Pipeline

#: What a page names as its own, the name of its address (given the pipeline), its words.
TABS: tuple[tuple[str, str, Promise], ...] = (
    ("stages", "process_pipeline", _("Stages")),
    ("tests", "tests", _("Split tests")),
    ("automations", "automations", _("Automations")),
    ("audits", "audits", _("Audits")),
    ("training", "training", _("Training")),
    ("changelog", "process_versions", _("Changelog")),
)


#: Pages that managers alone may open.
MANAGERS_ONLY = {"audits"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab, ready to show."""

    url: str
    label: str
    is_current: bool
    is_managers: bool = False


def tabs(pipeline: Pipeline, current: str) -> Sequence[Tab]:
    """The tabs over a page of this pipeline; out of use, it has its changelog alone."""
    shown = [tab for tab in TABS if pipeline.retired_at is None or tab[0] == "changelog"]
    return [
        Tab(reverse(address, args=[pipeline.pk]), str(label), name == current, name in MANAGERS_ONLY)
        for name, address, label in shown
    ]
