"""Addresses of steps."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("steps/new/", views.new, name="step_new"),
    path("steps/<int:key>/", views.edit, name="step"),
    path("steps/<int:key>/done/", views.done, name="step_done"),
    path("steps/<int:key>/snooze/", views.snooze, name="step_snooze"),
    path("steps/<int:key>/undo/", views.undo, name="step_undo"),
    path("steps/<int:key>/remove/", views.remove, name="step_remove"),
    path("deals/<int:key>/call/", views.call, name="deal_call"),
    path("calls/new/", views.new_call, name="call_new"),
]
