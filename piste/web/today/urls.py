"""Addresses of My day."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("day/", views.day, name="today"),
    path("day/take-over/<int:key>/", views.take_over, name="take_over"),
]
