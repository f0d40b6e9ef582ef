"""Notes and files of a deal, and the mentions of a member."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.activities import operations
from piste.activities.models import Attachment, Note
from piste.activities.queries import mentions_of
from piste.web import access
from piste.web.access import MemberRequest, member_view

from .views import readers, saved, wants_fragment


@member_view
@require_POST
def write(request: MemberRequest, key: int) -> HttpResponse:
    """A new note."""
    found = access.deal(request, key)
    try:
        operations.write(
            subject_kind="deal",
            subject_id=found.pk,
            text=request.POST.get("text", ""),
            by=request.user,
            at=request.now,
            may_read=readers(found),
            pipeline_id=found.pipeline_id,
        )
    except operations.Empty:
        said = _("The note is empty: write what you learned.")
        if wants_fragment(request):
            return render(request, "parts/toast_alone.html", {"text": said, "level": "error"}, status=422)
        messages.error(request, said)
    return saved(request, key, "note")


@member_view
@require_POST
def rewrite(request: MemberRequest, key: int, note: int) -> HttpResponse:
    """Changes or takes away one's own note."""
    found = access.deal(request, key)
    mine = get_object_or_404(Note, pk=note, subject_kind="deal", subject_id=found.pk, author=request.user, deleted_at=None)
    if request.POST.get("away"):
        operations.withdraw(note=mine, by=request.user, at=request.now)
    elif request.POST.get("text", "").strip():
        operations.rewrite(note=mine, text=request.POST["text"], by=request.user, at=request.now)
    return saved(request, key, "note")


@member_view
@require_POST
def attach(request: MemberRequest, key: int) -> HttpResponse:
    """New files."""
    found = access.deal(request, key)
    problems = []
    for upload in request.FILES.getlist("file"):
        try:
            operations.attach(
                subject_kind="deal",
                subject_id=found.pk,
                name=upload.name or "",
                content=upload.chunks(),
                by=request.user,
                at=request.now,
                pipeline_id=found.pipeline_id,
            )
        except operations.TooLarge:
            problems.append(_("%(name)s is too large for this installation.") % {"name": upload.name})
        except operations.Empty:
            problems.append(_("%(name)s is empty.") % {"name": upload.name})
    for said in problems:
        messages.error(request, said)
    return redirect("deal", key)


@member_view
def download(request: MemberRequest, key: int, file: int) -> HttpResponseBase:
    """A file as it was given: never shown as a page, unless it is a picture."""
    found = access.deal(request, key)
    attachment = get_object_or_404(Attachment, pk=file, subject_kind="deal", subject_id=found.pk, deleted_at=None)
    path = operations.path_of(attachment.sha256)
    if not path.exists():
        raise Http404
    shown = attachment.media_type.startswith("image/") and request.GET.get("show") == "1"
    response = FileResponse(
        path.open("rb"), as_attachment=not shown, filename=attachment.name, content_type=attachment.media_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'"
    return response


@member_view
@require_POST
def detach(request: MemberRequest, key: int, file: int) -> HttpResponse:
    """Takes a file away, or brings it back."""
    found = access.deal(request, key)
    attachment = get_object_or_404(Attachment, pk=file, subject_kind="deal", subject_id=found.pk)
    verb = operations.reattach if request.POST.get("back") else operations.detach
    verb(attachment=attachment, by=request.user, at=request.now)
    return saved(request, key, "file")


@member_view
def notifications(request: MemberRequest) -> HttpResponse:
    """Where one was named; reading the page marks all as seen."""
    page = Paginator(mentions_of(request.user), 50).get_page(request.GET.get("page"))
    answer = render(request, "deal/notifications.html", {"page": page, "section": ""})
    operations.mark_read(member=request.user, at=request.now)
    return answer
