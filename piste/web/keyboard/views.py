"""What each key does, and the switch that turns single keys off."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from piste.company import operations
from piste.web.access import MemberRequest, member_view


@member_view
def keyboard(request: MemberRequest) -> HttpResponse:
    """The list of keys; posting `single_keys` (on, or nothing) turns the single ones on or off."""
    if request.method == "POST":
        wanted = {"single_keys": request.POST.get("single_keys") == "on"}
        operations.amend_member(member=request.user, facts=wanted, by=request.user, at=request.now)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204)
        return redirect("keyboard")
    part = "#sheet" if request.headers.get("HX-Request") else ""
    return render(request, f"keyboard/keyboard.html{part}", {"is_dialog": bool(part), "heading": "h3" if part else "h2"})
