"""Questions about the process: a dialog over the page, or a page of its own without the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from piste.pipelines import operations
from piste.pipelines.models import Pipeline
from piste.web.access import MemberRequest
from piste.web.answering import wants_fragment

from . import words
from .forms import DraftForm, WhyForm


def ask(
    request: MemberRequest,
    template: str,
    form: DraftForm,
    pipeline: Pipeline | None,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Shows a form of `process/ask/`; with 422 when something in it must be mended."""
    form.show_problem()
    # The page behind the dialog has a form of its own, with fields of the same names.
    form.auto_id = "ask_%s"
    context = {
        "section": "process",
        "template": f"process/ask/{template}.html",
        "form": form,
        "pipeline": pipeline,
        "day_unit": words.day_unit(),
        "action": request.get_full_path(),
        **(more or {}),
    }
    status = 422 if form.is_bound else 200
    if not wants_fragment(request):
        return render(request, "process/ask.html", context, status=status)
    part = "again" if request.method == "POST" else "dialog"
    return render(request, f"process/ask.html#{part}", context, status=status)


def attempt(form: DraftForm, act: Callable[[], object]) -> bool:
    """Runs a change; False, with what stood in the way on the form."""
    try:
        act()
    except operations.NameTaken:
        form.add_error("name", gettext("This name is taken: choose another."))
    except operations.NoSuchStage:
        form.add_error(None, words.gone())
    except operations.ProcessOvertaken as late:
        form.add_error(None, words.overtaken(late.last))
        if isinstance(form, WhyForm):
            form.catch_up(late.last.number)
    else:
        return True
    return False
