"""Notes and files of deals, contacts and companies, and what tells a member that they were named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from piste.activities import operations, rules
from piste.activities.models import Attachment, Note
from piste.activities.queries import readers
from piste.company.models import Member
from piste.deals.models import Deal
from piste.people.models import Company, Contact
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment

from . import page

type Subject = Deal | Company | Contact
PLACES = {"deal": "deals", "contact": "contacts", "company": "companies"}


class SubjectKind:
    """The part of an address that says what a note or a file belongs to."""

    regex = "|".join(PLACES.values())

    def to_python(self, value: str) -> str:
        return next(kind for kind, place in PLACES.items() if place == value)

    def to_url(self, value: str) -> str:
        return PLACES[value]


class NoteForm(forms.Form):
    """Words about a subject."""

    text = forms.CharField(
        max_length=rules.NOTE_LENGTH,
        error_messages={
            "required": gettext_lazy("The note is empty: write what you learned."),
            "max_length": gettext_lazy("This note is too long to be kept: attach it as a file."),
        },
    )


def subject_of(request: MemberRequest, about: str, key: int) -> Subject:
    """The deal, contact or company of an address, or 404."""
    found: dict[str, Callable[[MemberRequest, int], Subject]] = {
        "deal": access.deal,
        "contact": access.contact,
        "company": access.company,
    }
    return found[about](request, key)


@member_view
@require_POST
def write(request: MemberRequest, about: str, key: int) -> HttpResponse:
    """A new note."""
    subject = subject_of(request, about, key)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, about, key, str(form.errors["text"][0]))
    operations.write(
        subject_kind=about,
        subject_id=key,
        text=form.cleaned_data["text"],
        by=request.user,
        at=request.now,
        may_read=_readers(subject),
        pipeline_id=_pipeline(subject),
    )
    return _done(request, about, key)


@member_view
@require_POST
def rewrite(request: MemberRequest, about: str, key: int, note: int) -> HttpResponse:
    """Changes one's own note, or takes it away (`away`)."""
    subject = subject_of(request, about, key)
    mine = get_object_or_404(Note, pk=note, subject_kind=about, subject_id=key, author=request.user, deleted_at=None)
    act: dict[str, Any] = {"note": mine, "by": request.user, "at": request.now, "pipeline_id": _pipeline(subject)}
    if request.POST.get("away"):
        operations.withdraw(**act)
        return _done(request, about, key, _("The note is gone."), reverse("note_back", args=[about, key, note]))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, about, key, str(form.errors["text"][0]))
    operations.rewrite(text=form.cleaned_data["text"], may_read=_readers(subject), **act)
    return _done(request, about, key)


@member_view
@require_POST
def note_back(request: MemberRequest, about: str, key: int, note: int) -> HttpResponse:
    """Brings one's own note back."""
    subject = subject_of(request, about, key)
    mine = get_object_or_404(Note, pk=note, subject_kind=about, subject_id=key, author=request.user)
    operations.bring_back(note=mine, by=request.user, at=request.now, pipeline_id=_pipeline(subject))
    return _done(request, about, key)


@member_view
@require_POST
def pin(request: MemberRequest, about: str, key: int, note: int) -> HttpResponse:
    """Makes a note stand before all that happened, or (`off`) lets it go back to its place."""
    subject = subject_of(request, about, key)
    found = get_object_or_404(Note, pk=note, subject_kind=about, subject_id=key, deleted_at=None)
    act = operations.unpin if request.POST.get("off") else operations.pin
    act(note=found, by=request.user, at=request.now, pipeline_id=_pipeline(subject))
    return _done(request, about, key)


@member_view
@require_POST
def attach(request: MemberRequest, about: str, key: int) -> HttpResponse:
    """New files: those that can be kept are, and the others are named with the reason."""
    subject = subject_of(request, about, key)
    problems = []
    for upload in request.FILES.getlist("file"):
        name = rules.safe_name(upload.name or "")
        try:
            operations.attach(
                subject_kind=about,
                subject_id=key,
                name=name,
                content=upload.chunks(),
                by=request.user,
                at=request.now,
                pipeline_id=_pipeline(subject),
            )
        except operations.TooLarge:
            limit = {"name": name, "limit": settings.UPLOAD_LIMIT // 1_000_000}
            problems.append(_("%(name)s is larger than %(limit)s MB: share it by a link in a note.") % limit)
        except operations.Empty:
            problems.append(_("%(name)s is empty: it was not kept.") % {"name": name})
    if problems:
        return _refused(request, about, key, " ".join(problems))
    if not request.FILES.getlist("file"):
        return _refused(request, about, key, _("No file came with it: choose one first."))
    return _done(request, about, key)


@member_view
@require_safe
def download(request: MemberRequest, about: str, key: int, file: int) -> HttpResponseBase:
    """A file as it was given, inert: a download, never a page; a picture is shown in place with `?show=1`."""
    subject_of(request, about, key)
    attachment = get_object_or_404(Attachment, pk=file, subject_kind=about, subject_id=key, deleted_at=None)
    path = operations.path_of(attachment.sha256)
    if not path.exists():
        raise Http404
    with path.open("rb") as content:
        picture = rules.picture_type(content.read(16))
    shown = bool(picture) and picture == attachment.media_type and request.GET.get("show") == "1"
    response = FileResponse(
        path.open("rb"),
        as_attachment=not shown,
        filename=attachment.name,
        content_type=picture if shown else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@member_view
@require_POST
def detach(request: MemberRequest, about: str, key: int, file: int) -> HttpResponse:
    """Takes a file away."""
    subject = subject_of(request, about, key)
    attachment = get_object_or_404(Attachment, pk=file, subject_kind=about, subject_id=key)
    operations.detach(attachment=attachment, by=request.user, at=request.now, pipeline_id=_pipeline(subject))
    said = _("%(name)s is gone.") % {"name": attachment.name}
    return _done(request, about, key, said, reverse("file_back", args=[about, key, file]))


@member_view
@require_POST
def file_back(request: MemberRequest, about: str, key: int, file: int) -> HttpResponse:
    """Brings a file back."""
    subject = subject_of(request, about, key)
    attachment = get_object_or_404(Attachment, pk=file, subject_kind=about, subject_id=key)
    operations.reattach(attachment=attachment, by=request.user, at=request.now, pipeline_id=_pipeline(subject))
    return _done(request, about, key)


def _readers(subject: Subject) -> list[Member]:
    return readers(owner_id=subject.owner_id, team_id=subject.team_id)


def _pipeline(subject: Subject) -> int | None:
    return subject.pipeline_id if isinstance(subject, Deal) else None


def _done(request: MemberRequest, about: str, key: int, said: str = "", undo: str = "") -> HttpResponse:
    """The page of the subject as it is now, with what was done and the way to undo it."""
    if about == "deal":
        return page.changed(request, key, said=said, undo=undo)
    if said:
        messages.success(request, said, extra_tags=undo)
    return HttpResponse(headers={"HX-Refresh": "true"}) if wants_fragment(request) else redirect(_address(about, key))


def _refused(request: MemberRequest, about: str, key: int, said: str) -> HttpResponse:
    """What could not be kept, and why; what was typed stays where it is."""
    if not wants_fragment(request):
        messages.error(request, said)
        return redirect(_address(about, key))
    if about == "deal":
        return page.changed(request, key, said=said, level="error", status=422)
    return render(request, "parts/toast_alone.html", {"text": said, "level": "error"}, status=422)


def _address(about: str, key: int) -> str:
    return f"/{PLACES[about]}/{key}/"
