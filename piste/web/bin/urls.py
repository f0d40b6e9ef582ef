"""The addresses of the bin."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("deals/bin/", views.bin_, name="bin"),
    path("deals/bin/<slug:kind>/<int:key>/erase/", views.erase, name="bin_erase"),
]
