"""Addresses of what a deal does with its playbook."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [path("deals/<int:key>/criteria/<int:criterion>/", views.criterion, name="deal_criterion")]
