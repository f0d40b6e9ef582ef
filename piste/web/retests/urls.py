"""Addresses of re-tests; the key is that of the pipeline."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("<int:key>/versions/<int:number>/retest/", views.retest, name="process_retest"),
    path("<int:key>/versions/<int:number>/retest/now/", views.now, name="process_retest_now"),
]
