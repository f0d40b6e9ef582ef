"""Answering the exit criteria of a deal's stage."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.activities import operations
from piste.playbooks.models import ExitCriterion
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.deal.page import changed


@member_view
@require_POST
def criterion(request: MemberRequest, key: int, criterion: int) -> HttpResponse:
    """A deal meets an exit criterion of its stage, or no longer (`met` empty)."""
    deal = access.deal(request, key)
    found = get_object_or_404(ExitCriterion, pk=criterion, stage__pipeline=deal.pipeline_id)
    act = operations.meet_criterion if request.POST.get("met") else operations.unmeet_criterion
    try:
        act(deal=deal, criterion=found, by=request.user, at=request.now)
    except operations.NoSuchCriterion:
        said = _("This question is no longer asked: the deal has moved on, or its playbook has changed.")
        return changed(request, key, said=said, level="error", status=409)
    return changed(request, key)
