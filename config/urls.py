"""All addresses: those of the pages."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("piste.web.urls")),
]
