"""Addresses of a pipeline's automations."""

from __future__ import annotations

from django.urls import path, register_converter

from piste.web.process.keys import StageKey

from . import views

# As stages: those that are only in the draft have addresses too.
register_converter(StageKey, "drafted")

urlpatterns = [
    path("", views.automations, name="automations"),
    path("new/", views.new, name="automation_new"),
    path("<drafted:automation>/", views.automation, name="automation"),
    path("<int:automation>/switch/", views.switch, name="automation_switch"),
    path("<drafted:automation>/leaving/", views.leaving, name="automation_leaving"),
    path("<int:automation>/secret/", views.secret, name="automation_secret"),
    path("<int:automation>/runs/", views.runs, name="automation_runs"),
]
