"""All addresses: those of the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("piste.web.urls")),
]

handler400 = "piste.web.errors.bad_request"
handler403 = "piste.web.errors.forbidden"
handler404 = "piste.web.errors.not_found"
handler500 = "piste.web.errors.failed"
