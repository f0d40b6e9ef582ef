"""Addresses of the keys."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("keyboard/", views.keyboard, name="keyboard")]
