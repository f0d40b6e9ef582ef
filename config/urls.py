"""All addresses: the screens' own, and those of the sign-in library."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("piste.web.urls")),
    path("account/", include("allauth.urls")),
]
