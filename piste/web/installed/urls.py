"""The address of what describes the app."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("app.webmanifest", views.manifest, name="manifest")]
