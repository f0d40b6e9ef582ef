"""Addresses of a deal's moves."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("deals/<int:key>/move/", views.move, name="deal_move"),
    path("deals/<int:key>/win/", views.win, name="deal_win"),
    path("deals/<int:key>/lose/", views.lose, name="deal_lose"),
    path("deals/<int:key>/hold/", views.hold, name="deal_hold"),
    path("deals/<int:key>/resume/", views.resume, name="deal_resume"),
    path("deals/<int:key>/undo/", views.undo, name="deal_undo"),
    path("deals/<int:key>/needs/", views.needs, name="deal_needs"),
]
