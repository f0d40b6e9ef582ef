"""Addresses of a pipeline's automations."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("", views.automations, name="automations"),
    path("new/", views.new, name="automation_new"),
    path("<int:automation>/", views.automation, name="automation"),
    path("<int:automation>/switch/", views.switch, name="automation_switch"),
    path("<int:automation>/leaving/", views.leaving, name="automation_leaving"),
    path("<int:automation>/secret/", views.secret, name="automation_secret"),
    path("<int:automation>/runs/", views.runs, name="automation_runs"),
]
